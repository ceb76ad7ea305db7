"""A run as a file of JSON lines: what it was, then its events and frames in order.

A frame's totals stand as they came, but for lists that mostly repeat the frame before: `samples`
holds only the new ones, the latencies only the buckets that grew. Times count from the run's start.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from workbench.errors import InputError
from workbench.model.cluster_state import ClusterState
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event
from workbench.model.frame import ENDED, Frame, Sample
from workbench.model.key_totals import KeyTotals
from workbench.model.report import Client
from workbench.model.scenario import Scenario

_SAMPLES = 64
_DIGITS = 6


class Head(msgspec.Struct, tag="head", frozen=True):
    """What the screen shows besides the run."""

    scenario: Scenario
    topic: TopicView
    view: ClusterView
    client: Client


class Told(msgspec.Struct, tag="event", frozen=True):
    event: Event


class Seen(msgspec.Struct, tag="frame", frozen=True):
    frame: Frame


class Stood(msgspec.Struct, tag="state", frozen=True):
    """The inside of the cluster at one moment."""

    state: ClusterState


class Counted(msgspec.Struct, tag="keys", frozen=True):
    """Which key went where, of the whole run."""

    totals: KeyTotals
    batches: dict[int, list[tuple[int, int]]] = {}


Line = Head | Told | Seen | Stood | Counted


class Recording(msgspec.Struct, frozen=True):
    """All times are seconds since the first frame's `started_at`, those of events too."""

    head: Head
    frames: tuple[Frame, ...]
    events: tuple[Event, ...] = ()
    states: tuple[ClusterState, ...] = ()
    keys: KeyTotals | None = None
    """Of a whole run only."""
    batches: dict[int, list[tuple[int, int]]] = {}
    """Base offset and records of those in the log, by partition, as far as the order of records reaches."""

    @property
    def ended(self) -> bool:
        return bool(self.frames) and self.frames[-1].state in ENDED


def from_start(
    frames: list[Frame], events: list[Event], wall_offset: float
) -> tuple[list[Frame], list[Event]]:
    """Frames (monotonic time) and events (wall-clock time) with times since the first frame's start."""
    start = frames[0].started_at if frames else 0.0
    return (
        [_shifted_frame(frame, start) for frame in frames],
        [replace(event, at=round(event.at - wall_offset - start, _DIGITS)) for event in events],
    )


def states_from_start(states: list[ClusterState], start: float, every_s: float) -> list[ClusterState]:
    """At least `every_s` apart, with times since the run's start."""
    result: list[ClusterState] = []
    for state in states:
        at = round(state.at - start, 3)
        if not result or at - result[-1].at >= every_s:
            brokers = tuple(replace(b, since=round(b.since - start, 3), port=0) for b in state.brokers)
            result.append(replace(state, at=at, brokers=brokers))
    return result


def thinned(frames: list[Frame], every_s: float, until_s: float | None) -> list[Frame]:
    """Frames at least `every_s` apart, up to `until_s` seconds of the run; the end is kept."""
    result: list[Frame] = []
    for frame in frames:
        if until_s is not None and frame.seconds > until_s:
            break
        last = result[-1] if result else None
        if last is None or frame.state != last.state or frame.at - last.at >= every_s:
            result.append(frame)
    if until_s is None and frames and result[-1] is not frames[-1]:
        result.append(frames[-1])
    return result


def write(path: Path, recording: Recording) -> None:
    """Raises OSError."""
    encode = msgspec.json.Encoder().encode
    lines = [encode(recording.head), *(encode(Told(event)) for event in recording.events)]
    lines += [encode(Seen(frame)) for frame in _packed(recording.frames)]
    lines += [encode(Stood(state)) for state in recording.states]
    lines += [encode(Counted(recording.keys, recording.batches))] if recording.keys else []
    path.write_bytes(b"\n".join(lines) + b"\n")


def read(path: Path) -> Recording:
    """Raises InputError where the file cannot be read or is none of ours."""
    decode = msgspec.json.Decoder[Line](Line).decode
    try:
        lines = [decode(line) for line in path.read_bytes().splitlines()]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise InputError(f"{path}: not a recording of frames: {error}") from None
    head = next((line for line in lines if isinstance(line, Head)), None)
    if head is None:
        raise InputError(f"{path}: not a recording of frames: its first line is missing")
    frames = [line.frame for line in lines if isinstance(line, Seen)]
    events = tuple(line.event for line in lines if isinstance(line, Told))
    states = tuple(line.state for line in lines if isinstance(line, Stood))
    counted = next((line for line in lines if isinstance(line, Counted)), None)
    keys, batches = (counted.totals, counted.batches) if counted else (None, {})
    return Recording(head, tuple(_unpacked(frames)), events, states, keys, batches)


def _shifted_frame(frame: Frame, start: float) -> Frame:
    samples = (
        replace(
            sample,
            sent_at=round(sample.sent_at - start, _DIGITS),
            reported_at=round(sample.reported_at - start, _DIGITS),
        )
        for sample in frame.samples
    )
    return replace(
        frame,
        at=round(frame.at - start, _DIGITS),
        started_at=round(frame.started_at - start, _DIGITS),
        measured_from=round(frame.measured_from - start, _DIGITS) if frame.measured_from else 0.0,
        samples=tuple(samples),
        client=frame.client and replace(frame.client, at=round(frame.client.at - start, _DIGITS)),
    )


def _packed(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    latency: dict[int, int] = {}
    from_send: dict[int, int] = {}
    sampled = 0
    for frame in frames:
        new = min(frame.sampled - sampled, len(frame.samples))
        yield replace(
            frame,
            samples=frame.samples[len(frame.samples) - new :],
            latency=_grown(latency, frame.latency),
            latency_from_send=_grown(from_send, frame.latency_from_send),
        )
        latency, from_send, sampled = frame.latency, frame.latency_from_send, frame.sampled


def _grown(before: dict[int, int], now: dict[int, int]) -> dict[int, int]:
    return {bucket: count for bucket, count in now.items() if before.get(bucket) != count}


def _unpacked(frames: list[Frame]) -> Iterator[Frame]:
    latency: dict[int, int] = {}
    from_send: dict[int, int] = {}
    samples: deque[Sample] = deque(maxlen=_SAMPLES)
    for frame in frames:
        latency = latency | frame.latency
        from_send = from_send | frame.latency_from_send
        samples.extend(frame.samples)
        yield replace(frame, latency=latency, latency_from_send=from_send, samples=tuple(samples))
