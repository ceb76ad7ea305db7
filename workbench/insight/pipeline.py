"""The inside of the client over the last moments of a run: how full, how long, against which limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import fsum
from statistics import fmean
from typing import Self

from workbench.model.client_state import ClientState
from workbench.model.scenario import Scenario, SendMode
from workbench.producer_config import effective
from workbench.producer_config.values import number

MOMENTS = 8
"""Statistics come four times a second: what is said of a run that is on holds for its last two seconds."""
SILENT = 4
"""Moments without an answer after which a broker is called silent."""
_BATCH_RECORDS = 10_000
"""librdkafka's default of batch.num.messages."""
NO_LIMIT = 1000
"""librdkafka's own default of max.in.flight is a million: no limit that anybody meets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks of its client."""

    mode: SendMode = "async"
    rate: float | None = None
    linger_ms: float = 5.0
    batch_bytes: int = 1_000_000
    batch_records: int = _BATCH_RECORDS
    in_flight: int | None = None
    """Requests to one broker at once, of all engines; None: without a limit worth the name."""
    partition: int | None = None
    """Where all records go, whatever their key."""
    keyed: bool = True
    callback_ms: float = 0.0

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """What cannot be read (it is still being typed) counts as the client's default."""
        stands, default = effective(scenario.producer), cls()

        def read(name: str, otherwise: float) -> float:
            value = number(stands.get(name, ""))
            return otherwise if value is None or value < 0 else value

        in_flight = int(read("max.in.flight.requests.per.connection", NO_LIMIT))
        return cls(
            mode=scenario.send.mode,
            rate=scenario.send.rate,
            linger_ms=read("linger.ms", default.linger_ms),
            batch_bytes=int(read("batch.size", default.batch_bytes)) or 1,
            batch_records=int(read("batch.num.messages", _BATCH_RECORDS)) or 1,
            in_flight=in_flight * scenario.send.engines if in_flight < NO_LIMIT else None,
            partition=scenario.record.partition,
            keyed=scenario.record.key is not None,
            callback_ms=scenario.send.callback_delay_ms,
        )


@dataclass(frozen=True, slots=True)
class Split:
    """Where a record's time goes, in ms: the mean of the records that were sent in the stretch."""

    queued: float
    """From send() until it is put into a request: linger, and what comes on top of it."""
    unsent: float
    """Until the connection takes the request."""
    round_trip: float | None
    """Until the broker's answer; None: no answer came."""
    report: float
    """Until the program calls poll() and has its report."""

    @property
    def total(self) -> float:
        return self.queued + self.unsent + (self.round_trip or 0.0) + self.report


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Means over a stretch of a run. `now` is its newest moment."""

    now: ClientState
    moments: int
    fill: float
    """How full the client's memory for records is, 0 … 1."""
    records: float
    waiting: float
    in_flight: float
    reports: float
    """Records whose report waits for poll()."""
    queued: tuple[float, ...]
    """Records by partition that wait, and those `travelling`."""
    travelling: tuple[float, ...]
    delivered: tuple[int, ...]
    """Records acked or unconfirmed so far, by partition."""
    record_bytes: float
    """Mean size of the records held."""
    at_limit: float
    """In how much of the stretch (0 … 1) some broker had as many requests out as it may."""
    requests: tuple[float, ...]
    """In flight to each broker, as in `now.brokers`."""
    on_the_way: tuple[float, ...]
    """Records in them and in those made, but not yet given to the connection."""
    answers_ms: tuple[float | None, ...]
    """How long each broker's answers took; None: it gave none."""
    batch_records: float | None
    batch_bytes: float | None
    batch_fill: float | None
    """How full the batches leave, 0 … 1: by bytes or by number, whichever is more."""
    split: Split | None
    late_ms: float
    """How late poll() comes."""
    silent: tuple[int, ...]
    """Brokers that answered nothing for a second (of a run that is over: ever) while requests were out."""
    unconnected: tuple[int, ...]
    """Brokers without a connection now."""

    @property
    def held(self) -> tuple[float, ...]:
        """Records by partition that wait or are on the way."""
        return tuple(waits + travels for waits, travels in zip(self.queued, self.travelling, strict=True))

    def traffic(self, partition: int) -> float:
        """Its share of all records that were sent so far, 0 … 1."""
        sent = [gone + held for gone, held in zip_longest(self.delivered, self.held, fillvalue=0.0)]
        total = fsum(sent)
        return sent[partition] / total if total and partition < len(sent) else 0.0

    @property
    def busiest(self) -> tuple[int, float] | None:
        """The partition for which the client holds most, and its share; None where it holds nothing."""
        total = sum(self.held)
        if total <= 0:
            return None
        most = max(range(len(self.held)), key=self.held.__getitem__)
        return most, self.held[most] / total


