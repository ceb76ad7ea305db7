"""One partition record by record: which replica has which offset, and what each acks would have said."""

from collections.abc import Iterator, Sequence

from rich.segment import Segment

from workbench.insight.deaths import Death, death
from workbench.insight.offsets import window
from workbench.insight.replicas import ReplicaFacts, is_zombie, replica_facts, up
from workbench.insight.units import count_text
from workbench.model.cluster_state import ClusterState, PartitionState, ReplicaState
from workbench.ui.glyphs import DEAD, FAILED, FROZEN, MARK, OK, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, middle, span, tight, width_of
from workbench.ui.widgets.cluster.log_bar import ALONE, HATCH

_NAMES = ((130, 28), (100, 22), (0, 19))
"""From how many columns on the names at the left have so many."""
_NOTES_FROM = 110
_NOTES = 30
_BAR = "┃"


class RecordMatrix(Chart):
    """`acks` is the run's own: "0", "1" or "all"; the others are what they would say."""

    WHOLE = True

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._state: ClusterState | None = None
        self._partition = 0
        self._acks = "all"

    def show(self, state: ClusterState | None, partition: int, acks: str) -> None:
        """`partition` is an index among the state's."""
        self._state, self._partition, self._acks = state, partition, acks
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        state = self._state
        if state is None or self._partition >= len(state.partitions):
            return []
        partition = state.partitions[self._partition]
        matrix = _Matrix(roles, state, partition, width, self._acks)
        if not matrix.offsets:
            yet = " yet — ^S sends" if partition.leader >= 0 else ""
            text = pick(width, f"no record is in it{yet}", "no record yet")
            return [[]] * ((height - 1) // 2) + [middle(width, text, roles.muted)]
        rows = [matrix.replica(replica) for replica in partition.replicas]
        rows += [matrix.acks("1"), matrix.acks("all")]
        head = [matrix.mark(), matrix.heads()]
        gap = height >= len(head) + 2 * len(rows) - 1
        lines = list(head)
        for index, row in enumerate(rows):
            lines.append(row)
            if gap and index < len(rows) - 1:
                lines.append(matrix.between())
        return lines


class _Matrix:
    """One drawing: the columns that all rows share."""

    def __init__(
        self, roles: Roles, state: ClusterState, partition: PartitionState, width: int, acks: str
    ) -> None:
        self._roles, self._state, self._partition, self._width = roles, state, partition, width
        self._acks = acks
        self._name = next(name for least, name in _NAMES if width >= least)
        self._notes = _NOTES if width >= _NOTES_FROM else 0
        end = max((replica.log_end for replica in partition.replicas), default=0)
        self._cell = max(5, len(count_text(end)) + 1)
        room = max(1, (width - self._name - self._notes - 2) // (self._cell + 1))
        self.offsets = window(partition, room)
        self._leader = next((r for r in partition.replicas if r.broker == partition.leader), None)
        marks = [replica.high_watermark for replica in partition.replicas]
        self._mark = self._leader.high_watermark if self._leader else max(marks, default=0)
        above = (n for n, offset in enumerate(self.offsets) if offset is not None and offset >= self._mark)
        self._bar_at = next(above, len(self.offsets))
        """Columns before the high watermark's bar."""
        self._few = self._leader is not None and len(partition.isr) < partition.minimum_isr
        self._space, self._bar = span(" ", roles.text), span(_BAR, roles.text)
        self._zombies = [r for r in partition.replicas if is_zombie(partition, r) and _answers(state, r)]
        self._death: Death | None = death(state, partition, partition.leader) if self._leader else None

    def _joined(self, cells: Sequence[Segment], name: Sequence[Segment], *notes: str) -> list[Segment]:
        """The name, the cells with the high watermark's bar between them, the longest note that fits."""
        line = [*name, span(" " * max(0, self._name - width_of(name)))]
        bar_at, space = self._bar_at, self._space
        for index, cell in enumerate(cells):
            line += (self._bar if index == bar_at else space, cell)
        if bar_at == len(cells):
            line.append(self._bar)
        if self._notes:
            note = pick(self._width - width_of(line) - 2, *notes, "")
            line.append(span(f"  {note}" if note else "", self._roles.muted))
        return tight(line)

    def between(self) -> list[Segment]:
        return self._joined([span(" " * self._cell)] * len(self.offsets), [])

    def mark(self) -> list[Segment]:
        """Over the bar: what it is."""
        roles = self._roles
        at = self._name + self._bar_at * (self._cell + 1)
        text = f"high watermark {count_text(self._mark)} "
        text = pick(at, text, f"HW {count_text(self._mark)} ", "")
        held = "" if self._leader and len(self._partition.isr) >= self._partition.minimum_isr else ", held"
        after = pick(
            self._width - at - 2, f" a consumer reads up to here{held}", f" consumers read to here{held}", ""
        )
        colour = roles.warn if held else roles.muted
        return [span(text.rjust(at), roles.text, bold=True), span(MARK, roles.text), span(after, colour)]

    def heads(self) -> list[Segment]:
        cells = []
        for offset in self.offsets:
            text = "…" if offset is None else count_text(offset)
            risky = offset is not None and self._lost(offset)
            cells.append(
                span(text.center(self._cell), self._roles.bad if risky else self._roles.muted, bold=risky)
            )
        return self._joined(cells, [span("offset", self._roles.muted)])

    def _lost(self, offset: int) -> bool:
        """Whether it is acked under acks=1 and gone when the leader dies."""
        found, leader = self._death, self._leader
        if found is None or leader is None or found.leader < 0:
            return False
        return 0 <= found.log_end <= offset < leader.log_end

    def replica(self, replica: ReplicaState) -> list[Segment]:
        roles = self._roles
        facts = replica_facts(self._state, self._partition, replica)
        broker = self._state.broker(replica.broker)
        alive = up(broker) and not broker.isolated
        chip = roles.accent if alive else roles.warn if broker.condition != "dead" else roles.bad
        glyph = "" if alive else f"{FROZEN if broker.condition != 'dead' else DEAD} "
        room = self._name - 5
        label = pick(room - len(glyph), *(_short(form) for form in facts.forms))
        name = [
            span(f" {replica.broker} ", roles.on, chip, bold=True),
            span(f" {glyph}{label}", getattr(roles, facts.tone), bold=facts.standing == "leader"),
        ]
        cells = list(self._copies(replica, facts, alive=alive))
        return self._joined(cells, name, *self._notes_of(replica, facts))

    def _copies(self, replica: ReplicaState, facts: ReplicaFacts, *, alive: bool) -> Iterator[Segment]:
        """The cell of each offset in that replica's row."""
        roles, cell, mark = self._roles, self._cell, self._mark
        share = 0.72 if alive else 0.3
        left_out, missing, unseen = (span(text.center(cell), roles.faint) for text in "…·?")
        single = span(ALONE.center(cell), roles.on, roles.bad)
        committed = span(" " * cell, None, roles.tint("repl", share))
        written = span(HATCH * cell, roles.warn if alive else roles.muted, roles.tint("warn", share / 3))
        other = span("other".center(cell), roles.bad if alive else roles.muted, roles.tint("bad", share / 4))
        alone_from = replica.log_end - facts.alone
        for offset in self.offsets:
            if offset is None:
                yield left_out
            elif not replica.is_seen:
                yield unseen
            elif not replica.log_start <= offset < replica.log_end:
                yield missing
            elif facts.alone and offset >= alone_from:
                yield single
            elif 0 <= replica.parts_at <= offset:
                yield other
            else:
                yield committed if offset < mark else written

    def _notes_of(self, replica: ReplicaState, facts: ReplicaFacts) -> tuple[str, ...]:
        """What stands behind a replica's row, the longest first."""
        found, leader = self._death, self._leader
        if facts.alone == 1:
            return (f"the only copy of {count_text(replica.log_end - 1)}",)
        if facts.alone:
            return f"the only copy of {facts.alone:,} records", "the only copy"
        if facts.standing == "gone" and replica.parted:
            at = count_text(replica.parts_at)
            return f"other history from {at} on", f"others from {at} on"
        if facts.standing == "zombie" and leader is not None:
            return "what it acks now will be cut off", "its acks will be cut off"
        stuck = facts.standing in ("behind", "gone") and replica.in_isr
        holds = stuck and leader is not None and replica.log_end <= self._mark < leader.log_end
        if found is not None and found.leader == replica.broker and found.broker != replica.broker:
            dies = found.broker
            both = (f"holds the HW; leads if {dies} dies",) if holds else ()
            return *both, f"next leader if {dies} dies", "next leader"
        return ("holds the high watermark back", "holds the HW back") if holds else ()

    def acks(self, which: str) -> list[Segment]:
        roles = self._roles
        own = which == self._acks
        said = pick(self._name - 10, "this run" if own else "would say", "now" if own else "would")
        colour = roles.warn if which == "1" else roles.ok
        name = [
            span(f"acks={which}".ljust(10), colour, bold=True),
            span(said, roles.text if own else roles.muted),
        ]
        if which == "1":
            notes: tuple[str, ...] = (f"{OK} when the leader has it", f"{OK} leader has it")
        elif self._few:
            isr, least = len(self._partition.isr), self._partition.minimum_isr
            notes = (f"refused: ISR {isr} < min.insync {least}", f"ISR {isr} < {least}")
        else:
            every = ("when every in-sync replica has it", "when the whole ISR has it", "ISR has it")
            notes = tuple(f"{OK} {form}" for form in every)
        return self._joined([self._answer(which, offset) for offset in self.offsets], name, *notes)

    def _answer(self, which: str, offset: int | None) -> Segment:
        roles, cell = self._roles, self._cell
        if offset is None:
            return span("…".center(cell), roles.faint)
        end = self._leader.log_end if self._leader else self._mark
        if offset < (end if which == "1" else self._mark):
            if which == "1" and self._lost(offset):
                return span(
                    pick(cell, f"{OK} LOST?", "LOST?", "!").center(cell), roles.on, roles.bad, bold=True
                )
            return span(OK.center(cell), roles.ok, roles.tint("ok", 0.25))
        if which == "1" and any(z.log_start <= offset < z.log_end for z in self._zombies):
            return span(pick(cell, f"{OK} LOST", "LOST", "!").center(cell), roles.on, roles.bad, bold=True)
        if which == "all" and self._few:
            return span(pick(cell, "refused", FAILED).center(cell), roles.warn)
        return span(pick(cell, "waits", "…").center(cell), roles.muted)


def _answers(state: ClusterState, replica: ReplicaState) -> bool:
    return up(state.broker(replica.broker))


def _short(form: str) -> str:
    return form.partition(",")[0] if form.startswith("in sync,") else form
