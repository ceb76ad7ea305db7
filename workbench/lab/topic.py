"""What the controller decided about topics and their partitions: values, a new one for every decision."""

from uuid import UUID

import msgspec

from workbench.lab.configs import TopicConfig

NO_LEADER = -1


class Partition(msgspec.Struct, frozen=True):
    """`leader_epoch` rises with every election, `epoch` (the partition epoch) with every change."""

    key: str
    """Topic id and index: what brokers know the partition by."""
    index: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    leader: int
    """NO_LEADER where nobody may lead."""
    leader_epoch: int = 0
    epoch: int = 0
    elr: tuple[int, ...] = ()
    """Eligible leader replicas (KIP-966): left the ISR when it was below the minimum, so they lack nothing
    that acks=all acknowledged."""
    last_known_leader: int = NO_LEADER
    """Who led when the ISR became empty."""
    wiped: tuple[int, ...] = ()
    """Replicas whose log directory is gone (KIP-858): they may lead once another is assigned."""


class Topic(msgspec.Struct, frozen=True):
    """`id` is new for every topic, also for one of a name that was deleted."""

    name: str
    id: UUID
    config: TopicConfig
    partitions: tuple[Partition, ...]

    def partition(self, index: int) -> Partition | None:
        return self.partitions[index] if 0 <= index < len(self.partitions) else None

    def minimum_isr(self, partition: Partition) -> int:
        """The effective one: never more than there are replicas."""
        return min(self.config.min_insync_replicas, len(partition.replicas))
