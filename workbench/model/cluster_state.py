"""The inside of a cluster at one moment: every broker, every replica, and what happened lately."""

from typing import Literal

import msgspec

Role = Literal["leader", "follower", "none"]
"""What a replica believes to be: a frozen leader that was replaced still believes that it leads."""
BrokerCondition = Literal["running", "frozen", "dead", "starting", "stopping"]
HappenedKind = Literal[
    "frozen", "thawed", "killed", "stopped", "restarted", "wiped", "isolated", "joined", "slowed",
    "fenced", "unfenced", "isr-shrank", "isr-grew", "leader-elected", "unclean-election", "no-leader",
    "truncated", "log-trimmed",
]  # fmt: skip


class ReplicaState(msgspec.Struct, frozen=True):
    """One broker's copy of a partition, as that broker knows it; a dead broker's as its log lies there.

    Offsets are -1 where nobody tells them: outside the lab only leaders' are known.
    """

    broker: int
    log_start: int
    log_end: int
    high_watermark: int
    role: Role = "none"
    leader_epoch: int = -1
    """The newest it has heard of."""
    in_isr: bool = False
    """By the controller's word."""
    lying: int = 0
    """Records in the socket of a frozen broker: it appends them when it thaws."""
    parts_at: int = -1
    """From here on its records are not its leader's, and cut when it hears so; -1: none, or not known."""

    @property
    def parted(self) -> int:
        """How many of its records are not its leader's."""
        return max(0, self.log_end - self.parts_at) if self.parts_at >= 0 else 0

    @property
    def is_seen(self) -> bool:
        return self.log_end >= 0


class PartitionState(msgspec.Struct, frozen=True):
    """By the controller's word; each replica by its own broker's."""

    topic: str
    partition: int
    leader: int
    """-1: none."""
    leader_epoch: int
    isr: tuple[int, ...]
    replicas: tuple[ReplicaState, ...]
    """In assignment order."""
    elr: tuple[int, ...] = ()
    last_known_leader: int = -1
    minimum_isr: int = 1
    """min.insync.replicas, at most the replication factor."""
    unclean: bool = False
    """unclean.leader.election.enable."""

    def replica(self, broker: int) -> ReplicaState:
        return next(replica for replica in self.replicas if replica.broker == broker)


class BrokerState(msgspec.Struct, frozen=True):
    """`fenced` is what the controller holds of it, the rest is how it stands."""

    id: int
    port: int
    condition: BrokerCondition = "running"
    fenced: bool = False
    isolated: bool = False
    delay_ms: int = 0
    session_left_s: float | None = None
    """Until the controller fences it, if it is not heard of before; None where its session has ended."""
    since: float = 0.0
    """time.monotonic() of the last change of its condition."""


class Happened(msgspec.Struct, frozen=True):
    """Something that happened at `at` (time.monotonic), to a broker or to a partition on it.

    `brokers`: the ISR after a change of it. `count`: records truncated or trimmed, the leader epoch, ms
    of slowness; of fenced 1 where the broker itself said that it goes.
    """

    number: int
    at: float
    kind: HappenedKind
    broker: int
    topic: str = ""
    partition: int = -1
    brokers: tuple[int, ...] = ()
    count: int = 0


class ClusterState(msgspec.Struct, frozen=True):
    """`at` is time.monotonic() of the moment; partitions of the topic that was asked for."""

    at: float
    brokers: tuple[BrokerState, ...]
    partitions: tuple[PartitionState, ...]
    happened: tuple[Happened, ...] = ()

    def broker(self, number: int) -> BrokerState:
        for broker in self.brokers:
            if broker.id == number:
                return broker
        raise KeyError(number)
