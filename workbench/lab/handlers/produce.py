"""Produce and InitProducerId."""

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.connection import Close
from workbench.lab.produced import encode
from workbench.lab.record_batch import Rejected, need_known_codec

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.topic import Partition, Topic
    from workbench.lab.wire import Request

_BY_TOPIC_ID = 13
_ALL = -1
_Waiting = dict[tuple[int, int], asyncio.Future[ErrorCode]]
"""Futures by place in the answer: topic, partition."""


async def produce(broker: "Broker", request: "Request") -> answers.Produced | bytes | None:
    """Append to every partition asked for; acks=all waits for the high watermark, acks=0 is not answered."""
    body = request.body
    moments = broker.cluster.moments
    taken = monotonic() if moments.on else 0.0
    waiting: _Waiting = {}
    topics = []
    for place, data in enumerate(body.topic_data):
        topic = _topic(broker, request, data)
        partitions = []
        for at, part in enumerate(data.partition_data):
            answer, waiter = _append(broker, topic, part, request, taken)
            partitions.append(answer)
            if waiter is not None:
                waiting[place, at] = waiter
        topics.append((data, partitions))
    if body.acks == 0:
        if any(part.error_code for _, partitions in topics for part in partitions):
            raise Close("a Produce request with acks=0 failed")  # so the client asks for new metadata
        return None
    if waiting:
        await _replicated(waiting, body.timeout.total_seconds(), topics)
    if moments.on:
        _note_answers(broker, topics)
    produced = answers.Produced(
        responses=tuple(
            answers.ProducedTopic(
                name=getattr(data, "name", ""),
                topic_id=getattr(data, "topic_id", None),
                partition_responses=tuple(partitions),
            )
            for data, partitions in topics
        )
    )
    return encode(produced, request.version) or produced


def _note_answers(broker: "Broker", topics: list[tuple[Any, list[answers.ProducedPartition]]]) -> None:
    controller = broker.cluster.controller
    for data, partitions in topics:
        topic_id = getattr(data, "topic_id", None)
        topic = controller.by_id(topic_id) if topic_id else controller.topics.get(data.name)
        for answer in partitions:
            partition = topic.partition(answer.index) if topic else None
            if partition is not None and not answer.error_code:
                broker.cluster.moments.answered(partition.key, answer.base_offset)


async def _replicated(
    waiting: _Waiting, timeout_s: float, topics: list[tuple[Any, list[answers.ProducedPartition]]]
) -> None:
    """Wait until all are on every replica of the ISR, or the request's time is over."""
    timer = asyncio.get_running_loop().call_later(timeout_s, _expire, list(waiting.values()))
    try:
        for (place, at), waiter in waiting.items():
            error = await waiter
            if error:
                partitions = topics[place][1]
                partitions[at] = msgspec.structs.replace(partitions[at], error_code=error)
    finally:
        timer.cancel()


def _expire(waiters: list[asyncio.Future[ErrorCode]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(ErrorCode.request_timed_out)


def _topic(broker: "Broker", request: "Request", data: Any) -> "Topic | None":
    if request.version >= _BY_TOPIC_ID:
        return broker.image.by_id(data.topic_id)
    return broker.image.topics.get(data.name)


def _append(
    broker: "Broker", topic: "Topic | None", part: Any, request: "Request", taken: float
) -> tuple[answers.ProducedPartition, asyncio.Future[ErrorCode] | None]:
    """The partition's answer, and with acks=all what to wait for before it is given."""
    acks, index = request.body.acks, part.index
    if acks not in {_ALL, 0, 1}:
        return _failed(index, ErrorCode.invalid_required_acks), None
    if topic is None:
        by_id = request.version >= _BY_TOPIC_ID
        code = ErrorCode.unknown_topic_id if by_id else ErrorCode.unknown_topic_or_partition
        return _failed(index, code), None
    if part.records is None:
        raise Close("a Produce request without records")
    partition = topic.partition(index)
    if partition is None:
        return _failed(index, ErrorCode.unknown_topic_or_partition), None
    replica = broker.replicas.get(partition.key)
    if replica is None or not replica.is_leader:
        return _not_leader(partition), None
    try:
        need_known_codec(part.records, request.version)
        appended = replica.append_from_producer(part.records, acks, taken)
    except Rejected as no:
        return _rejected(index, no, replica.log.start), None
    stamped = topic.config.rules.log_append_time
    answer = answers.ProducedPartition(
        index=index,
        base_offset=appended.base_offset,
        log_append_time=datetime.fromtimestamp(appended.max_timestamp / 1000, UTC) if stamped else None,
        log_start_offset=replica.log.start,
    )
    return answer, replica.replicated(appended.next_offset) if acks == _ALL else None


def _rejected(index: int, no: Rejected, log_start: int) -> answers.ProducedPartition:
    return answers.ProducedPartition(
        index=index,
        error_code=no.code,
        log_start_offset=log_start,
        error_message=no.text,
        record_errors=tuple(
            answers.RecordError(batch_index=at, batch_index_error_message=text) for at, text in no.records
        ),
    )


def _not_leader(partition: "Partition") -> answers.ProducedPartition:
    return answers.ProducedPartition(
        index=partition.index,
        error_code=ErrorCode.not_leader_or_follower,
        current_leader=answers.CurrentLeader(partition.leader, partition.leader_epoch),
    )


def _failed(index: int, code: ErrorCode) -> answers.ProducedPartition:
    return answers.ProducedPartition(index=index, error_code=code)


async def init_producer_id(broker: "Broker", request: "Request") -> answers.ProducerId:
    """A new id for each idempotent producer. Transactions are refused."""
    body = request.body
    if body.transactional_id is not None:
        return answers.ProducerId(error_code=ErrorCode.transactional_id_authorization_failed)
    known = getattr(body, "producer_id", -1)
    if known >= 0 and body.producer_epoch < 2**15 - 2:  # KIP-360: an epoch more, after an error
        return answers.ProducerId(producer_id=known, producer_epoch=body.producer_epoch + 1)
    return answers.ProducerId(producer_id=broker.cluster.controller.new_producer_id(), producer_epoch=0)
