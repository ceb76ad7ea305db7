"""The broker and topic properties that the lab acts on, by Kafka's names, with Kafka's defaults and texts.

Names that Kafka has and the lab does not act on are refused: a property that is taken and ignored misleads.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, NamedTuple

from workbench.errors import InputError
from workbench.lab.record_batch import Rules

Type = Literal["INT", "LONG", "BOOLEAN", "STRING", "LIST"]
_BITS: Mapping[str, int] = MappingProxyType({"INT": 31, "LONG": 63})
_NO_LIMIT = str(2**63 - 1)


class Property(NamedTuple):
    default: str
    type: Type
    at_least: int | None = None
    one_of: tuple[str, ...] = ()
    topic: str | None = None
    """The topic property whose default this broker property is."""

    def complaint(self, value: str) -> str | None:
        """What Kafka's ConfigDef would say of a value; None where it is fine."""
        if self.type in _BITS:
            return self._number_complaint(value)
        if self.type == "BOOLEAN" and value.lower() not in {"true", "false"}:
            return "Expected value to be either true or false"
        given = elements(value) if self.type == "LIST" else (value,)
        if self.one_of and not set(given) <= set(self.one_of):
            return f"String must be one of: {', '.join(self.one_of)}"
        return None

    def _number_complaint(self, value: str) -> str | None:
        try:
            number = int(value)
        except ValueError:
            return f"Not a number of type {self.type}"
        limit = 2 ** _BITS[self.type]
        if not -limit <= number < limit:
            return f"Not a number of type {self.type}"
        if self.at_least is not None and number < self.at_least:
            return f"Value must be at least {self.at_least}"
        return None


BROKER: Mapping[str, Property] = MappingProxyType(
    {
        "auto.create.topics.enable": Property("false", "BOOLEAN"),
        "auto.leader.rebalance.enable": Property("true", "BOOLEAN"),
        "broker.heartbeat.interval.ms": Property("2000", "INT", 1),
        "broker.session.timeout.ms": Property("9000", "INT", 1),
        "default.replication.factor": Property("1", "INT", 1),
        "fetch.max.bytes": Property("57671680", "INT", 1024),
        "group.initial.rebalance.delay.ms": Property("3000", "INT"),
        "group.max.session.timeout.ms": Property("1800000", "INT"),
        "group.max.size": Property("2147483647", "INT", 1),
        "group.min.session.timeout.ms": Property("6000", "INT"),
        "leader.imbalance.check.interval.seconds": Property("300", "LONG", 1),
        "log.cleanup.policy": Property(
            "delete", "LIST", one_of=("compact", "delete"), topic="cleanup.policy"
        ),
        "log.message.timestamp.after.max.ms": Property(
            "3600000", "LONG", 0, topic="message.timestamp.after.max.ms"
        ),
        "log.message.timestamp.before.max.ms": Property(
            _NO_LIMIT, "LONG", 0, topic="message.timestamp.before.max.ms"
        ),
        "log.message.timestamp.type": Property(
            "CreateTime", "STRING", one_of=("CreateTime", "LogAppendTime"), topic="message.timestamp.type"
        ),
        "log.retention.bytes": Property("-1", "LONG", topic="retention.bytes"),
        "log.retention.check.interval.ms": Property("300000", "LONG", 1),
        "log.retention.ms": Property("604800000", "LONG", -1, topic="retention.ms"),
        "message.max.bytes": Property("1048588", "INT", 0, topic="max.message.bytes"),
        "min.insync.replicas": Property("1", "INT", 1, topic="min.insync.replicas"),
        "num.partitions": Property("1", "INT", 1),
        "offset.metadata.max.bytes": Property("4096", "INT"),
        "replica.fetch.backoff.ms": Property("1000", "INT", 0),
        "replica.fetch.max.bytes": Property("1048576", "INT", 0),
        "replica.fetch.response.max.bytes": Property("10485760", "INT", 0),
        "replica.fetch.wait.max.ms": Property("500", "INT"),
        "replica.lag.time.max.ms": Property("30000", "LONG", 1),
        "socket.request.max.bytes": Property("104857600", "INT", 1),
        "unclean.leader.election.enable": Property(
            "false", "BOOLEAN", topic="unclean.leader.election.enable"
        ),
        "unclean.leader.election.interval.ms": Property("300000", "LONG", 1),
    }
)
OF_A_LAB: Mapping[str, str] = MappingProxyType({"group.initial.rebalance.delay.ms": "0"})
"""What a lab sets beside what it is told, as Kafka's own config/server.properties does for development:
nobody waits three seconds for a group of one."""
TOPIC: Mapping[str, tuple[str, Property]] = MappingProxyType(
    {prop.topic: (name, prop) for name, prop in BROKER.items() if prop.topic}
)
"""By topic property: the broker property it overrides, and that one's rule."""


