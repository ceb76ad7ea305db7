"""The order of records as runs of colour: a lane for each of the last runs, what came of it above."""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar, Literal

from rich.segment import Segment
from textual.binding import Binding, BindingType

from workbench.insight.record_order import MIXED, RecordOrder, batch_cells, cells, scale_beside, scale_for
from workbench.ui.glyphs import FAILED, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, ends, middle, span, width_of

_STEPS = (1, 4, 2, 5, 3, 6)
"""Of the ramp: neighbours are told apart."""
_MIXED = "▒"
_BEGIN = "▌"
_WAY = 14
_NAME = 8
Drawn = Literal["both", "records", "batches"]
_DRAWN: tuple[Drawn, ...] = ("both", "records", "batches")
_EMPTY = (
    "no order to show yet — ^S sends; r sends records without a key each way in turn",
    "no order yet — r sends without a key each way",
    "r sends each way in turn",
)


class OrderLanes(Chart, can_focus=True):
    """`[` and `]` choose finer or coarser cells."""

    WHOLE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "scale(-1)", "finer", show=False, tooltip="fewer records a cell",
                id="lanes.finer"),
        Binding("right_square_bracket", "scale(1)", "coarser", show=False, tooltip="more records a cell",
                id="lanes.coarser"),
    ]  # fmt: skip

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._orders: Sequence[RecordOrder] = ()
        self._scale: int | None = None
        self._drawn: Drawn = "both"

    def show(self, orders: Sequence[RecordOrder]) -> None:
        """Newest first."""
        self._orders = tuple(order for order in orders if order.runs)
        self.draw()

    def switch(self) -> None:
        """Record by record, in batches, both."""
        self._drawn = _DRAWN[(_DRAWN.index(self._drawn) + 1) % len(_DRAWN)]
        self.draw()

    @property
    def said(self) -> tuple[str, ...]:
        """For the title: how the lanes are read."""
        if not self._orders:
            return ("",)
        each = "1 record" if self.scale == 1 else f"{self.scale} records"
        return (f"a cell is {each}, its number the partition", f"a cell is {each}")

    @property
    def scale(self) -> int:
        """Records a cell."""
        return self._scale or scale_for(self._orders, max(self.room.width - _NAME, 1))

    @property
    def rows_wanted(self) -> int:
        """For all orders, and the line below them."""
        return max(1, sum(1 + self._lanes(order) for order in self._orders)) + 1

    def _lanes(self, order: RecordOrder) -> int:
        return 2 if self._drawn == "both" and order.in_batches else 1

    def action_scale(self, by: int) -> None:
        self._scale = scale_beside(self.scale, by)
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        if not self._orders:
            return [[]] * ((height - 1) // 2) + [middle(width, pick(width, *_EMPTY), roles.muted)]
        lines: list[list[Segment]] = []
        for order in self._orders:
            drawn = [self._figures(roles, order, width)]
            if self._drawn != "batches" or not order.in_batches:
                drawn.append([_name(roles, "sent"), *self._lane(roles, order, width - _NAME)])
            if self._drawn != "records" and order.in_batches:
                drawn.append([_name(roles, "batches"), *self._batches(roles, order, width - _NAME)])
            if lines and len(lines) + len(drawn) > height - 1:
                break
            lines += drawn
        keys = (
            "r each way in turn   b batches, records, both   [ ] finer, coarser",
            "r each way   b batches or records   [ ] scale",
            "r each way   b batches   [ ] scale",
        )
        lines += [[]] * (height - 1 - len(lines))
        several = [span(f"{_MIXED} several partitions", roles.muted)] if self.scale > 1 else []
        return [
            *lines[: height - 1],
            ends(width, [span(pick(width - width_of(several) - 1, *keys), roles.muted)], several),
        ]

    def _figures(self, roles: Roles, order: RecordOrder, width: int) -> list[Segment]:
        """How partitions were chosen, then what came of it, as much as fits."""
        told: list[tuple[str, str]] = []
        if order.records_a_batch is not None:
            told.append((f"{order.records_a_batch:,.1f}", "records a batch"))
        if order.batches is not None:
            told.append((f"{order.batches:,}", "batches"))
        if order.requests is not None:
            told.append((f"{order.requests:,}", "requests"))
        if order.in_a_row is not None:
            told.append((f"{order.in_a_row:,.1f}", "in a row"))
        line = [span(order.way.ljust(_WAY), roles.text, bold=True)]
        for figure, word in told:
            part = [span(f"  {figure}", roles.text, bold=True), span(f" {word}", roles.muted)]
            if width_of(line) + width_of(part) > width:
                break
            line += part
        return ends(width, line, [])

    def _lane(self, roles: Roles, order: RecordOrder, width: int) -> list[Segment]:
        line: list[Segment] = []
        for partition, same in groupby(cells(order, width, self.scale)):
            length = sum(1 for _ in same)
            if partition == MIXED:
                line.append(span(_MIXED * length, roles.muted))
            elif partition < 0:
                line.append(span((FAILED if partition < -1 else "·") * length, roles.bad))
            else:
                step = _STEPS[partition % len(_STEPS)]
                name = str(partition) if len(str(partition)) <= length else ""
                line.append(span(name.ljust(length), roles.on if step > 3 else roles.text, roles.heat[step]))
        return line

    def _batches(self, roles: Roles, order: RecordOrder, width: int) -> list[Segment]:
        """Each batch as wide as its records, the next one set off by its number."""
        line: list[Segment] = []
        for partition, length in batch_cells(order, width, self.scale):
            step = _STEPS[partition % len(_STEPS)]
            name = str(partition) if len(str(partition)) <= length else _BEGIN
            line.append(span(name, roles.on if step > 3 else roles.text, roles.heat[step], bold=True))
            line.append(span(" " * (length - len(name)), None, roles.heat[step]))
        return line


def _name(roles: Roles, lane: str) -> Segment:
    return span(lane.ljust(_NAME), roles.muted)
