"""Follows keys: a small number for each record's key, noted as it is sent; counted only when asked for.

Noting costs one dict look-up and one array item a record. Counting is done in C, chunk by chunk, on the
thread that was asked; a chunk whose records all have their reports is never looked at again.
"""

from array import array
from collections import Counter
from itertools import groupby

from workbench.engine.meter import PENDING, Meter
from workbench.model.key_totals import (
    COUNTED_KEYS,
    KEPT_BYTES,
    KEPT_KEYS,
    KEPT_PAIRS,
    ORDER,
    KeyTotals,
)

_CHUNK = 4096
_NOT_NOTED = -1
NOT_FOLLOWED = "keys that differ are followed with send.verify = true and without send.batch"


class _Numbers(dict[bytes | None, int]):
    """A key's number: its place among those followed; of all that come later, `len(self.keys)`'s limit."""

    def __init__(self, kept: int) -> None:
        super().__init__()
        self.others = kept
        self.keys_kept: list[bytes | None] = []
        self._bytes = 0
        self._others: set[int] = set()
        self.is_least = False

    def __missing__(self, key: bytes | None) -> int:
        length = len(key or b"")
        if len(self.keys_kept) < self.others and self._bytes + length <= KEPT_BYTES:
            self._bytes += length
            number = len(self.keys_kept)
            self.keys_kept.append(key)  # before its number is used: who counts finds the key
            self[key] = number
            return number
        if len(self._others) < COUNTED_KEYS:
            self._others.add(hash(key))
        elif hash(key) not in self._others:
            self.is_least = True
        return self.others

    @property
    def distinct(self) -> int:
        return len(self.keys_kept) + len(self._others)


class Keys:
    """The keys of one run. `note` on the sending thread; `totals` on any one other thread."""

    def __init__(self, meter: Meter, partitions: int, one: tuple[bytes | None] | None = None) -> None:
        """`one`: the key that all records have; then nothing need be noted."""
        kept = min(KEPT_KEYS, max(100, KEPT_PAIRS // max(partitions, 1)))
        self._meter = meter
        self._one = one
        self._numbers = _Numbers(kept)
        self._of_record = array("h", [_NOT_NOTED]) * (len(meter.outcomes) if one is None else 0)
        self.is_noting = bool(self._of_record)
        self._settled: Counter[tuple[int, int]] = Counter()
        self._open: list[int] = []
        """Where chunks begin that are not settled."""
        self._next = 0

    def note(self, seq: int, key: bytes | None) -> None:
        """Call only where `is_noting`."""
        self._of_record[seq] = self._numbers[key]

    def totals(self, run_id: str, known: int, first: int, *, order: bool = True) -> KeyTotals:
        """`known`: how many keys the asker has already; `first`: the first record after the warm-up.

        Without `order`, none is told: the asker has it.
        """
        if not self.is_noting:
            return self._of_one(run_id, first)
        numbers, counted = self._numbers, self._count()
        keys = tuple(numbers.keys_kept[known:])
        return KeyTotals(
            run_id,
            keys=keys,
            first=known,
            counts=tuple(
                (number, partition, records)
                for (number, partition), records in counted.items()
                if partition >= 0 and 0 <= number < numbers.others
            ),
            others=tuple(
                (partition, records)
                for (number, partition), records in counted.items()
                if partition >= 0 and number == numbers.others
            ),
            distinct=numbers.distinct,
            distinct_is_least=numbers.is_least,
            order=self._order(first) if order else (),
            offsets=self._offsets(first) if order else (),
        )

    def _of_one(self, run_id: str, first: int) -> KeyTotals:
        if self._one is None:
            return KeyTotals(run_id, why_not=NOT_FOLLOWED)
        delivered = enumerate(self._meter.snapshot().partitions)
        counts = tuple((0, partition, records) for partition, records in delivered if records)
        order, offsets = self._order(first), self._offsets(first)
        return KeyTotals(run_id, keys=self._one, counts=counts, distinct=1, order=order, offsets=offsets)

    def _count(self) -> Counter[tuple[int, int]]:
        sent = self._meter.sent
        while self._next < sent:
            self._open.append(self._next)
            self._next += _CHUNK
        unsettled: Counter[tuple[int, int]] = Counter()
        still_open = []
        for start in self._open:
            outcomes = self._meter.outcomes[start : start + _CHUNK]
            pairs = zip(self._of_record[start : start + _CHUNK], outcomes, strict=True)
            if PENDING in outcomes:
                still_open.append(start)
                unsettled.update(pairs)
            else:
                self._settled.update(pairs)
        self._open = still_open
        return self._settled + unsettled

    def _order(self, first: int) -> tuple[tuple[int, int], ...]:
        until = min(first + ORDER, self._meter.sent)  # none where records are not remembered
        outcomes = self._meter.outcomes[first:until]
        return tuple((partition, sum(1 for _ in same)) for partition, same in groupby(outcomes))

    def _offsets(self, first: int) -> tuple[int, ...]:
        return tuple(self._meter.offsets[first : min(first + ORDER, self._meter.sent)])