_OF_KAFKA = (
    frozenset(
        {
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "delete.retention.ms",
            "file.delete.delay.ms",
            "flush.messages",
            "flush.ms",
            "follower.replication.throttled.replicas",
            "index.interval.bytes",
            "leader.replication.throttled.replicas",
            "local.retention.bytes",
            "local.retention.ms",
            "max.compaction.lag.ms",
            "min.cleanable.dirty.ratio",
            "min.compaction.lag.ms",
            "preallocate",
            "remote.log.copy.disable",
            "remote.log.delete.on.disable",
            "remote.storage.enable",
            "segment.bytes",
            "segment.index.bytes",
            "segment.jitter.ms",
            "segment.ms",
            "unclean.leader.election.enable",
        }
    )
    - TOPIC.keys()
)
"""What Kafka 4.1's LogConfig has besides."""


class TopicConfigError(Exception):
    """INVALID_CONFIG's text."""


class BrokerConfig:
    """Broker properties in effect. Raises InputError for what the lab does not know or take."""

    def __init__(self, given: Mapping[str, str]) -> None:
        for name, value in given.items():
            if name not in BROKER:
                raise InputError(f"the lab has no broker property {name!r}{_nearest(name, BROKER)}")
            if complaint := BROKER[name].complaint(value):
                raise InputError(f"broker property {name}: invalid value {value!r}: {complaint}")
        self.given = {**OF_A_LAB, **given}

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, BROKER[name].default)

    def number(self, name: str) -> int:
        return int(self[name])

    def flag(self, name: str) -> bool:
        return self[name].lower() == "true"


class TopicConfig:
    """A topic's properties over the brokers'. Raises TopicConfigError."""

    def __init__(self, given: Mapping[str, str | None], broker: BrokerConfig) -> None:
        for name, value in given.items():
            if name in _OF_KAFKA:
                raise TopicConfigError(
                    f"The lab does not act on the topic config {name}, so it does not take it; "
                    f"it has {', '.join(TOPIC)}"
                )
            if name not in TOPIC:
                raise TopicConfigError(f"Unknown topic config name: {name}{_nearest(name, TOPIC)}")
            if value is None:
                raise TopicConfigError(f"Null value not supported for topic configs: {name}")
            if complaint := TOPIC[name][1].complaint(value):
                raise TopicConfigError(f"Invalid value {value} for configuration {name}: {complaint}")
        self.given = {name: value for name, value in given.items() if value is not None}
        self._broker = broker
        self.of_brokers = broker.given
        self.min_insync_replicas = self.number("min.insync.replicas")
        self.unclean_leader_election = self["unclean.leader.election.enable"].lower() == "true"
        self.retention_bytes = self.number("retention.bytes")
        self.retention_ms = self.number("retention.ms")
        self.rules = Rules(
            self.number("max.message.bytes"),
            self["message.timestamp.type"] == "LogAppendTime",
            self.number("message.timestamp.after.max.ms"),
            self.number("message.timestamp.before.max.ms"),
            "compact" in elements(self["cleanup.policy"]),
        )
        self.deletes = "delete" in elements(self["cleanup.policy"])

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, self._broker[TOPIC[name][0]])

    def number(self, name: str) -> int:
        return int(self[name])


def elements(value: str) -> tuple[str, ...]:
    """Of a LIST."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _nearest(name: str, known: Iterable[str]) -> str:
    matches = get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {matches[0]!r}?" if matches else f"; it has {', '.join(known)}"
