"""One replica's log: whole batches in memory, in offset order."""

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter, itemgetter
from typing import NamedTuple

from workbench.lab.record_batch import Batch
from workbench.lab.records import timestamps

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
            self.begin_epoch(batch.leader_epoch)
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
        gone = bisect_right(self._epochs, offset, key=itemgetter(1)) - 1
        if gone > 0:
            del self._epochs[:gone]
        return freed

    def truncate(self, offset: int) -> int:
        """Forget everything from `offset` on; returns how many records that were."""
        if offset < self.start:
            lost = self.end - self.start
            self.restart_at(offset)
            return lost
        keep = bisect_right(self._batches, offset, key=_NEXT)
        self.cost -= sum(batch.cost for batch in self._batches[keep:])
        before, self.end = self.end, self._batches[keep].base_offset if self._batches[keep:] else self.end
        del self._batches[keep:]
        while self._epochs and self._epochs[-1][1] >= self.end:
            self._epochs.pop()  # also one without records, which the leader may not know
        return before - self.end

    def restart_at(self, offset: int) -> None:
        """Forget everything; the next batch comes at `offset`."""
        self._batches.clear()
        self._epochs.clear()
        self.start = self.end = offset
        self.cost = 0

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

    def __iter__(self) -> Iterator[Batch]:
        return iter(self._batches)

    # ── leader epochs (KIP-101, KIP-279): Kafka's LeaderEpochFileCache ────────────────────────────

    @property
    def last_epoch(self) -> int:
        """-1 for a log that never had one."""
        return self._epochs[-1][0] if self._epochs else -1

    def begin_epoch(self, epoch: int) -> None:
        """What is appended from here on is of that epoch; epochs that have no records are forgotten."""
        while self._epochs and (self._epochs[-1][0] >= epoch or self._epochs[-1][1] >= self.end):
            self._epochs.pop()
        self._epochs.append((epoch, self.end))

    def end_of_epoch(self, epoch: int) -> tuple[int, int]:
        """The newest epoch not above `epoch`, and the offset at which it ends; (-1, -1) if there is none.

        An epoch older than all that is here ends where they begin.
        """
        if not 0 <= epoch <= self.last_epoch:
            return -1, -1
        at = bisect_right(self._epochs, epoch, key=itemgetter(0))
        if at == 0:
            return epoch, self._epochs[0][1]
        end = self.end if at == len(self._epochs) else self._epochs[at][1]
        return self._epochs[at - 1][0], end

    def diverges(self, offset: int, epoch: int) -> tuple[int, int] | None:
        """What to tell a follower that ends at `offset` with `epoch`, where its history is another one.

        The newest epoch in common as far as this log knows, and its end here.
        """
        if epoch == self.last_epoch and offset <= self.end:
            return None
        known, end = self.end_of_epoch(epoch)
        return (known, end) if known < epoch or end < offset else None

    def parts_from(self, leader: "Log") -> int | None:
        """From which offset on its records are not the leader's; None where all of them are.

        A record is told by offset and epoch (KIP-101). What either has trimmed is not compared.
        """
        if self.last_epoch == leader.last_epoch and self.end <= leader.end:
            return None
        at = max(self.start, leader.start)
        while at < self.end:
            (mine, my_end), (theirs, their_end) = self.epoch_at(at), leader.epoch_at(at)
            if mine != theirs or at >= leader.end:
                return at
            at = min(my_end, their_end)
        return None

    def epoch_at(self, offset: int) -> tuple[int, int]:
        """The epoch of the record at `offset`, and where that epoch ends; -1 where it is not known."""
        after = bisect_right(self._epochs, offset, key=itemgetter(1))
        end = self._epochs[after][1] if after < len(self._epochs) else max(self.end, offset + 1)
        return self._epochs[after - 1][0] if after else -1, end

    def shared_with(self, epoch: int, end: int) -> int:
        """How far a follower's log may agree with a leader's, in which `epoch` ends at `end`."""
        mine, my_end = self.end_of_epoch(min(epoch, self.last_epoch))
        if mine < 0:
            return min(end, self.end)
        return my_end if mine != epoch else min(my_end, end)


def _within(batch: Batch, timestamp: int) -> TimedOffset:
    """Exact where the records can be read (uncompressed or gzip), else the batch's first offset."""
    for index, at in enumerate(timestamps(batch.raw)):
        if at >= timestamp:
            return TimedOffset(batch.base_offset + index, at, batch.leader_epoch)
    return TimedOffset(batch.base_offset, batch.max_timestamp, batch.leader_epoch)
