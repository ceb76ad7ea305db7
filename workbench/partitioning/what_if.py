"""What if there were more partitions, or another partitioner: which keys move, and where the load goes."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import lcm

import msgspec

from workbench.partitioning.partitioners import hash_named, predict


class Placing(msgspec.Struct, frozen=True):
    """A partitioner of librdkafka by name, and a number of partitions."""

    partitioner: str
    partitions: int


class Placed(msgspec.Struct, frozen=True):
    """One key, before and after. None: the client draws lots, any partition may get it."""

    key: bytes | None
    records: int
    before: int | None
    after: int | None

    @property
    def moves(self) -> bool:
        """It has one partition before and another one after."""
        return None not in (self.before, self.after) and self.after != self.before

    @property
    def scatters(self) -> bool:
        """It has one partition before, and any of them after."""
        return self.before is not None and self.after is None


class WhatIf(msgspec.Struct, frozen=True):
    """`keys` in the order given; each key counts once, however many records it has."""

    before: Placing
    after: Placing
    keys: tuple[Placed, ...]
    expected_share: float | None
    """Of all possible keys, those that would move: see `expected_share_moved`."""

    @property
    def moved(self) -> tuple[Placed, ...]:
        return tuple(placed for placed in self.keys if placed.moves)

    @property
    def scattered(self) -> tuple[Placed, ...]:
        return tuple(placed for placed in self.keys if placed.scatters)

    @property
    def fixed(self) -> int:
        """Keys that have one partition before and one after: the ones that can move."""
        return sum(1 for placed in self.keys if None not in (placed.before, placed.after))

    @property
    def share_moved(self) -> float | None:
        """Of those with one partition before and after; None where there is none."""
        return len(self.moved) / self.fixed if self.fixed else None

    @property
    def records_moved(self) -> int:
        """Records of the keys that move."""
        return sum(placed.records for placed in self.moved)

    @property
    def hot(self) -> Placed | None:
        """The key with most records, where there are several keys."""
        return max(self.keys, key=lambda placed: placed.records) if len(self.keys) > 1 else None

    def load(self, *, after: bool) -> tuple[float, ...]:
        """Records by partition; those of keys without one place are spread evenly over all."""
        partitions = self.after.partitions if after else self.before.partitions
        load = [0.0] * partitions
        drawn = 0
        for placed in self.keys:
            partition = placed.after if after else placed.before
            if partition is None:
                drawn += placed.records
            else:
                load[partition] += placed.records
        return tuple(count + drawn / partitions for count in load)

    def reach(self, *, after: bool) -> tuple[int, int]:
        """How many partitions these keys use, and how many so many keys could use at most."""
        partitions = self.after.partitions if after else self.before.partitions
        places = [placed.after if after else placed.before for placed in self.keys]
        if None in places:
            return partitions, partitions
        return len(set(places)), min(len(places), partitions)


def what_if(
    keys: Iterable[bytes | None] | Sequence[tuple[bytes | None, int]], before: Placing, after: Placing
) -> WhatIf:
    """Keys, or keys with their numbers of records (else 1 each). Raises InputError as `predict` does."""
    counted = [key if isinstance(key, tuple) else (key, 1) for key in keys]
    placed = tuple(
        Placed(
            key,
            records,
            _place(before, key),
            _place(after, key),
        )
        for key, records in counted
    )
    return WhatIf(before, after, placed, expected_share_moved(before, after))


@lru_cache(maxsize=20_000)
def _place(placing: Placing, key: bytes | None) -> int | None:
    """Asked again and again while somebody tries one number of partitions after the other."""
    return predict(placing.partitioner, key, placing.partitions)


def expected_share_moved(before: Placing, after: Placing) -> float | None:
    """The share of all hashes whose partition changes; None where lots are drawn before or after.

    With the same hash, `h % n == h % m` holds for min(n, m) of each lcm(n, m) hashes: 4 to 6 partitions
    moves 1 - 4/12 of the keys, 4 to 8 moves 1 - 4/8. Two hashes that know nothing of each other agree on
    one in max(n, m). Raises InputError for an unknown partitioner.
    """
    n, m = before.partitions, after.partitions
    hashes = hash_named(before.partitioner), hash_named(after.partitioner)
    if "" in hashes:
        return None
    if hashes[0] == hashes[1]:
        return 1 - min(n, m) / lcm(n, m)
    return 1 - 1 / max(n, m)
