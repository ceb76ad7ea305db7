"""One replica's log as a bar: what is committed, the high watermark it knows of, what is not committed."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from rich.segment import Segment

from workbench.model.cluster_state import PartitionState, ReplicaState
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import runs

MARK = "┃"
HATCH = "╱"
ALONE = "◆"
CUT = "╌"
_SPREAD = 0.45
Cell = tuple[str, str | None, str | None]


class Scale(msgspec.Struct, frozen=True):
    """Offsets to cells: from `first` on one scale holds for all, what lies below has `fixed` cells."""

    first: int
    last: int
    fixed: int
    """Cells of what lies below `first`."""
    width: int

    @classmethod
    def of(cls, partition: PartitionState, width: int) -> "Scale":
        """Differences between the logs get up to 45 % of the width, a cell a record where that suffices."""
        seen = [replica for replica in partition.replicas if replica.is_seen]
        ends = [replica.log_end for replica in seen]
        marks = [replica.high_watermark for replica in seen]
        last = max(ends, default=0)
        if not last:
            return cls(0, 0, 0, width)
        room = max(1, int(width * _SPREAD))
        newest = max(0, last - max(marks, default=0))
        first = max(min([*ends, *marks], default=0), last - max(4 * newest, 4 * room))
        return cls(first, last, width - min(room, last - first), width)

    def cell(self, offset: int) -> int:
        """Where the bar of a log with that end stops."""
        if offset >= self.first:
            span = self.last - self.first
            return self.fixed + (
                round((offset - self.first) * (self.width - self.fixed) / span) if span else 0
            )
        return min(self.fixed - 1, max(1 if offset else 0, round(offset * self.fixed / max(self.first, 1))))


def log_bar(
    roles: Roles, replica: ReplicaState, scale: Scale, *, alone: int, dim: bool
) -> tuple[tuple[Segment, ...], int]:
    """The bar and its width: as many cells as the log is long in this scale, at most `scale.width` + 1.

    `alone`: how many of its records no other log has.
    """
    alone = 0 if dim else alone
    end = scale.cell(replica.log_end)
    mark = min(scale.cell(min(replica.high_watermark, replica.log_end)), end)
    if replica.log_end > replica.high_watermark and mark == end and end:
        mark = end - 1  # there is something beyond it: let it be seen
    single = min(end - mark, max(1, end - scale.cell(replica.log_end - alone))) if alone else 0
    return _drawn(roles, mark, end, single, dim), end + 1


@lru_cache(maxsize=1024)
def _drawn(roles: Roles, mark: int, end: int, single: int, dim: bool) -> tuple[Segment, ...]:
    """Logs grow by the cell, not by the record: most bars are drawn as they were."""
    ground = roles.tint("repl", 0.26 if dim else 0.72)
    hatch = (HATCH, roles.muted if dim else roles.warn, roles.tint("warn", 0.12 if dim else 0.24))
    cells: list[Cell] = [(" ", None, ground)] * mark
    cells.append((MARK, roles.muted if dim else roles.text, None))
    cells += [hatch] * (end - mark)
    if single:
        cells[-single:] = [(ALONE, roles.on, roles.bad)] * single
    return tuple(runs(cells))


def legend(roles: Roles) -> Sequence[Sequence[Segment]]:
    """The entries, the most needed first."""
    from workbench.ui.widgets.chart import span

    return (
        (span("   ", None, roles.tint("repl", 0.72)), span(" committed", roles.muted)),
        (span(MARK, roles.text), span(" high watermark (HW)", roles.muted)),
        (span(HATCH * 3, roles.warn, roles.tint("warn", 0.24)), span(" written, not committed", roles.muted)),
        (span(ALONE, roles.on, roles.bad), span(" only here", roles.muted)),
        (span("9,822", roles.text), span(" log end (LEO)", roles.muted)),
    )
