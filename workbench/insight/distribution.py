"""The latency distribution of a run as a text chart, drawn by plotext, and its figures.

plotext takes a tenth of a second to import and 10 ms to draw: for charts that one stops to look at.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.insight.units import nice_above, short_count
from workbench.model.histogram import percentiles, us_of

RGB = tuple[int, int, int]
PERCENTS = (50.0, 90.0, 95.0, 99.0, 99.9)
MARKED = (50.0, 95.0, 99.0)
_LEAST_WIDTH, _LEAST_HEIGHT = 24, 6
_TICK_WIDTH = 5
_BACKGROUND = re.compile(r"\x1b\[48;[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of the chart; without them it is plain text."""

    bars: RGB
    marks: RGB
    axes: RGB


@dataclass(frozen=True, slots=True)
class Bars:
    """Records by latency, on a logarithmic axis from `low` to `high` ms, a bar a column or more."""

    low: float
    high: float
    columns: tuple[int, ...]
    """The records of the bar that stands in each column."""

    def column_of(self, ms: float) -> float:
        share = math.log(ms / self.low) / math.log(self.high / self.low)
        return share * (len(self.columns) - 1)


def name_of(percent: float) -> str:
    return f"p{percent:g}"


def figures(latency: Mapping[int, int]) -> list[tuple[str, float | None]]:
    """Names and ms of the usual percentiles."""
    return list(zip(map(name_of, PERCENTS), percentiles(latency, PERCENTS), strict=True))


def bars_of(latency: Mapping[int, int], width: int) -> Bars:
    """Few records get few, broad bars. `latency` is not empty."""
    low = max(us_of(min(latency)), 1) / 1000 / 1.3
    high = max(us_of(max(latency)) / 1000 * 1.3, low * 10)
    number = min(width, max(8, 2 * math.isqrt(sum(latency.values()))))
    counts = [0] * number
    scale = number / math.log(high / low)
    for bucket, count in latency.items():
        ms = max(us_of(bucket), 1) / 1000
        counts[min(number - 1, int(math.log(ms / low) * scale))] += count
    return Bars(low, high, tuple(counts[column * number // width] for column in range(width)))


def ticks_of(bars: Bars) -> list[tuple[float, str]]:
    """Columns and labels of the time axis: 1, 2 and 5 times the powers of ten, as far as they fit."""
    ticks: list[tuple[float, str]] = []
    decades = range(math.floor(math.log10(bars.low)), math.ceil(math.log10(bars.high)) + 1)
    for step in (1, 5, 2):
        for decade in decades:
            ms = step * 10.0**decade
            if not bars.low <= ms <= bars.high:
                continue
            column, text = bars.column_of(ms), _ms_label(ms)
            if all(abs(column - other) >= (len(text) + len(label)) / 2 + 2 for other, label in ticks):
                ticks.append((column, text))
    return sorted(ticks)


def _ms_label(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def chart(latency: Mapping[int, int], width: int, height: int, ink: Ink | None = None) -> str:
    """The chart as `height` lines of `width` cells, with ANSI colours where `ink` is given.

    "" where nothing was counted, or there is no room.
    """
    if not latency or width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        return ""
    import plotext  # late: see above

    bars = bars_of(latency, width - _TICK_WIDTH - 2)
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    axes = plotext.pixel(ink.axes if ink else "default")
    most = nice_above(max(bars.columns))
    floor = most / (4 * height)  # the lowest half cell, so that few records are still seen
    _draw_bars(figure, bars, floor, plotext.marker("hd", pixel=plotext.pixel(ink.bars if ink else "default")))
    marks = plotext.pixel(ink.marks if ink else "default")
    for place, (percent, ms) in enumerate(zip(MARKED, percentiles(latency, MARKED), strict=True)):
        assert ms is not None
        column = bars.column_of(max(ms, bars.low))
        figure.line(column, "vertical", pixel=marks)
        name = plotext.colorize(name_of(percent), marks)
        figure.draw(figure.text(column + 1, most * (0.98 - 0.1 * place), name))
    figure.axes(pixel=axes)
    across, up = figure.ruler("x").pixel(axes), figure.ruler("y").pixel(axes)
    ticks = ticks_of(bars)
    across.lim(-0.5, len(bars.columns) - 0.5)
    across.ticks([column for column, _ in ticks], [label for _, label in ticks])
    counts = sorted(
        {round(most * share) for share in ((0, 0.5, 1) if height < 14 else (0, 0.25, 0.5, 0.75, 1))}
    )
    up.lim(floor, most)
    up.ticks(
        [max(count, floor) for count in counts], [f"{short_count(count):>{_TICK_WIDTH}}" for count in counts]
    )
    text = str(figure.build().string()).rstrip("\n")
    # plotext has a background of its own for everything: the terminal's, or the pane's, is wanted
    return _BACKGROUND.sub("", text) if ink else str(plotext.uncolorize(text))


def _draw_bars(figure: Any, bars: Bars, floor: float, marker: Any) -> None:
    """Two points a column: the marker has half cells."""
    tops = [
        (column + side, max(count, floor))
        for column, count in enumerate(bars.columns)
        if count
        for side in (-0.25, 0.25)
    ]
    signal = figure.signal([x for x, _ in tops], [y for _, y in tops], marker=marker)
    figure.draw(signal.lines(False).fillx())
