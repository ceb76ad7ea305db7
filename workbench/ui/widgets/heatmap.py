"""Where the records go: partitions down, time across, records or bytes a slice as cell colours."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive

from workbench.insight.heat import Heat, Measure, Peaks, spread_of, total_of
from workbench.insight.live import Insight
from workbench.insight.slices import Columns
from workbench.insight.spread import Spread
from workbench.insight.units import count_text, percent, size_text
from workbench.model.cluster_view import TopicView
from workbench.model.events import Event
from workbench.ui.glyphs import pick
from workbench.ui.theme import HEAT_STEPS, Roles
from workbench.ui.widgets.chart import (
    BLOCKS,
    EMPTY,
    Layout,
    ScrollingChart,
    ends,
    middle,
    runs,
    span,
)
from workbench.ui.widgets.heat_words import DETAILS, RAMP, HeatWords
from workbench.ui.widgets.time_axis import Cell, time_axis
from workbench.ui.widgets.time_plot import TimePlot

_TALL = 54
_LOOKED_AT = "◆"


def _key(keys: str, action: str, what: str, name: str) -> Binding:
    return Binding(keys, action, what, show=False, tooltip=what, id=f"heatmap.{name}")


@lru_cache(maxsize=4096)
def _run(cell: Cell, count: int) -> Segment:
    """So many of the same cell. One segment for all places: what is the same object is compared at once."""
    glyph, colour, ground = cell
    return span(glyph * count, colour, ground)


class Heatmap(TimePlot, ScrollingChart):
    """The cursor is a slice (the window's) and a row; without a row it is of all partitions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("b", "measure", "bytes, records", "measure"),
        _key("f", "fold", "several partitions a row, so that all are seen; one", "fold"),
        _key("s", "shapes", "shapes instead of colours, and back", "shapes"),
        _key("enter", "app.partitions", "which key goes to which partition", "keys"),
    ]

    measure: reactive[Measure] = reactive[Measure]("records")
    folded: reactive[bool] = reactive(False)
    shapes: reactive[bool] = reactive(False)
    row: reactive[int | None] = reactive[int | None](None)
    """The row that is looked at, where the window has a moment."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None
        self._topic: TopicView | None = None
        self._happened: Sequence[Event] = ()
        self._plots: dict[int, list[list[Segment]]] = {}
        self._plots_key: object = None
        self._labels: dict[int, list[Segment]] = {}
        self._labelled: object = None
        self._peaks: Peaks = {}
        self._peaks_key: object = None
        self._heat: Heat | None = None
        self._folds = 0

    def show(
        self, insight: Insight | None, topic: TopicView | None = None, happened: Sequence[Event] = ()
    ) -> None:
        """`happened`: what plots point at besides the run's own marks, oldest first."""
        self._insight, self._topic, self._happened = insight, topic, happened
        self.draw()

    # ---- what is shown of it

    def columns_now(self) -> Columns | None:
        if self._insight is None:
            return None
        layout = Layout.of(self.size.width, self._insight, self._topic)
        return self._insight.columns(layout.plot, self.window)

    @property
    def partitions(self) -> int:
        known = len(self._topic.partitions) if self._topic else 0
        return max(known, len(self._insight.shares) if self._insight else 0)

    @property
    def fold(self) -> int:
        """Partitions a row: as few as let all be seen; the same while a cell is looked at."""
        if not self.folded:
            return 1
        if not (self.told and self._folds):
            self._folds = max(1, -(-self.partitions // max(1, self.room.height - 2)))
        return self._folds

    @property
    def rows(self) -> int:
        return -(-self.partitions // self.fold)

    @property
    def page(self) -> int:
        return max(1, (self.room.height - self._besides) // self._row_height(self.room.height))

    @property
    def _besides(self) -> int:
        """Lines that are no rows: the axis, the legend, and what is said of the cell looked at."""
        return 2 + (self.told if self.room.height > 2 + self.told else 0)

    @property
    def told(self) -> int:
        """Lines about the cell that is looked at."""
        looking = self.window.cursor_s is not None and self._insight is not None
        return DETAILS if looking else 0

    @property
    def _in_shapes(self) -> bool:
        return self.shapes or (self.is_attached and self.app.no_color)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        _ = container, width
        return 2 + self.told + max(1, self.partitions) * (2 if viewport.height >= _TALL else 1)

    def _row_height(self, height: int) -> int:
        return 2 if height - self._besides >= 2 * max(self.rows, 1) else 1

    # ---- keys and mouse

    def watch_measure(self) -> None:
        self.draw()

    def watch_shapes(self) -> None:
        self.draw()

    def watch_folded(self) -> None:
        self.first = self._folds = 0
        self.row = None
        self.draw()

    def watch_row(self) -> None:
        self.draw()

    def watch_window(self) -> None:
        if self.window.cursor_s is None:
            self.row = None
        super().watch_window()

    def action_measure(self) -> None:
        self.measure = "bytes" if self.measure == "records" else "records"

    def action_fold(self) -> None:
        self.folded = not self.folded

    def action_shapes(self) -> None:
        self.shapes = not self.shapes

    def action_moment(self, by: int) -> None:
        if self.row is None and self._insight is not None:
            self.row = self.first
        super().action_moment(by)

    def action_go(self, by: int) -> None:
        """The row above, below; the first and the last one."""
        if self._insight is None or not self.rows:
            self.scroll_rows(by)
            return
        if self.window.cursor_s is None:
            super().action_moment(-1)
        appears = self.row is None and abs(by) == 1  # the first arrow only shows the cursor
        at = (self.first if self.row is None else self.row) + (0 if appears else by)
        self.row = min(max(at, 0), self.rows - 1)
        self.scroll_rows(min(self.row - self.first, 0) or max(self.row - self.first - self.page + 1, 0))

    def on_click(self, event: events.Click) -> None:
        columns, insight = self.columns_now(), self._insight
        if columns is None or insight is None:
            return
        cell = event.x - Layout.of(self.size.width, insight, self._topic).left
        row = self.first + (event.y - 1) // self._row_height(self.room.height)
        piece = next((one for one in columns.slices if cell in columns.cells_of(one)), None)
        if piece is None or event.y < 1 or not self.first <= row < min(self.rows, self.first + self.page):
            return
        self.row = row
        self.look_through(self.window.looking_at(piece.index, columns))

    # ---- drawing

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        insight = self._insight
        layout = Layout.of(width, insight, self._topic)
        if insight is None or not insight.shares:
            return self._empty(roles, layout, width, height)
        heat = self._heat_of(insight, layout, roles)
        spread = spread_of(insight, self.measure)
        high, cursor = self._row_height(height), heat.columns.at(self.window.cursor_s)
        self.first = min(self.first, max(0, self.rows - self.page))
        marked = sorted((*insight.marks, *self._happened), key=lambda event: event.at, reverse=True)
        clock = time_axis(roles, heat.columns, insight, self._happened, self.window.cursor_s)
        lines = [[span(" " * layout.left), *clock]]
        for row in range(self.first, min(self.first + self.page, heat.rows)):
            plot = self._plots.get(row)
            if row == self.row and cursor is not None:
                plot = self._plot(roles, heat, row, high, heat.columns.cells_of(cursor))
            elif plot is None:
                plot = self._plots[row] = self._plot(roles, heat, row, high)
            label = self._labels.get(row)
            if label is None or row == self.row:
                label = self._label(roles, layout, heat.partitions_of(row), here=row == self.row)
                if row != self.row:
                    self._labels[row] = label
            lines.append([*label, *plot[0], *self._total(roles, layout, heat, row, spread)])
            lines += [[span(" " * layout.left), *below] for below in plot[1:]]
        words = HeatWords(roles, width, insight, heat)
        lines.append(words.legend(layout.left, spread, self.more_forms, shapes=self._in_shapes))
        if self._besides > 2:
            lines += words.details(self.row, cursor, marked)
        return lines

    def _heat_of(self, insight: Insight, layout: Layout, roles: Roles) -> Heat:
        """The numbers, and the rows drawn of them, stay until a slice is over or something else is asked."""
        columns = insight.columns(layout.plot, self.window)
        asked = self.measure, self.fold, self.partitions, columns.slice_s, insight.frame.run_id
        shown = columns.slices[:1], columns.slices[-1:], columns.ended, columns.stretched
        key = asked, shown, layout.plot, self._row_height(self.room.height), self._in_shapes, roles
        if key != self._plots_key or self._heat is None:
            if asked != self._peaks_key or len(self._peaks) > 10_000:
                self._peaks, self._peaks_key = {}, asked
            self._heat = Heat.of(columns, self.measure, self.partitions, self.fold, self._peaks)
            self._plots, self._plots_key = {}, key
        labelled = self._topic, roles, layout.left, self.fold
        if labelled != self._labelled:
            self._labels, self._labelled = {}, labelled
        return self._heat

    def _empty(self, roles: Roles, layout: Layout, width: int, height: int) -> list[list[Segment]]:
        lines: list[list[Segment]] = [[]]
        high, fold = self._row_height(height), self.fold
        for row in range(self.first, min(self.rows, self.first + self.page)):
            track = span(" " * layout.plot, None, roles.heat[0])
            partitions = range(row * fold, min((row + 1) * fold, self.partitions))
            lines.append([*self._label(roles, layout, partitions), track])
            lines += [[span(" " * layout.left), track]] * (high - 1)
        text = middle(width, pick(width, *EMPTY), roles.muted)
        if len(lines) < height:
            return [*lines, text]
        return [text, *lines[1:]]

    def _label(self, roles: Roles, layout: Layout, partitions: range, *, here: bool = False) -> list[Segment]:
        text = f"p{partitions.start}" + ("–" if len(partitions) > 1 else "")
        name = [span(text, roles.accent if here else roles.text, bold=True)]
        known = self._topic.partitions if self._topic else ()
        leader = next((each.leader for each in known if each.id == partitions.start), None)
        if leader is None or len(partitions) > 1:
            return ends(layout.left, name, [])
        mark = span("–", roles.bad, bold=True) if leader < 0 else span(str(leader), roles.wire)
        return ends(layout.left, name, [mark, span(" ")])

    def _plot(
        self, roles: Roles, heat: Heat, row: int, high: int, looked_at: Sequence[int] = ()
    ) -> list[list[Segment]]:
        """A row's cells, `high` lines of them."""
        columns, known = heat.columns, {}
        keys = [
            (step, not step and self._is_silent(row, piece.total))
            for piece, step in zip(columns.slices, heat.steps(row, HEAT_STEPS), strict=True)
        ]
        if columns.stretched:
            cells_of = columns.cells_of
            keys = [key for piece, key in zip(columns.slices, keys, strict=True) for _ in cells_of(piece)]
        for step, silent in set(keys):
            known[step, silent] = self._cells(roles, step, high, silent=silent)
        blank = span(" " * (columns.width - len(keys)))
        if not looked_at and not self._in_shapes:
            groups = [(known[key], len(list(group))) for key, group in groupby(keys)]
            return [[*(_run(cells[line], count) for cells, count in groups), blank] for line in range(high)]
        rows = [known[key] for key in keys]
        for index in looked_at:
            rows[index] = [(_LOOKED_AT, roles.on, roles.accent)] + [(" ", None, roles.accent)] * (high - 1)
        return [[*runs(cells[line] for cells in rows), blank] for line in range(high)]

    def _is_silent(self, row: int, slice_total: int) -> bool:
        assert self._insight is not None
        return self.fold == 1 and self._insight.silent(row, 0, slice_total)

    def _cells(self, roles: Roles, step: int, high: int, *, silent: bool) -> list[Cell]:
        """One cell of each of the row's lines, the upper first."""
        ground = roles.heat[0]
        if not step:
            return [("·", roles.bad if silent else roles.muted, ground)] * high
        if not self._in_shapes:
            return [(" ", None, roles.heat[step])] * high
        if high == 1:
            return [(RAMP[step], roles.text, ground)]
        eighths = step * 16 // (HEAT_STEPS - 1)
        return [
            (BLOCKS[max(0, eighths - 8)], roles.text, ground),
            (BLOCKS[min(8, eighths)], roles.text, ground),
        ]

    def _total(self, roles: Roles, layout: Layout, heat: Heat, row: int, spread: Spread) -> list[Segment]:
        """What the row got in the whole run, its share, and a bar that the busiest row would fill."""
        assert self._insight is not None
        partitions, frame = heat.partitions_of(row), self._insight.frame
        amounts = frame.partitions if heat.measure == "records" else frame.partition_bytes
        amount = total_of(amounts, partitions)
        most = spread.word in ("uneven", "one partition takes most") and spread.busiest in partitions
        text = count_text(amount) if heat.measure == "records" else size_text(amount)
        share = percent(amount / spread.total if spread.total else 0.0)
        tone = roles.warn if most else roles.muted
        spans = [span(f" {text:>{layout.count}} ", roles.text), span(f"{share:>5}", tone, bold=most)]
        if layout.bar:
            top = max(amounts, default=0) * len(partitions) if heat.fold > 1 else max(amounts, default=0)
            length = round(layout.bar * amount / top) if top else 0
            spans.append(span(" " + "━" * length, tone))
        return spans