def busy(states: Sequence[ClientState]) -> list[ClientState]:
    """Without the moments before the first record and after the last, in which the client does nothing.

    Where it held none at any moment: those since which records came and went.
    """
    before = (0, *(state.waits.queued for state in states))
    holding = [index for index, state in enumerate(states) if state.records]
    active = holding or [index for index, state in enumerate(states) if state.waits.queued > before[index]]
    return list(states[active[0] : active[-1] + 1]) if active else []


def pipeline(
    states: Sequence[ClientState], plan: Plan, *, ended: bool, delivered: Sequence[int] = ()
) -> Pipeline | None:
    """Over the last moments, or over the whole run once it is over; None where there is none of them.

    `states`: oldest first; `delivered`: records by partition.
    """
    seen = busy(states) if ended else list(states)[-MOMENTS:]
    if not seen:
        return None
    now = states[-1]
    count = max(len(state.queued) for state in seen)
    records, size = (
        _mean([state.batch_records for state in seen]),
        _mean([state.batch_bytes for state in seen]),
    )
    return Pipeline(
        now=now,
        moments=len(seen),
        fill=fmean(state.fill for state in seen),
        records=fmean(state.records for state in seen),
        waiting=fmean(state.waiting for state in seen),
        in_flight=fmean(state.in_flight for state in seen),
        reports=fmean(state.reports for state in seen),
        queued=tuple(fmean(_at(state.queued, p) for state in seen) for p in range(count)),
        travelling=tuple(fmean(_at(state.travelling, p) for state in seen) for p in range(count)),
        delivered=tuple(delivered),
        record_bytes=sum(state.bytes for state in seen) / (sum(state.records for state in seen) or 1),
        at_limit=fmean(_at_limit(state, plan.in_flight) for state in seen),
        requests=tuple(fmean(_requests(state, each.broker) for state in seen) for each in now.brokers),
        on_the_way=tuple(fmean(_records(state, each.broker) for state in seen) for each in now.brokers),
        answers_ms=tuple(_mean(_answers_ms(seen, each.broker)) for each in now.brokers),
        batch_records=records,
        batch_bytes=size,
        batch_fill=_fullest(records, size, plan),
        split=_split(states, seen),
        late_ms=fmean(state.late_s for state in seen) * 1000,
        silent=_silent(seen if ended else seen[-SILENT:]),
        unconnected=tuple(each.broker for each in now.brokers if each.state not in _CONNECTED),
    )


_CONNECTED = frozenset({"UP", "UPDATE", "INIT"})
"""INIT: not asked for yet (librdkafka connects to a broker when it needs it)."""


def _fullest(records: float | None, size: float | None, plan: Plan) -> float | None:
    if records is None or size is None:
        return None
    return min(1.0, max(records / plan.batch_records, size / plan.batch_bytes))


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _at(counts: tuple[int, ...], partition: int) -> int:
    """A partition may have been added in the middle."""
    return counts[partition] if partition < len(counts) else 0


def _at_limit(state: ClientState, limit: int | None) -> bool:
    return limit is not None and any(each.requests >= limit for each in state.brokers)


def _requests(state: ClientState, broker: int) -> int:
    return sum(each.requests for each in state.brokers if each.broker == broker)


def _records(state: ClientState, broker: int) -> int:
    return sum(each.records + each.unsent_records for each in state.brokers if each.broker == broker)


def _answers_ms(seen: list[ClientState], broker: int) -> list[float | None]:
    return [each.round_trip_ms for state in seen for each in state.brokers if each.broker == broker]


def _silent(seen: list[ClientState]) -> tuple[int, ...]:
    if len(seen) < SILENT:
        return ()
    return tuple(
        last.broker
        for last in seen[-1].brokers
        if all(
            any(
                each.broker == last.broker and each.records and each.round_trip_ms is None
                for each in state.brokers
            )
            for state in seen
        )
    )


def _split(states: Sequence[ClientState], seen: list[ClientState]) -> Split | None:
    """From the sums at both ends of the stretch; the moment before it is its beginning."""
    at = next(i for i, state in enumerate(states) if state is seen[0])
    end, start = seen[-1].waits, (states[at - 1].waits if at else None)
    queued = end.queued - (start.queued if start else 0)
    travelled = end.travelled - (start.travelled if start else 0)
    if not queued:
        return None
    there_and_back = end.round_trip_ms - (start.round_trip_ms if start else 0.0)
    return Split(
        queued=(end.queued_ms - (start.queued_ms if start else 0.0)) / queued,
        unsent=(end.unsent_ms - (start.unsent_ms if start else 0.0)) / travelled if travelled else 0.0,
        round_trip=there_and_back / travelled if travelled else None,
        report=fmean(state.late_s for state in seen) * 1000,
    )
