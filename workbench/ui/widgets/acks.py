"""One line a sampled record: from send() to its report, on one axis of time."""

from rich.segment import Segment

from workbench.insight.live import Insight
from workbench.insight.units import count_text, ms_text, nice_above
from workbench.model.frame import Sample
from workbench.ui.glyphs import FAILED, NOT_CHOSEN, OK, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import EMPTY, ScrollingChart, ends, middle, span, width_of

_LEGEND_FROM = 8
_CUT = "╱╱"
_BAR = 0.92


class Acks(ScrollingChart):
    """`first` is the topmost record; it keeps its place when new ones come in above it."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None

    def show(self, insight: Insight | None) -> None:
        before, self._insight = self._insight, insight
        if self.first and before is not None and insight is not None:
            self.first += max(0, insight.frame.sampled - before.frame.sampled)
        if insight is None or (before is not None and before.frame.run_id != insight.frame.run_id):
            self.first = 0
        self.first = min(self.first, max(0, self.rows - self.page))
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._insight.samples) if self._insight else 0

    @property
    def page(self) -> int:
        return max(1, self.room.height - (2 if self.room.height >= _LEGEND_FROM else 1))

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        samples = self._insight.samples if self._insight else ()
        if not samples:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        shown = samples[self.first : self.first + self.page]
        label = max(len(_label(sample)) for sample in shown) + 1
        figure = max(7, *(len(ms_text(sample.latency_ms)) for sample in shown)) + 4
        room = max(1, width - label - figure)
        end = axis_end(shown)
        lines = [self._legend(roles, width)] if height >= _LEGEND_FROM else []
        more = span(self.more(figure - 1), roles.text)
        lines.append(ends(width, [span(" " * label), *_axis(roles, room, end)], [more]))
        for sample in shown:
            bad = sample.error is not None
            name = span(_label(sample).ljust(label), roles.bad if bad else roles.muted, bold=bad)
            bar = _failed(roles, sample, room) if bad else _bar(roles, sample, room, end)
            slow = not sample.warm_up and sample.latency_ms > end
            colour = roles.bad if bad else roles.warn if slow else roles.text
            number = span(f"{ms_text(sample.latency_ms):>{figure - 3}}", colour, bold=bad or slow)
            lines.append(ends(width, [name, *bar], [number, span(" ms", roles.muted)]))
        return lines

    def _legend(self, roles: Roles, width: int) -> list[Segment]:
        assert self._insight is not None
        entries = [("━━", roles.tint("accent", _BAR), "send() to report")]
        entries.append(
            (NOT_CHOSEN, roles.warn, "unconfirmed") if self._insight.unconfirmed else (OK, roles.ok, "acked")
        )
        entries += [(FAILED, roles.bad, "failed"), (_CUT, roles.warn, "cut")]
        spans: list[Segment] = []
        for glyph, colour, text in entries:
            more = [span(f"{'  ' if spans else ''}{glyph}", colour), span(f" {text}", roles.muted)]
            if width_of(spans) + width_of(more) <= width:
                spans += more
        return spans


def axis_end(samples: tuple[Sample, ...]) -> float:
    """The end of the axis in ms: the slowest of these records, without the few that would dwarf the rest."""
    usual = sorted(s.latency_ms for s in samples if s.error is None and not s.warm_up)
    if not usual:
        usual = sorted(s.latency_ms for s in samples if s.error is None) or [1.0]
    most = usual[-1]
    if most > 4 * usual[len(usual) // 2]:
        near = [ms for ms in usual if ms <= 4 * usual[len(usual) // 2]]
        most = near[-1]
    return nice_above(most)


def _label(sample: Sample) -> str:
    if sample.partition is None:
        return f"seq {count_text(sample.seq)}"
    return f"p{sample.partition}@{'none' if sample.offset is None else count_text(sample.offset)}"


def _axis(roles: Roles, room: int, end: float) -> list[Segment]:
    """A label a tick, the unit at the last one, which ends where the axis ends."""
    parts = next((n for n in (6, 5, 4, 3, 2) if room >= n * 6 and _even(end / n)), 1)
    line = [" "] * room
    for tick in (parts, *range(parts)):
        text = f"{end * tick / parts:,.4g}" + (" ms" if tick == parts else "")
        at = round(tick * (room - 1) / parts) - (len(text) // 2 if tick else 0)
        at = min(at, room - len(text))
        if at >= 0 and not "".join(line[max(0, at - 1) : at + len(text) + 1]).strip():
            line[at : at + len(text)] = text
    return [span("".join(line), roles.muted)]


def _even(step: float) -> bool:
    """Whether a tick's distance is a number one counts in: 1, 2, 2.5 or 5, times a power of ten."""
    return f"{step:e}"[:6].rstrip("0").rstrip(".") in ("1", "2", "2.5", "5")


def _bar(roles: Roles, sample: Sample, room: int, end: float) -> list[Segment]:
    """Whole length, then the mark at the moment of the report; cut with ╱╱ where the axis is too short."""
    mark = span(OK, roles.ok, bold=True) if sample.offset is not None else span(NOT_CHOSEN, roles.warn)
    colour = roles.muted if sample.warm_up else roles.tint("accent", _BAR)
    length = round(sample.latency_ms / end * (room - 1))
    if length > room - 1 and room >= 8:
        text = "warm-up" if sample.warm_up and room >= 20 else ""
        left = span("━" * (room - 6 - len(text)) + text, colour)
        return [left, span(_CUT, roles.muted if sample.warm_up else roles.warn), span("━━━", colour), mark]
    return [span("━" * min(length, room - 1), colour), mark]


def _failed(roles: Roles, sample: Sample, room: int) -> list[Segment]:
    """A failure has no place on the axis of those that came back: its length is the number at the right."""
    code = pick(max(0, room - 7), f" {sample.error} ", f" {(sample.error or '').lstrip('_')} ")
    right = room - 1 - len(code) - (room - 1 - len(code)) // 2
    left = room - 1 - len(code) - right
    return [span("┄" * left + code + "┄" * right, roles.bad), span(FAILED, roles.bad, bold=True)]
