"""The record batches in a log, as any consumer is given them: where each begins and how many records it has.

Fetch 4 (kafka.apache.org/protocol) and the head of a batch of message format 2. Only heads are read:
whatever the compression, a batch's head is not compressed.
"""

import asyncio
import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workbench.clusters.asking import Conversation, Reader, string, talk
from workbench.model.cluster_view import BrokerView, PartitionView

_FETCH, _CONSUMER, _READ_UNCOMMITTED = 1, -1, 0
_WAIT_MS, _MIN_BYTES = 0, 0
_AT_ONCE = 1 << 20
_AT_MOST = 16 << 20
"""Bytes of a partition that are looked through."""
_HEAD = 61
_LAST_OFFSET_DELTA = 23
_BEFORE_LENGTH = 12


class Batch(NamedTuple):
    base: int
    """Offset of its first record."""
    records: int


async def log_batches(
    brokers: Sequence[BrokerView],
    partitions: Sequence[PartitionView],
    topic: str,
    wanted: Mapping[int, tuple[int, int]],
    patience: float = 5.0,
) -> dict[int, list[Batch]]:
    """The batches from the first to the last offset wanted of each partition, asked of its leader.

    A partition whose leader does not answer (in the clear, in time) is missing; where there are too many
    bytes between the two offsets, the last batches are.
    """
    addresses = {broker.id: (broker.host, broker.port) for broker in brokers}
    by_leader: dict[int, list[int]] = {}
    for view in partitions:
        if view.id in wanted and view.leader in addresses:
            by_leader.setdefault(view.leader, []).append(view.id)

    async def of_leader(leader: int, led: list[int]) -> dict[int, list[Batch]]:
        async def ask(say: Conversation) -> dict[int, list[Batch]]:
            return {partition: await _read(say, topic, partition, *wanted[partition]) for partition in led}

        return await talk(*addresses[leader], patience, ask) or {}

    found = await asyncio.gather(*(of_leader(leader, led) for leader, led in by_leader.items()))
    return {partition: batches for each in found for partition, batches in each.items()}


async def _read(say: Conversation, topic: str, partition: int, first: int, last: int) -> list[Batch]:
    batches: list[Batch] = []
    at, read = first, 0
    while at <= last and read < _AT_MOST:
        data = _records(await say.request(_FETCH, 4, _body(topic, partition, at)))
        new = [batch for batch in batches_in(data) if batch.base + batch.records > at]
        if not new:
            break
        batches += new
        at, read = new[-1].base + new[-1].records, read + len(data)
    return [batch for batch in batches if batch.base <= last]


def _body(topic: str, partition: int, offset: int) -> bytes:
    head = struct.pack(">iiiib", _CONSUMER, _WAIT_MS, _MIN_BYTES, _AT_ONCE, _READ_UNCOMMITTED)
    asked = struct.pack(">iiqi", 1, partition, offset, _AT_ONCE)
    return head + struct.pack(">i", 1) + string(topic) + asked


def _records(answer: Reader) -> bytes:
    """Of the one partition asked for; nothing where the broker has an error for it."""
    found: list[bytes] = []

    def aborted() -> None:
        answer.take("q"), answer.take("q")

    def partition() -> None:
        answer.take("i")
        error = answer.take("h")
        answer.take("q"), answer.take("q")  # high watermark, last stable offset
        answer.many(aborted)
        data = answer.blob()
        found.append(b"" if error else data)

    def topic() -> None:
        answer.text()
        answer.many(partition)

    answer.take("i")  # throttle time
    answer.many(topic)
    return b"".join(found)


def batches_in(data: bytes) -> list[Batch]:
    """The whole batches at the head of a Fetch answer's bytes; the last one may be cut."""
    batches, at = [], 0
    while at + _HEAD <= len(data):
        base, length = struct.unpack_from(">qi", data, at)
        if length < _HEAD - _BEFORE_LENGTH:
            break
        (delta,) = struct.unpack_from(">i", data, at + _LAST_OFFSET_DELTA)
        batches.append(Batch(base, delta + 1))
        at += _BEFORE_LENGTH + length
    return batches
