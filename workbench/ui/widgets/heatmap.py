"""Where the records go: partitions down, time across, records a slice as cell colours."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from workbench.insight.live import Insight, Share
from workbench.insight.slices import SLICES_S, Columns
from workbench.insight.units import count_text, nice_above, short_count, span_text
from workbench.model.cluster_view import TopicView
from workbench.ui.glyphs import MARK, pick
from workbench.ui.theme import HEAT_STEPS, Roles
from workbench.ui.widgets.chart import EMPTY, Layout, ScrollingChart, ends, middle, runs, span, width_of

_UNEVEN = 1.10
_ENOUGH = 20
"""From this skew on, and so many records a partition, the busiest one is pointed out."""
_TALL = 54
_MARKED = {"failed": "bad", "rejected": "bad", "paused": "warn", "leader moved": "warn", "isr shrank": "warn"}
_CHOICE = SLICES_S[1:7]


class Heatmap(ScrollingChart):
    """`-` and `+` choose longer or shorter slices, `0` lets the plot choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "minus", "slice(1)", "longer slices", show=False, tooltip="longer slices", id="heatmap.longer"
        ),
        Binding(
            "plus,equals_sign",
            "slice(-1)",
            "shorter slices",
            show=False,
            tooltip="shorter slices",
            id="heatmap.shorter",
        ),
        Binding("0", "slice(0)", "slices that fit", show=False, tooltip="slices that fit", id="heatmap.fit"),
    ]

    slice_s: reactive[float | None] = reactive(None)

    @dataclass
    class SliceChosen(Message):
        """None: the plot chooses. Other plots of the same clock follow."""

        heatmap: "Heatmap"
        slice_s: float | None

        @property
        def control(self) -> "Heatmap":
            return self.heatmap

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None
        self._topic: TopicView | None = None
        self._plots: dict[int, list[Segment]] = {}
        self._plots_key: object = None

    def show(self, insight: Insight | None, topic: TopicView | None = None) -> None:
        self._insight, self._topic = insight, topic
        self.draw()

    def watch_slice_s(self) -> None:
        self.draw()

    def action_slice(self, by: int) -> None:
        if by == 0:
            self.slice_s = None
        else:
            now = self.slice_s or (self._insight.columns(26).slice_s if self._insight else _CHOICE[2])
            place = min(range(len(_CHOICE)), key=lambda index: abs(_CHOICE[index] - now))
            self.slice_s = _CHOICE[min(max(place + by, 0), len(_CHOICE) - 1)]
        self.post_message(self.SliceChosen(self, self.slice_s))

    @property
    def rows(self) -> int:
        known = len(self._topic.partitions) if self._topic else 0
        return max(known, len(self._insight.shares) if self._insight else 0)

    @property
    def page(self) -> int:
        return max(1, (self.room.height - 2) // self._row_height(self.room.height))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        _ = container, width
        return 2 + max(1, self.rows) * (2 if viewport.height >= _TALL else 1)

    def _row_height(self, height: int) -> int:
        return 2 if height - 2 >= 2 * max(self.rows, 1) else 1

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        insight = self._insight
        layout = Layout.of(width, insight, self._topic)
        if insight is None or not insight.shares:
            return self._empty(roles, layout, width, height)
        columns = insight.columns(layout.plot, self.slice_s)
        scale = nice_above(max((max(piece.counts, default=0) for piece in columns.slices), default=0))
        key = (layout, columns.slices[-1:], columns.slice_s, columns.ended, len(columns), scale, roles)
        if key != self._plots_key:
            self._plots, self._plots_key = {}, key
        high = self._row_height(height)
        self.first = min(self.first, max(0, self.rows - self.page))
        lines = [self._axis(roles, layout, columns, insight)]
        for share in insight.shares[self.first : self.first + self.page]:
            plot = self._plots.get(share.partition)
            if plot is None:
                plot = self._plots[share.partition] = self._plot(roles, layout, columns, share, scale)
            lines.append(
                [*self._label(roles, layout, share.partition), *plot, *self._total(roles, layout, share)]
            )
            lines += [[span(" " * layout.left), *plot]] * (high - 1)
        return [*lines, self._legend(roles, width, layout, columns, scale)]

    def _empty(self, roles: Roles, layout: Layout, width: int, height: int) -> list[list[Segment]]:
        lines: list[list[Segment]] = [[]]
        for partition in range(self.first, min(self.rows, self.first + self.page)):
            track = span(" " * layout.plot, None, roles.heat[0])
            lines.append([*self._label(roles, layout, partition), track])
            lines += [[span(" " * layout.left), track]] * (self._row_height(height) - 1)
        text = middle(width, pick(width, *EMPTY), roles.muted)
        if len(lines) < height:
            return [*lines, text]
        return [text, *lines[1:]]

    def _label(self, roles: Roles, layout: Layout, partition: int) -> list[Segment]:
        name = [span(f"p{partition}", roles.text, bold=True)]
        known = self._topic.partitions if self._topic else ()
        leader = next((each.leader for each in known if each.id == partition), None)
        if leader is None:
            return ends(layout.left, name, [])
        mark = span("–", roles.bad, bold=True) if leader < 0 else span(str(leader), roles.wire)
        return ends(layout.left, name, [mark, span(" ")])

    def _plot(
        self, roles: Roles, layout: Layout, columns: Columns, share: Share, scale: float
    ) -> list[Segment]:
        assert self._insight is not None
        cells: list[tuple[str, str | None, str | None]] = []
        for piece in columns:
            count = piece.counts[share.partition] if share.partition < len(piece.counts) else 0
            if count:
                step = min(HEAT_STEPS - 1, -(-count * (HEAT_STEPS - 1) // max(1, round(scale))))
                cells.append((" ", None, roles.heat[step]))
            else:
                silent = self._insight.silent(share.partition, count, piece.total)
                cells.append(("·", roles.bad if silent else roles.muted, roles.heat[0]))
        return [*runs(cells), span(" " * (layout.plot - len(cells)))]

    def _total(self, roles: Roles, layout: Layout, share: Share) -> list[Segment]:
        assert self._insight is not None
        insight = self._insight
        busiest, crowded = insight.busiest, _crowded(insight)
        most = crowded is not None and crowded.partition == share.partition
        spans = [
            span(f" {count_text(share.count):>{layout.count}} ", roles.text),
            span(f"{round(share.share * 100):>3} %", roles.warn if most else roles.muted, bold=most),
        ]
        if layout.bar and busiest is not None:
            length = round(layout.bar * share.count / busiest.count)
            spans.append(span(" " + "━" * length, roles.warn if most else roles.muted))
        elif layout.bar:
            spans.append(span(" " + "━" * (layout.bar if share.count else 0), roles.muted))
        return spans

    def _axis(self, roles: Roles, layout: Layout, columns: Columns, insight: Insight) -> list[Segment]:
        used = len(columns)
        if columns.ended:
            left, right = span_text(columns.start_s), span_text(columns.end_s)
        else:
            left, right = f"−{span_text(columns.end_s - columns.start_s)}", "now"
        if not used:
            return []
        line: list[tuple[str, str | None, str | None]] = [(" ", None, None)] * layout.plot
        _write(line, 0, left, roles.muted)
        at = max(len(left) + 1, used - len(right))
        _write(line, at, right, roles.muted)
        free = at
        for event in reversed(insight.marks):
            cell = columns.cell_of(event.at - insight.clock_wall)
            colour = _MARKED.get(event.kind)
            if colour is None or cell is None or not len(left) < cell < free:
                continue
            room = cell - len(left) - 2
            label = pick(room, *(f"{event.what} ",) * bool(event.what), f"{event.kind} ", " ").lstrip()
            _write(line, cell - len(label), f"{label}{MARK}", getattr(roles, colour))
            free = cell - len(label) - 1
        return [span(" " * layout.left), *runs(line)]

    def _legend(
        self, roles: Roles, width: int, layout: Layout, columns: Columns, scale: float
    ) -> list[Segment]:
        assert self._insight is not None
        insight = self._insight
        right = []
        if insight.skew is not None:
            crowded = _crowded(insight)
            right = [span("skew ", roles.muted), span(f"{insight.skew:.2f}×", roles.text, bold=True)]
            if crowded is not None:
                right.append(span(f" p{crowded.partition}", roles.warn))
        ramp = [span("0 ", roles.muted)] + [
            span("  ", None, roles.heat[step]) for step in range(1, HEAT_STEPS)
        ]
        top, per = short_count(scale), span_text(columns.slice_s)
        left = [span(" " * layout.left), *ramp]
        room = width - width_of(left) - width_of(right) - 2
        more = self.more(room)
        texts = (
            f" {top} records in {per}",
            f" {top} in {per}",
            f" {top} / {per}",
            f" {top}/{per}",
            f" {top}",
        )
        left.append(span(pick(room - len(more), *texts), roles.muted))
        if more and width_of(left) + len(more) + 2 + width_of(right) <= width:
            left.append(span(f"  {more}", roles.text))
        return ends(width, left, right)


def _crowded(insight: Insight) -> Share | None:
    """The busiest partition, where that is worth a word."""
    enough = insight.delivered >= _ENOUGH * len(insight.shares)
    return insight.busiest if enough and (insight.skew or 0) >= _UNEVEN else None


def _write(line: list[tuple[str, str | None, str | None]], at: int, text: str, colour: str) -> None:
    for index, glyph in enumerate(text, at):
        if 0 <= index < len(line):
            line[index] = (glyph, colour, None)
