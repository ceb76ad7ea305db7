"""The stations of a record inside the client: side by side where there is room, else one below the other."""

from collections.abc import Sequence

from rich.segment import Segment

from workbench.insight.bottleneck import Place
from workbench.insight.stages import Stage
from workbench.ui.glyphs import MARK, WARNING, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, ends, span, width_of

_LEAST = 13
_ARROW = " ► "
_GAUGE = "▮"
_TRACK = "▯"
_LABEL = 15
SIDE_BY_SIDE = 6
"""Rows of the stations where they stand side by side: name, figure, unit, gauge, and two more."""


class StageLine(Chart):
    """`held_up`: where the bottleneck is."""

    WHOLE = True

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stages: Sequence[Stage] = ()
        self._held_up: Place = "nowhere"

    def show(self, stages: Sequence[Stage], held_up: Place) -> None:
        self._stages, self._held_up = stages, held_up
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        count = len(self._stages)
        if not count:
            return []
        each = (width + len(_ARROW)) // count - len(_ARROW)
        if each < _LEAST:
            return [self._row(roles, stage, width) for stage in self._stages]
        return self._columns(roles, each, height)

    # ---- side by side

    def _columns(self, roles: Roles, each: int, height: int) -> list[list[Segment]]:
        cards = [self._card(roles, stage, each) for stage in self._stages]
        lines: list[list[Segment]] = []
        for y in range(min(height, max(len(card) for card in cards))):
            line: list[Segment] = []
            for index, card in enumerate(cards):
                if index:
                    line.append(span(_ARROW if y == 1 else " " * len(_ARROW), roles.muted))
                line += card[y] if y < len(card) else [span(" " * each)]
            lines.append(line)
        return lines

    def _card(self, roles: Roles, stage: Stage, width: int) -> list[list[Segment]]:
        here = self._is_here(stage)
        colour = roles.bad if stage.wrong else getattr(roles, stage.role)
        name = [
            span(
                pick(width - 2 * here, stage.name, stage.name.removeprefix("your ")),
                roles.warn if here else roles.text,
                bold=True,
            )
        ]
        if here:
            name.append(span(f" {MARK}", roles.warn, bold=True))
        lines = [
            name,
            [span(pick(width, stage.figure), colour, bold=True)],
            [span(pick(width, *stage.unit), roles.muted)],
            gauge(roles, stage, min(width, 12)),
        ]
        lines += [[span(pick(width, *detail), roles.muted)] for detail in stage.details]
        return [ends(width, line, []) for line in lines]

    # ---- one below the other

    def _row(self, roles: Roles, stage: Stage, width: int) -> list[Segment]:
        here = self._is_here(stage)
        colour = roles.bad if stage.wrong else getattr(roles, stage.role)
        mark = f"{WARNING} " if here else "► "
        left = [
            span(mark, roles.warn if here else roles.muted),
            span(stage.name.ljust(_LABEL), roles.warn if here else roles.text, bold=True),
            span(f"{stage.figure:>9}", colour, bold=True),
            span(f" {pick(13, *stage.unit)}".ljust(14), roles.muted),
            *(gauge(roles, stage, 6) or [span(" " * 6)]),
            span("  "),
        ]
        room = width - width_of(left)
        forms = [" · ".join(detail[min(n, len(detail) - 1)] for detail in stage.details) for n in range(3)]
        forms.append(stage.details[0][-1] if stage.details else "")
        return ends(width, [*left, span(pick(room, *forms), roles.muted)], [])

    def _is_here(self, stage: Stage) -> bool:
        first = next((each for each in self._stages if each.place == self._held_up), None)
        return stage is first


def gauge(roles: Roles, stage: Stage, width: int) -> list[Segment]:
    """Filled as far as it is full; nothing where there is no limit."""
    if stage.gauge is None:
        return []
    filled = round(stage.gauge * width) or (1 if stage.gauge > 0 else 0)
    colour = (
        roles.bad
        if stage.gauge >= 0.99
        else roles.warn
        if stage.gauge >= 0.85
        else getattr(roles, stage.role)
    )
    return [span(_GAUGE * filled, colour), span(_TRACK * (width - filled), roles.faint)]
