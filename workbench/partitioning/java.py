"""Java's own partitioners (Kafka 4.1.0), as far as they can be had outside of its client.

`BuiltIn` is what Java does without a `partitioner.class` (BuiltInPartitioner, KIP-794): keys by murmur2;
records without a key stay with one partition, drawn among those that have a leader, until `batch.size`
bytes have gone there. With `partitioner.adaptive.partitioning.enable` (Java's default) a partition is drawn
the less often the more batches wait for its broker; `waiting` is told from outside. Not emulated: Java stays
on (up to twice `batch.size`) while the batch it began there is still open.
"""

import random
from bisect import bisect_right
from collections.abc import Sequence

from workbench.partitioning.hashes import murmur2

_POSITIVE = 0x7FFFFFFF
_RECORD_OVERHEAD = 7
"""Bytes of a record beside key, value and headers where all lengths are short (DefaultRecord)."""
_HEADER_OVERHEAD = 2


def record_bytes(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]] = ()
) -> int:
    """About what the record adds to its batch, uncompressed."""
    of_headers = sum(len(name) + len(content or b"") + _HEADER_OVERHEAD for name, content in headers)
    return _RECORD_OVERHEAD + len(key or b"") + len(value or b"") + of_headers


class BuiltIn:
    """One run's. Draws are repeatable: they come from the seed."""

    def __init__(self, batch_size: int, seed: int) -> None:
        self._batch_size = batch_size
        self._draw = random.Random(seed)  # noqa: S311  # lots, not secrets
        self._sticky: int | None = None
        self._table: tuple[Sequence[int], list[int]] | None = None
        self._bytes = 0

    def choose(self, key: bytes | None, size: int, partitions: int, available: Sequence[int]) -> int:
        """`size`: bytes that the record adds; `available`: the partitions that have a leader."""
        if key is not None:
            return (murmur2(key) & _POSITIVE) % partitions
        if self._sticky is None:
            self._sticky = self._drawn(partitions, available)
        chosen = self._sticky
        self._bytes += size
        if self._bytes >= self._batch_size:
            self._sticky, self._bytes = self._drawn(partitions, available), 0
        return chosen

    def waiting(self, batches: Sequence[int], available: Sequence[int]) -> None:
        """So many batches wait for each of the available partitions.

        As BuiltInPartitioner.updatePartitionLoadStats: a partition's weight is the longest queue plus one,
        less its own. Even queues are drawn evenly.
        """
        self._table = None
        if len(available) < 2 or len(batches) != len(available) or len(set(batches)) == 1:
            return
        above, sums, total = max(batches) + 1, [], 0
        for count in batches:
            total += above - count
            sums.append(total)
        self._table = available, sums

    def _drawn(self, partitions: int, available: Sequence[int]) -> int:
        if self._table is not None:
            weighed, sums = self._table
            return weighed[bisect_right(sums, self._draw.randrange(sums[-1]))]
        return self._draw.choice(available) if available else self._draw.randrange(partitions)


class RoundRobin:
    """`RoundRobinPartitioner`: in turn, whatever the key, among partitions that have a leader.

    By number; Java's client has them in the order of a hash map.
    """

    def __init__(self) -> None:
        self._next = 0

    def choose(self, partitions: int, available: Sequence[int]) -> int:
        turn, self._next = self._next, (self._next + 1) & _POSITIVE
        return available[turn % len(available)] if available else turn % partitions
