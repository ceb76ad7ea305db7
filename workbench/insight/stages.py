"""The way of a record through the client, station by station, each with its figure and its gauge."""

from dataclasses import dataclass

from workbench.insight.bottleneck import Place
from workbench.insight.live import Insight
from workbench.insight.pipeline import Pipeline, Plan
from workbench.insight.units import count_text, ms_text, percent, size_text
from workbench.model.scenario import Scenario
from workbench.producer_config import effective

Line = tuple[str, ...]
"""One text in several lengths, the longest first."""
_MAKING = frozenset({"template", "serializer"})


@dataclass(frozen=True, slots=True)
class Stage:
    place: Place
    name: str
    figure: str
    """Its one number, or word; – where it is not known."""
    unit: Line
    details: tuple[Line, ...] = ()
    gauge: float | None = None
    """How full it is, 0 … 1; None: it has no limit."""
    role: str = "text"
    """The stage of a record's life, which is its colour."""
    wrong: bool = False
    """Records did not get past it."""


def stages(scenario: Scenario, insight: Insight | None, seen: Pipeline | None) -> tuple[Stage, ...]:
    """In the order in which a record meets them."""
    plan = Plan.of(scenario)
    return (
        _program(plan, insight),
        *_interceptors(scenario, insight),
        *_made(scenario, insight),
        _partitioner(scenario, insight),
        _accumulator(plan, seen),
        _in_flight(plan, seen),
        _brokers(insight, seen),
        _report(plan, seen),
    )


def _program(plan: Plan, insight: Insight | None) -> Stage:
    pace = "as fast as it goes" if plan.rate is None else f"{plan.rate:,.0f} records/s"
    short = "full speed" if plan.rate is None else f"{plan.rate:,.0f}/s"
    mode: Line = ("fire and forget", "forget") if plan.mode == "fire-and-forget" else (plan.mode,)
    sent = count_text(insight.frame.sent) if insight else "–"
    return Stage("program", "your program", sent, ("records sent", "sent"), ((pace, short), mode))


def _interceptors(scenario: Scenario, insight: Insight | None) -> list[Stage]:
    """What a person's own code does to each record first; none is no station."""
    named = scenario.send.interceptors
    if not named:
        return []
    failed = sum(e.count for e in insight.frame.errors if e.where == "interceptor") if insight else 0
    details: tuple[Line, ...] = tuple((name, name.rpartition(":")[2]) for name in named[:2])
    if failed:
        details = ((f"{count_text(failed)} raised",), *details)
    return [Stage("program", "interceptors", str(len(named)), ("in a row",), details, wrong=bool(failed))]


def _made(scenario: Scenario, insight: Insight | None) -> list[Stage]:
    """Serializers; what could not be made went no further."""
    record = scenario.record
    rejected = sum(e.count for e in insight.frame.errors if e.where in _MAKING) if insight else 0
    key = "null key" if record.key is None else f"key {record.key_serializer}"
    value = (f"value {record.value_serializer}", record.value_serializer)
    details: tuple[Line, ...] = ((key,), value)
    if rejected:
        return [
            Stage(
                "program", "serializers", count_text(rejected), ("rejected",), details, role="bad", wrong=True
            )
        ]
    figure = "✓" if insight and insight.frame.sent else "–"
    return [Stage("program", "serializers", figure, ("all made", "made") if insight else ("",), details)]


def _partitioner(scenario: Scenario, insight: Insight | None) -> Stage:
    count = len(insight.shares) if insight else scenario.topic.partitions
    fixed = scenario.record.partition
    if fixed is not None:
        return Stage(
            "program", "partitioner", f"p{fixed}", ("for all", "all"), (("named by the record", "fixed"),)
        )
    name = scenario.send.partitioner or effective(scenario.producer).get("partitioner", "consistent_random")
    skew = insight.skew if insight else None
    details: tuple[Line, ...] = ((name, name.replace("_random", "_r.")),)
    if skew is not None:
        details = (*details, (f"skew {skew:.2f}×",))
    return Stage("program", "partitioner", str(count), ("partitions",), details)


def _accumulator(plan: Plan, seen: Pipeline | None) -> Stage:
    linger = (f"linger {plan.linger_ms:g} ms",)
    if seen is None:
        return Stage("accumulator", "accumulator", "–", ("records wait", "wait"), (linger,), role="queue")
    now = seen.now
    room = f"{percent(seen.fill)} of {size_text(now.bytes_max)}"
    if now.records_max and now.records / now.records_max >= now.bytes / max(1, now.bytes_max):
        room = f"{percent(seen.fill)} of {count_text(now.records_max)}"
    batch: Line = ("no batch yet",)
    if seen.batch_records is not None and seen.batch_fill is not None:
        full = percent(seen.batch_fill)
        each = few(seen.batch_records)
        batch = (f"batch {each} rec. {full}", f"batch {each}, {full}", f"batch {full}")
    return Stage(
        "accumulator",
        "accumulator",
        count_text(round(seen.waiting)),
        ("records wait", "wait"),
        ((room, f"{percent(seen.fill)} full"), batch, linger),
        gauge=seen.fill,
        role="queue",
    )


def _in_flight(plan: Plan, seen: Pipeline | None) -> Stage:
    limit = plan.in_flight
    most: Line = ("no limit",) if limit is None else (f"at most {limit} a broker", f"limit {limit}")
    if seen is None:
        return Stage("in flight", "in flight", "–", ("requests",), (most,), role="wire")
    busiest = max(seen.requests, default=0.0)
    return Stage(
        "in flight",
        "in flight",
        few(sum(seen.requests)),
        ("requests",),
        ((f"{count_text(round(seen.in_flight))} records", f"{round(seen.in_flight):,} rec."), most),
        gauge=None if limit is None else min(1.0, busiest / limit),
        role="wire",
    )


def _brokers(insight: Insight | None, seen: Pipeline | None) -> Stage:
    details: list[Line] = []
    if seen is not None and seen.split is not None and seen.split.round_trip is not None:
        turn = ms_text(seen.split.round_trip)
        details.append((f"answer in {turn} ms", f"in {turn} ms", f"{turn} ms"))
    batches = insight.frame.batches if insight else None
    if batches is not None and batches.count is not None and batches.requests is not None:
        details.append((f"{batches.count:,} batches", f"{batches.count:,} bat."))
        details.append((f"{batches.requests:,} requests", f"{batches.requests:,} req."))
    if insight is None:
        return Stage("brokers", "brokers", "–", ("acked",), tuple(details), role="repl")
    word = "unconfirmed" if insight.unconfirmed else "acked"
    return Stage("brokers", "brokers", count_text(insight.delivered), (word,), tuple(details), role="repl")


def _report(plan: Plan, seen: Pipeline | None) -> Stage:
    details: list[Line] = []
    if seen is not None:
        late = ms_text(seen.late_ms)
        details.append((f"poll() {late} ms later", f"{late} ms later", f"{late} ms"))
    if plan.callback_ms:
        details.append((f"blocks {plan.callback_ms:g} ms each", f"blocks {plan.callback_ms:g} ms"))
    figure = "–" if seen is None else count_text(round(seen.reports))
    return Stage("report", "your callback", figure, ("reports wait", "wait"), tuple(details), role="ok")


def few(count: float) -> str:
    """One decimal below ten, where it says something."""
    return f"{count:.1f}".removesuffix(".0") if count < 10 else count_text(round(count))
