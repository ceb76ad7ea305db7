"""Brokers as columns, partitions as rows: each replica's log as a bar, what it is, and what comes next."""

from collections.abc import Sequence
from functools import lru_cache

from rich.segment import Segment
from textual import events
from textual.message import Message

from workbench.insight.happenings import Timeouts
from workbench.insight.replicas import BrokerFacts, ReplicaFacts, broker_facts, replica_facts
from workbench.insight.units import count_text
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState
from workbench.ui.glyphs import DEAD, FOCUS_BAR, FROZEN, UP, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span, tight, width_of
from workbench.ui.widgets.cluster.log_bar import Scale, legend, log_bar

_LEFT = 11
_GAP = 2
_HEAD = 2
_SHORTEST_BAR = 4
_UNSEEN = ("its log is not seen from outside", "log not seen", "")
_GLYPHS = {"running": UP, "stopping": UP, "starting": FROZEN, "frozen": FROZEN, "dead": DEAD}


class ReplicaGrid(ScrollingChart, can_focus=False):
    """The cursor is a partition and a broker, as indexes into the state's."""

    WHOLE = True

    class Picked(Message):
        """None: where the cursor stands."""

        def __init__(self, partition: int | None, broker: int | None) -> None:
            super().__init__()
            self.partition, self.broker = partition, broker

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._state: ClusterState | None = None
        self._timeouts = Timeouts()
        self._why_empty: tuple[str, ...] = ("",)
        self._partition_at = 0
        self._broker_at = 0
        self._drawn_high = 1
        self._drawn: dict[int, tuple[object, list[list[Segment]]]] = {}

    def show(
        self,
        state: ClusterState | None,
        timeouts: Timeouts,
        at: tuple[int, int],
        why_empty: Sequence[str] = ("",),
    ) -> None:
        """`at`: partition and broker; `why_empty`: what to say while there is no state."""
        self._state, self._timeouts, self._why_empty = state, timeouts, tuple(why_empty)
        moved = self._partition_at != at[0]
        self._partition_at, self._broker_at = at
        if moved:
            self.first = min(max(self.first, at[0] - self.page + 1), at[0])
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._state.partitions) if self._state else 0

    @property
    def _high(self) -> int:
        room = self.room.height - _HEAD - 1
        return next((high for high in (3, 2) if self.rows * high <= room + (high == 3)), 1 if room < 8 else 2)

    @property
    def page(self) -> int:
        return max(1, (self.room.height - _HEAD - 1 + (self._high == 3)) // self._high)

    def on_click(self, event: events.Click) -> None:
        if self._state is None:
            return
        column = (event.x - _LEFT) // (self._column(self.size.width) + _GAP)
        row = self.first + (event.y - _HEAD) // self._high
        broker = column if event.x >= _LEFT and column < len(self._state.brokers) else None
        partition = row if event.y >= _HEAD and row < self.rows else None
        self.post_message(self.Picked(partition, broker))

    # ---- drawing

    def _column(self, width: int) -> int:
        brokers = len(self._state.brokers) if self._state else 1
        return max(8, (width - _LEFT - _GAP * (brokers - 1)) // max(brokers, 1))

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        state = self._state
        if state is None or not state.partitions:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *self._why_empty), roles.muted)]
        self.first = min(self.first, max(0, self.rows - self.page))
        column, self._drawn_high = self._column(width), self._high
        lines = self._heads(roles, state, column)
        for index in range(self.first, min(self.first + self.page, self.rows)):
            lines += self._partition(
                roles, state, state.partitions[index], column, here=index == self._partition_at
            )
        lines = lines[: height - 1]
        lines += [[]] * (height - 1 - len(lines))
        return [*lines, _foot(roles, self.more(20), width)]

    def _heads(self, roles: Roles, state: ClusterState, column: int) -> list[list[Segment]]:
        """The broker that the keys act on has a bar at its left and stands on a lighter ground."""
        first, second = [span(" " * (_LEFT - 1))], [span(" " * (_LEFT - 1))]
        for index, broker in enumerate(state.brokers):
            facts = broker_facts(state, broker, self._timeouts)
            here = index == self._broker_at
            ground = roles.raised if here else None
            edge = span(FOCUS_BAR if here else " ", roles.accent)
            head = _fitted(_head(roles, broker, facts, column, here=here), column)
            first += [edge, *head, span(" " * (_GAP - 1))]
            tone = roles.muted if facts.tone == "ok" else getattr(roles, facts.tone)
            said = span(pick(column, *facts.forms).ljust(column), tone, ground)
            second += [edge, said, span(" " * (_GAP - 1))]
        return [tight(first), tight(second)]

    def _partition(
        self, roles: Roles, state: ClusterState, partition: PartitionState, column: int, *, here: bool
    ) -> list[list[Segment]]:
        """As drawn before, where neither the partition nor a broker's condition is another one."""
        conditions = [(broker.id, broker.condition, broker.isolated) for broker in state.brokers]
        key = roles, partition, conditions, column, self._drawn_high, here
        known = self._drawn.get(partition.partition)
        if known is None or known[0] != key:
            known = self._drawn[partition.partition] = key, self._row(roles, state, partition, column, here)
        return known[1]

    def _row(
        self, roles: Roles, state: ClusterState, partition: PartitionState, column: int, here: bool
    ) -> list[list[Segment]]:
        ground = roles.raised if here else None
        top, below = self._names(roles, partition, ground, here=here)
        figure = max(len(count_text(replica.log_end)) for replica in partition.replicas)
        scale = Scale.of(partition, max(_SHORTEST_BAR, column - figure - 2))
        known = {replica.broker: replica for replica in partition.replicas}
        for broker in state.brokers:
            replica = known.get(broker.id)
            if replica is None:
                top.append(span(" " * (column + _GAP), None, ground))
                below.append(span("·".center(column) + " " * _GAP, roles.faint, ground))
                continue
            facts = replica_facts(state, partition, replica)
            top += _label(roles, facts, column, ground)
            dim = broker.condition in ("dead", "frozen")
            below += _bar(roles, replica, scale, column, ground, alone=facts.alone, dim=dim, here=here)
        if self._drawn_high == 1:
            return [tight([*top[:2], *below[2:]])]
        return [tight(top), tight(below), *([[]] if self._drawn_high == 3 else [])]

    def _names(
        self, roles: Roles, partition: PartitionState, ground: str | None, *, here: bool
    ) -> tuple[list[Segment], list[Segment]]:
        """The cells at the left: which partition, and its high watermark."""
        head, name, room = leader_mark(partition), f"p{partition.partition}", _LEFT - 2
        edge = span(f"{FOCUS_BAR if here else ' '} ", roles.accent, ground)
        above = pick(room, f"{name} {head}", name) if self._drawn_high == 1 else name
        colour = roles.accent if here else roles.text
        below = pick(room, f"HW {head}", head)
        return (
            [edge, span(above.ljust(room), colour, ground, bold=here or self._drawn_high > 1)],
            [edge, span(below.ljust(room), roles.muted, ground)],
        )


