"""Fetch, ListOffsets and OffsetForLeaderEpoch: what consumers read."""

import asyncio
from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.log import OutOfRange
from workbench.lab.wire import Records

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.replica import Replica
    from workbench.lab.topic import Topic
    from workbench.lab.wire import Request

_BY_TOPIC_ID, _FOLLOWERS_TOO, _STATE = 13, 11, 15  # versions of Fetch
_OFFSET_NOT_AVAILABLE_FROM = 5  # version of ListOffsets
_LATEST, _EARLIEST, _MAX_TIMESTAMP, _EARLIEST_LOCAL, _LATEST_TIERED = -1, -2, -3, -4, -5


async def fetch(broker: "Broker", request: "Request") -> answers.Fetched:
    """Answer when there are min_bytes below the high watermark, or max_wait is over."""
    body = request.body
    if getattr(body, "session_id", 0) != 0:
        return answers.Fetched(error_code=ErrorCode.fetch_session_id_not_found, responses=())
    reading = _Reading(broker, request)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + body.max_wait.total_seconds()
    while True:
        answer = reading.read()
        if reading.urgent or reading.size >= body.min_bytes or loop.time() >= deadline:
            return answer
        await reading.news(deadline)


class _Reading:
    """One Fetch request; read again whenever a high watermark passes something it asks for."""

    def __init__(self, broker: "Broker", request: "Request") -> None:
        self._body = request.body
        most = broker.cluster.controller.config.number("fetch.max.bytes")
        self._max_bytes = min(request.body.max_bytes, most)
        self._leader_only = request.version < _FOLLOWERS_TOO
        self._broker = broker
        self._request = request
        replica_id = (
            request.body.replica_state.replica_id if request.version >= _STATE else request.body.replica_id
        )
        self._is_follower = replica_id >= 0
        self._replicas: list[Replica] = []
        self.size = 0
        self.urgent = False

    def _find(self, asked: Any, part: Any) -> "Replica | ErrorCode":
        """Looked for in every round: the leader may be another one by then."""
        broker, request = self._broker, self._request
        if self._is_follower:  # the lab's followers do not come over TCP
            return ErrorCode.cluster_authorization_failed
        if request.version >= _BY_TOPIC_ID:
            topic = broker.image.by_id(asked.topic_id)
            missing = ErrorCode.unknown_topic_id
        else:
            topic = broker.image.topics.get(asked.topic)
            missing = ErrorCode.unknown_topic_or_partition
        if topic is None:
            return missing
        found = find_replica(broker, topic, part.partition, leader_only=self._leader_only)
        if isinstance(found, ErrorCode):
            return found
        return epoch_error(found, getattr(part, "current_leader_epoch", -1)) or found

    def read(self) -> answers.Fetched:
        self.size = 0
        self.urgent = not self._body.topics
        self._replicas.clear()
        responses = tuple(
            answers.FetchedTopic(
                topic=getattr(asked, "topic", ""),
                topic_id=getattr(asked, "topic_id", None),
                partitions=tuple(self._partition(part, self._find(asked, part)) for part in asked.partitions),
            )
            for asked in self._body.topics
        )
        return answers.Fetched(responses=responses)

    def _partition(self, part: Any, found: "Replica | ErrorCode") -> answers.FetchedPartition:
        if isinstance(found, ErrorCode):
            self.urgent = True
            return answers.FetchedPartition(partition_index=part.partition, error_code=found)
        self._replicas.append(found)
        room = min(part.partition_max_bytes, self._max_bytes - self.size)
        high_watermark = found.high_watermark
        if (diverging := _diverging(found, part)) is not None:
            self.urgent = True
            return answers.FetchedPartition(partition_index=part.partition, diverging_epoch=diverging)
        try:
            batches = found.log.read(part.fetch_offset, room, high_watermark, at_least_one=self.size == 0)
        except OutOfRange:
            self.urgent = True
            return answers.FetchedPartition(
                partition_index=part.partition,
                error_code=ErrorCode.offset_out_of_range,
                log_start_offset=found.log.start,
            )
        records = Records()
        for batch in batches:
            records.pieces.extend(batch.chunks())
            records.size += batch.size
        self.size += records.size
        return answers.FetchedPartition(
            partition_index=part.partition,
            high_watermark=high_watermark,
            last_stable_offset=high_watermark,
            log_start_offset=found.log.start,
            records=records,
        )

    async def news(self, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            if not waiter.done():
                waiter.set_result(None)

        timer = loop.call_at(deadline, wake)
        replicas = list(self._replicas)
        for replica in replicas:
            replica.watch(wake)
        try:
            await waiter
        finally:
            timer.cancel()
            for replica in replicas:
                replica.unwatch(wake)


def _diverging(replica: "Replica", part: Any) -> answers.EpochEnd | None:
    """KIP-595: a client that says which epoch it read last is told where its history ends."""
    epoch = getattr(part, "last_fetched_epoch", -1)
    if epoch < 0 or part.fetch_offset < replica.log.start:
        return None
    found = replica.log.diverges(part.fetch_offset, epoch)
    return answers.EpochEnd(*found) if found and found[0] >= 0 else None


def find_replica(broker: "Broker", topic: "Topic", index: int, *, leader_only: bool) -> "Replica | ErrorCode":
    partition = topic.partition(index)
    if partition is None:
        return ErrorCode.unknown_topic_or_partition
    replica = broker.replicas.get(partition.key)
    if replica is None:
        return ErrorCode.not_leader_or_follower
    if leader_only and not replica.is_leader:
        return ErrorCode.not_leader_or_follower
    return replica


def epoch_error(replica: "Replica", epoch: int) -> ErrorCode | None:
    ours = replica.partition.leader_epoch
    if epoch in {-1, ours}:
        return None
    return ErrorCode.unknown_leader_epoch if epoch > ours else ErrorCode.fenced_leader_epoch


async def list_offsets(broker: "Broker", request: "Request") -> answers.ListedOffsets:
    """By timestamp, or by one of Kafka's negative words for the ends of the log."""
    unsure = ErrorCode.offset_not_available
    if request.version < _OFFSET_NOT_AVAILABLE_FROM:
        unsure = ErrorCode.leader_not_available
    return answers.ListedOffsets(
        topics=tuple(
            answers.ListedTopic(
                name=asked.name,
                partitions=tuple(_listed(broker, asked.name, part, unsure) for part in asked.partitions),
            )
            for asked in request.body.topics
        )
    )


def _listed(broker: "Broker", name: str, part: Any, unsure: ErrorCode) -> answers.ListedPartition:
    """`unsure`: for a new leader whose high watermark is not yet where its epoch began (KIP-207)."""
    index = part.partition_index
    topic = broker.image.topics.get(name)
    if topic is None:
        return answers.ListedPartition(partition_index=index, error_code=ErrorCode.unknown_topic_or_partition)
    found = find_replica(broker, topic, index, leader_only=True)
    if not isinstance(found, ErrorCode):
        found = epoch_error(found, getattr(part, "current_leader_epoch", -1)) or found
    if isinstance(found, ErrorCode):
        return answers.ListedPartition(partition_index=index, error_code=found)
    offset, timestamp, epoch = _looked_up(found, part.timestamp)
    asks_for_end = part.timestamp == _LATEST or (part.timestamp >= 0 and offset < 0)
    if asks_for_end and found.high_watermark < found.epoch_start:
        return answers.ListedPartition(partition_index=index, error_code=unsure)
    return answers.ListedPartition(
        partition_index=index, timestamp=timestamp, offset=offset, leader_epoch=epoch
    )


def _looked_up(replica: "Replica", timestamp: int) -> tuple[int, int, int]:
    """Offset, timestamp, leader epoch; -1 where there is none."""
    log, visible = replica.log, replica.high_watermark
    if timestamp == _LATEST:
        return visible, -1, replica.partition.leader_epoch
    if timestamp in {_EARLIEST, _EARLIEST_LOCAL}:
        return log.start, -1, replica.partition.leader_epoch
    if timestamp == _LATEST_TIERED:
        return -1, -1, -1
    found = log.newest(visible) if timestamp == _MAX_TIMESTAMP else log.first_since(timestamp, visible)
    return found or (-1, -1, -1)


async def offset_for_leader_epoch(broker: "Broker", request: "Request") -> answers.EpochEnds:
    """Where an epoch ends in the log: how clients and followers find truncation."""
    return answers.EpochEnds(
        topics=tuple(
            answers.EpochEndTopic(
                topic=asked.topic,
                partitions=tuple(_epoch_end(broker, asked.topic, part) for part in asked.partitions),
            )
            for asked in request.body.topics
        )
    )


def _epoch_end(broker: "Broker", name: str, part: Any) -> answers.EpochEndPartition:
    topic = broker.image.topics.get(name)
    found: Replica | ErrorCode = ErrorCode.unknown_topic_or_partition
    if topic is not None:
        found = find_replica(broker, topic, part.partition, leader_only=True)
    if not isinstance(found, ErrorCode):
        found = epoch_error(found, part.current_leader_epoch) or found
    if isinstance(found, ErrorCode):
        return answers.EpochEndPartition(error_code=found, partition=part.partition)
    epoch, end = found.log.end_of_epoch(part.leader_epoch)
    return answers.EpochEndPartition(partition=part.partition, leader_epoch=epoch, end_offset=end)
