"""What several engines say of one run, as one: totals are added up, nothing is estimated."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from statistics import fmean
from typing import TYPE_CHECKING

from workbench.engine.noted import KEPT_SAMPLES
from workbench.engine.protocol import Found, ReadBackDone
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.frame import ENDED, Batches, ErrorCount, Frame, RunState, Sample
from workbench.model.histogram import merged

if TYPE_CHECKING:
    from workbench.model.report import Example

_FIRST_OF: tuple[RunState, ...] = ("starting", "warm-up", "sending", "paused", "draining")
_EXAMPLES = 3


class Merging:
    """Takes each engine's newest frame; `frame` is all of them as one, samples as they were told."""

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}
        self._samples: deque[Sample] = deque(maxlen=KEPT_SAMPLES)

    def take(self, engine: int, frame: Frame) -> None:
        before = self._frames.get(engine)
        new = frame.sampled - (before.sampled if before else 0)
        self._samples += frame.samples[len(frame.samples) - min(new, len(frame.samples)) :]
        self._frames[engine] = frame

    def frame(self) -> Frame:
        """Raises ValueError before the first is taken."""
        frames = list(self._frames.values())
        measured = [frame.measured_from for frame in frames]
        return Frame(
            run_id=frames[0].run_id,
            at=max(frame.at for frame in frames),
            started_at=min(frame.started_at for frame in frames),
            state=_state(frames),
            target=max(frame.target for frame in frames),
            measured_from=min(measured) if all(measured) else 0.0,
            paused_s=min(frame.paused_s for frame in frames),
            warm_up=sum(frame.warm_up for frame in frames),
            warm_up_bytes=sum(frame.warm_up_bytes for frame in frames),
            sent=sum(frame.sent for frame in frames),
            rejected=sum(frame.rejected for frame in frames),
            acked=sum(frame.acked for frame in frames),
            unconfirmed=sum(frame.unconfirmed for frame in frames),
            failed=sum(frame.failed for frame in frames),
            partitions=_by_partition(frame.partitions for frame in frames),
            partition_bytes=_by_partition(frame.partition_bytes for frame in frames),
            latency=merged(frame.latency for frame in frames),
            latency_max_us=max(frame.latency_max_us for frame in frames),
            latency_from_send=merged(frame.latency_from_send for frame in frames),
            latency_from_send_max_us=max(frame.latency_from_send_max_us for frame in frames),
            ring=max(frame.ring for frame in frames),
            payload_bytes=sum(frame.payload_bytes for frame in frames),
            samples=tuple(self._samples),
            sampled=sum(frame.sampled for frame in frames),
            errors=_errors(frames),
            batches=_batches([frame.batches for frame in frames]),
            client=merged_clients([frame.client for frame in frames if frame.client is not None]),
        )


def _state(frames: Sequence[Frame]) -> RunState:
    """The least advanced of those that still run; where all have ended, stopped if one was."""
    states = {frame.state for frame in frames}
    if states <= ENDED:
        return next(state for state in ("died", "stopped", "done") if state in states)
    return next(state for state in _FIRST_OF if state in states)


def _by_partition(of_each: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip_longest(*of_each, fillvalue=0)))


def _errors(frames: Sequence[Frame]) -> tuple[ErrorCount, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], str] = {}
    for error in (error for frame in frames for error in frame.errors):
        counts[error.code, error.where] += error.count
        texts.setdefault((error.code, error.where), error.text)
    return tuple(ErrorCount(*which, count, texts[which]) for which, count in counts.items())


def _batches(of_each: Sequence[Batches]) -> Batches:
    return Batches(**{name: _sum([getattr(b, name) for b in of_each]) for name in Batches.__struct_fields__})


def merged_clients(states: Sequence[ClientState]) -> ClientState | None:
    """Several clients as one: what they hold added up, the latest of what comes late."""
    if not states:
        return None
    waits = [state.waits for state in states]
    names = Waits.__struct_fields__
    brokers = sorted({each.broker for state in states for each in state.brokers})
    return ClientState(
        at=max(state.at for state in states),
        late_s=max(state.late_s for state in states),
        records=sum(state.records for state in states),
        records_max=sum(state.records_max for state in states),
        bytes=sum(state.bytes for state in states),
        bytes_max=sum(state.bytes_max for state in states),
        queued=_by_partition(state.queued for state in states),
        travelling=_by_partition(state.travelling for state in states),
        unassigned=sum(state.unassigned for state in states),
        brokers=tuple(
            _flight([each for state in states for each in state.brokers if each.broker == broker])
            for broker in brokers
        ),
        batch_records=_mean([state.batch_records for state in states]),
        batch_bytes=_mean([state.batch_bytes for state in states]),
        waits=Waits(**{name: sum(getattr(each, name) for each in waits) for name in names}),
    )


def _flight(of_each: Sequence[BrokerFlight]) -> BrokerFlight:
    """One connection that does not stand is told before those that do."""
    return BrokerFlight(
        of_each[0].broker,
        next((each.state for each in of_each if each.state != "UP"), "UP"),
        sum(each.requests for each in of_each),
        sum(each.records for each in of_each),
        sum(each.unsent for each in of_each),
        sum(each.unsent_records for each in of_each),
        _mean([each.round_trip_ms for each in of_each]),
        sum(each.retries for each in of_each),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _sum(counts: Iterable[int | None]) -> int | None:
    """None where one is not known."""
    known = list(counts)
    return None if None in known else sum(count for count in known if count is not None)


def merged_proof(proofs: Sequence[ReadBackDone]) -> ReadBackDone:
    """Of engines that each looked for their own records in the whole log."""
    found = [proof.found for proof in proofs if proof.found is not None]
    if len(found) < len(proofs):
        return next(proof for proof in proofs if proof.found is None)
    examples: list[Example] = []
    for example in (example for one in found for example in one.examples):
        if sum(other.kind == example.kind for other in examples) < _EXAMPLES:
            examples.append(example)
    counts = {
        name: _sum([getattr(one, name) for one in found])
        for name in Found.__struct_fields__
        if name not in {"partitions", "examples"}
    }
    together = Found(
        **counts,  # type: ignore[arg-type]  # of those that are always known, no sum is None
        partitions=_by_partition(one.partitions for one in found),
        examples=tuple(examples),
    )
    return ReadBackDone(proofs[0].id, together)
