"""If the focused broker died now (or: died and still leads), and what its keys would do: said before."""

from rich.segment import Segment

from workbench.insight.foretold import Forecast, forecast, foretold
from workbench.insight.happenings import Timeouts
from workbench.model.cluster_state import ClusterState
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, span, width_of

_ONE_LINE_FROM = 116


class ForecastLines(Chart):
    """One line from 116 columns, else three; below it what the keys do."""

    WHOLE = True

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._state: ClusterState | None = None
        self._partition = 0
        self._broker = 0
        self._timeouts = Timeouts()
        self._can_break = True

    def show(
        self, state: ClusterState | None, partition: int, broker: int, timeouts: Timeouts, *, can_break: bool
    ) -> None:
        """`partition` and `broker` are indexes into the state's; `can_break`: whether faults can be done."""
        self._state, self._partition, self._broker = state, partition, broker
        self._timeouts, self._can_break = timeouts, can_break
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        _ = height
        state = self._state
        if state is None or self._partition >= len(state.partitions) or self._broker >= len(state.brokers):
            return []
        partition, broker = state.partitions[self._partition], state.brokers[self._broker]
        keys = (
            [span(pick(width, *foretold(state, broker, self._timeouts)), roles.muted)]
            if self._can_break
            else []
        )
        head = span(f"If broker {broker.id} died now", roles.text, bold=True)
        if broker.condition == "dead":
            head = span(f"Broker {broker.id} is dead", roles.text, bold=True)
            if partition.leader != broker.id:
                return [[head], keys]
        found = forecast(state, partition, broker.id)
        if width >= _ONE_LINE_FROM:
            return [_one_line(roles, width, head, found), keys]
        room = width - width_of([head]) - 2
        return [
            [head, span(f"  {pick(room, *found.who)}", roles.muted)],
            [*_said(roles, "acks=1", found.acks_1, width, lost=found.lost_1)],
            [*_said(roles, "acks=all", found.acks_all, width, lost=found.lost_all)],
            keys,
        ]


def _one_line(roles: Roles, width: int, head: Segment, found: Forecast) -> list[Segment]:
    """What acks=1 would lose stays in full the longest."""
    line: list[Segment] = []
    for who, one, every in _FORMS:
        acks_1, acks_all = (
            found.acks_1[one:] or found.acks_1[-1:],
            found.acks_all[every:] or found.acks_all[-1:],
        )
        line = [
            head,
            span(f"  {_nth(found.who, who)}.  ", roles.muted),
            *_said(roles, "acks=1", acks_1, width, lost=found.lost_1),
            span("   "),
            *_said(roles, "acks=all", acks_all, width, lost=found.lost_all),
        ]
        if width_of(line) <= width:
            return line
    return line


_FORMS = ((0, 0, 0), (0, 0, 1), (1, 0, 1), (1, 0, 2), (1, 1, 2))
"""Which lengths to try of who leads, of acks=1, of acks=all; 0 is the longest."""


def _nth(forms: tuple[str, ...], index: int) -> str:
    return forms[min(index, len(forms) - 1)]


def _said(roles: Roles, acks: str, forms: tuple[str, ...], width: int, *, lost: int | None) -> list[Segment]:
    colour = roles.muted if lost is None else roles.bad if lost else roles.ok
    chip = span(f" {acks} ", roles.on, colour, bold=True)
    return [chip, span(f" {pick(width - len(acks) - 3, *forms)}", colour, bold=True)]
