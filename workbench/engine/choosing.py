"""Partitioners that run here, before `produce`: Java's, and a person's own. The client's is not asked."""

import math
import operator
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from workbench.engine.guard import RecordTooSlow
from workbench.engine.loading import Loaded, one_line
from workbench.engine.protocol import Start
from workbench.errors import InputError
from workbench.model.client_state import ClientState
from workbench.model.code import is_code
from workbench.partitioning import JAVA, named
from workbench.partitioning.java import BuiltIn, RoundRobin, record_bytes

KEY = "send.partitioner"
_BATCH_SIZE = 1_000_000
"""librdkafka's default (2.16.0), where the config names none."""
_SHOWN = 40

Headers = Sequence[tuple[str, bytes | None]]
Choose = Callable[[bytes | None, bytes | None, Headers], int]


class NotChosenError(Exception):
    """A partitioner of a person's own gave no partition; `code` as the ledger counts it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Now(NamedTuple):
    """The topic as the client last saw it."""

    partitions: int
    available: tuple[int, ...]
    """Those that have a leader."""


class Seen(Protocol):
    """Tells it at any time."""

    @property
    def now(self) -> Now: ...


class Client(Protocol):
    """How it stands inside the client, each time a new object."""

    @property
    def client(self) -> ClientState | None: ...


def chooser(start: Start, loaded: Loaded, seen: Seen, inside: Client) -> Choose | None:
    """None: the client's own partitioner decides. Raises InputError."""
    name = start.send.partitioner
    if name is None:
        return None
    if is_code(name):
        return own(name, loaded.made(KEY, name), start.topic, seen)
    if named(name).name == JAVA:
        seed = start.seed + start.share.number  # several engines do not draw the same
        return _built_in(int(start.config.get("batch.size", _BATCH_SIZE)), seed, seen, inside)
    turns = RoundRobin()

    def in_turn(_key: bytes | None, _value: bytes | None, _headers: Headers) -> int:
        return turns.choose(*seen.now)

    return in_turn


def _built_in(batch_size: int, seed: int, seen: Seen, inside: Client) -> Choose:
    partitioner = BuiltIn(batch_size, seed)
    known: ClientState | None = None

    def choose(key: bytes | None, value: bytes | None, headers: Headers) -> int:
        nonlocal known
        if inside.client is not known:  # four times a second; Java looks as often as its sender runs
            known = inside.client
            available = seen.now.available
            partitioner.waiting(_batches(known, available, batch_size), available)
        size = 0 if key is not None else record_bytes(key, value, headers)
        return partitioner.choose(key, size, *seen.now)

    return choose


def _batches(client: ClientState | None, available: Sequence[int], batch_size: int) -> list[int]:
    """How many batches wait for each partition, as its records would fill them."""
    if client is None or not client.records:
        return [0] * len(available)
    share = client.bytes / client.records / batch_size
    queued = client.queued
    return [math.ceil(queued[p] * share) if p < len(queued) else 0 for p in available]


def own(name: str, function: object, topic: str, seen: Seen) -> Choose:
    """Asks a partitioner of a person's own; raises NotChosenError. Raises InputError for what is none."""
    if not callable(function):
        raise InputError(f"{KEY}: {name} is {type(function).__name__}, and cannot be called")

    def choose(key: bytes | None, value: bytes | None, _headers: Headers) -> int:
        partitions, available = seen.now
        try:
            answer = function(topic, key, value, partitions, available)
        except RecordTooSlow:
            raise
        except BaseException as error:  # noqa: BLE001  # sys.exit() too: it is not theirs to end the engine
            raise NotChosenError("_PARTITIONER_FAILED", f"{name}: {one_line(error)}") from None
        return _whole(name, answer, partitions)

    return choose


def _whole(name: str, answer: object, partitions: int) -> int:
    shown = repr(answer)[:_SHOWN]
    try:
        partition = -1 if isinstance(answer, bool) else operator.index(answer)  # type: ignore[arg-type]
    except TypeError:
        raise NotChosenError("_BAD_PARTITION", f"{name}: answered {shown}, no whole number") from None
    if isinstance(answer, bool) or not 0 <= partition < partitions:
        raise NotChosenError("_BAD_PARTITION", f"{name}: answered {shown}; there are 0 to {partitions - 1}")
    return partition
