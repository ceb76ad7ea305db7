"""The latency distribution of a run as text charts, drawn by plotext, and its figures.

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
_TALL = 14
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
    """Records by latency, as `height` lines of `width` cells, with ANSI colours where `ink` is given.

    "" where nothing was counted, or there is no room.
    """
    if not latency or width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        return ""
    import plotext  # late: see above

    bars = bars_of(latency, width - _TICK_WIDTH - 2)
    figure = _begun(width, height)
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
    shares = (0, 0.5, 1) if height < _TALL else (0, 0.25, 0.5, 0.75, 1)
    counts = sorted({round(most * share) for share in shares})
    labels = [(max(count, floor), f"{short_count(count):>{_TICK_WIDTH}}") for count in counts]
    return _finished(figure, bars, (floor, most), labels, ink)


def cdf_chart(latency: Mapping[int, int], width: int, height: int, ink: Ink | None = None) -> str:
    """The share of records that took at most so long, as `chart` else."""
    if not latency or width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        return ""
    import plotext  # late: see above

    bars = bars_of(latency, width - _TICK_WIDTH - 2)
    figure = _begun(width, height)
    shares = shares_of(latency, bars)
    marker = plotext.marker("hd", pixel=plotext.pixel(ink.bars if ink else "default"))
    figure.draw(figure.signal(list(range(len(shares))), shares, marker=marker).lines(True))
    percents = (0, 50, 100) if height < _TALL else (0, 25, 50, 75, 95, 100)
    labels = [(float(percent), f"{percent:>{_TICK_WIDTH - 2}} %") for percent in percents]
    return _finished(figure, bars, (0.0, 100.0), labels, ink)


def shares_of(latency: Mapping[int, int], bars: Bars) -> list[float]:
    """Percent of the records that are at or left of each column; the last is 100."""
    total, seen, shares = sum(latency.values()), 0, []
    places = [
        (bars.column_of(max(us_of(bucket), 1) / 1000), count) for bucket, count in sorted(latency.items())
    ]
    at = 0
    for column in range(len(bars.columns)):
        while at < len(places) and places[at][0] <= column + 0.5:
            seen += places[at][1]
            at += 1
        shares.append(100 * seen / total)
    return shares


def _begun(width: int, height: int) -> Any:
    import plotext  # late: see above

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    return figure


def _finished(
    figure: Any, bars: Bars, scale: tuple[float, float], labels: list[tuple[float, str]], ink: Ink | None
) -> str:
    import plotext  # late: see above

    axes = plotext.pixel(ink.axes if ink else "default")
    figure.axes(pixel=axes)
    across, up = figure.ruler("x").pixel(axes), figure.ruler("y").pixel(axes)
    ticks = ticks_of(bars)
    across.lim(-0.5, len(bars.columns) - 0.5)
    across.ticks([column for column, _ in ticks], [label for _, label in ticks])
    up.lim(*scale)
    up.ticks([at for at, _ in labels], [label for _, label in labels])
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
