"""Where a run is held up, in one sentence, and what would change it; a clear word where nothing does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from workbench.insight.pipeline import Pipeline, Plan
from workbench.insight.units import count_text, ms_text, short_count

Kind = Literal[
    "not known", "no answer", "callback", "one partition", "slow leader", "in-flight limit", "network",
    "linger", "sync", "rate", "program",
]  # fmt: skip
Place = Literal["program", "accumulator", "in flight", "brokers", "report", "nowhere"]
PLACES: dict[Kind, Place] = {
    "not known": "nowhere",
    "no answer": "brokers",
    "callback": "report",
    "one partition": "accumulator",
    "slow leader": "brokers",
    "in-flight limit": "in flight",
    "network": "brokers",
    "linger": "accumulator",
    "sync": "program",
    "rate": "nowhere",
    "program": "program",
}
_FULL = 0.85
_CROWD = 0.6
_MOST = 0.7
"""From this share of all records on a partition is hot, however few there are."""
_LATE_MS = 20.0
_NOTICED_MS = 10.0
"""So long a person notices when it is one record; less is nobody's bottleneck at a rate."""
_SLOW_MS = 100.0
"""An answer within one machine or region takes a tenth of it."""
_ON_PACE = 0.9
_CROWD_OF_RECORDS, _LONG_MS = 100, 1000.0
"""So many records on the way for so long, and few answers: that is no program's pace."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    kind: Kind
    sentence: str
    mend: str = ""
    """What would change it, with its price; "" where nothing is to be mended."""

    @property
    def place(self) -> Place:
        return PLACES[self.kind]


def bottleneck(seen: Pipeline | None, plan: Plan, rate: float, ended: bool = False) -> Bottleneck:
    """`rate`: records/s that the client took in the same stretch.

    What is later on the way counts first: a queue behind a blocked callback is no queue's fault.
    """
    if seen is None:
        return _not_known(ended=ended)
    for look in _LOOKS:
        if (found := look(seen, plan)) is not None:
            return found
    return _free(seen, plan, rate, ended=ended)


def _not_known(*, ended: bool) -> Bottleneck:
    begun = "Too short to say" if ended else "Nothing is known yet"
    return Bottleneck("not known", f"{begun}: the client's statistics come four times a second.")


def _no_answer(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    _ = plan
    if seen.unconnected and seen.records >= 1:
        them = _brokers(seen.unconnected)
        return Bottleneck(
            "no answer",
            f"{them} cannot be reached: {_records(seen.records)} wait.",
            "The client tries again and asks who leads now; delivery.timeout.ms is how long they may wait.",
        )
    if not seen.silent:
        return None
    out = sum(each.records for each in seen.now.brokers if each.broker in seen.silent)
    does, them = ("does", "it") if len(seen.silent) == 1 else ("do", "them")
    return Bottleneck(
        "no answer",
        f"{_brokers(seen.silent)} {does} not answer: {_records(out)} are on the way to {them}.",
        "See what the cluster does (F2); request.timeout.ms decides when the client tries again.",
    )


def _callback(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    if seen.late_ms < _LATE_MS or seen.reports < seen.records / 3:
        return None
    wait = f"{_records(seen.reports)} are done, but their reports wait {_ms(seen.late_ms)} for poll()"
    if plan.callback_ms:
        return Bottleneck(
            "callback",
            f"Your callback: {wait}; each callback blocks {plan.callback_ms:g} ms.",
            "Do less in the delivery callback: hand the report to another thread.",
        )
    return Bottleneck(
        "callback",
        f"Your program: {wait}; it is busy with making and sending.",
        "Call poll() more often, or give sending and reports threads of their own.",
    )


def _one_partition(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    if not _pressed(seen, plan) or len(seen.held) < 2 or seen.busiest is None:
        return None
    partition, share = seen.busiest
    if share < max(_CROWD, 1.5 / len(seen.held)):
        return None
    waits = (
        f"{100 * share:.0f} % of what the client holds ({_records(seen.held[partition])}) is for p{partition}"
    )
    if plan.partition is not None:
        return Bottleneck(
            "one partition",
            f"One partition: {waits}, because the record names it.",
            "Leave the partition out and let the key decide.",
        )
    traffic = seen.traffic(partition)
    if traffic < min(_MOST, 2 / len(seen.held)):
        return Bottleneck(
            "slow leader",
            f"The leader of p{partition}: {waits}, though {_percent(traffic)} of all records go there.",
            "Look at that broker (F2): the others are served faster.",
        )
    if plan.keyed:
        return Bottleneck(
            "one partition",
            f"A hot key: {waits}; one partition has one leader and one queue.",
            "Split the key (user-7-a, user-7-b), if its records need no order among all of them.",
        )
    return Bottleneck(
        "one partition",
        f"One partition: {waits}.",
        "Null keys are spread by chance, or batch by batch (sticky): look at the partitioner.",
    )


def _in_flight_limit(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    if plan.in_flight is None or seen.at_limit < 0.5 or not _pressed(seen, plan):
        return None
    requests = "1 request" if plan.in_flight == 1 else f"{plan.in_flight} requests"
    known = seen.split is not None and seen.split.round_trip is not None
    turn = _ms(seen.split.round_trip) if known else "its time"  # type: ignore[union-attr,arg-type]
    return Bottleneck(
        "in-flight limit",
        f"Latency: the in-flight limit ({requests} a broker) is reached; each answer takes {turn}, and"
        f" {_records(seen.waiting)} wait.",
        "Larger batches (batch.size, linger.ms), or more requests in flight: 5 keep order with idempotence.",
    )


def _network(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    if not _backlog(seen, plan):
        return _slow_answers(seen, plan)
    full = f"the buffer is {100 * seen.fill:.0f} % full" if seen.fill >= _FULL else "records pile up"
    turn = ""
    if seen.split is not None and seen.split.round_trip is not None:
        turn = f"; an answer takes {_ms(seen.split.round_trip)}"
    return Bottleneck(
        "network",
        f"The network and the brokers: {full}, they take less than the program offers{turn}.",
        "Fewer bytes (compression.type), more leaders (partitions), or a rate; a larger buffer waits longer.",
    )


def _slow_answers(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    """Nothing piles up in the client, but what is on the way stays there."""
    split = seen.split
    if split is None or split.round_trip is None or plan.mode == "sync":
        return None
    if split.round_trip < _SLOW_MS or split.round_trip < split.total / 2:
        return None
    return Bottleneck(
        "network",
        f"The network and the brokers: an answer takes {_ms(split.round_trip)} of a record's"
        f" {_ms(split.total)}; {_records(seen.in_flight)} are on the way.",
        "See what the brokers do (F2). Fewer, larger requests (linger.ms) ask less of them.",
    )


def _linger(seen: Pipeline, plan: Plan) -> Bottleneck | None:
    split = seen.split
    if split is None or not plan.linger_ms or split.queued < split.total / 2:
        return None
    if not 0.3 * plan.linger_ms <= split.queued <= 2 * plan.linger_ms + 1:
        return None
    if split.queued < _NOTICED_MS and plan.mode != "sync":
        return None
    if seen.batch_fill is not None and seen.batch_fill > 0.5:
        return None
    batch = ""
    if seen.batch_records is not None and seen.batch_fill is not None:
        batch = f" Batches leave with {_few(seen.batch_records)}, {_percent(seen.batch_fill)} full."
    alone = "sync sends one record at a time, so none comes to keep it company" if plan.mode == "sync" else ""
    return Bottleneck(
        "linger",
        f"Linger: a record waits {_ms(split.queued)} of its {_ms(split.total)} for others.{batch}",
        f"linger.ms is {plan.linger_ms:g}: {alone or 'less of it is more requests with fewer records each'}.",
    )


_LOOKS: tuple[Callable[[Pipeline, Plan], Bottleneck | None], ...] = (
    _no_answer, _callback, _one_partition, _in_flight_limit, _network, _linger,
)  # fmt: skip


def _free(seen: Pipeline, plan: Plan, rate: float, *, ended: bool) -> Bottleneck:
    """Nothing inside the client holds it up."""
    if plan.mode == "sync":
        took = f" {_ms(seen.split.total)}" if seen.split else " its time"
        return Bottleneck(
            "sync",
            f"Your program: it waits for each ack before it sends the next, and each takes{took}.",
            "async sends on meanwhile and takes the reports in a callback.",
        )
    word = "was" if ended else "is"
    if plan.rate is not None and rate >= _ON_PACE * plan.rate:
        asked = count_text(round(plan.rate))
        return Bottleneck(
            "rate", f"Nothing holds it up: {asked} records/s {word} your rate, and it {word} kept."
        )
    if ended and seen.moments < 2:  # one moment at which nothing is full says nothing of the others
        return _not_known(ended=True)
    if (unanswered := _unanswered(seen, rate)) is not None:
        return unanswered
    return Bottleneck(
        "program",
        f"Nothing in the client: it {'took' if ended else 'takes'} records as fast as they"
        f" {'were' if ended else 'are'} made ({short_count(rate)}/s), and its buffer {word}"
        f" {_percent(seen.fill)} full.",
        "A quicker template or serializer, a constant record, or a second producer process.",
    )


def _unanswered(seen: Pipeline, rate: float) -> Bottleneck | None:
    """Records stay on the way (Little's law) longer than any answer took: those that time out tell none."""
    staying_ms = 1000 * seen.in_flight / rate if rate else inf
    if seen.in_flight < _CROWD_OF_RECORDS or staying_ms < _LONG_MS:
        return None
    so_long = f", {_ms(staying_ms)} each on average" if rate else ""
    return Bottleneck(
        "network",
        f"The network and the brokers: {_records(seen.in_flight)} are on the way{so_long};"
        " requests stay unanswered.",
        "See what the brokers do (F2). Fewer, larger requests (linger.ms) ask less of them.",
    )


def _backlog(seen: Pipeline, plan: Plan) -> bool:
    """Whether records come faster than they leave."""
    if seen.fill >= _FULL:
        return True
    return _queue_lasts(seen, plan) and seen.fill >= 0.1


def _pressed(seen: Pipeline, plan: Plan) -> bool:
    """Whether records wait that should not, however large the buffer is."""
    return seen.fill >= _FULL or _queue_lasts(seen, plan)


def _queue_lasts(seen: Pipeline, plan: Plan) -> bool:
    """Whether many wait, and longer than linger alone would have them wait."""
    return seen.waiting >= 100 and seen.split is not None and seen.split.queued > 4 * plan.linger_ms + 50


def _records(count: float) -> str:
    whole = round(count)
    return "1 record" if whole == 1 else f"{count_text(whole)} records"


def _few(count: float) -> str:
    if count < 10 and f"{count:.1f}"[-1] != "0":
        return f"{count:.1f} records"
    return _records(count)


def _percent(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def _ms(ms: float) -> str:
    return f"{ms / 1000:.1f} s" if ms >= 10_000 else f"{ms_text(ms)} ms"


def _brokers(ids: Sequence[int]) -> str:
    return ("Broker " if len(ids) == 1 else "Brokers ") + ", ".join(map(str, ids))
