"""Leaders and ISRs as brokers come and go: the decisions of Kafka's ReplicationControlManager."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import NamedTuple

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab.election import Electorate, changed
from workbench.lab.happenings import Happenings
from workbench.lab.topic import NO_LEADER, Partition, Topic

Decide = Callable[[Topic, Partition], Partition]


class Wish(NamedTuple):
    """The ISR that a leader wants, and what it knew of the partition."""

    topic: Topic
    partition: Partition
    isr: tuple[int, ...]


class Leadership:
    """`topics` is the controller's own; what is decided is put there by `publish`."""

    def __init__(
        self,
        topics: dict[str, Topic],
        active: Callable[[int], bool],
        publish: Callable[[Topic], None],
        happenings: Happenings,
    ) -> None:
        self._topics = topics
        self._active = active
        self._publish = publish
        self._happenings = happenings
        self._unassigned: set[int] = set()

    def without(self, broker: int) -> None:
        """A broker is fenced or shuts down: it leaves every ISR, and others lead."""
        self._decide_all(
            lambda topic, partition: (
                self._removed(topic, partition, broker) if broker in partition.isr else partition
            )
        )

    def unclean(self, broker: int) -> None:
        """A broker came back that did not shut down cleanly: what its logs lack is not known."""
        self._decide_all(partial(self._doubted, broker))

    def wiped(self, broker: int) -> None:
        """A broker came back without the directory of its logs: it leads none of its partitions (KIP-858).

        Not where it is the last known leader, nor by an unclean election: what Kafka's
        ReplicationControlManager.LeaderAcceptor says of a replica whose directory is not online, which it
        is until `assigned`.
        """
        self._unassigned.add(broker)

        def decide(topic: Topic, partition: Partition) -> Partition:
            if broker not in partition.replicas or broker in partition.wiped:
                return partition
            marked = msgspec.structs.replace(
                partition, wiped=(*partition.wiped, broker), epoch=partition.epoch + 1
            )
            return self._doubted(broker, topic, marked)

        self._decide_all(decide)

    def assigned(self, broker: int) -> None:
        """It has made its replicas in its new directory (AssignReplicasToDirs). That elects nobody."""
        if broker not in self._unassigned:
            return
        self._unassigned.remove(broker)
        self._decide_all(
            lambda _, partition: (
                msgspec.structs.replace(
                    partition,
                    wiped=tuple(other for other in partition.wiped if other != broker),
                    epoch=partition.epoch + 1,
                )
                if broker in partition.wiped
                else partition
            )
        )

    def leaderless(self, *, patrol: bool = False) -> None:
        """Somebody may lead again: partitions without a leader look for one.

        `patrol`: only those that may elect uncleanly (ReplicationControlManager.maybeElectUncleanLeaders).
        """
        self._decide_all(
            lambda topic, partition: (
                changed(partition, self._electorate(topic, partition))
                if partition.leader == NO_LEADER and (topic.config.unclean_leader_election or not patrol)
                else partition
            )
        )

    def preferred(self) -> None:
        """auto.leader.rebalance.enable: the first replica leads where it is in the ISR."""

        def decide(topic: Topic, partition: Partition) -> Partition:
            first = partition.replicas[0]
            if partition.leader == first or first not in partition.isr:
                return partition
            return changed(partition, self._electorate(topic, partition)._replace(preferred=True))

        self._decide_all(decide)

    def alter(self, broker: int, wishes: Iterable[Wish]) -> dict[str, ErrorCode]:
        """A leader's AlterPartition: it wants other ISRs. Answers by the partition's key."""
        answers: dict[str, ErrorCode] = {}
        decided: dict[str, dict[int, Partition]] = {}
        for wish in wishes:
            topic = self._topics.get(wish.topic.name)
            if topic is None or topic.id != wish.topic.id:
                answers[wish.partition.key] = ErrorCode.unknown_topic_id
                continue
            partition = topic.partitions[wish.partition.index]
            error = answers[partition.key] = self._complaint(broker, partition, wish)
            if not error:
                after = changed(partition, self._electorate(topic, partition), wish.isr)
                self._note(topic, partition, after)
                decided.setdefault(topic.name, {})[after.index] = after
        for name, partitions in decided.items():
            self._publish(_with(self._topics[name], partitions))
        return answers

    def _complaint(self, broker: int, partition: Partition, wish: Wish) -> ErrorCode:
        if partition.leader != broker or wish.partition.leader_epoch != partition.leader_epoch:
            return ErrorCode.fenced_leader_epoch
        if wish.partition.epoch != partition.epoch:
            return ErrorCode.invalid_update_version
        if not all(self._active(replica) for replica in wish.isr):
            return ErrorCode.ineligible_replica
        return ErrorCode.none

    def _doubted(self, broker: int, topic: Topic, partition: Partition) -> Partition:
        if broker in partition.isr or broker in partition.elr:
            return self._removed(topic, partition, broker, lost=(broker,))
        return partition

    def _removed(
        self, topic: Topic, partition: Partition, broker: int, lost: Collection[int] = ()
    ) -> Partition:
        left = tuple(replica for replica in partition.isr if replica != broker)
        electorate = self._electorate(topic, partition)
        acceptable = electorate.acceptable
        electorate = electorate._replace(acceptable=lambda other: other != broker and acceptable(other))
        return changed(partition, electorate, left, lost)

    def _electorate(self, topic: Topic, partition: Partition) -> Electorate:
        def acceptable(broker: int) -> bool:
            return self._active(broker) and broker not in partition.wiped

        return Electorate(topic.minimum_isr(partition), acceptable, topic.config.unclean_leader_election)

    def _decide_all(self, decide: Decide) -> None:
        for topic in list(self._topics.values()):
            decided = {
                partition.index: after
                for partition in topic.partitions
                if (after := decide(topic, partition)) is not partition
            }
            if not decided:
                continue
            for index, after in decided.items():
                self._note(topic, topic.partitions[index], after)
            self._publish(_with(topic, decided))

    def _note(self, topic: Topic, before: Partition, after: Partition) -> None:
        note = partial(self._happenings.add, topic=topic.name, partition=after.index)
        if len(after.isr) > len(before.isr):
            note("isr-grew", after.leader, brokers=after.isr)
        elif len(after.isr) < len(before.isr):
            note("isr-shrank", after.leader, brokers=after.isr)
        if after.leader == before.leader:
            return
        if after.leader == NO_LEADER:
            note("no-leader", before.leader, brokers=after.isr)
        elif after.leader in before.isr or after.leader in before.elr:
            note("leader-elected", after.leader, brokers=after.isr, count=after.leader_epoch)
        else:
            note("unclean-election", after.leader, brokers=after.isr, count=after.leader_epoch)


def _with(topic: Topic, decided: dict[int, Partition]) -> Topic:
    partitions = tuple(decided.get(partition.index, partition) for partition in topic.partitions)
    return msgspec.structs.replace(topic, partitions=partitions)
