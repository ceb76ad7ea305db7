"""What would be lost if a broker died now: read from the live state, by Kafka's rules of election."""

from typing import Literal

import msgspec

from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState

Way = Literal["stays", "elected", "after thaw", "unclean", "nobody"]
"""stays: the leader is another broker; after thaw: the only candidates in the ISR are frozen."""


class Death(msgspec.Struct, frozen=True):
    """What one partition comes to. `acks_1` and `acks_all` are acked records that would be gone.

    None: nobody outside knows how long the next leader's log is.
    """

    partition: int
    broker: int
    way: Way
    leader: int
    """Who leads then; -1: nobody until the broker is back."""
    log_end: int
    """Of who leads then; what lies at or above it is gone. -1: nobody leads."""
    acks_1: int | None = 0
    acks_all: int | None = 0
    isr: tuple[int, ...] = ()
    """The in-sync replicas then."""
    refuses_all: bool = False
    """The ISR is then below min.insync.replicas: acks=all is refused, what acks=1 adds no consumer sees."""


def death(state: ClusterState, partition: PartitionState, broker: int) -> Death:
    """If `broker` died now and stayed dead.

    Candidates as in Kafka's PartitionChangeBuilder: the ISR in assignment order, then the eligible leader
    replicas (KIP-966), then any live replica where unclean elections are allowed.
    """
    others = tuple(member for member in partition.isr if member != broker)
    if partition.leader != broker:
        isr = others or partition.isr  # the last member of an ISR stays in it
        short = len(isr) < partition.minimum_isr
        leader = partition.leader
        end = partition.replica(leader).log_end if leader >= 0 else -1
        way: Way = "stays" if leader >= 0 else "nobody"
        return Death(partition.partition, broker, way, leader, end, isr=isr, refuses_all=short)
    way, leader = _next_leader(state, partition, broker)
    if leader < 0:
        return Death(partition.partition, broker, way, -1, -1, isr=partition.isr, refuses_all=True)
    isr = (leader,) if way == "unclean" else tuple(m for m in others if m == leader or _able(state.broker(m)))
    old, next_ = partition.replica(broker), partition.replica(leader)
    end = next_.log_end + next_.lying
    seen = old.is_seen and end >= 0
    return Death(
        partition.partition,
        broker,
        way,
        leader,
        end,
        acks_1=max(0, old.log_end - end) if seen else None,
        acks_all=max(0, old.high_watermark - end) if seen else None if way == "unclean" else 0,
        isr=isr,
        refuses_all=len(isr) < partition.minimum_isr,
    )


def _next_leader(state: ClusterState, partition: PartitionState, broker: int) -> tuple[Way, int]:
    order = [replica.broker for replica in partition.replicas if replica.broker != broker]
    in_sync = [member for member in order if member in partition.isr]
    for member in in_sync:
        if _able(state.broker(member)):
            return "elected", member
    for member in order:
        if member in partition.elr and _able(state.broker(member)):
            return "elected", member
    for member in in_sync:
        if not state.broker(member).fenced and state.broker(member).condition == "frozen":
            return "after thaw", member
    if partition.unclean:
        for member in order:
            if _able(state.broker(member)):
                return "unclean", member
    return "nobody", -1


def _able(broker: BrokerState) -> bool:
    """Whether the controller would make it a leader, and it would hear of it."""
    return not broker.fenced and not broker.isolated and broker.condition == "running"
