"""One line a sampled record: from send() to its report, on one axis of time."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from workbench.insight.live import Insight
from workbench.insight.pipeline import Plan, pipeline
from workbench.insight.units import count_text, ms_text, nice_above
from workbench.model.frame import Sample
from workbench.model.stations import Stations
from workbench.ui.glyphs import FAILED, FOCUS_BAR, NOT_CHOSEN, OK, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.ack_detail import MOST, ack_detail
from workbench.ui.widgets.ack_line import HIGH_WATERMARK, REPORT, ack_line
from workbench.ui.widgets.chart import EMPTY, ScrollingChart, ends, middle, span, width_of

_LEGEND_FROM = 8
_LOW = 7
_CUT = "╱╱"
_BAR = 0.92
_YOUNG = 64
Where = tuple[int, int]
"""Partition and offset."""


class Acks(ScrollingChart):
    """The newest first; a record that is looked at, and its neighbours, stand still meanwhile.

    `first` is the topmost record; it keeps its place when new ones come in above it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "hold", "hold", show=False, tooltip="stand still, go on", id="acks.hold"),
        Binding("escape", "release", "release", show=False, tooltip="look at none, go on", id="acks.release"),
    ]

    class Looked(Message):
        """Another record is looked at, or it stands still, or goes on."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None
        self._stations: Mapping[Where, Stations] = MappingProxyType({})
        self._held: Sequence[Sample] | None = None
        self._at: int | None = None
        """Index of the record that is looked at among those held."""

    def show(
        self,
        insight: Insight | None,
        stations: Mapping[Where, Stations] = MappingProxyType({}),
    ) -> None:
        """`stations`: of samples by partition and offset, where they are known."""
        before, self._insight = self._insight, insight
        if insight is None or (before is not None and before.frame.run_id != insight.frame.run_id):
            self.first, self._held, self._at = 0, None, None
        if self._held is not None:
            mine = {_where(sample) for sample in self._held}
            stations = dict(self._stations) | {at: one for at, one in stations.items() if at in mine}
        elif self.first and before is not None and insight is not None:
            self.first += max(0, insight.frame.sampled - before.frame.sampled)
        self._stations = stations
        self.first = min(self.first, max(0, self.rows - self.page))
        self.draw()

    @property
    def held(self) -> bool:
        return self._held is not None

    @property
    def looked_at(self) -> Sample | None:
        return self._held[self._at] if self._held is not None and self._at is not None else None

    @property
    def rows(self) -> int:
        return len(self._samples)

    @property
    def _samples(self) -> Sequence[Sample]:
        """Where stations are known, from the newest on that has them: they come a moment after the report."""
        if self._held is not None:
            return self._held
        samples = self._insight.samples if self._insight else ()
        known = (n for n, s in enumerate(samples) if _where(s) in self._stations)
        first = next(known, 0)
        return samples[first:] if first < _YOUNG else samples

    @property
    def _below(self) -> int:
        """Rows of the detail of the record looked at: in a low pane it leaves that record's line only."""
        if self.looked_at is None:
            return 0
        height = self.room.height
        return min(MOST, max(0, height - 2) if height <= _LOW else height // 2)

    @property
    def _above(self) -> int:
        """The axis, and with enough room the legend."""
        return 2 if self.room.height - self._below >= _LEGEND_FROM else 1

    @property
    def page(self) -> int:
        return max(1, self.room.height - self._above - self._below)

    # ---- looking at one

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is another's where there is nothing to leave."""
        return self.held if action == "release" else super().check_action(action, parameters)

    def action_go(self, by: int) -> None:
        at = self.first if self._at is None else self._at + by
        self.look_at(at)

    def action_page(self, by: int) -> None:
        self.action_go(by * max(1, self.page - 1))

    def look_at(self, index: int) -> None:
        """At the record in that row of all; everything stands still for it."""
        if not self._samples:
            return
        self._held = self._samples
        self._at = min(max(index, 0), len(self._held) - 1)
        self.first = min(max(self.first, self._at - self.page + 1), self._at)
        self._looked()

    def action_hold(self) -> None:
        """Stand still as it is, or go on."""
        self._held, self._at = (None, None) if self.held else (self._samples, None)
        self._looked()

    def action_release(self) -> None:
        self._held, self._at, self.first = None, None, 0
        self._looked()

    def _looked(self) -> None:
        self.draw()
        self.post_message(self.Looked())

    def on_click(self, event: events.Click) -> None:
        row = self.first + event.y - self._above
        if event.y >= self._above and event.y < self._above + self.page and row < self.rows:
            self.look_at(row)

    # ---- drawing

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        samples = self._samples
        if not samples:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        shown = samples[self.first : self.first + self.page]
        label = max(len(_label(sample)) for sample in shown) + 1
        figure = max(7, *(len(ms_text(sample.latency_ms)) for sample in shown)) + 4
        room = max(1, width - label - figure)
        end = axis_end(shown)
        lines = [self._legend(roles, width)] if self._above > 1 else []
        more = span(self.more(figure - 1), roles.text)
        lines.append(ends(width, [span(" " * label), *_axis(roles, room, end)], [more]))
        lines += [self._row(roles, width, sample, (label, room, figure), end) for sample in shown]
        if self.looked_at is not None:
            lines += [[]] * (self._above + self.page - len(lines))
            lines += self._detail(roles, width, self.looked_at)[: self._below]
        return lines

    def _row(
        self, roles: Roles, width: int, sample: Sample, cells: tuple[int, int, int], end: float
    ) -> list[Segment]:
        """`cells` of its name, its line and its figure."""
        label, room, figure = cells
        bad, here = sample.error is not None, sample is self.looked_at
        colour = roles.accent if here else roles.bad if bad else roles.muted
        name = span(_label(sample).ljust(label - here) + FOCUS_BAR * here, colour, bold=bad or here)
        bar = _failed(roles, sample, room) if bad else self._way(roles, sample, room, end)
        slow = not sample.warm_up and sample.latency_ms > end
        colour = roles.bad if bad else roles.warn if slow else roles.text
        number = span(f"{ms_text(sample.latency_ms):>{figure - 3}}", colour, bold=bad or slow or here)
        return ends(width, [name, *bar], [number, span(" ms", roles.muted)])

    def _detail(self, roles: Roles, width: int, sample: Sample) -> list[list[Segment]]:
        assert self._insight is not None
        client, stations = self._insight.frame.client, self._stations.get(_where(sample))
        seen = None
        if stations is None:
            seen = pipeline(self._insight.clients, Plan(), ended=self._insight.ended)
        return ack_detail(
            roles,
            width,
            sample,
            stations,
            split=seen.split if seen else None,
            unconfirmed=self._insight.unconfirmed,
            retries=sum(broker.retries for broker in client.brokers) if client else 0,
        )

    def _way(self, roles: Roles, sample: Sample, room: int, end: float) -> list[Segment]:
        stations = None
        if sample.latency_ms <= end:
            stations = self._stations.get(_where(sample))
        line = ack_line(roles, sample, stations, room, end) if stations is not None else []
        return line or _bar(roles, sample, room, end)

    def _legend(self, roles: Roles, width: int) -> list[Segment]:
        assert self._insight is not None
        if self._stations:
            return _entries(_of_stations(roles), roles, width)
        entries = [("━━", roles.tint("accent", _BAR), "send() to report")]
        entries.append(
            (NOT_CHOSEN, roles.warn, "unconfirmed") if self._insight.unconfirmed else (OK, roles.ok, "acked")
        )
        entries += [(FAILED, roles.bad, "failed"), (_CUT, roles.warn, "cut")]
        return _entries([(span(glyph, colour), text) for glyph, colour, text in entries], roles, width)


def _where(sample: Sample) -> Where:
    return (
        -1 if sample.partition is None else sample.partition,
        -1 if sample.offset is None else sample.offset,
    )


def _of_stations(roles: Roles) -> list[tuple[Segment, str]]:
    return [
        (span("1", roles.on, roles.wire), "leader has it"),
        (span("2", roles.on, roles.repl), "follower"),
        (span(HIGH_WATERMARK, roles.text), "high watermark"),
        (span(OK, roles.ok), "ack leaves"),
        (span(REPORT, roles.ok), "report"),
        (span("╌", roles.queue), "on its way"),
    ]


def _entries(entries: list[tuple[Segment, str]], roles: Roles, width: int) -> list[Segment]:
    """As many as fit, the first first."""
    spans: list[Segment] = []
    for glyph, text in entries:
        more = [span("  " if spans else ""), glyph, span(f" {text}", roles.muted)]
        if width_of(spans) + width_of(more) <= width:
            spans += more
    return spans


def axis_end(samples: Sequence[Sample]) -> float:
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
