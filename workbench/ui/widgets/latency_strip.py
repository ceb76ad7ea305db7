"""How long the records took: p50, p95 and p99 of each slice as nested bands, on the heatmap's clock."""

import math
from collections.abc import Sequence

from rich.segment import Segment
from textual.reactive import reactive

from workbench.insight.live import Insight
from workbench.insight.units import ms_text, nice_above
from workbench.model.cluster_view import TopicView
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import EMPTY, Chart, Layout, middle, runs, span, stacked

_STRENGTHS = (0.92, 0.52, 0.24)
"""p50, p95, p99: one hue in three strengths, so that the bands also read without colour."""
_NAMES = ("p50", "p95", "p99")
_WITH_MAX = len(" █p99 388.0 ms  max 388.0 ms")


class LatencyStrip(Chart, can_focus=True):
    slice_s: reactive[float | None] = reactive(None)

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None
        self._topic: TopicView | None = None

    def show(self, insight: Insight | None, topic: TopicView | None = None) -> None:
        """`topic` as given to the heatmap above, so that both have the same columns."""
        self._insight, self._topic = insight, topic
        self.draw()

    def watch_slice_s(self) -> None:
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        insight = self._insight
        if insight is None or not insight.delivered:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        layout = Layout.of(width, insight, self._topic)
        bands = [piece.bands for piece in insight.columns(layout.plot, self.slice_s)]
        seen = [ms for band in bands for ms in band if ms is not None]
        low, high = log_range(seen)
        colours = [roles.tint("accent", strength) for strength in _STRENGTHS]
        tops = [_heights(band, low, high, height) for band in bands]
        labels = _labels(low, high, height) if seen else {}
        lines = []
        for y in range(height):
            row = height - 1 - y
            axis = span(f"{labels.get(row, ''):>{layout.left - 1}} ", roles.muted)
            cells = [stacked(top, colours, row) if top else (" ", None, None) for top in tops]
            plot = [*runs(cells), span(" " * (layout.plot - len(cells)))]
            lines.append([axis, *plot, *self._figures(roles, insight, y, height, layout.right)])
        return lines

    def _figures(self, roles: Roles, insight: Insight, y: int, height: int, room: int) -> list[Segment]:
        if y < 3:
            place = 2 - y
            colour = roles.tint("accent", _STRENGTHS[place])
            spans = [
                span(" "),
                span(" ", None, colour),
                *_figure(roles, _NAMES[place], insight.percentiles[place]),
            ]
            if y == 0 and height < 4 and room >= _WITH_MAX:
                spans += [span("  "), *_figure(roles, "max", insight.max_ms)]
            return spans
        if y == height - 1:
            return [span("  "), *_figure(roles, "max", insight.max_ms)]
        return []


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
                result[row] = f"{ms:,.0f}" if ms >= 1 else f"{ms:g}"
        if step == 1 and rows >= 4:
            result.setdefault(rows - 1, "ms")
    return result
