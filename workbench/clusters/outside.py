"""A cluster's state as far as it is told outside: Metadata, and the offsets of leaders."""

import time
from collections.abc import Iterable

from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState
from workbench.model.cluster_view import PartitionView


def state_of(topic: str, views: Iterable[PartitionView], brokers: Iterable[BrokerState]) -> ClusterState:
    """Of a replica that does not lead nobody tells how long its log is: its offsets are -1.

    min.insync.replicas is not among what is told: it stands at 1.
    """
    partitions = tuple(_partition(topic, view) for view in views)
    return ClusterState(time.monotonic(), tuple(brokers), partitions)


def _partition(topic: str, view: PartitionView) -> PartitionState:
    return PartitionState(
        topic,
        view.id,
        view.leader,
        view.leader_epoch,
        view.isr,
        tuple(_replica(view, broker) for broker in view.replicas),
        view.elr,
    )


def _replica(view: PartitionView, broker: int) -> ReplicaState:
    in_isr = broker in view.isr
    if broker != view.leader:
        return ReplicaState(broker, -1, -1, -1, "follower", -1, in_isr)
    return ReplicaState(
        broker, view.log_start, view.log_end, view.high_watermark, "leader", view.leader_epoch, in_isr
    )
