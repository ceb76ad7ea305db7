"""A comparison as one HTML file that needs no other: for a slide, a wiki, a colleague."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.errors import InputError
from workbench.insight.comparison import Comparison, Figure
from workbench.insight.units import ms_text
from workbench.model.histogram import us_of

_TEMPLATE = Path(__file__).with_name("compare.html.j2")
_WIDTH, _HEIGHT = 640, 220
_POINTS = 200


def page(comparison: Comparison, title: str) -> str:
    """Everything in it is escaped; it loads nothing."""
    import jinja2  # late: only who saves a page needs it

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    groups = [
        (words, [_row(figure) for figure in comparison.figures if figure.group == group and _told(figure)])
        for group, words in comparison.groups.items()
    ]
    return template.render(
        title=title,
        sides=comparison.sides,
        words=comparison.words,
        differences=comparison.differences,
        groups=groups,
        cdf=_cdf([side.run.latency for side in comparison.sides]),
        size=(_WIDTH, _HEIGHT),
        when=[_when(side.run.ended_at) for side in comparison.sides],
    )


def look_at_place(path: Path) -> None:
    """Whether a page could lie there, asked before runs that take their time; raises InputError."""
    there = path.exists()
    try:
        path.open("ab").close()  # what lies there stays until there is a page
        if not there:
            path.unlink()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def save_page(path: Path, comparison: Comparison, title: str) -> None:
    """Raises InputError where it cannot be written."""
    try:
        path.write_text(page(comparison, title), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _told(figure: Figure) -> bool:
    """Whether any side has something to say; zeros only where the ledger's first word is."""
    return figure.name == "sent" or any(figure.values)


def _row(figure: Figure) -> dict[str, Any]:
    known = [value for value in figure.values if value]
    most = max(known, default=1.0)
    return {
        "name": figure.name,
        "best": figure.best,
        "cells": [
            (text, round(100 * (value or 0.0) / most, 1))
            for text, value in zip(figure.texts, figure.values, strict=True)
        ],
    }


def _cdf(latencies: list[Mapping[int, int]]) -> dict[str, Any] | None:
    """A curve a side: share of records (0 to 1) that took at most so long, over a log axis of ms."""
    known = [latency for latency in latencies if latency]
    if not known:
        return None
    low = max(1, min(us_of(min(latency)) for latency in known)) / 1000
    high = max(max(us_of(max(latency)) for latency in known) / 1000, low * 10)
    low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))

    def across(ms: float) -> float:
        return round(_WIDTH * math.log(max(ms, low) / low) / math.log(high / low), 1)

    decades = range(round(math.log10(low)), round(math.log10(high)) + 1)
    return {
        "curves": [_curve(latency, across) if latency else "" for latency in latencies],
        "ticks": [(across(10.0**decade), f"{ms_label(10.0**decade)}") for decade in decades],
    }


def _curve(latency: Mapping[int, int], across: Any) -> str:
    total, seen = sum(latency.values()), 0
    ordered = sorted(latency.items())
    step = max(1, len(ordered) // _POINTS)
    points = [(across(max(us_of(ordered[0][0]), 1) / 1000), 0.0)]
    for place, (bucket, count) in enumerate(ordered):
        seen += count
        if place % step == 0 or place == len(ordered) - 1:
            points.append((across(max(us_of(bucket), 1) / 1000), seen / total))
    return " ".join(f"{x},{round(_HEIGHT * (1 - share), 1)}" for x, share in points)


def ms_label(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms" if ms >= 0.01 else f"{ms_text(ms)} ms"


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
