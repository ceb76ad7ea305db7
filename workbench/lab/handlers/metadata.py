"""ApiVersions, Metadata, DescribeCluster, DescribeTopicPartitions, FindCoordinator."""

from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.controller import Refused, name_complaint
from workbench.lab.wire import RANGES, Request

if TYPE_CHECKING:
    from workbench.lab.broker import Broker, Cluster
    from workbench.lab.controller import Topic

_SEVERAL_FROM = 4  # FindCoordinator: a list of keys
_GROUP = 0
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
    cluster = broker.cluster
    asked = request.body.topics
    if asked is None or (request.version == 0 and not asked):
        topics = tuple(_described(topic) for topic in cluster.controller.topics.values())
    else:
        create = getattr(request.body, "allow_auto_topic_creation", True)
        topics = tuple(_asked_for(cluster, topic, create) for topic in asked)
    return answers.Metadata(
        brokers=_nodes(cluster),
        cluster_id=cluster.cluster_id,
        controller_id=cluster.first.node_id,
        topics=topics,
    )


def _asked_for(cluster: "Cluster", asked: Any, create: bool) -> answers.TopicMetadata:
    controller = cluster.controller
    if asked.name is None:
        by_id = controller.by_id(asked.topic_id)
        if by_id is None:
            return answers.TopicMetadata(
                name=None, topic_id=asked.topic_id, error_code=ErrorCode.unknown_topic_id
            )
        return _described(by_id)
    topic = controller.topics.get(asked.name)
    if topic is None and name_complaint(asked.name):
        return answers.TopicMetadata(name=asked.name, error_code=ErrorCode.invalid_topic_exception)
    if topic is None and create and controller.config.flag("auto.create.topics.enable"):
        try:
            topic = controller.create_topic(asked.name)
        except Refused as no:
            return answers.TopicMetadata(name=asked.name, error_code=no.code)
    if topic is None:
        return answers.TopicMetadata(name=asked.name, error_code=ErrorCode.unknown_topic_or_partition)
    return _described(topic)


def _described(topic: "Topic", first: int = 0, count: int | None = None) -> answers.TopicMetadata:
    chosen = topic.partitions[first : None if count is None else first + count]
    return answers.TopicMetadata(
        name=topic.name,
        topic_id=topic.id,
        partitions=tuple(
            answers.PartitionMetadata(
                partition_index=partition.index,
                leader_id=partition.leader,
                leader_epoch=partition.leader_epoch,
                replica_nodes=partition.replicas,
                isr_nodes=partition.isr,
            )
            for partition in chosen
        ),
    )


def _nodes(cluster: "Cluster") -> tuple[answers.Node, ...]:
    return tuple(broker.node for broker in cluster.brokers.values())


async def describe_cluster(broker: "Broker", request: Request) -> answers.DescribeCluster:
    cluster = broker.cluster
    error = ErrorCode.none
    if getattr(request.body, "endpoint_type", 1) != 1:
        error = ErrorCode.mismatched_endpoint_type
    return answers.DescribeCluster(
        error_code=error,
        cluster_id=cluster.cluster_id,
        controller_id=cluster.first.node_id,
        brokers=_nodes(cluster),
    )


async def describe_topic_partitions(broker: "Broker", request: Request) -> answers.DescribeTopicPartitions:
    """Topics in order of name, a limited number of partitions an answer; the cursor says where to go on."""
    topics, body = broker.cluster.controller.topics, request.body
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
        described.append(_described(topic, start, room))
        if start + room < len(topic.partitions):
            cursor = answers.Cursor(topic_name=name, partition_index=start + room)
            return answers.DescribeTopicPartitions(topics=tuple(described), next_cursor=cursor)
        room -= len(topic.partitions) - start
        start = 0
    return answers.DescribeTopicPartitions(topics=tuple(described))


async def find_coordinator(broker: "Broker", request: Request) -> answers.Coordinator | answers.Coordinators:
    """The first broker keeps every group's offsets. There is no coordinator of transactions."""
    body, first = request.body, broker.cluster.first
    groups = getattr(body, "key_type", _GROUP) == _GROUP

    def found(key: str) -> answers.Coordinator:
        if groups:
            return answers.Coordinator(key=key, node_id=first.node_id, host=first.host, port=first.port)
        return answers.Coordinator(
            key=key,
            node_id=-1,
            host="",
            port=-1,
            error_code=ErrorCode.transactional_id_authorization_failed,
            error_message="The lab has no transactions",
        )

    if request.version < _SEVERAL_FROM:
        return found(body.key)
    return answers.Coordinators(coordinators=tuple(found(key) for key in body.coordinator_keys))
