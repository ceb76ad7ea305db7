"""How the lab stands: the controller's word beside what each broker believes and holds."""

import asyncio
from collections.abc import Mapping

from workbench.lab.controller import Controller
from workbench.lab.lifecycle import Lifecycle
from workbench.lab.replica import Replica
from workbench.lab.topic import Partition, Topic
from workbench.model.cluster_state import (
    BrokerCondition,
    BrokerState,
    PartitionState,
    ReplicaState,
    Role,
)


class Description:
    """Reads; changes nothing."""

    def __init__(self, controller: Controller, brokers: Mapping[int, Lifecycle]) -> None:
        self._controller = controller
        self._brokers = brokers

    def partitions(self, name: str | None = None) -> tuple[PartitionState, ...]:
        return tuple(
            self._partition(topic, partition)
            for topic in self._controller.topics.values()
            if name in {None, topic.name}
            for partition in topic.partitions
        )

    def brokers(self) -> tuple[BrokerState, ...]:
        now = asyncio.get_running_loop().time()
        return tuple(
            BrokerState(
                number,
                life.broker.listener.port,
                _condition(life),
                self._controller.brokers.fenced(number),
                life.broker.condition.isolated,
                round(life.broker.condition.delay_s * 1000),
                self._controller.brokers.session_left(number, now),
                life.since,
            )
            for number, life in self._brokers.items()
        )

    def _partition(self, topic: Topic, partition: Partition) -> PartitionState:
        return PartitionState(
            topic.name,
            partition.index,
            partition.leader,
            partition.leader_epoch,
            partition.isr,
            tuple(self._replica(partition, number) for number in partition.replicas),
            partition.elr,
            partition.last_known_leader,
            topic.minimum_isr(partition),
            topic.config.unclean_leader_election,
        )

    def _replica(self, partition: Partition, number: int) -> ReplicaState:
        broker = self._brokers[number].broker
        replica = broker.replicas.get(partition.key)
        in_isr = number in partition.isr
        if replica is None:  # wiped, or on its way
            if (stored := broker.on_disk(partition.key)) is None:
                return ReplicaState(number, 0, 0, 0, in_isr=in_isr)
            log = stored.log
            return ReplicaState(number, log.start, log.end, stored.high_watermark, in_isr=in_isr)
        return ReplicaState(
            number,
            replica.log.start,
            replica.log.end,
            replica.high_watermark,
            _role(replica) if broker.condition.up else "none",
            replica.partition.leader_epoch,
            in_isr,
            broker.lying(partition.key) if broker.condition.frozen else 0,
        )


def _role(replica: Replica) -> Role:
    if replica.is_leader:
        return "leader"
    return "follower" if replica.partition.leader >= 0 else "none"


def _condition(life: Lifecycle) -> BrokerCondition:
    condition = life.broker.condition
    if not condition.up:
        return "dead"
    if condition.frozen:
        return "frozen"
    if life.starting:
        return "starting"
    return "stopping" if life.stopping else "running"
