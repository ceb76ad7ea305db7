"""Keys × partitions: what the engine counted, as a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from workbench.model.key_totals import KeyTotals


def key_text(key: bytes | None) -> str:
    """As it is shown: null, "" for the empty key, text, or 0x… where the bytes are none.

    Text that reads like another of these is quoted.
    """
    if key is None:
        return "null"
    if not key:
        return '""'
    text = key.decode("utf-8", "replace")
    if not text.isprintable() or "�" in text:
        return f"0x{key.hex()}"
    return f'"{text}"' if text == "null" or text[:2] == "0x" or text[0] in '" ' else text


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key's delivered records."""

    key: bytes | None
    counts: Mapping[int, int]
    """Records by partition; only where there are any."""
    records: int
    share: float
    """Of all records delivered, 0 … 1."""

    @property
    def home(self) -> int | None:
        """The one partition it is in; None where it is in several or none."""
        return next(iter(self.counts)) if len(self.counts) == 1 else None

    @property
    def busiest(self) -> int | None:
        """The partition that has most of its records, the first of equals."""
        return min(self.counts, key=lambda p: (-self.counts[p], p), default=None)

    @property
    def scattered(self) -> bool:
        return len(self.counts) > 1


@dataclass(frozen=True)
class KeySpread:
    """Of one run, at one moment. `rows`: followed keys with a delivered record, busiest first."""

    run_id: str
    partitions: int
    rows: tuple[KeyRow, ...]
    others: Mapping[int, int]
    """Records of keys that are not followed, by partition."""
    records: int
    """Of all keys."""
    distinct: int
    distinct_is_least: bool
    keys_in: tuple[int, ...]
    """How many of the followed keys each partition has."""
    records_in: tuple[int, ...]
    order: tuple[tuple[int, int], ...]
    why_not: str = ""
    """Why nothing is known, where that is so."""

    @property
    def hot(self) -> KeyRow | None:
        """The busiest key, where it has more than its even share of several."""
        if len(self.rows) < 2 or self.rows[0].records == self.rows[-1].records:
            return None
        return self.rows[0]

    @cached_property
    def scattered(self) -> tuple[KeyRow, ...]:
        """Keys (null is none) that are in more than one partition."""
        return tuple(row for row in self.rows if row.key is not None and row.scattered)

    @property
    def null(self) -> KeyRow | None:
        return next((row for row in self.rows if row.key is None), None)

    @property
    def unused(self) -> int:
        """Partitions without a record."""
        return sum(1 for count in self.records_in if not count)


def spread_of(totals: KeyTotals, partitions: int) -> KeySpread:
    """`partitions` of the topic; more where the run met more (they were added meanwhile)."""
    counts: list[dict[int, int]] = [{} for _ in totals.keys]
    reached = [partition for _, partition, _ in totals.counts] + [partition for partition, _ in totals.others]
    partitions = max([partitions, *(partition + 1 for partition in reached)])
    keys_in, records_in = [0] * partitions, [0] * partitions
    for number, partition, records in totals.counts:
        counts[number][partition] = records
        keys_in[partition] += 1
        records_in[partition] += records
    for partition, records in totals.others:
        records_in[partition] += records
    total = sum(records_in)
    sums = [sum(each.values()) for each in counts]
    numbers = sorted((n for n, s in enumerate(sums) if s), key=lambda n: (-sums[n], n))
    rows = tuple(KeyRow(totals.keys[n], counts[n], sums[n], sums[n] / total) for n in numbers)
    return KeySpread(
        totals.run_id, partitions, rows, dict(totals.others), total, totals.distinct,
        totals.distinct_is_least, tuple(keys_in), tuple(records_in), totals.order, totals.why_not,
    )  # fmt: skip
