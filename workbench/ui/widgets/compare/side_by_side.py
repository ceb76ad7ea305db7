"""Figures of two or more runs in columns, each with a bar on one scale; what was asked differently first."""

from collections.abc import Iterator

from rich.segment import Segment

from workbench.insight.comparison import Comparison, Difference, Figure
from workbench.insight.units import two_decimals
from workbench.ui.glyphs import OK, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import EMPTY, ScrollingChart, middle, span, width_of

_NAME = 18
_RATIO = 9
_LONGEST_NAME = 44
_TEXT = 11
_STRENGTHS = (0.92, 0.62, 0.4, 0.28)
_AIRY = 16
Line = list[Segment]


class SideBySide(ScrollingChart):
    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._comparison: Comparison | None = None
        self._count = 0

    def show(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self.first = min(self.first, max(0, self._count - self.page))
        self.draw()

    @property
    def rows(self) -> int:
        return self._count

    @property
    def page(self) -> int:
        return max(1, self.room.height - 1)

    def build(self, roles: Roles, width: int, height: int) -> list[Line]:
        comparison = self._comparison
        if comparison is None or not comparison.sides:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        lines = list(self._lines(roles, width, comparison))
        self._count = len(lines)
        self.first = min(self.first, max(0, self._count - self.page))
        head = self._head(roles, width, comparison)
        return [head, *lines[self.first : self.first + height - 1]]

    def _column(self, width: int, comparison: Comparison) -> int:
        return max(
            8, (width - _NAME - (_RATIO if len(comparison.sides) == 2 else 0)) // len(comparison.sides)
        )

    def _head(self, roles: Roles, width: int, comparison: Comparison) -> Line:
        column = self._column(width, comparison)
        more = self.more(_NAME - 1)
        line = [span(f"{more:<{_NAME}}", roles.muted)]
        for index, side in enumerate(comparison.sides):
            alone = side.label if len(side.label) > 1 else f"{side.label}, run {side.run.number}"
            text = pick(
                column - 2, f"{alone}, run {side.run.number}" if len(side.label) > 1 else alone, alone
            )
            colour = roles.tint("accent", _STRENGTHS[index % len(_STRENGTHS)])
            line += [span("▌", colour), span(text.ljust(column - 1), roles.text, bold=True)]
        if len(comparison.sides) == 2:
            line.append(span("B to A".rjust(_RATIO - 1), roles.muted))
        return line

    def _lines(self, roles: Roles, width: int, comparison: Comparison) -> Iterator[Line]:
        yield [span("Asked differently", roles.text, bold=True)]
        if not comparison.differences:
            alone = len(comparison.sides) < 2
            yield [span("  one run: the next one is set beside it" if alone else "  in nothing", roles.muted)]
        for difference in comparison.differences:
            yield from self._difference(roles, width, comparison, difference)
        for group, name in comparison.groups.items():
            figures = [
                f for f in comparison.figures if f.group == group and (f.name == "sent" or any(f.values))
            ]
            if figures:
                yield from [[]] * (self.room.height >= _AIRY)
                yield [span(name, roles.text, bold=True)]
            for figure in figures:
                yield self._figure(roles, width, comparison, figure)

    def _difference(
        self, roles: Roles, width: int, comparison: Comparison, difference: Difference
    ) -> Iterator[Line]:
        """The name in its column, or in a line of its own where it is too long for that."""
        column = self._column(width, comparison)
        name = f"  {difference.name.removeprefix('producer.')}"
        if len(name) >= _NAME:
            yield [span(pick(min(width, _LONGEST_NAME), name), roles.muted)]
            name = ""
        texts = [
            span(f" {pick(column - 2, text)}".ljust(column), roles.warn, bold=True)
            for text in difference.texts
        ]
        yield [span(name.ljust(_NAME), roles.muted), *texts]

    def _figure(self, roles: Roles, width: int, comparison: Comparison, figure: Figure) -> Line:
        column = self._column(width, comparison)
        most = max((value for value in figure.values if value), default=1.0)
        line = [span(f"  {figure.name}".ljust(_NAME), roles.muted)]
        for index, (value, text) in enumerate(zip(figure.values, figure.texts, strict=True)):
            best = figure.best == index
            told = f" {text}{f' {OK}' if best else ''}"
            cell = [span(told.ljust(_TEXT + 3), roles.text, bold=best)]
            room = column - width_of(cell) - 2
            if room >= 4 and value:
                length = max(1, round(room * value / most))
                cell.append(span("━" * length, roles.tint("accent", _STRENGTHS[index % len(_STRENGTHS)])))
            line += [*cell, span(" " * max(0, column - width_of(cell)))]
        ratio = figure.ratio(1) if len(figure.values) == 2 else None
        if ratio is not None:
            text = "same" if ratio == 1 else f"{ratio:,.0f}×" if ratio >= 100 else f"{two_decimals(ratio)}×"
            line.append(span(text.rjust(_RATIO - 1), roles.muted))
        return line
