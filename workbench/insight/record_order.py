"""The order of a run's records over its partitions: how long they stay in one, what batches come of it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from workbench.model.frame import Frame
from workbench.model.key_totals import KeyTotals

_STRETCHES = 4
_SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class RecordOrder:
    """How one run chose its partitions, and what came of it."""

    run_id: str
    way: str
    """How partitions were chosen: "sticky 10 ms"."""
    runs: tuple[tuple[int, int], ...]
    """Partition and length of each stretch of records that went to the same one, in the order in which
    they were sent, of the first `records` after the warm-up; below 0: no partition (yet)."""
    batches: int | None
    requests: int | None
    records_a_batch: float | None
    """Of the whole run, by the client's own statistics; None where it has not told yet."""
    in_batches: tuple[tuple[int, int], ...] = ()
    """Partition and number of records of each batch that the records above travelled in, as they lie in the
    log, in the order of their first records; empty where nobody has looked."""

    @property
    def records(self) -> int:
        return sum(length for _, length in self.runs)

    @property
    def in_a_row(self) -> float | None:
        """Records in a row in one partition, on average; None before the first."""
        return self.records / len(self.runs) if self.runs else None


def order_of(totals: KeyTotals, frame: Frame, way: str) -> RecordOrder:
    batches = frame.batches
    average = batches.records / batches.count if batches.records and batches.count else None
    return RecordOrder(totals.run_id, way, totals.order, batches.count, batches.requests, average)


def offsets_wanted(totals: KeyTotals) -> dict[int, tuple[int, int]]:
    """The first and the last offset of the order's records, by partition."""
    wanted: dict[int, tuple[int, int]] = {}
    for partition, offset in _places(totals):
        low, high = wanted.get(partition, (offset, offset))
        wanted[partition] = min(low, offset), max(high, offset)
    return wanted


def in_batches(
    totals: KeyTotals, batches: Mapping[int, Sequence[tuple[int, int]]]
) -> tuple[tuple[int, int], ...]:
    """Partition and records of each batch, in the order in which the first record of each was sent.

    `batches`: base offset and number of records of those in the log, by partition, in order.
    """
    bases = {partition: [base for base, _ in each] for partition, each in batches.items()}
    found: dict[tuple[int, int], int] = {}
    for partition, offset in _places(totals):
        at = bisect_right(bases.get(partition, ()), offset) - 1
        if at >= 0:
            base, records = batches[partition][at]
            if offset < base + records:
                found.setdefault((partition, base), records)
    return tuple((partition, records) for (partition, _), records in found.items())


def _places(totals: KeyTotals) -> Iterator[tuple[int, int]]:
    """Partition and offset of each record of the order that has both."""
    partitions = chain.from_iterable(repeat(partition, length) for partition, length in totals.order)
    for partition, offset in zip(partitions, totals.offsets, strict=False):
        if partition >= 0 and offset >= 0:
            yield partition, offset


def scale_for(orders: Sequence[RecordOrder], width: int) -> int:
    """Records a cell, as few as show some of the longest stretches side by side."""
    longest = max((order.records / len(order.runs) for order in orders if len(order.runs) > 1), default=1.0)
    most = max((order.records for order in orders), default=0)
    enough = min(longest * _STRETCHES, most)
    return next((scale for scale in _SCALES if enough <= width * scale), _SCALES[-1])


def scale_beside(scale: int, by: int) -> int:
    """The next coarser (`by` 1) or finer (-1) scale."""
    at = min(range(len(_SCALES)), key=lambda n: abs(_SCALES[n] - scale))
    return _SCALES[min(max(at + by, 0), len(_SCALES) - 1)]


MIXED = -4
"""In a cell: records of several partitions."""


def cells(order: RecordOrder, width: int, scale: int) -> list[int]:
    """The partition of each cell of `scale` records from the first on, `MIXED` where there are several."""
    result: list[int] = []
    filled = 0
    for partition, length in order.runs:
        left = length
        while left and len(result) <= width:
            if filled == 0:
                result.append(partition)
            elif result[-1] != partition:
                result[-1] = MIXED
            taken = min(left, scale - filled)
            left -= taken
            filled = (filled + taken) % scale
        if len(result) > width:
            break
    return result[:width]


def batch_cells(order: RecordOrder, width: int, scale: int) -> list[tuple[int, int]]:
    """Partition and cells of each batch, so that none drifts from the records above by more than half a cell.

    One that has no cell of its own at this scale is left out.
    """
    result: list[tuple[int, int]] = []
    records = 0
    for partition, length in order.in_batches:
        begin = round(records / scale)
        records += length
        if room := min(round(records / scale), width) - begin:
            if room < 0:
                break
            result.append((partition, room))
    return result
