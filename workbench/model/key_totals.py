"""Which key's records went to which partition, and in what order: totals of a run, told when asked for."""

import msgspec

KEPT_KEYS = 2000
"""Distinct keys followed one by one, the first to come; records of all others are counted together."""
KEPT_BYTES = 4 * 1024 * 1024
"""Of the followed keys themselves."""
KEPT_PAIRS = 200_000
"""Keys times partitions at most: with more than 100 partitions fewer keys are followed."""
COUNTED_KEYS = 200_000
"""Distinct keys are counted up to here (by a 64-bit hash of each)."""
ORDER = 4096
"""Records whose order is told: the first after the warm-up."""


class KeyTotals(msgspec.Struct, frozen=True):
    """Of the records that the client reported without an error, since the run began."""

    run_id: str
    keys: tuple[bytes | None, ...] = ()
    """The followed ones in the order in which they came; None is the null key. In a message of the
    engine only those from `first` on."""
    first: int = 0
    counts: tuple[tuple[int, int, int], ...] = ()
    """Index of a key, partition, records; only where there are any."""
    others: tuple[tuple[int, int], ...] = ()
    """Partition, records of keys that are not followed."""
    distinct: int = 0
    """Keys seen (sent, whether or not they arrived); at least so many where `distinct_is_least`."""
    distinct_is_least: bool = False
    order: tuple[tuple[int, int], ...] = ()
    """Partition and length of each run of records one after another, for the first `ORDER` records after
    the warm-up; below 0: failed, rejected or not reported yet."""
    offsets: tuple[int, ...] = ()
    """Of the records in `order`, one after another; -1 where none is known."""
    why_not: str = ""
    """Where nothing is followed: why, and what would mend it."""

    @property
    def is_ordered(self) -> bool:
        """Whether the order is complete: nothing will change in it."""
        return sum(length for _, length in self.order) == ORDER and all(p != -1 for p, _ in self.order)
