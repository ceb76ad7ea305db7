"""All partitions in one line: how much of each is not committed, and which one is looked at."""

from rich.segment import Segment

from workbench.insight.happenings import Timeouts
from workbench.insight.replicas import broker_facts
from workbench.model.cluster_state import ClusterState, PartitionState
from workbench.ui.glyphs import DEAD, FOCUS_BAR, FROZEN, UP, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, ends, span, width_of

_GLYPHS = {"running": UP, "stopping": UP, "starting": FROZEN, "frozen": FROZEN, "dead": DEAD}


class PartitionStrip(Chart):
    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._state: ClusterState | None = None
        self._at = (0, 0)

    def show(self, state: ClusterState | None, at: tuple[int, int]) -> None:
        """`at`: partition and broker, as indexes into the state's."""
        self._state, self._at = state, at
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        _ = height
        state = self._state
        if state is None or not state.partitions:
            return []
        right = self._brokers(roles, state, width // 2)
        room = width - width_of(right) - 1
        cells = [
            _cell(roles, partition, here=n == self._at[0]) for n, partition in enumerate(state.partitions)
        ]
        first = self._at[0]
        while first > 0 and sum(map(width_of, cells[first - 1 : self._at[0] + 1])) <= room - 6:
            first -= 1
        line = [span("… ", roles.faint)] if first else []
        for n, cell in enumerate(cells[first:], first):
            last = n == len(cells) - 1
            if width_of(line) + width_of(cell) > room - (0 if last else 2):
                line.append(span("…", roles.faint))
                break
            line += cell
        return [ends(width, line, right)]

    def _brokers(self, roles: Roles, state: ClusterState, room: int) -> list[Segment]:
        broker = state.brokers[self._at[1]] if self._at[1] < len(state.brokers) else None
        colours = {"running": roles.ok, "dead": roles.bad}
        dots = [span(_GLYPHS[one.condition], colours.get(one.condition, roles.warn)) for one in state.brokers]
        if broker is None:
            return dots
        facts = broker_facts(state, broker, Timeouts())
        tone = roles.muted if facts.tone == "ok" else getattr(roles, facts.tone)
        words = pick(
            room - width_of(dots) - 1, f" broker {broker.id} {facts.state}", f" {broker.id} {facts.state}", ""
        )
        return [*dots, span(words, tone)]


def _cell(roles: Roles, partition: PartitionState, *, here: bool) -> list[Segment]:
    leader = next((r for r in partition.replicas if r.broker == partition.leader), None)
    waiting = leader.log_end - leader.high_watermark if leader else 0
    few = len(partition.isr) < partition.minimum_isr
    text, tone = (f"+{waiting}", roles.warn) if waiting else ("", roles.muted)
    if leader is None:
        text, tone = "no leader", roles.bad
    elif few:
        text, tone = f"{text} isr {len(partition.isr)}".strip(), roles.bad
    ground = roles.surface if here else None
    return [
        span(FOCUS_BAR if here else " ", roles.accent, ground),
        span(f"p{partition.partition}", roles.text if here else roles.muted, ground, bold=here),
        span(f" {text} " if text else " ", tone, ground),
        span(" "),
    ]
