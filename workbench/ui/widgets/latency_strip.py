"""How long the records took: p50, p95 and p99 of each slice as nested bands, on the heatmap's clock."""

import math
from collections.abc import Sequence

from rich.segment import Segment

from workbench.insight.live import Insight
from workbench.insight.slices import Columns, Slice
from workbench.insight.units import ms_text, nice_above
from workbench.model.cluster_view import TopicView
from workbench.model.events import Event
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import EMPTY, Layout, middle, runs, span, stacked
from workbench.ui.widgets.time_axis import time_axis
from workbench.ui.widgets.time_plot import TimePlot

_STRENGTHS = (0.92, 0.52, 0.24)
"""p50, p95, p99: one hue in three strengths, so that the bands also read without colour."""
_NAMES = ("p50", "p95", "p99")
_BLANK: tuple[str, str | None, str | None] = (" ", None, None)
CURSOR = "▾"
_WITH_MAX = len(" █p99 388.0 ms  max 388.0 ms")


class LatencyStrip(TimePlot):
    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None
        self._topic: TopicView | None = None
        self._happened: Sequence[Event] = ()
        self._alone = False

    def show(
        self,
        insight: Insight | None,
        topic: TopicView | None = None,
        happened: Sequence[Event] = (),
        *,
        alone: bool = False,
    ) -> None:
        """`topic` as given to the heatmap above, so that both have the same columns.

        `alone`: no heatmap stands above it, so it has the clock and what happened itself.
        """
        self._insight, self._topic, self._happened, self._alone = insight, topic, happened, alone
        self.draw()

    def columns_now(self) -> Columns | None:
        if self._insight is None:
            return None
        layout = Layout.of(self.size.width, self._insight, self._topic)
        return self._insight.columns(layout.plot, self.window)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        insight = self._insight
        if insight is None or not insight.delivered:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        layout = Layout.of(width, insight, self._topic)
        columns = insight.columns(layout.plot, self.window)
        lines = []
        if self._alone and height > 4:
            clock = time_axis(roles, columns, insight, self._happened, self.window.cursor_s)
            lines = [[span(" " * layout.left), *clock]]
            height -= 1
        return lines + self._bands(roles, layout, columns, height)

    def _bands(self, roles: Roles, layout: Layout, columns: Columns, height: int) -> list[list[Segment]]:
        bands = [piece.bands for piece in columns]
        seen = [ms for band in bands for ms in band if ms is not None]
        low, high = log_range(seen)
        colours = [roles.tint("accent", strength) for strength in _STRENGTHS]
        tops = [_heights(band, low, high, height) for band in bands]
        labels = _labels(low, high, height) if seen else {}
        looked_at = columns.at(self.window.cursor_s)
        marked = columns.cells_of(looked_at) if looked_at else range(0)
        lines = []
        for y in range(height):
            row = height - 1 - y
            axis = span(f"{labels.get(row, ''):>{layout.left - 1}} ", roles.muted)
            cells = [stacked(top, colours, row) if top else _BLANK for top in tops]
            for at in marked:
                cells[at] = _looked_at(roles, cells[at], y)
            plot = [*runs(cells), span(" " * (layout.plot - len(cells)))]
            lines.append([axis, *plot, *self._figures(roles, looked_at, (y, height), layout.right)])
        return lines

    def _figures(
        self, roles: Roles, looked_at: Slice | None, row_of: tuple[int, int], room: int
    ) -> list[Segment]:
        """Of the slice that is looked at, else of the run; `row_of`: which row of how many, from the top."""
        insight, (y, height) = self._insight, row_of
        assert insight is not None
        if y < 3:
            place = 2 - y
            colour = roles.tint("accent", _STRENGTHS[place])
            of = looked_at.bands if looked_at else insight.percentiles
            spans = [span(" "), span(" ", None, colour), *_figure(roles, _NAMES[place], of[place])]
            if y == 0 and height < 4 and room >= _WITH_MAX and looked_at is None:
                spans += [span("  "), *_figure(roles, "max", insight.max_ms)]
            return spans
        if y == height - 1 and looked_at is None:
            return [span("  "), *_figure(roles, "max", insight.max_ms)]
        return []


def _looked_at(
    roles: Roles, cell: tuple[str, str | None, str | None], y: int
) -> tuple[str, str | None, str | None]:
    """A line through the column, where it is empty; the mark at its top in any case."""
    glyph, colour, ground = cell
    if y == 0 and ground is None:
        return CURSOR, roles.accent, None
    return ("│", roles.accent, None) if glyph == " " and ground is None else (glyph, colour, ground)


def _figure(roles: Roles, name: str, ms: float | None) -> list[Segment]:
    """`p99 388.0 ms`, twelve cells; from ten seconds on in seconds."""
    if ms is None:
        return [span(name, roles.muted)]
    text, unit = (ms_text(ms), " ms") if ms < 10_000 else (f"{ms / 1000:.1f}", " s ")
    return [
        span(f"{name} ", roles.muted),
        span(f"{text:>5}", roles.text, bold=True),
        span(unit, roles.muted),
    ]


def log_range(seen: Sequence[float]) -> tuple[float, float]:
    """The scale in ms: from a full decade below the least to a round number above the most."""
    if not seen:
        return 0.1, 100.0
    low = 10.0 ** math.floor(math.log10(max(min(seen), 0.001)) - 1e-9)
    return low, max(nice_above(max(seen)), low * 10)


def _place(ms: float, low: float, high: float, rows: int) -> int:
    """Height in eighths of a cell."""
    share = math.log(max(ms, low) / low) / math.log(high / low)
    return min(rows * 8, round(share * rows * 8))


def _heights(
    band: tuple[float | None, float | None, float | None], low: float, high: float, rows: int
) -> list[int]:
    """Upper edges of the three bands, rising; nothing where nothing was counted."""
    return [max(1, _place(ms, low, high, rows)) for ms in band if ms is not None]


def _labels(low: float, high: float, rows: int) -> dict[int, str]:
    """Axis labels by row from the bottom: decades first, then fives and twos where there is room."""
    result: dict[int, str] = {}
    decades = range(math.floor(math.log10(low) + 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    for step in (1, 5, 2):
        for decade in decades:
            ms = step * 10.0**decade
            row = min(_place(ms, low, high, rows) // 8, rows - 1)
            near = {row} if step == 1 else {row - 1, row, row + 1}
            if low <= ms * 1.0001 and ms <= high * 1.0001 and not near & result.keys():
                result[row] = f"{ms:g}" if ms < 1000 else f"{ms / 1000:g} s"
        if step == 1 and rows >= 4:
            result.setdefault(rows - 1, "ms")
    return result
