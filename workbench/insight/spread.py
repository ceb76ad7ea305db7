"""How evenly records (or their bytes) are spread over the partitions: two figures and a plain word."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

Evenness = Literal["", "even", "uneven", "one partition takes most"]
_ENOUGH = 20
"""Records a partition from which a word is said."""
_EVEN = 0.10
_CHANCE = 1.5
"""Coefficients of variation that still count as even: so much, or so many times what chance alone gives."""
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Spread:
    total: int
    max_over_mean: float | None
    """The largest over the mean of all; None where there is nothing yet."""
    variation: float | None
    """Coefficient of variation: standard deviation over mean; 0 where all have the same."""
    busiest: int | None
    """The partition with most, where one has more than another."""
    empty: int
    """Partitions that got nothing."""
    word: Evenness

    @classmethod
    def of(cls, amounts: Sequence[int], records: int | None = None) -> "Spread":
        """`records`: how many records the amounts are of, where they are bytes."""
        total, count = sum(amounts), len(amounts)
        if not total:
            return cls(0, None, None, None, count, "")
        mean, most = total / count, max(amounts)
        variation = sqrt(sum((amount - mean) ** 2 for amount in amounts) / count) / mean
        busiest = amounts.index(most) if most > min(amounts) else None
        word = _word(amounts, variation, total if records is None else records)
        return cls(total, most / mean, variation, busiest, amounts.count(0), word)


def _word(amounts: Sequence[int], variation: float, records: int) -> Evenness:
    """Records thrown by chance on n partitions vary by sqrt((n - 1) / records): that is even."""
    partitions = len(amounts)
    if partitions < 2 or records < _ENOUGH * partitions:
        return ""
    if variation <= max(_EVEN, _CHANCE * sqrt((partitions - 1) / records)):
        return "even"
    if max(amounts) > _MOST * sum(amounts) and (partitions > 2 or min(amounts) * 3 < max(amounts)):
        return "one partition takes most"
    return "uneven"
