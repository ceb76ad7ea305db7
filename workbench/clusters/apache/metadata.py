"""What brokers themselves say: who is registered and unfenced, who leads, where logs begin and end.

Metadata and ListOffsets, see kafka.apache.org/protocol.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from workbench.clusters.apache.layout import HOST
from workbench.clusters.asking import Conversation, Reader, string, talk
from workbench.model.cluster_view import PartitionView

_METADATA, _LIST_OFFSETS = 3, 2
_NO_TOPICS = struct.pack(">i", 0)
_CONSUMER, _DEBUGGING = -1, -2
"""Replica ids: to the second the leader tells its log end where a consumer hears the high watermark
(kafka.server.ReplicaManager.fetchOffset: no isolation level for it)."""
_LATEST, _EARLIEST = -1, -2


class Offsets(NamedTuple):
    log_start: int
    log_end: int
    high_watermark: int


async def live_brokers(port: int, patience: float = 2.0) -> frozenset[int]:
    """Ids of the live brokers as the broker on `port` knows them; empty where it does not answer."""

    async def ask(say: Conversation) -> frozenset[int]:
        return _broker_ids(await say.request(_METADATA, 1, _NO_TOPICS))

    return await talk(HOST, port, patience, ask) or frozenset()


async def topic_partitions(port: int, topic: str, patience: float = 2.0) -> tuple[PartitionView, ...] | None:
    """The partitions of a topic as the broker on `port` knows them; empty where it knows of none.

    None where it does not answer.
    """

    async def ask(say: Conversation) -> tuple[PartitionView, ...]:
        # Metadata 7, the first with leader epochs; the last byte: do not create the topic
        body = struct.pack(">i", 1) + string(topic) + b"\x00"
        return _partitions(await say.request(_METADATA, 7, body))

    return await talk(HOST, port, patience, ask)


async def log_offsets(
    port: int, topic: str, partitions: Sequence[int], patience: float = 2.0
) -> dict[int, Offsets]:
    """Where the logs that the broker on `port` leads begin and end; those it does not tell are missing."""

    async def ask(say: Conversation) -> dict[int, Offsets]:
        # the high watermark before the log end: so it is never ahead of it
        found = [
            _offsets(await say.request(_LIST_OFFSETS, 1, _offsets_body(topic, partitions, replica, which)))
            for replica, which in ((_CONSUMER, _EARLIEST), (_CONSUMER, _LATEST), (_DEBUGGING, _LATEST))
        ]
        start, watermark, end = found
        known = start.keys() & watermark.keys() & end.keys()
        return {p: Offsets(start[p], end[p], watermark[p]) for p in known}

    return await talk(HOST, port, patience, ask) or {}


def _broker(answer: Reader) -> int:
    found = answer.take("i")
    answer.text()  # host
    answer.take("i")  # port
    answer.text()  # rack
    return found


def _broker_ids(answer: Reader) -> frozenset[int]:
    return frozenset(answer.many(lambda: _broker(answer)))


def _partitions(answer: Reader) -> tuple[PartitionView, ...]:
    answer.take("i")  # throttle time
    answer.many(lambda: _broker(answer))
    answer.text()  # cluster id
    answer.take("i")  # controller id

    def partition() -> PartitionView:
        answer.take("h")  # its error says what leader = -1 says
        number, leader, epoch = answer.take("i"), answer.take("i"), answer.take("i")
        replicas, isr, _offline = (answer.many(lambda: answer.take("i")) for _ in range(3))
        return PartitionView(number, leader, tuple(replicas), tuple(isr), epoch)

    def topic() -> list[PartitionView]:
        answer.take("h")  # error: there are no partitions then
        answer.text()
        answer.take("b")  # internal
        return answer.many(partition)

    return tuple(view for found in answer.many(topic) for view in sorted(found, key=lambda view: view.id))


def _offsets_body(topic: str, partitions: Sequence[int], replica: int, which: int) -> bytes:
    asked = b"".join(struct.pack(">iq", partition, which) for partition in partitions)
    return struct.pack(">ii", replica, 1) + string(topic) + struct.pack(">i", len(partitions)) + asked


def _offsets(answer: Reader) -> dict[int, int]:
    found: dict[int, int] = {}

    def partition() -> None:
        number, error = answer.take("i"), answer.take("h")
        answer.take("q")  # timestamp
        offset = answer.take("q")
        if error == 0:
            found[number] = offset

    def topic() -> None:
        answer.text()
        answer.many(partition)

    answer.many(topic)
    return found
