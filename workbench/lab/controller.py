"""The controller: owns which topics there are, who holds and leads their partitions, and the ISRs.

In this cluster it is an object that every broker can reach; brokers learn only what it tells them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID, uuid4

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab.configs import BrokerConfig, TopicConfig, TopicConfigError

_LEGAL = re.compile(r"[a-zA-Z0-9._-]+")
_LONGEST = 249  # Kafka's Topic.MAX_NAME_LENGTH


class Refused(Exception):  # noqa: N818 (an answer to a client)
    """A topic operation that is answered with an error."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Partition(msgspec.Struct, frozen=True):
    """What the controller decided about a partition. It has a new one for every decision."""

    key: str
    """Topic id and index: what brokers know the partition by."""
    index: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    leader: int
    leader_epoch: int = 0


class Topic(msgspec.Struct, frozen=True):
    """`id` is new for every topic, also for one of a name that was deleted."""

    name: str
    id: UUID
    config: TopicConfig
    partitions: tuple[Partition, ...]

    def partition(self, index: int) -> Partition | None:
        return self.partitions[index] if 0 <= index < len(self.partitions) else None


class Member(Protocol):
    """A broker as the controller sees it."""

    def topic_changed(self, topic: Topic) -> None: ...
    def topic_deleted(self, topic: Topic) -> None: ...


