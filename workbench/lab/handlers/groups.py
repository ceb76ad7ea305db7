"""OffsetCommit and OffsetFetch of consumers without group membership."""

from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.offsets import Committed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

_GROUPS_FROM = 8  # OffsetFetch: several groups a request


async def offset_commit(broker: "Broker", request: "Request") -> answers.CommittedOffsets:
    body = request.body
    topics = []
    for asked in body.topics:
        partitions = []
        for part in asked.partitions:
            error = ErrorCode.none
            if _exists(broker, asked.name, part.partition_index):
                epoch = getattr(part, "committed_leader_epoch", -1)
                offset = Committed(part.committed_offset, epoch, part.committed_metadata)
                broker.cluster.committed.commit(body.group_id, asked.name, part.partition_index, offset)
            else:
                error = ErrorCode.unknown_topic_or_partition
            partitions.append(
                answers.CommittedPartition(partition_index=part.partition_index, error_code=error)
            )
        topics.append(answers.CommittedTopic(name=asked.name, partitions=tuple(partitions)))
    return answers.CommittedOffsets(topics=tuple(topics))


async def offset_fetch(broker: "Broker", request: "Request") -> answers.CommittedOffsets:
    body = request.body
    if request.version < _GROUPS_FROM:
        return answers.CommittedOffsets(topics=_committed(broker, body.group_id, body.topics))
    return answers.CommittedOffsets(
        groups=tuple(
            answers.CommittedGroup(
                group_id=group.group_id, topics=_committed(broker, group.group_id, group.topics)
            )
            for group in body.groups
        )
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


def _exists(broker: "Broker", name: str, index: int) -> bool:
    topic = broker.cluster.controller.topics.get(name)
    return topic is not None and 0 <= index < len(topic.partitions)
