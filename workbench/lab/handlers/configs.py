"""DescribeConfigs, IncrementalAlterConfigs, AlterConfigs. Texts: Kafka's ConfigAdminManager."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kio.schema.errors import ErrorCode

from workbench.lab import answers
from workbench.lab.configs import BROKER, TOPIC, BrokerConfig, TopicConfig, elements
from workbench.lab.controller import Refused

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

_TOPIC, _BROKER = 2, 4  # resource types
_OF_TOPIC, _OF_BROKER, _DEFAULT = 1, 4, 5  # config sources (broker: static)
_TYPES: Mapping[str, int] = MappingProxyType({"BOOLEAN": 1, "STRING": 2, "INT": 3, "LONG": 5, "LIST": 7})
_SET, _DELETE, _APPEND, _SUBTRACT = range(4)  # AlterConfigOp's

_Changes = dict[str, str | None]


async def incremental_alter_configs(broker: "Broker", request: "Request") -> answers.AlteredConfigsOfAll:
    """What is not named stays as it is."""
    return _altered(broker, request, _incremental)


async def alter_configs(broker: "Broker", request: "Request") -> answers.AlteredConfigsOfAll:
    """What is not named goes back to the brokers' default."""
    return _altered(broker, request, _anew)


def _altered(
    broker: "Broker", request: "Request", changes_of: Callable[[TopicConfig | None, Any], _Changes]
) -> answers.AlteredConfigsOfAll:
    controller, responses = broker.cluster.controller, []
    resources = request.body.resources
    times = Counter((asked.resource_type, asked.resource_name) for asked in resources)
    for asked in resources:
        name, code, text = asked.resource_name, ErrorCode.none, None
        topic = controller.topics.get(name)
        try:
            _check(asked, times[asked.resource_type, name])
            changes = changes_of(topic.config if topic else None, asked.configs)
            controller.alter_topic_config(name, changes, validate_only=request.body.validate_only)
        except Refused as no:
            code, text = no.code, no.text
        responses.append(
            answers.AlteredConfigs(
                resource_type=asked.resource_type, resource_name=name, error_code=code, error_message=text
            )
        )
    return answers.AlteredConfigsOfAll(responses=tuple(responses))


def _check(asked: Any, times: int) -> None:
    """Raises Refused for what needs no look at the topic."""
    if times > 1:
        raise Refused(ErrorCode.invalid_request, "Each resource must appear at most once.")
    names = [config.name for config in asked.configs]
    if asked.resource_type == _BROKER:
        raise Refused(
            ErrorCode.invalid_request, f"Cannot update these configs dynamically: {', '.join(sorted(names))}"
        )
    if asked.resource_type != _TOPIC:
        raise Refused(ErrorCode.invalid_request, f"Unexpected resource type {asked.resource_type}.")
    if len(set(names)) < len(names):
        raise Refused(ErrorCode.invalid_request, "Error due to duplicate config keys")
    nulls = [
        config.name
        for config in asked.configs
        if config.value is None and getattr(config, "config_operation", _SET) != _DELETE
    ]
    if nulls:
        raise Refused(ErrorCode.invalid_request, f"Null value not supported for : {','.join(nulls)}")


def _incremental(config: TopicConfig | None, asked: Any) -> _Changes:
    return {change.name: _changed(config, change) for change in asked}


def _changed(config: TopicConfig | None, change: Any) -> str | None:
    operation, value = change.config_operation, change.value
    if operation == _SET:
        return str(value)
    if operation == _DELETE:
        return None
    if operation not in {_APPEND, _SUBTRACT}:
        raise Refused(ErrorCode.invalid_request, f"Unsupported operation {operation}")
    word = "APPEND" if operation == _APPEND else "SUBTRACT"
    if change.name not in TOPIC or TOPIC[change.name][1].type != "LIST":
        raise Refused(
            ErrorCode.invalid_config, f"Can't {word} to key {change.name} because its type is not LIST."
        )
    there = elements(config[change.name]) if config else ()
    given = elements(value)
    if operation == _APPEND:
        return ",".join(dict.fromkeys((*there, *given)))
    return ",".join(one for one in there if one not in given)


def _anew(config: TopicConfig | None, asked: Any) -> _Changes:
    gone: _Changes = dict.fromkeys(config.given) if config else {}
    return gone | {change.name: change.value for change in asked}


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
        entries = topic_entries(topic.config, wanted)
    else:
        return failed(ErrorCode.invalid_request, f"Unsupported resource type: {kind}")
    return answers.DescribedConfigs(resource_type=kind, resource_name=name, configs=tuple(entries))


def topic_entries(config: TopicConfig, wanted: tuple[str, ...] | None) -> Iterable[answers.ConfigEntry]:
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
