"""Where a run's records were acked, as runs of offsets: what load mode remembers instead of each record.

Reports come batch by batch, so ten million records are a few thousand runs: memory stays flat.
"""

import threading
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

Run = tuple[int, int]
"""Offsets from the first to, not including, the second."""


class Places:
    """`place[partition]` takes an offset, on the sending thread; `fold` and `runs` are for any thread."""

    def __init__(self, partitions: int) -> None:
        self._taken: list[array[int]] = []
        self.place: list[Callable[[int], None]] = []
        self.without: list[int] = []
        """By partition, records acked without an offset: the broker knew the batch again."""
        self._folding = threading.Lock()
        self._runs: list[list[Run]] = []
        self.grow(partitions)

    def grow(self, partitions: int) -> None:
        """Make room for partitions that were added."""
        while len(self.place) < partitions:
            taken = array("q")
            self._taken.append(taken)
            self._runs.append([])
            self.without.append(0)
            self.place.append(taken.append)  # last: who finds it finds all

    def take(self, partition: int, offsets: "array[int]") -> None:
        """Many of a partition at once; below zero where a record has none."""
        self.grow(partition + 1)
        if min(offsets) < 0:
            placed = array("q", [offset for offset in offsets if offset >= 0])
            self.without[partition] += len(offsets) - len(placed)
            offsets = placed
        if offsets:
            with self._folding:
                _add_runs(offsets, self._runs[partition])

    def fold(self) -> None:
        """Turn what was taken by now into runs."""
        with self._folding:
            for taken, runs in zip(self._taken, self._runs, strict=False):
                count = len(taken)
                if count:
                    chunk = taken[:count]
                    del taken[:count]
                    _add_runs(chunk, runs)

    def runs(self) -> list[list[Run]]:
        """By partition, in the order of their reports."""
        self.fold()
        return [list(runs) for runs in self._runs]


def _add_runs(offsets: "array[int]", runs: list[Run]) -> None:
    """Halved until each part is consecutive, which C finds out by comparing arrays."""
    waiting = [offsets]
    while waiting:
        part = waiting.pop()
        first, count = part[0], len(part)
        if part[-1] - first == count - 1 and part == array("q", range(first, first + count)):
            if runs and runs[-1][1] == first:
                runs[-1] = (runs[-1][0], first + count)
            else:
                runs.append((first, first + count))
        else:
            waiting += (part[count // 2 :], part[: count // 2])


@dataclass
class Offsets:
    """A set of offsets as sorted runs; `repeated`: how many were given again."""

    runs: list[Run] = field(default_factory=list)
    repeated: int = 0

    @staticmethod
    def of(runs: Iterable[Run]) -> "Offsets":
        made = Offsets()
        for first, until in sorted(runs):
            reached = made.runs[-1][1] if made.runs else -1
            made.repeated += max(0, min(until, reached) - first)
            if made.runs and first <= reached:
                made.runs[-1] = (made.runs[-1][0], max(reached, until))
            else:
                made.runs.append((first, until))
        return made

    def __len__(self) -> int:
        return sum(until - first for first, until in self.runs)

    @property
    def end(self) -> int:
        return self.runs[-1][1] if self.runs else 0

    def without(self, others: "Offsets") -> "Offsets":
        """Those that `others` has not."""
        left: list[Run] = []
        holes, at = others.runs, 0
        for run in self.runs:
            first, until = run
            while at < len(holes) and holes[at][1] <= first:
                at += 1
            for hole in islice(holes, at, None):
                if hole[0] >= until:
                    break
                if hole[0] > first:
                    left.append((first, hole[0]))
                first = max(first, hole[1])
            if first < until:
                left.append((first, until))
        return Offsets(left)
