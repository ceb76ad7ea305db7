"""CreateTopics, DeleteTopics, CreatePartitions, ListPartitionReassignments."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.controller import Controller, Refused
from workbench.lab.handlers.configs import topic_entries

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request


async def create_topics(broker: "Broker", request: "Request") -> answers.CreatedTopics:
    controller = broker.cluster.controller
    times = Counter(asked.name for asked in request.body.topics)
    unique = {asked.name: asked for asked in request.body.topics}
    return answers.CreatedTopics(
        topics=tuple(
            _created(controller, asked, request.body.validate_only)
            if times[name] == 1
            else answers.CreatedTopic(
                name=name, error_code=ErrorCode.invalid_request, error_message="Duplicate topic name."
            )
            for name, asked in unique.items()
        )
    )


def _created(controller: Controller, asked: Any, validate_only: bool) -> answers.CreatedTopic:
    try:
        topic = controller.create_topic(
            asked.name,
            asked.num_partitions,
            asked.replication_factor,
            {config.name: config.value for config in asked.configs},
            {part.partition_index: tuple(part.broker_ids) for part in asked.assignments},
            validate_only=validate_only,
        )
    except Refused as no:
        return answers.CreatedTopic(name=asked.name, error_code=no.code, error_message=no.text)
    return answers.CreatedTopic(
        name=topic.name,
        topic_id=None if validate_only else topic.id,
        num_partitions=len(topic.partitions),
        replication_factor=len(topic.partitions[0].replicas),
        configs=tuple(topic_entries(topic.config, None)),
    )


async def delete_topics(broker: "Broker", request: "Request") -> answers.DeletedTopics:
    controller, body = broker.cluster.controller, request.body
    named = [(name, None) for name in getattr(body, "topic_names", ())]
    asked = [(topic.name, topic.topic_id) for topic in getattr(body, "topics", ())]
    return answers.DeletedTopics(responses=tuple(_deleted(controller, *one) for one in named + asked))


def _deleted(controller: Controller, name: str | None, topic_id: Any) -> answers.DeletedTopic:
    if name is None:
        by_id = controller.by_id(topic_id)
        if by_id is None:
            return answers.DeletedTopic(
                name=None,
                topic_id=topic_id,
                error_code=ErrorCode.unknown_topic_id,
                error_message="This server does not host this topic ID.",
            )
        name = by_id.name
    try:
        topic = controller.delete_topic(name)
    except Refused as no:
        return answers.DeletedTopic(name=name, error_code=no.code, error_message=no.text)
    return answers.DeletedTopic(name=name, topic_id=topic.id)


async def create_partitions(broker: "Broker", request: "Request") -> answers.CreatedPartitionsOfAll:
    controller, results = broker.cluster.controller, []
    for asked in request.body.topics:
        placed = None
        if asked.assignments is not None:
            placed = [tuple(assignment.broker_ids) for assignment in asked.assignments]
        try:
            controller.add_partitions(
                asked.name, asked.count, placed, validate_only=request.body.validate_only
            )
        except Refused as no:
            results.append(
                answers.CreatedPartitions(name=asked.name, error_code=no.code, error_message=no.text)
            )
        else:
            results.append(answers.CreatedPartitions(name=asked.name))
    return answers.CreatedPartitionsOfAll(results=tuple(results))


async def list_partition_reassignments(
    broker: "Broker",  # noqa: ARG001
    request: "Request",  # noqa: ARG001
) -> answers.Reassignments:
    """None: the lab moves no replicas."""
    return answers.Reassignments()