@lru_cache(maxsize=16)
def _foot(roles: Roles, more: str, width: int) -> list[Segment]:
    right = [span(f"partitions {more}", roles.text)] if more else []
    line: list[Segment] = [span(" " * _LEFT)]
    for entry in legend(roles):
        gap = span("   " if width_of(line) > _LEFT else "")
        if width_of([*line, gap, *entry]) + width_of(right) + 1 <= width:
            line += [gap, *entry]
    return ends(width, [*line, span(" " * width)], right)


@lru_cache(maxsize=1024)
def _label(roles: Roles, facts: ReplicaFacts, width: int, ground: str | None) -> tuple[Segment, ...]:
    """What stands over a replica's bar, and the gap to the next."""
    alone, leads = facts.alone, facts.standing == "leader"
    label = [span(pick(width, *facts.forms), getattr(roles, facts.tone), ground, bold=leads)]
    if not alone:
        return (*label, span(" " * (width + _GAP - width_of(label)), None, ground))
    only = pick(width - width_of(label) - 1, f"{alone:,} only here", f"◆{alone:,}", "")
    whole = ends(width, _fitted(label, width, ground), [span(only, roles.bad, ground, bold=True)])
    return (*whole, span(" " * _GAP, None, ground))


def _bar(
    roles: Roles,
    replica: ReplicaState,
    scale: Scale,
    column: int,
    ground: str | None,
    *,
    alone: int,
    dim: bool,
    here: bool,
) -> list[Segment]:
    """The bar, its log end offset, and the gap to the next."""
    if not replica.is_seen:
        return [span(pick(scale.width, *_UNSEEN).ljust(column + _GAP), roles.faint, ground)]
    bar, width = log_bar(roles, replica, scale, alone=alone, dim=dim)
    text = f" {count_text(replica.log_end)}"
    end = span(text, roles.muted if dim else roles.text, ground, bold=here)
    if (room := column - width - len(text)) >= 0:
        return [*bar, end, span(" " * (room + _GAP), None, ground)]
    return [*Segment.adjust_line_length([*bar, end], column), span(" " * _GAP, None, ground)]


def leader_mark(partition: PartitionState) -> str:
    """The high watermark as the leader knows it, else the highest that a replica knows."""
    leader = next((r for r in partition.replicas if r.broker == partition.leader), None)
    mark = leader.high_watermark if leader else max(r.high_watermark for r in partition.replicas)
    return count_text(mark) if mark >= 0 else "–"


def _head(roles: Roles, broker: BrokerState, facts: BrokerFacts, column: int, *, here: bool) -> list[Segment]:
    colour = {"ok": roles.accent, "warn": roles.warn, "bad": roles.bad}.get(facts.tone, roles.accent)
    chip = span(f" {broker.id} ", roles.on, colour, bold=True)
    tone = roles.ok if facts.tone == "ok" else getattr(roles, facts.tone)
    ground = roles.raised if here else None
    glyph = _GLYPHS[broker.condition]
    leads = " ".join(f"p{p}" for p in facts.leads)
    name = pick(column - len(facts.state) - 7, f" broker {broker.id}", "")
    word = facts.state.partition(" ")[0].rstrip(",")
    room = column - 3 - len(name)
    shorter = ("cut off",) if word == "isolated" else ()
    how = pick(room, f" {glyph} {facts.state}", f" {glyph} {word}", f"{glyph}{word}", *shorter, glyph, "")
    left = [
        chip,
        span(name, roles.accent if here else roles.text, ground, bold=True),
        span(how, tone, ground),
    ]
    rest = column - width_of(left) - 1
    led = (
        pick(rest, f"leads {leads}", f"leads {len(facts.leads)}", f"{len(facts.leads)} led", "")
        if facts.leads
        else ""
    )
    right = span(led if len(led) <= rest else "", roles.muted, ground)
    return ends(column, [*left, span(" " * column, None, ground)], [right])


def _fitted(spans: Sequence[Segment], width: int, ground: str | None = None) -> list[Segment]:
    room = width - width_of(spans)
    if room >= 0:
        return [*spans, span(" " * room, None, ground)]
    return list(Segment.adjust_line_length(list(spans), width))
