"""A comparison as a person reads it in a terminal, and as JSON."""

from collections.abc import Sequence

import msgspec

from workbench.insight.comparison import Comparison, Figure
from workbench.producer_config.values import letters


def as_json(comparison: Comparison) -> str:
    """One line: what differs, every figure side by side, and the whole report of each side."""
    return msgspec.json.encode(
        {
            "sides": [side.label for side in comparison.sides],
            "differences": {row.name: row.texts for row in comparison.differences},
            "figures": {figure.name: figure.values for figure in comparison.figures},
            "words": comparison.words,
            "reports": [side.report for side in comparison.sides],
        }
    ).decode()


def as_text(comparison: Comparison) -> str:
    labels = [side.label for side in comparison.sides]
    lines = [f"{side.label}: {side.run.scenario.title}, {side.report.state}" for side in comparison.sides]
    lines += ["", *comparison.words] if comparison.words else []
    lines += ["", "differs", *_table([(row.name, row.texts) for row in comparison.differences], labels)]
    if not comparison.differences:
        lines[-1] = "  nothing: the same scenario was run again"
    for group, name in comparison.groups.items():
        rows = [
            (figure.name, _marked(figure))
            for figure in comparison.figures
            if figure.group == group and (figure.name == "sent" or any(figure.values))
        ]
        if rows:
            lines += ["", name, *_table(rows, labels)]
    return "\n".join(map(letters, lines))


def _marked(figure: Figure) -> list[str]:
    """The better value has a mark."""
    return [f"{text} ✓" if index == figure.best else text for index, text in enumerate(figure.texts)]


def _table(rows: Sequence[tuple[str, Sequence[str]]], labels: Sequence[str]) -> list[str]:
    table = [("", list(labels)), *rows]
    name = max(len(row[0]) for row in table)
    widths = [max(len(row[1][side]) for row in table) for side in range(len(labels))]
    return [
        f"  {row[0]:<{name}}  "
        + "  ".join(f"{text:<{width}}" for text, width in zip(row[1], widths, strict=True)).rstrip()
        for row in table
    ]
