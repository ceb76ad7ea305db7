"""What the client held over the run: waiting, on the way, and done but not fetched, as one stack."""

from collections.abc import Sequence

from rich.segment import Segment

from workbench.insight.units import nice_above, short_count, span_text
from workbench.model.client_state import ClientState
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import EMPTY, Chart, ends, middle, runs, span, stacked, width_of

_LEFT = 7
_REMEMBERED = 2000
Cell = tuple[str, str | None, str | None]
_PARTS = (("queue", 0.85, "wait"), ("wire", 0.5, "on the way"), ("warn", 1.0, "report waits for poll()"))
"""Strengths that also tell them apart without colour."""


class History(Chart):
    """A column a moment of the statistics; a run that is over fills the plot."""

    WHOLE = True

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._states: Sequence[ClientState] = ()
        self._ended = False
        self._drawn: dict[float, list[Cell]] = {}
        """A moment's column of cells, by its time, as long as the scale stays."""
        self._scale: object = None

    def show(self, states: Sequence[ClientState], *, ended: bool) -> None:
        known = self._states[-1:], len(self._states), self._ended
        self._states, self._ended = states, ended
        if known != (states[-1:], len(states), ended) or not self.room:
            self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        room = max(1, width - _LEFT)
        states = self._columns(room)
        if not states or height < 3:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *EMPTY), roles.muted)]
        rows = height - 2
        top = nice_above(max(state.records for state in states))
        columns = self._cells(roles, states, top, rows)
        lines = [self._legend(roles, width)]
        for row in range(rows - 1, -1, -1):
            label = short_count(top) if row == rows - 1 else "0" if row == 0 else ""
            cells = [column[row] for column in columns]
            lines.append([span(f"{label:>{_LEFT - 1}} ", roles.muted), *runs(cells)])
        return [*lines, self._axis(roles, states, room)]

    def _cells(self, roles: Roles, states: Sequence[ClientState], top: float, rows: int) -> list[list[Cell]]:
        """From the bottom up. Only what is new is computed: a run has hundreds of moments."""
        if (roles, top, rows) != self._scale or len(self._drawn) > _REMEMBERED:
            self._drawn, self._scale = {}, (roles, top, rows)
        colours = [roles.tint(role, strength) for role, strength, _ in _PARTS]
        for state in states:
            if state.at not in self._drawn:
                heights = _heights(state, top, rows)
                self._drawn[state.at] = [stacked(heights, colours, row) for row in range(rows)]
        return [self._drawn[state.at] for state in states]

    def _columns(self, room: int) -> list[ClientState]:
        states = list(self._states)
        if self._ended and states:
            return [states[cell * len(states) // room] for cell in range(room)]
        return states[-room:]

    def _legend(self, roles: Roles, width: int) -> list[Segment]:
        line: list[Segment] = [span("records".rjust(_LEFT), roles.muted), span("  ")]
        for role, strength, word in _PARTS:
            entry = [span("█ ", roles.tint(role, strength)), span(f"{word}   ", roles.muted)]
            if width_of(line) + width_of(entry) <= width:
                line += entry
        return line

    def _axis(self, roles: Roles, states: list[ClientState], room: int) -> list[Segment]:
        long = states[-1].at - states[0].at
        left, right = (
            (f"−{span_text(long)}", "now") if not self._ended else ("start", f"{span_text(long)} later")
        )
        used = min(len(states), room)
        if used < len(left) + len(right) + 2:
            left = ""
        return [
            span(" " * _LEFT),
            *ends(max(used, len(right)), [span(left, roles.muted)], [span(right, roles.muted)]),
        ]


def _heights(state: ClientState, top: float, rows: int) -> list[int]:
    """Upper edges in eighths of a cell, rising; what is there is seen."""
    edges, total = [], 0
    for count in (state.waiting, state.in_flight, state.reports):
        total += count
        edges.append(max(round(total / top * rows * 8), 1 if total else 0))
    return edges
