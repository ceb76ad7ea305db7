"""One replica's log: whole batches in memory, in offset order."""

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import NamedTuple

from workbench.lab.record_batch import Batch, timestamps

_NEXT = attrgetter("next_offset")


class OutOfRange(Exception):  # noqa: N818 (an answer to a fetch)
    """The offset is before the log's start or behind its end."""


class TimedOffset(NamedTuple):
    offset: int
    timestamp: int
    leader_epoch: int


class Log:
    """`start` and `end` (LEO) are offsets; `cost` is what the batches take in memory, in bytes."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self.cost = 0
        self._batches: list[Batch] = []
        self._epochs: list[tuple[int, int]] = []

    def append(self, batch: Batch) -> None:
        """The batch's base offset must be this log's end."""
        if batch.base_offset != self.end:
            raise ValueError(f"batch at {batch.base_offset} appended to a log that ends at {self.end}")
        if not self._epochs or batch.leader_epoch > self._epochs[-1][0]:
            self._epochs.append((batch.leader_epoch, batch.base_offset))
        self._batches.append(batch)
        self.end = batch.next_offset
        self.cost += batch.cost

    def read(self, offset: int, max_bytes: int, below: int, *, at_least_one: bool = True) -> list[Batch]:
        """Whole batches from the one that contains `offset`, all of them below offset `below`.

        The first is given even where it is larger than `max_bytes`, if `at_least_one`. Raises OutOfRange.
        """
        if not self.start <= offset <= self.end:
            raise OutOfRange(f"{offset} is not within {self.start} … {self.end}")
        batches = self._batches
        if batches and offset == batches[-1].base_offset and self.end <= below:
            batch = batches[-1]  # what a follower that keeps up asks for
            return [batch] if at_least_one or batch.size <= max_bytes else []
        first = at = bisect_right(batches, offset, key=_NEXT)
        room = max_bytes
        while at < len(batches) and batches[at].next_offset <= below:
            room -= batches[at].size
            if room < 0 and (at > first or not at_least_one):
                break
            at += 1
        return batches[first:at]

    def trim(self, offset: int) -> int:
        """Drop whole batches below `offset`, which becomes the start; returns the bytes of memory freed."""
        offset = min(offset, self.end)
        if offset <= self.start:
            return 0
        cut = bisect_right(self._batches, offset, key=_NEXT)
        freed = sum(batch.cost for batch in self._batches[:cut])
        del self._batches[:cut]
        self.start = offset
        self.cost -= freed
        return freed

    def offset_to_free(self, wanted: int, below: int) -> int:
        """The offset up to which to trim so that about `wanted` bytes go, nothing from `below` on."""
        offset = self.start
        for batch in self._batches:
            if wanted <= 0 or batch.next_offset > below:
                break
            wanted -= batch.cost
            offset = batch.next_offset
        return offset

    def offset_older_than(self, timestamp: int, below: int) -> int:
        """The offset up to which every batch has only records before `timestamp` (ms)."""
        offset = self.start
        for batch in self._batches:
            if batch.max_timestamp >= timestamp or batch.next_offset > below:
                break
            offset = batch.next_offset
        return offset

    def first_since(self, timestamp: int, below: int) -> TimedOffset | None:
        """The first record with that timestamp (ms) or a later one."""
        for batch in self._batches:
            if batch.next_offset > below:
                return None
            if batch.max_timestamp >= timestamp:
                return _within(batch, timestamp)
        return None

    def newest(self, below: int) -> TimedOffset | None:
        """The record with the highest timestamp."""
        visible = self._batches[: bisect_right(self._batches, below, key=_NEXT)]
        batch = max(visible, key=attrgetter("max_timestamp"), default=None)
        return _within(batch, batch.max_timestamp) if batch else None

    @property
    def last_epoch(self) -> int:
        """-1 for a log that never had a batch."""
        return self._epochs[-1][0] if self._epochs else -1

    def end_of_epoch(self, epoch: int) -> tuple[int, int]:
        """The newest epoch not above `epoch`, and the offset at which it ends; (-1, -1) if there is none."""
        at = bisect_left(self._epochs, (epoch + 1, -1))
        if at == 0:
            return -1, -1
        end = self.end if at == len(self._epochs) else self._epochs[at][1]
        return self._epochs[at - 1][0], end


def _within(batch: Batch, timestamp: int) -> TimedOffset:
    """Exact where the records can be read (uncompressed or gzip), else the batch's first offset."""
    for index, at in enumerate(timestamps(batch.raw)):
        if at >= timestamp:
            return TimedOffset(batch.base_offset + index, at, batch.leader_epoch)
    return TimedOffset(batch.base_offset, batch.max_timestamp, batch.leader_epoch)
