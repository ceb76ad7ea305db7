"""OffsetCommit and OffsetFetch: of members of a group, and of consumers that assign themselves."""

from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.groups.said import GroupError, Identity
from workbench.lab.offsets import Committed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

_NOT_FOUND_FROM = 9  # OffsetCommit: GROUP_ID_NOT_FOUND, before that ILLEGAL_GENERATION
_GROUPS_FROM = 8  # OffsetFetch: several groups a request
_ERROR_FROM = 2  # OffsetFetch: an error of the group; before that each partition has it


async def offset_commit(broker: "Broker", request: "Request") -> answers.CommittedOffsets:
    """A group's refusal is every partition's error: the answer has no other place for it."""
    body, cluster = request.body, broker.cluster
    refused = None
    try:
        cluster.groups.need_at(broker.id, body.group_id)
        who = Identity(body.member_id, getattr(body, "group_instance_id", None))
        generation = getattr(body, "generation_id", getattr(body, "generation_id_or_member_epoch", -1))
        not_found = request.version >= _NOT_FOUND_FROM
        missing = ErrorCode.group_id_not_found if not_found else ErrorCode.illegal_generation
        cluster.groups.need_may_commit(body.group_id, who, generation, missing)
    except GroupError as no:
        refused = no.code
    return answers.CommittedOffsets(
        topics=tuple(
            answers.CommittedTopic(
                name=asked.name,
                partitions=tuple(
                    answers.CommittedPartition(
                        partition_index=part.partition_index,
                        error_code=refused or _commit(broker, body.group_id, asked.name, part),
                    )
                    for part in asked.partitions
                ),
            )
            for asked in body.topics
        )
    )


def _commit(broker: "Broker", group: str, name: str, part: Any) -> ErrorCode:
    cluster, index = broker.cluster, part.partition_index
    topic = cluster.controller.topics.get(name)
    if topic is None or topic.partition(index) is None:
        return ErrorCode.unknown_topic_or_partition
    metadata = part.committed_metadata
    if len((metadata or "").encode()) > cluster.controller.config.number("offset.metadata.max.bytes"):
        return ErrorCode.offset_metadata_too_large
    epoch = getattr(part, "committed_leader_epoch", -1)
    cluster.committed.commit(group, name, index, Committed(part.committed_offset, epoch, metadata))
    return ErrorCode.none


async def offset_fetch(broker: "Broker", request: "Request") -> answers.CommittedOffsets:
    body = request.body
    if request.version >= _GROUPS_FROM:
        return answers.CommittedOffsets(
            groups=tuple(_of_group(broker, group.group_id, group.topics) for group in body.groups)
        )
    one = _of_group(broker, body.group_id, body.topics)
    if one.error_code and request.version < _ERROR_FROM:
        return answers.CommittedOffsets(topics=_failed(body.topics, one.error_code))
    return answers.CommittedOffsets(topics=one.topics, error_code=one.error_code)


def _of_group(broker: "Broker", group: str, asked: Any) -> answers.CommittedGroup:
    try:
        broker.cluster.groups.need_at(broker.id, group)
    except GroupError as no:
        return answers.CommittedGroup(group_id=group, topics=(), error_code=no.code)
    return answers.CommittedGroup(group_id=group, topics=_committed(broker, group, asked))


def _failed(asked: Any, code: ErrorCode) -> tuple[answers.CommittedTopic, ...]:
    return tuple(
        answers.CommittedTopic(
            name=topic.name,
            partitions=tuple(
                answers.CommittedPartition(partition_index=index, error_code=code)
                for index in topic.partition_indexes
            ),
        )
        for topic in asked
    )


def _committed(broker: "Broker", group: str, asked: Any) -> tuple[answers.CommittedTopic, ...]:
    store = broker.cluster.committed
    wanted: Iterable[tuple[str, Iterable[int]]]
    if asked is None:  # all that there is
        wanted = store.partitions(group).items()
    else:
        wanted = ((topic.name, topic.partition_indexes) for topic in asked)

    def partition(topic: str, index: int) -> answers.CommittedPartition:
        found = store.committed(group, topic, index)
        if found is None:
            return answers.CommittedPartition(partition_index=index)
        return answers.CommittedPartition(
            partition_index=index,
            committed_offset=found.offset,
            committed_leader_epoch=found.leader_epoch,
            metadata=found.metadata,
        )

    return tuple(
        answers.CommittedTopic(name=name, partitions=tuple(partition(name, index) for index in indexes))
        for name, indexes in wanted
    )
