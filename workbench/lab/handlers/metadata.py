"""ApiVersions, Metadata, DescribeCluster, DescribeTopicPartitions."""

from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.controller import Refused, name_complaint
from workbench.lab.topic import NO_LEADER
from workbench.lab.wire import RANGES, Request

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.image import Image
    from workbench.lab.topic import Topic

_NAMELESS_FROM = 12  # Metadata: a topic by its id alone; 10 and 11 have the field, but cannot answer it
_LONGEST_ANSWER = 2000  # DescribeTopicPartitions, as max.request.partition.size.limit


async def api_versions(broker: "Broker", request: Request) -> answers.ApiVersions:  # noqa: ARG001
    """What is served. A version of ApiVersions itself that is not known gets error 35 and that one range."""
    unknown = request.body is None
    return answers.ApiVersions(
        error_code=ErrorCode.unsupported_version if unknown else ErrorCode.none,
        api_keys=tuple(
            answers.ApiVersion(api_key=key, min_version=low, max_version=high)
            for key, (low, high) in RANGES.items()
            if not unknown or key == request.api_key
        ),
    )


async def metadata(broker: "Broker", request: Request) -> answers.Metadata:
    """No topics (null; in version 0 an empty list) asks for all."""
    image, asked = broker.image, request.body.topics
    if asked is None or (request.version == 0 and not asked):
        topics = tuple(_described(image, topic) for topic in image.topics.values())
    elif request.version < _NAMELESS_FROM and any(topic.name is None for topic in asked):
        topics = tuple(
            answers.TopicMetadata(name=topic.name or "", error_code=ErrorCode.invalid_request)
            for topic in asked
        )
    else:
        create = getattr(request.body, "allow_auto_topic_creation", True)
        topics = tuple(_asked_for(broker, topic, create) for topic in asked)
    return answers.Metadata(
        brokers=image.nodes,
        cluster_id=broker.cluster.cluster_id,
        controller_id=_controller(image),
        topics=topics,
    )


def _controller(image: "Image") -> int:
    """A broker that passes on to the controller, which has no listener for clients."""
    return image.nodes[0].node_id if image.nodes else -1


def _asked_for(broker: "Broker", asked: Any, create: bool) -> answers.TopicMetadata:
    image, controller = broker.image, broker.cluster.controller
    if asked.name is None:
        by_id = image.by_id(asked.topic_id)
        if by_id is None:
            return answers.TopicMetadata(
                name=None, topic_id=asked.topic_id, error_code=ErrorCode.unknown_topic_id
            )
        return _described(image, by_id)
    topic = image.topics.get(asked.name)
    if topic is None and name_complaint(asked.name):
        return answers.TopicMetadata(name=asked.name, error_code=ErrorCode.invalid_topic_exception)
    if topic is None and create and broker.hears and controller.config.flag("auto.create.topics.enable"):
        try:
            topic = controller.create_topic(asked.name)
        except Refused as no:
            return answers.TopicMetadata(name=asked.name, error_code=no.code)
    if topic is None:
        return answers.TopicMetadata(name=asked.name, error_code=ErrorCode.unknown_topic_or_partition)
    return _described(image, topic)


def _described(
    image: "Image", topic: "Topic", first: int = 0, count: int | None = None
) -> answers.TopicMetadata:
    alive = {node.node_id for node in image.nodes}
    chosen = topic.partitions[first : None if count is None else first + count]
    return answers.TopicMetadata(
        name=topic.name,
        topic_id=topic.id,
        partitions=tuple(
            answers.PartitionMetadata(
                error_code=ErrorCode.leader_not_available
                if partition.leader == NO_LEADER
                else ErrorCode.none,
                partition_index=partition.index,
                leader_id=partition.leader,
                leader_epoch=partition.leader_epoch,
                replica_nodes=partition.replicas,
                isr_nodes=partition.isr,
                offline_replicas=tuple(one for one in partition.replicas if one not in alive),
                eligible_leader_replicas=partition.elr,
                last_known_elr=()
                if partition.last_known_leader == NO_LEADER
                else (partition.last_known_leader,),
            )
            for partition in chosen
        ),
    )


async def describe_cluster(broker: "Broker", request: Request) -> answers.DescribeCluster:
    error = ErrorCode.none
    if getattr(request.body, "endpoint_type", 1) != 1:
        error = ErrorCode.mismatched_endpoint_type
    return answers.DescribeCluster(
        error_code=error,
        cluster_id=broker.cluster.cluster_id,
        controller_id=_controller(broker.image),
        brokers=broker.image.nodes,
    )


async def describe_topic_partitions(broker: "Broker", request: Request) -> answers.DescribeTopicPartitions:
    """Topics in order of name, a limited number of partitions an answer; the cursor says where to go on."""
    image, topics, body = broker.image, broker.image.topics, request.body
    names = sorted({topic.name for topic in body.topics} if body.topics else topics)
    start = 0
    if body.cursor is not None:
        names = [name for name in names if name >= body.cursor.topic_name]
        start = body.cursor.partition_index if names[:1] == [body.cursor.topic_name] else 0
    room = min(max(body.response_partition_limit, 1), _LONGEST_ANSWER)
    described: list[answers.TopicMetadata] = []
    for name in names:
        topic = topics.get(name)
        if topic is None:
            invalid = name_complaint(name) is not None
            code = ErrorCode.invalid_topic_exception if invalid else ErrorCode.unknown_topic_or_partition
            described.append(answers.TopicMetadata(name=name, error_code=code))
            continue
        if room <= 0:
            cursor = answers.Cursor(topic_name=name, partition_index=0)
            return answers.DescribeTopicPartitions(topics=tuple(described), next_cursor=cursor)
        described.append(_described(image, topic, start, room))
        if start + room < len(topic.partitions):
            cursor = answers.Cursor(topic_name=name, partition_index=start + room)
            return answers.DescribeTopicPartitions(topics=tuple(described), next_cursor=cursor)
        room -= len(topic.partitions) - start
        start = 0
    return answers.DescribeTopicPartitions(topics=tuple(described))
