"""Partitioners by name: librdkafka's (2.16.0), and Java's (4.1.0), which kwb's engine runs in its stead.

Each of librdkafka's hashes the key and takes the remainder by the number of partitions, whether or not a
partition has a leader just then. Those with `random` in their name draw lots for a null key; once the
client has the topic's metadata, null keys (and, in `consistent_random`, empty ones) stay together in one
partition for `sticky.partitioning.linger.ms`.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from workbench.errors import InputError
from workbench.partitioning.hashes import crc32, fnv1a, murmur2

JAVA = "java"
"""Java's own way without a `partitioner.class` (BuiltInPartitioner, KIP-794)."""
ROUND_ROBIN = "RoundRobinPartitioner"
_JAVA_PACKAGE = "org.apache.kafka.clients.producer."


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
EMULATED: tuple[Partitioner, ...] = (
    Partitioner(JAVA, "murmur2", draws_for_null=True, draws_for_empty=False),
    Partitioner(ROUND_ROBIN, "", draws_for_null=True, draws_for_empty=True),
)
"""Java's: librdkafka has none that is the same, so kwb's engine chooses before `produce`."""
_HASHES: dict[str, Callable[[bytes], int]] = {
    "crc32": crc32,
    "murmur2": lambda key: murmur2(key) & 0x7FFFFFFF,
    "fnv1a": fnv1a,
}


def predict(partitioner: str, key: bytes | None, partitions: int) -> int | None:
    """The partition of a key, or None where lots are drawn between several (or turns taken).

    Raises InputError for a partitioner that nobody has, and for fewer than one partition.
    """
    kind = named(partitioner)
    if partitions < 1:
        raise InputError(f"partitions: {partitions} is too few; a topic has at least 1")
    if partitions == 1:
        return 0
    if _draws(kind, key):
        return None
    return _HASHES[kind.hash](key or b"") % partitions


def describe(partitioner: str, key: bytes | None, partitions: int) -> tuple[str, ...]:
    """How that comes about, the longest form first: ("crc32 % 6", "crc32"). Raises as `predict` does."""
    kind = named(partitioner)
    if kind.name == ROUND_ROBIN:
        return ("in turn",)
    if _draws(kind, key):
        why = "random" if not kind.hash else "no key: random" if key is None else "empty key: random"
        return (why, "random") if why != "random" else (why,)
    return f"{kind.hash} % {partitions}", kind.hash


def hash_named(partitioner: str) -> str:
    """Which hash it takes; empty: none, it draws lots. Raises InputError as `predict` does."""
    return named(partitioner).hash


def _draws(kind: Partitioner, key: bytes | None) -> bool:
    if not kind.hash:
        return True
    return kind.draws_for_null if key is None else kind.draws_for_empty and not key


def named(name: str) -> Partitioner:
    """Raises InputError where there is none; Java's may be given with their package."""
    wanted = name.removeprefix(_JAVA_PACKAGE)
    for kind in (*PARTITIONERS, *EMULATED):
        if kind.name == wanted:
            return kind
    names = ", ".join(kind.name for kind in PARTITIONERS)
    ours = " and ".join(kind.name for kind in EMULATED)
    raise InputError(f"partitioner: there is no {name}; librdkafka has {names}; of Java's there are {ours}")
