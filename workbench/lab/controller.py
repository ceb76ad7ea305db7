"""The controller: owns which topics there are, who holds and leads their partitions, and the ISRs.

It is no broker. Brokers reach it over links that faults cut; they know only what it told them.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID, uuid4

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab.configs import BrokerConfig, TopicConfig, TopicConfigError
from workbench.lab.happenings import Happenings
from workbench.lab.leadership import Leadership
from workbench.lab.membership import Member, Membership
from workbench.lab.topic import Partition, Topic

_LEGAL = re.compile(r"[a-zA-Z0-9._-]+")
_LONGEST = 249  # Kafka's Topic.MAX_NAME_LENGTH


class Refused(Exception):  # noqa: N818 (an answer to a client)
    """A topic operation that is answered with an error."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Controller:
    """Topic names, placement and texts of errors as Kafka's ReplicationControlManager."""

    def __init__(self, config: BrokerConfig, happenings: Happenings | None = None) -> None:
        self.config = config
        self.topics: dict[str, Topic] = {}
        self.names: dict[UUID, str] = {}
        self.brokers = Membership(config.number("broker.session.timeout.ms") / 1000)
        self._happenings = happenings or Happenings()
        self.leadership = Leadership(self.topics, self.brokers.active, self._publish, self._happenings)
        self.on_delete: list[Callable[[Topic], None]] = []
        """Called with each topic that is deleted."""
        self._next_producer_id = 0

    # ── brokers ───────────────────────────────────────────────────────────────────────────────────

    def register(
        self,
        broker: int,
        member: Member,
        now: float = 0.0,
        *,
        fenced: bool = False,
        clean: bool = True,
        wiped: bool = False,
    ) -> None:
        """A broker's (new) life; it begins with all that the controller knows. Raises Duplicate.

        Registered as fenced it is unfenced by its first heartbeat. `clean`: its last life ended by a
        controlled shutdown; `wiped`: it has another log directory than it had then.
        """
        self.brokers.begin(broker, member, now, fenced=fenced)
        if wiped:
            self.leadership.wiped(broker)
        elif clean:
            self.leadership.without(broker)
        else:
            self.leadership.unclean(broker)
        self.catch_up(broker)
        if not fenced:
            self.announce()

    def heartbeat(self, broker: int, now: float) -> None:
        """A broker that is fenced and knows all there is to know is let in again."""
        self.brokers.touch(broker, now)
        if not self.brokers.fenced(broker):
            self.leadership.assigned(broker)
        elif not self.brokers.is_behind(broker):
            self.brokers.set_fenced(broker, fenced=False)
            self._happenings.add("unfenced", broker)
            self.announce()
            self.leadership.leaderless()

    def fence(self, broker: int, *, asked: bool = False) -> None:
        """Its session ended: it leaves every ISR. `asked`: it said itself that it goes."""
        self.brokers.set_fenced(broker, fenced=True)
        self._happenings.add("fenced", broker, count=int(asked))
        self.announce()  # first: a leader waits for no fenced follower
        self.leadership.without(broker)

    def controlled_shutdown(self, broker: int) -> None:
        """It hands over what it leads; when it is gone, `fence` it."""
        self.brokers.set_leaving(broker)
        self.announce()
        self.leadership.without(broker)

    def catch_up(self, broker: int) -> None:
        """Tell a broker all that there is, once it hears again."""
        self.brokers.has_caught_up(broker)
        self.brokers.member(broker).caught_up(dict(self.topics), self.brokers.living())

    async def keep_sessions(self) -> None:
        """Fence whom nothing is heard of."""
        loop = asyncio.get_running_loop()
        while True:
            end = self.brokers.next_end()
            wait = self.brokers.timeout_s if end is None else end - loop.time()
            await asyncio.sleep(max(wait, _SOONEST_S))
            for broker in self.brokers.stale(loop.time()):
                self.fence(broker)

    async def keep_balance(self) -> None:
        """Elect preferred leaders, now and then."""
        while self.config.flag("auto.leader.rebalance.enable"):
            await asyncio.sleep(self.config.number("leader.imbalance.check.interval.seconds"))
            self.leadership.preferred()

    async def keep_leaders(self) -> None:
        """Elect unclean leaders where that was allowed, or somebody was there for it, since."""
        while True:
            await asyncio.sleep(self.config.number("unclean.leader.election.interval.ms") / 1000)
            self.leadership.leaderless(patrol=True)

    def announce(self) -> None:
        """Tell every broker which brokers live."""
        living = self.brokers.living()
        for member in self.brokers.members():
            member.brokers_changed(living)

    # ── topics ────────────────────────────────────────────────────────────────────────────────────

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
        made = tuple(self._partition(topic_id, index, replicas) for index, replicas in enumerate(placed))
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
        added = tuple(
            self._partition(topic.id, index, replicas) for index, replicas in enumerate(placed, have)
        )
        if not validate_only:
            self._publish(msgspec.structs.replace(topic, partitions=topic.partitions + added))

    def alter_topic_config(
        self, name: str, changes: Mapping[str, str | None], *, validate_only: bool = False
    ) -> None:
        """None takes a property back to the brokers'. Raises Refused."""
        if name not in self.topics:
            raise Refused(ErrorCode.unknown_topic_or_partition, f"The topic '{name}' does not exist.")
        topic = self.topics[name]
        given = {**topic.config.given, **changes}
        try:
            config = TopicConfig(
                {key: value for key, value in given.items() if value is not None}, self.config
            )
        except TopicConfigError as error:
            raise Refused(ErrorCode.invalid_config, str(error)) from error
        if not validate_only:
            self._publish(msgspec.structs.replace(topic, config=config))

    def delete_topic(self, name: str) -> Topic:
        """Raises Refused."""
        topic = self._known(name)
        del self.topics[name]
        del self.names[topic.id]
        for member in self.brokers.members():
            member.topic_deleted(topic)
        for told in self.on_delete:
            told(topic)
        return topic

    def _publish(self, topic: Topic) -> None:
        self.topics[topic.name] = topic
        self.names[topic.id] = topic.name
        for member in self.brokers.members():
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
        """Round robin: partition p on broker p % n + 1 (its leader) and the next ones, fenced ones last."""
        brokers = self.brokers.ids
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
        if not any(map(self.brokers.active, brokers)):
            raise Refused(
                ErrorCode.invalid_replication_factor,
                f"Unable to replicate the partition {factor} time(s): All brokers are currently fenced.",
            )
        placed = []
        for index in range(count):
            ring = [brokers[(index + turn) % len(brokers)] for turn in range(len(brokers))]
            ring.sort(key=lambda broker: not self.brokers.active(broker))
            placed.append(tuple(ring[:factor]))
        return placed

    def _partition(self, topic_id: UUID, index: int, replicas: tuple[int, ...]) -> Partition:
        isr = tuple(filter(self.brokers.active, replicas))
        return Partition(f"{topic_id}-{index}", index, replicas, isr, isr[0])

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
            if missing := set(replicas) - set(self.brokers.ids):
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    f"The manual partition assignment includes broker {min(missing)}, "
                    "but no such broker is registered.",
                )
            if not any(map(self.brokers.active, replicas)):
                raise Refused(
                    ErrorCode.invalid_replica_assignment,
                    "All brokers specified in the manual partition assignment for partition "
                    f"{index} are fenced or in controlled shutdown.",
                )
            placed.append(tuple(replicas))
        if len({len(replicas) for replicas in placed}) > 1:
            raise Refused(
                ErrorCode.invalid_replica_assignment,
                "The manual partition assignment has partitions with different replication factors.",
            )
        return placed


_SOONEST_S = 0.005
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
