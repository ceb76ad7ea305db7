"""librdkafka's partitioners by name (2.16.0); `murmur2_random` is also what Java's producer does with keys.

Each hashes the key and takes the remainder by the number of partitions, whether or not a partition
has a leader just then. Those with `random` in their name draw lots for a null key; once the client has
the topic's metadata, null keys (and, in `consistent_random`, empty ones) stay together in one partition
for `sticky.partitioning.linger.ms`.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from workbench.errors import InputError
from workbench.partitioning.hashes import crc32, fnv1a, murmur2


class Partitioner(msgspec.Struct, frozen=True):
    name: str
    hash: Literal["crc32", "murmur2", "fnv1a", ""]
    """Nothing: every record goes anywhere."""
    draws_for_null: bool
    draws_for_empty: bool


PARTITIONERS: tuple[Partitioner, ...] = (
    Partitioner("consistent_random", "crc32", draws_for_null=True, draws_for_empty=True),
    Partitioner("consistent", "crc32", draws_for_null=False, draws_for_empty=False),
    Partitioner("murmur2_random", "murmur2", draws_for_null=True, draws_for_empty=False),
    Partitioner("murmur2", "murmur2", draws_for_null=False, draws_for_empty=False),
    Partitioner("fnv1a_random", "fnv1a", draws_for_null=True, draws_for_empty=False),
    Partitioner("fnv1a", "fnv1a", draws_for_null=False, draws_for_empty=False),
    Partitioner("random", "", draws_for_null=True, draws_for_empty=True),
)
_HASHES: dict[str, Callable[[bytes], int]] = {
    "crc32": crc32,
    "murmur2": lambda key: murmur2(key) & 0x7FFFFFFF,
    "fnv1a": fnv1a,
}


def predict(partitioner: str, key: bytes | None, partitions: int) -> int | None:
    """The partition of a key, or None where the client draws lots between several.

    Raises InputError for a partitioner that librdkafka has not, and for fewer than one partition.
    """
    kind = _named(partitioner)
    if partitions < 1:
        raise InputError(f"partitions: {partitions} is too few; a topic has at least 1")
    if partitions == 1:
        return 0
    if _draws(kind, key):
        return None
    return _HASHES[kind.hash](key or b"") % partitions


def describe(partitioner: str, key: bytes | None, partitions: int) -> tuple[str, ...]:
    """How that comes about, the longest form first: ("crc32 % 6", "crc32"). Raises as `predict` does."""
    kind = _named(partitioner)
    if _draws(kind, key):
        why = "random" if not kind.hash else "no key: random" if key is None else "empty key: random"
        return (why, "random") if why != "random" else (why,)
    return f"{kind.hash} % {partitions}", kind.hash


def _draws(kind: Partitioner, key: bytes | None) -> bool:
    if not kind.hash:
        return True
    return kind.draws_for_null if key is None else kind.draws_for_empty and not key


def _named(name: str) -> Partitioner:
    for kind in PARTITIONERS:
        if kind.name == name:
            return kind
    names = ", ".join(kind.name for kind in PARTITIONERS)
    raise InputError(f"partitioner: there is no {name}; librdkafka has {names}")
