"""The numbers of a heatmap: rows of one or more partitions, columns of slices, records or bytes."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.insight.live import Insight
from workbench.insight.slices import Columns, Slice
from workbench.insight.spread import Spread
from workbench.insight.units import nice_above

Measure = Literal["records", "bytes"]
Peaks = MutableMapping[int, int]


def amounts_of(piece: Slice, measure: Measure) -> Sequence[int]:
    """By partition; nothing where bytes are asked for and nobody counts them."""
    return piece.counts if measure == "records" else piece.bytes


def spread_of(insight: Insight, measure: Measure) -> Spread:
    """Of the whole run."""
    frame = insight.frame
    if measure == "bytes":
        return Spread.of(frame.partition_bytes, sum(frame.partitions))
    return Spread.of(frame.partitions)


@dataclass(frozen=True, slots=True)
class Heat:
    columns: Columns
    measure: Measure
    partitions: int
    fold: int
    """Partitions a row; the last row may have fewer."""
    scale: float
    """What the highest step stands for: a round number at or above the fullest cell shown."""

    @classmethod
    def of(cls, columns: Columns, measure: Measure, partitions: int, fold: int, peaks: Peaks) -> "Heat":
        """`peaks`: the fullest row of slices seen before, by index; of the same measure, fold and length."""
        most = 0
        for piece in columns.slices:
            peak = peaks.get(piece.index)
            if peak is None:
                amounts = amounts_of(piece, measure)
                rows = amounts if fold == 1 else _folded(amounts, fold)
                peak = max(rows, default=0)
                if piece is not columns.slices[-1]:
                    peaks[piece.index] = peak
            most = max(most, peak)
        return cls(columns, measure, partitions, fold, nice_above(most))

    @property
    def rows(self) -> int:
        return -(-self.partitions // self.fold)

    def partitions_of(self, row: int) -> range:
        return range(row * self.fold, min((row + 1) * self.fold, self.partitions))

    def amount(self, row: int, piece: Slice) -> int:
        return total_of(amounts_of(piece, self.measure), self.partitions_of(row))

    def steps(self, row: int, steps: int) -> list[int]:
        """Of each slice: 0 only for nothing; else 1 to `steps` - 1, which reaches the scale."""
        partitions, slices = self.partitions_of(row), self.columns.slices
        if self.measure == "records" and len(partitions) == 1:
            found = [piece.counts[row] if row < len(piece.counts) else 0 for piece in slices]
        else:
            found = [total_of(amounts_of(piece, self.measure), partitions) for piece in slices]
        most, top = steps - 1, max(1, round(self.scale))
        return [min(most, -(-amount * most // top)) if amount else 0 for amount in found]


def total_of(amounts: Sequence[int], partitions: range) -> int:
    if len(partitions) == 1:
        partition = partitions.start
        return amounts[partition] if partition < len(amounts) else 0
    return sum(amounts[partitions.start : partitions.stop])


def _folded(amounts: Sequence[int], fold: int) -> list[int]:
    return [sum(amounts[start : start + fold]) for start in range(0, len(amounts), fold)]
