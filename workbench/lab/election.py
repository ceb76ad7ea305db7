"""Who leads, and who may lead later: Kafka 4.1's PartitionChangeBuilder, with KIP-966."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import msgspec

from workbench.lab.topic import NO_LEADER, Partition


class Electorate(NamedTuple):
    """What an election depends on besides the partition itself."""

    minimum_isr: int
    acceptable: Callable[[int], bool]
    """Whether a broker may lead: it is neither fenced nor shutting down."""
    unclean: bool = False
    """unclean.leader.election.enable"""
    preferred: bool = False
    """Give it to the first replica where that may lead, also if the present leader may stay."""


def changed(
    partition: Partition,
    electorate: Electorate,
    isr: tuple[int, ...] | None = None,
    lost: Collection[int] = (),
) -> Partition:
    """The partition with another ISR (None: its own), and with a leader that may lead.

    `lost` shut down uncleanly: nobody knows what their logs lack, so they are not eligible either.
    The same object where nothing changes.
    """
    target = partition.isr if isr is None else isr
    elr = _eligible(partition, target, electorate.minimum_isr, lost)
    leader, unclean = _elected(partition, target, elr, electorate)
    if leader not in {partition.leader, NO_LEADER}:
        if leader in elr:
            target, elr = (leader,), tuple(replica for replica in elr if replica != leader)
        elif unclean:
            target, elr = (leader,), ()
    last_known = partition.last_known_leader
    if leader != NO_LEADER:
        last_known = NO_LEADER
    elif not target and partition.isr:
        last_known = partition.leader
    decided = msgspec.structs.replace(
        partition,
        isr=target,
        elr=elr,
        leader=leader,
        last_known_leader=last_known,
        wiped=tuple(replica for replica in partition.wiped if replica not in target),
    )
    if decided == partition:
        return partition
    risen = leader != partition.leader
    return msgspec.structs.replace(
        decided, leader_epoch=partition.leader_epoch + risen, epoch=partition.epoch + 1
    )


def _eligible(
    partition: Partition, isr: tuple[int, ...], minimum: int, lost: Collection[int]
) -> tuple[int, ...]:
    """Below the minimum nothing is acknowledged to acks=all, so who leaves the ISR then has it all."""
    if len(isr) >= minimum:
        return ()
    candidates = {*partition.elr, *partition.isr}
    return tuple(
        replica
        for replica in partition.replicas
        if replica in candidates and replica not in isr and replica not in lost
    )


def _elected(
    partition: Partition, isr: tuple[int, ...], elr: tuple[int, ...], electorate: Electorate
) -> tuple[int, bool]:
    """The leader, and whether the election was unclean."""
    candidates = isr or elr
    fit = [r for r in partition.replicas if r in candidates and electorate.acceptable(r)]
    if electorate.preferred and fit[:1] == [partition.replicas[0]]:
        return fit[0], False
    if partition.leader in fit:
        return partition.leader, False
    if fit:
        return fit[0], False
    last = partition.last_known_leader
    if not candidates and last != NO_LEADER and electorate.acceptable(last):
        return last, True
    if electorate.unclean:
        for replica in partition.replicas:
            if electorate.acceptable(replica):
                return replica, True
    return NO_LEADER, False
