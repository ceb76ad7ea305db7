"""Runs set beside each other: in what they were asked to differ, and in what they did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.insight.units import count_text, ms_text, size_text, two_decimals
from workbench.model.finished_run import FinishedRun
from workbench.model.report import Report
from workbench.model.scenario_check import flat_of

LABELS = "ABCDEFGH"
_NAMES_ONLY = frozenset({"title", "note", "format", "expect"})
Better = Literal["more", "less", ""]
Group = Literal["speed", "latency", "batches", "ledger"]
_ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the runs; `label` is A, B … or what it stands for (the send modes of a race)."""

    label: str
    run: FinishedRun

    @property
    def report(self) -> Report:
        return self.run.report


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not the same on all sides."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that each side has; None where the run does not know it."""

    name: str
    group: Group
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    better: Better = ""

    @property
    def best(self) -> int | None:
        """The side with the better value, where one is better than all others.

        What is measured must be more than alike; of what the ledger counts one record is enough.
        """
        known = sorted(value for value in self.values if value is not None)
        if not self.better or len(known) < 2:
            return None
        best, next_best = known[-1:-3:-1] if self.better == "more" else known[:2]
        if best == next_best or (self.group != "ledger" and _alike(best, next_best)):
            return None
        return self.values.index(best)

    def ratio(self, side: int) -> float | None:
        """How many times the first side's value."""
        first, value = self.values[0], self.values[side]
        return value / first if first and value is not None else None


@dataclass(frozen=True, slots=True)
class Comparison:
    sides: tuple[Side, ...]
    differences: tuple[Difference, ...]
    figures: tuple[Figure, ...]
    words: tuple[str, ...]
    """What is most worth saying, most important first."""

    @property
    def groups(self) -> Mapping[Group, str]:
        """Their headings; that of the latency says from where it counts, as a run's report does."""
        paced = [side.run.scenario.send.rate is not None for side in self.sides]
        if not any(paced):
            return _GROUPS
        at_a_rate = "Latency, due to report" if all(paced) else _FROM_BOTH
        return {**_GROUPS, "latency": at_a_rate}

    def figure(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)


def compare(runs: Sequence[FinishedRun], labels: Sequence[str] = LABELS) -> Comparison:
    sides = tuple(Side(label, run) for label, run in zip(labels, runs, strict=False))
    reports = [side.report for side in sides]
    figures = tuple(_figure(reports, row) for row in _ROWS)
    return Comparison(sides, _differences(sides), figures, tuple(_words(sides, figures)))


def race_labels(runs: Sequence[FinishedRun]) -> list[str]:
    return [run.scenario.send.mode for run in runs]


# ---- what was asked for


def _differences(sides: Sequence[Side]) -> tuple[Difference, ...]:
    """The producer's settings as they were in effect: one that spells out a default differs in nothing."""
    asked = [_asked(side.run) for side in sides]
    names = sorted({name for settings in asked for name in settings})
    rows = [Difference(name, tuple(settings.get(name, _ABSENT) for settings in asked)) for name in names]
    return tuple(row for row in rows if len(set(row.texts)) > 1)


def _asked(run: FinishedRun) -> dict[str, str]:
    flat = flat_of(run.scenario)
    plain = {
        name: _text(value)
        for name, value in flat.items()
        if name not in _NAMES_ONLY and not name.startswith("producer.") and name != "fault"
    }
    cluster = run.report.cluster
    effective = {f"producer.{name}": text for name, text in run.report.config.items()}
    faults = ", ".join(f"{fault.do} {fault.target or ''}".strip() for fault in run.scenario.faults)
    client = f"{run.report.client.name} {run.report.client.version}"
    return plain | effective | {
        "faults": faults or "none",
        "cluster": " ".join(filter(None, (cluster.kind, cluster.version))),
        "client": client,
    }  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


# ---- what came of it

Take = Callable[[Report], float | None]
Write = Callable[[float], str]


def _ms(value: float) -> str:
    return f"{value / 1000:,.1f} s" if value >= 10_000 else f"{ms_text(value)} ms"


def _count(value: float) -> str:
    return count_text(round(value))


def _per_s(value: float) -> str:
    return f"{value:,.0f}/s"


def _mb(value: float) -> str:
    return f"{two_decimals(value)} MB/s"


def _seconds(value: float) -> str:
    return f"{value:,.2f} s"


def _average(value: float) -> str:
    return f"{value:,.1f}"


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    group: Group
    better: Better
    take: Take
    write: Write