class Controller:
    """Topic names, placement and texts of errors as Kafka's ReplicationControlManager."""

    def __init__(self, config: BrokerConfig) -> None:
        self.config = config
        self.topics: dict[str, Topic] = {}
        self.names: dict[UUID, str] = {}
        self._members: dict[int, Member] = {}
        self._next_producer_id = 0

    def register(self, broker: int, member: Member) -> None:
        self._members[broker] = member

    def by_id(self, topic_id: UUID | None) -> Topic | None:
        return self.topics.get(self.names.get(topic_id, "")) if topic_id else None

    def new_producer_id(self) -> int:
        self._next_producer_id += 1
        return self._next_producer_id

    def create_topic(
        self,
        name: str,
        partitions: int = -1,
        replication_factor: int = -1,
        config: Mapping[str, str | None] | None = None,
        assignment: Mapping[int, tuple[int, ...]] | None = None,
        *,
        validate_only: bool = False,
    ) -> Topic:
        """-1: the brokers' default. Raises Refused."""
        self._check_name(name)
        try:
            topic_config = TopicConfig(config or {}, self.config)
        except TopicConfigError as error:
            raise Refused(ErrorCode.invalid_config, str(error)) from error
        if assignment:
            if partitions != -1 or replication_factor != -1:
                raise Refused(
                    ErrorCode.invalid_request,
                    "A manual partition assignment was specified, but numPartitions or replicationFactor "
                    "was not set to -1.",
                )
            placed = self._checked_assignment(assignment)
        else:
            count = self.config.number("num.partitions") if partitions == -1 else partitions
            factor = replication_factor
            factor = self.config.number("default.replication.factor") if factor == -1 else factor
            placed = self._placed(count, factor)
        topic_id = uuid4()
        made = tuple(_partition(topic_id, index, replicas) for index, replicas in enumerate(placed))
        topic = Topic(name, topic_id, topic_config, made)
        if not validate_only:
            self._publish(topic)
        return topic

    def add_partitions(
        self, name: str, count: int, assignments: Iterable[tuple[int, ...]] | None, *, validate_only: bool
    ) -> None:
        """Grow a topic to `count` partitions. Raises Refused."""
        topic = self._known(name)
        have = len(topic.partitions)
        if count <= have:
            text = (
                f"Topic already has {have} partition(s)."
                if count == have
                else f"The topic {name} currently has {have} partition(s); {count} would not be an increase."
            )
            raise Refused(ErrorCode.invalid_partitions, text)
        if assignments is None:
            placed = self._placed(count, len(topic.partitions[0].replicas))[have:]
        else:
            placed = self._checked_assignment(dict(enumerate(assignments)))
            if len(placed) != count - have:
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    f"Attempted to add {count - have} additional partition(s), "
                    f"but only {len(placed)} assignment(s) were specified.",
                )
        added = tuple(_partition(topic.id, index, replicas) for index, replicas in enumerate(placed, have))
        if not validate_only:
            self._publish(msgspec.structs.replace(topic, partitions=topic.partitions + added))

    def delete_topic(self, name: str) -> Topic:
        """Raises Refused."""
        topic = self._known(name)
        del self.topics[name]
        del self.names[topic.id]
        for member in self._members.values():
            member.topic_deleted(topic)
        return topic

    def _publish(self, topic: Topic) -> None:
        self.topics[topic.name] = topic
        self.names[topic.id] = topic.name
        for member in self._members.values():
            member.topic_changed(topic)

    def _known(self, name: str) -> Topic:
        try:
            return self.topics[name]
        except KeyError:
            raise Refused(
                ErrorCode.unknown_topic_or_partition, "This server does not host this topic-partition."
            ) from None

    def _check_name(self, name: str) -> None:
        if complaint := name_complaint(name):
            raise Refused(ErrorCode.invalid_topic_exception, complaint)
        if name in self.topics:
            raise Refused(ErrorCode.topic_already_exists, f"Topic '{name}' already exists.")
        alike = next((other for other in self.topics if _folded(other) == _folded(name)), None)
        if alike:  # metric names write both characters as one
            raise Refused(
                ErrorCode.invalid_topic_exception, f"Topic '{name}' collides with existing topic: {alike}"
            )

    def _placed(self, count: int, factor: int) -> list[tuple[int, ...]]:
        """Round robin: partition p on broker p % n + 1 (its leader) and the next ones."""
        brokers = sorted(self._members)
        if count <= 0:
            raise Refused(
                ErrorCode.invalid_partitions, "Number of partitions was set to an invalid non-positive value."
            )
        if factor <= 0:
            raise Refused(
                ErrorCode.invalid_replication_factor,
                "Replication factor must be larger than 0, or -1 to use the default value.",
            )
        if factor > len(brokers):
            raise Refused(
                ErrorCode.invalid_replication_factor,
                f"Unable to replicate the partition {factor} time(s): The target replication factor of "
                f"{factor} cannot be reached because only {len(brokers)} broker(s) are registered.",
            )
        if count > _MOST_PARTITIONS:
            raise Refused(
                ErrorCode.invalid_partitions, f"The lab holds at most {_MOST_PARTITIONS} partitions a topic."
            )
        return [
            tuple(brokers[(index + turn) % len(brokers)] for turn in range(factor)) for index in range(count)
        ]

    def _checked_assignment(self, assignment: Mapping[int, tuple[int, ...]]) -> list[tuple[int, ...]]:
        placed = []
        for index in range(len(assignment)):
            replicas = assignment.get(index)
            if not replicas:
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    "partitions should be a consecutive 0-based integer sequence, each with replicas",
                )
            if len(set(replicas)) < len(replicas):
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    "The manual partition assignment includes the same broker twice.",
                )
            if missing := set(replicas) - set(self._members):
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    f"The manual partition assignment includes broker {min(missing)}, "
                    "but no such broker is registered.",
                )
            placed.append(tuple(replicas))
        if len({len(replicas) for replicas in placed}) > 1:
            raise Refused(
                ErrorCode.invalid_replica_assignment,
                "The manual partition assignment has partitions with different replication factors.",
            )
        return placed


_MOST_PARTITIONS = 10_000  # what one process serves with ease; a typo must not take the lab down


def name_complaint(name: str) -> str | None:
    """Kafka's Topic.validate; None for a legal name."""
    if not name:
        return "Topic name is invalid: the empty string is not allowed"
    if name in {".", ".."}:
        return "Topic name is invalid: '.' or '..' is not allowed"
    if len(name) > _LONGEST:
        return (
            f"Topic name is invalid: the length of '{name}' is longer than the max allowed length {_LONGEST}"
        )
    if not _LEGAL.fullmatch(name):
        return (
            f"Topic name is invalid: '{name}' contains one or more characters other than "
            "ASCII alphanumerics, '.', '_' and '-'"
        )
    return None


def _folded(name: str) -> str:
    return name.replace(".", "_")


def _partition(topic_id: UUID, index: int, replicas: tuple[int, ...]) -> Partition:
    return Partition(f"{topic_id}-{index}", index, replicas, replicas, replicas[0])
