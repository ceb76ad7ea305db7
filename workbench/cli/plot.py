"""The latency distribution of a run in the terminal: histogram and CDF, as wide as the terminal is."""

import shutil
from collections.abc import Mapping

_WIDEST, _HEIGHT = 120, 12


def as_plot(latency: Mapping[int, int], width: int | None = None) -> str:
    """`width`: of the terminal, at most 120 columns; plain text, so that it can be piped."""
    from workbench.insight.distribution import cdf_chart, chart

    if not latency:
        return "  no latency was counted: no plot"
    columns = min(width or shutil.get_terminal_size((80, 24)).columns, _WIDEST)
    drawn = (("records by latency", chart), ("share of records up to each latency", cdf_chart))
    charts = [(name, draw(latency, columns, _HEIGHT)) for name, draw in drawn]
    if not all(text for _, text in charts):
        return "  the terminal is too narrow for a plot"
    return "\n".join(f"\n  {name}, log scale\n{text}" for name, text in charts)
