"""CreateTopics, DeleteTopics, CreatePartitions, ListPartitionReassignments, DescribeConfigs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.configs import BROKER, TOPIC, BrokerConfig, TopicConfig
from workbench.lab.controller import Controller, Refused

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

_TOPIC, _BROKER = 2, 4  # DescribeConfigs' resource types
_OF_TOPIC, _OF_BROKER, _DEFAULT = 1, 4, 5  # its config sources (broker: static)
_TYPES: Mapping[str, int] = MappingProxyType({"BOOLEAN": 1, "STRING": 2, "INT": 3, "LONG": 5})


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
        configs=tuple(_topic_entries(topic.config, None)),
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


async def describe_configs(broker: "Broker", request: "Request") -> answers.DescribedConfigsOfAll:
    return answers.DescribedConfigsOfAll(
        results=tuple(_described(broker, asked) for asked in request.body.resources)
    )


def _described(broker: "Broker", asked: Any) -> answers.DescribedConfigs:
    kind, name, wanted = asked.resource_type, asked.resource_name, asked.configuration_keys
    controller = broker.cluster.controller

    def failed(code: ErrorCode, text: str) -> answers.DescribedConfigs:
        return answers.DescribedConfigs(
            resource_type=kind, resource_name=name, error_code=code, error_message=text
        )

    if kind == _BROKER:
        if name and name != str(broker.id):
            return failed(
                ErrorCode.invalid_request,
                f"Unexpected broker id, expected {broker.id} or empty string, but received {name}",
            )
        entries = _broker_entries(controller.config, wanted)
    elif kind == _TOPIC:
        topic = controller.topics.get(name)
        if topic is None:
            return failed(
                ErrorCode.unknown_topic_or_partition, "This server does not host this topic-partition."
            )
        entries = _topic_entries(topic.config, wanted)
    else:
        return failed(ErrorCode.invalid_request, f"Unsupported resource type: {kind}")
    return answers.DescribedConfigs(resource_type=kind, resource_name=name, configs=tuple(entries))


def _topic_entries(config: TopicConfig, wanted: tuple[str, ...] | None) -> Iterable[answers.ConfigEntry]:
    for name, (of_broker, prop) in TOPIC.items():
        if wanted is None or name in wanted:
            source = _OF_BROKER if of_broker in config.of_brokers else _DEFAULT
            if name in config.given:
                source = _OF_TOPIC
            yield _entry(name, config[name], source, prop.type)


def _broker_entries(config: BrokerConfig, wanted: tuple[str, ...] | None) -> Iterable[answers.ConfigEntry]:
    for name, prop in BROKER.items():
        if wanted is None or name in wanted:
            source = _OF_BROKER if name in config.given else _DEFAULT
            yield _entry(name, config[name], source, prop.type, read_only=True)


def _entry(name: str, value: str, source: int, kind: str, *, read_only: bool = False) -> answers.ConfigEntry:
    return answers.ConfigEntry(
        name=name, value=value, config_source=source, config_type=_TYPES[kind], read_only=read_only
    )
