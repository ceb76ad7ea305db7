"""One run as it happens: takes frames, hands out what the screen shows."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from workbench.insight.notices import Notices
from workbench.insight.slices import FOLLOWING, Columns, Moment, Timeline
from workbench.insight.window import TimeWindow
from workbench.model.client_state import ClientState
from workbench.model.events import Event
from workbench.model.frame import ENDED, Frame, RunState, Sample
from workbench.model.histogram import percentiles

_RATE_WINDOW_S = 1.0
_ETA_WINDOW_S = 5.0
_STANDSTILL_S = 2.0
"""So long without a report nothing is promised, unless reports come as seldom as that."""
_SELDOM = 3
"""So many times the mean time between two settled records may pass without one."""
_PERCENTILES_EVERY_S = 0.2
_SAMPLES_KEPT = 256
_KEYED_KEPT = 8192
"""Sampled records whose keys are kept for a look back: about three minutes of them."""
_CLIENTS_KEPT = 480
_BEFORE: frozenset[RunState] = frozenset({"starting", "warm-up"})

Percentiles = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Share:
    """What one partition got of the records acked or unconfirmed."""

    partition: int
    count: int
    share: float
    """0 … 1; 0 where nothing was delivered yet."""


Keyed = tuple[float, int, bytes | None]
"""When a sampled record was reported (on the slices' clock, in seconds), its partition, its key."""


@dataclass(frozen=True)
class Insight:
    """A run as one frame told it. `columns` reads the run's slices, which go on growing.

    Counts are of the whole run; slices, rates and latencies leave the warm-up out.
    """

    frame: Frame
    ended: bool
    seconds: float
    rate: float
    """Records/s acked or unconfirmed: over the last second, or over the whole run once it is over."""
    target_rate: float | None
    eta_s: float | None
    """Until every record has its report; None where it cannot be told (paused, nothing moves)."""
    shares: tuple[Share, ...]
    skew: float | None
    """Largest partition over the mean of all; None where nothing was delivered yet."""
    percentiles: Percentiles
    """Latency p50, p95, p99 in ms, of the whole run so far; with a rate from the moment each was due."""
    from_send: Percentiles | None
    """With a rate: the same from the actual send(); None without one, where both are one."""
    samples: tuple[Sample, ...]
    """Newest first."""
    events: tuple[Event, ...]
    """The run's errors, oldest first; see `Notices`."""
    marks: tuple[Event, ...]
    """What plots over time point at, oldest first."""
    clock_wall: float
    """Wall-clock time at which the slices begin: the end of the warm-up."""
    timeline: Timeline = field(repr=False, compare=False)
    keyed: Sequence[Keyed] = field(default=(), repr=False, compare=False)
    """Of the sampled records that were delivered, oldest first; goes on growing, as the slices do."""
    clients: tuple[ClientState, ...] = field(default=(), repr=False, compare=False)
    """The inside of the client, oldest first, after the warm-up; of long runs the newest two minutes."""

    @property
    def state(self) -> RunState:
        return self.frame.state

    @property
    def delivered(self) -> int:
        return self.frame.delivered

    @property
    def to_go(self) -> int:
        return max(0, self.frame.target - self.frame.sent)

    @property
    def done_share(self) -> float:
        """How much of the run is settled, 0 … 1."""
        frame = self.frame
        settled = frame.sent - frame.in_flight
        return settled / frame.target if frame.target else 0.0

    @property
    def max_ms(self) -> float | None:
        return self.frame.latency_max_us / 1000 if self.frame.latency else None

    @property
    def busiest(self) -> Share | None:
        """The partition with most records, where one has more than another."""
        most = max(self.shares, key=lambda share: share.count, default=None)
        least = min(self.shares, key=lambda share: share.count, default=None)
        return most if most and least and most.count > least.count else None

    @property
    def sampled_one_in(self) -> int | None:
        """One of how many reported records is followed; None where none was yet."""
        reported = self.delivered + self.frame.failed
        return max(1, round(reported / self.frame.sampled)) if self.frame.sampled else None

    @property
    def unconfirmed(self) -> bool:
        """acks=0: nobody confirms anything."""
        return self.frame.unconfirmed > 0

    def columns(self, width: int, window: TimeWindow = FOLLOWING) -> Columns:
        return self.timeline.columns(width, self.ended, window)

    def keys_seen(self, partitions: range, start_s: float, end_s: float) -> Counter[bytes | None]:
        """Keys of the sampled records that were reported in that time, with how many of each."""
        return Counter(
            key for at, partition, key in self.keyed if start_s <= at < end_s and partition in partitions
        )

    def silent(self, partition: int, count: int, slice_total: int) -> bool:
        """Whether a partition's zero in a slice is no accident.

        By its share of the run it would have had five or more: chance leaves fewer than 1 % of such
        slices empty.
        """
        share = self.shares[partition].share if partition < len(self.shares) else 0.0
        return count == 0 and slice_total * share >= 5


class Live:
    """Takes the frames of one run, in any state of completeness: dropped, repeated, late.

    `wall_offset` turns the frames' monotonic time into seconds since the epoch.
    """

    def __init__(self, target_rate: float | None = None, wall_offset: float = 0.0) -> None:
        self._target_rate = target_rate
        self._wall_offset = wall_offset
        self._timeline = Timeline()
        self._notices = Notices()
        self._from_start: Event | None = None
        self._samples: deque[Sample] = deque(maxlen=_SAMPLES_KEPT)
        self._clients: deque[ClientState] = deque(maxlen=_CLIENTS_KEPT)
        self._keyed: deque[Keyed] = deque(maxlen=_KEYED_KEPT)
        self._history: deque[tuple[float, int, int]] = deque()
        self._settled = (float("-inf"), 0)
        """When the number of settled records last grew, and to what."""
        self._percentiles: Percentiles = (None, None, None)
        self._from_send: Percentiles | None = None
        self._percentiles_at = float("-inf")
        self._last: Frame | None = None
        self.insight: Insight | None = None

    def mark_start(self, event: Event) -> None:
        """What holds from the run's first record on: plots over time point at it in their first column."""
        self._from_start = event

    def feed(self, frame: Frame) -> Insight | None:
        """What the run looks like now; None where the frame is old, or of another run."""
        last = self._last
        if last is not None and (frame.run_id != last.run_id or _is_old(frame, last)):
            return None
        if frame.state not in _BEFORE:
            if last is not None and last.state == "warm-up" and _origin(frame) == frame.measured_from:
                self._timeline.begin(_moment(last))
            self._timeline.advance(_moment(frame), final=frame.state in ENDED)
            settled = frame.sent - frame.in_flight
            self._history.append((frame.at, frame.delivered, settled))
            if settled > self._settled[1]:
                self._settled = frame.at, settled
            self._take_client(frame)
        self._notices.read(frame, frame.at + self._wall_offset)
        self._take_samples(frame, last.sampled if last else 0)
        self._last = frame
        self.insight = self._look(frame)
        return self.insight

    def _take_samples(self, frame: Frame, known: int) -> None:
        new = min(frame.sampled - known, len(frame.samples))
        if new > 0:
            self._samples.extendleft(frame.samples[-new:])
            origin = _origin(frame)
            self._keyed.extend(
                (sample.reported_at - origin, sample.partition, sample.key)
                for sample in frame.samples[-new:]
                if sample.partition is not None and sample.error is None and not sample.warm_up
            )

    def _take_client(self, frame: Frame) -> None:
        """What is older than the clock of the slices is of the warm-up."""
        client = frame.client
        if client is None or client.at < _origin(frame):
            return
        if not self._clients or self._clients[-1].at < client.at:
            self._clients.append(client)

    def _look(self, frame: Frame) -> Insight:
        ended = frame.state in ENDED
        while len(self._history) > 2 and self._history[1][0] <= frame.at - _ETA_WINDOW_S:
            self._history.popleft()
        total = sum(frame.partitions)
        mean = total / len(frame.partitions) if frame.partitions else 0.0
        clock_wall, first = _origin(frame) + self._wall_offset, self._from_start
        return Insight(
            frame=frame,
            ended=ended,
            seconds=max(0.0, frame.seconds),
            rate=self._rate(1, frame, float("inf") if ended else _RATE_WINDOW_S),
            target_rate=self._target_rate,
            eta_s=None if ended else self._eta(frame),
            shares=tuple(
                Share(partition, count, count / total if total else 0.0)
                for partition, count in enumerate(frame.partitions)
            ),
            skew=max(frame.partitions) / mean if mean else None,
            percentiles=self._latency(frame, ended),
            from_send=self._from_send,
            samples=tuple(self._samples),
            events=self._notices.events,
            marks=(*((replace(first, at=clock_wall),) if first else ()), *self._notices.marks),
            clock_wall=clock_wall,
            timeline=self._timeline,
            keyed=self._keyed,
            clients=tuple(self._clients),
        )

    def _rate(self, field_index: int, frame: Frame, window_s: float) -> float:
        """Growth a second of delivered (1) or settled (2) records over the last `window_s`.

        The warm-up is in no rate, unless the run was nothing else; pauses are in none of the whole run.
        """
        if not self._history:
            return 0.0
        warm_up = frame.warm_up if _origin(frame) == frame.measured_from else 0
        start: tuple[float, int, int] = (_origin(frame), warm_up, warm_up)
        for entry in self._history:
            if entry[0] > frame.at - window_s:
                break
            start = entry
        whole_run = start[0] == _origin(frame)
        seconds = frame.at - start[0] - (frame.paused_s if whole_run else 0.0)
        return _ratio(self._history[-1][field_index] - int(start[field_index]), seconds)

    def _eta(self, frame: Frame) -> float | None:
        rate = self._rate(2, frame, _ETA_WINDOW_S)
        if frame.state == "paused" or rate <= 0:
            return None
        if frame.at - self._settled[0] > max(_STANDSTILL_S, _SELDOM / rate):
            return None
        return max(0.0, (frame.target - frame.sent + frame.in_flight) / rate)

    def _latency(self, frame: Frame, ended: bool) -> Percentiles:
        if ended or frame.at - self._percentiles_at >= _PERCENTILES_EVERY_S:
            self._percentiles, self._percentiles_at = _percentiles(frame.latency), frame.at
            self._from_send = _percentiles(frame.latency_from_send) if frame.latency_from_send else None
        return self._percentiles


def _percentiles(latency: Mapping[int, int]) -> Percentiles:
    p50, p95, p99 = percentiles(latency, (50, 95, 99))
    return p50, p95, p99


def _is_old(frame: Frame, last: Frame) -> bool:
    """The end of a run is told with the time of its last report, which earlier frames may be past."""
    if frame.state in ENDED:
        return frame == last
    return last.state in ENDED or frame.at < last.at or frame == last


def _origin(frame: Frame) -> float:
    """When the clock of rates and slices starts; a run of nothing but warm-up is shown whole."""
    measured = frame.measured_from > 0 and frame.warm_up < frame.target
    return frame.measured_from if measured else frame.started_at


def _moment(frame: Frame) -> Moment:
    us = max(0, round((frame.at - _origin(frame)) * 1_000_000))
    return Moment(us, frame.partitions, frame.failed, frame.rejected, frame.latency, frame.partition_bytes)


def _ratio(amount: float, seconds: float) -> float:
    return amount / seconds if seconds > 0 else 0.0
