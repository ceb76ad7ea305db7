"""How the lab stands: the controller's word beside what each broker believes and holds."""

import asyncio
from collections.abc import Mapping

import msgspec

from workbench.lab.controller import Controller
from workbench.lab.lifecycle import Lifecycle
from workbench.lab.log import Log
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
        led = self._log(partition, partition.leader)
        return PartitionState(
            topic.name,
            partition.index,
            partition.leader,
            partition.leader_epoch,
            partition.isr,
            tuple(self._replica(partition, number, led) for number in partition.replicas),
            partition.elr,
            partition.last_known_leader,
            topic.minimum_isr(partition),
            topic.config.unclean_leader_election,
        )

    def _log(self, partition: Partition, number: int) -> Log | None:
        """A broker's log of it, be it on the disk of a dead one; None where there is none."""
        if number not in self._brokers:
            return None
        broker = self._brokers[number].broker
        stored = broker.replicas.get(partition.key) or broker.on_disk(partition.key)
        return stored.log if stored else None

    def _replica(self, partition: Partition, number: int, led: Log | None) -> ReplicaState:
        """`led`: its leader's log."""
        broker = self._brokers[number].broker
        replica = broker.replicas.get(partition.key)
        in_isr = number in partition.isr
        stored = replica.stored if replica is not None else broker.on_disk(partition.key)
        if stored is None:  # wiped, or on its way
            return ReplicaState(number, 0, 0, 0, in_isr=in_isr)
        log = stored.log
        state = ReplicaState(number, log.start, log.end, stored.high_watermark, in_isr=in_isr)
        if led is not None and number != partition.leader:
            parts_at = self._parts_at(partition, log, led)
            state = msgspec.structs.replace(state, parts_at=parts_at)
        if replica is None:
            return state
        return msgspec.structs.replace(
            state,
            role=_role(replica) if broker.condition.up else "none",
            leader_epoch=replica.partition.leader_epoch,
            lying=broker.lying(partition.key) if broker.condition.frozen else 0,
        )

    def _parts_at(self, partition: Partition, log: Log, led: Log) -> int:
        """Of a follower's log; -1: nowhere. What lies in a frozen leader's socket is its own soon."""
        parts = log.parts_from(led)
        leader = self._brokers[partition.leader].broker
        if parts == led.end and leader.condition.frozen:
            parts += leader.lying(partition.key)
        return -1 if parts is None or parts >= log.end else parts


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