_ROWS = (
    _Row("records/s", "speed", "more", lambda r: r.throughput.records_per_s, _per_s),
    _Row("payload", "speed", "more", lambda r: r.throughput.mb_per_s, _mb),
    _Row("took", "speed", "less", lambda r: r.seconds, _seconds),
    _Row("p50", "latency", "less", lambda r: r.latency_ms.p50, _ms),
    _Row("p95", "latency", "less", lambda r: r.latency_ms.p95, _ms),
    _Row("p99", "latency", "less", lambda r: r.latency_ms.p99, _ms),
    _Row("p99.9", "latency", "less", lambda r: r.latency_ms.p999, _ms),
    _Row("max", "latency", "less", lambda r: r.latency_ms.max, _ms),
    _Row("batches", "batches", "", lambda r: r.batches.count, _count),
    _Row("records a batch", "batches", "", lambda r: r.batches.records_avg, _average),
    _Row("requests", "batches", "less", lambda r: r.requests.count, _count),
    _Row("on the wire", "batches", "less", lambda r: r.requests.bytes, size_text),
    _Row("sent", "ledger", "", lambda r: r.ledger.sent, _count),
    _Row("rejected", "ledger", "less", lambda r: r.ledger.rejected, _count),
    _Row("acked", "ledger", "more", lambda r: r.ledger.acked, _count),
    _Row("unconfirmed", "ledger", "less", lambda r: r.ledger.unconfirmed, _count),
    _Row("failed", "ledger", "less", lambda r: r.ledger.failed, _count),
    _Row("stored", "ledger", "more", lambda r: r.ledger.stored, _count),
    _Row("lost", "ledger", "less", lambda r: r.ledger.lost, _count),
    _Row("vanished", "ledger", "less", lambda r: r.ledger.vanished, _count),
    _Row("duplicated", "ledger", "less", lambda r: r.ledger.duplicated, _count),
    _Row("reordered", "ledger", "less", lambda r: r.ledger.reordered, _count),
)
_GROUPS: Mapping[Group, str] = {
    "speed": "Speed",
    "latency": "Latency, send() to report",
    "batches": "Batches and requests",
    "ledger": "Ledger",
}
_FROM_BOTH = "Latency to report, from send(); at a rate from when due"


def _figure(reports: Sequence[Report], row: _Row) -> Figure:
    values = tuple(row.take(report) for report in reports)
    texts = tuple(_ABSENT if value is None else row.write(value) for value in values)
    return Figure(row.name, row.group, values, texts, row.better)


# ---- in words

_SAME = 1.1
"""Up to this ratio two measurements of one run each are called alike."""


def _alike(one: float, other: float) -> bool:
    return max(one, other) <= _SAME * min(one, other)


_WRONG = (
    ("lost", "acked records were lost"),
    ("vanished", "unconfirmed records vanished"),
    ("duplicated", "extra copies were stored"),
    ("reordered", "records were reordered"),
    ("failed", "records failed"),
    ("rejected", "records were rejected"),
)


def _words(sides: Sequence[Side], figures: Sequence[Figure]) -> list[str]:
    if len(sides) < 2:
        return []
    named = {figure.name: figure for figure in figures}
    words = [line for name, what in _WRONG if (line := _wrong(sides, named[name], what))]
    faster = _times(sides, named["records/s"], "sent", "as many records a second as")
    middle = _times(sides, named["p50"], "has a p50", "as long as")
    slower = _times(sides, named["p99"], "has a p99", "as long as")
    fewer = _times(sides, named["requests"], "needed", "as many requests as")
    return words + [line for line in (faster, middle, slower, fewer) if line]


def _wrong(sides: Sequence[Side], figure: Figure, what: str) -> str:
    """Only where the sides differ in it, or all have it."""
    if not any(figure.values):
        return ""
    told = [
        f"{side.label}: {text}" if value is not None else f"{side.label}: not known"
        for side, value, text in zip(sides, figure.values, figure.texts, strict=True)
    ]
    return f"{what[0].upper()}{what[1:]}: {', '.join(told)}."


def _times(sides: Sequence[Side], figure: Figure, does: str, than: str) -> str:
    known = [(value, index) for index, value in enumerate(figure.values) if value]
    if len(known) < 2:
        return ""
    (least, low), (most, high) = min(known), max(known)
    ratio = most / least
    if _alike(least, most):
        return f"{figure.name}: alike, {figure.texts[low]} and {figure.texts[high]}."
    times = f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×"
    return (
        f"{sides[high].label} {does} {times} {than} {sides[low].label}:"
        f" {figure.texts[high]} against {figure.texts[low]}."
    )
