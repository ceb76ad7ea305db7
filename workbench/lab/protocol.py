"""What the parent and the lab process say to each other, as tagged messages."""

import msgspec

RETAINED_BYTES = 256 * 1024 * 1024


class TopicSpec(msgspec.Struct, frozen=True):
    """A topic to create at the start."""

    name: str
    partitions: int = 1
    replication_factor: int = 1
    config: dict[str, str] = {}


# ── parent to lab ─────────────────────────────────────────────────────────────────────────────────


class Start(msgspec.Struct, tag=True, frozen=True):
    """First message. Broker n listens on `port` + n - 1, or on any free port where `port` is 0.

    `config` holds Kafka's broker properties. Answered by Started or StartFailed.
    """

    brokers: int = 3
    port: int = 0
    topics: tuple[TopicSpec, ...] = ()
    config: dict[str, str] = {}
    retained_bytes: int = RETAINED_BYTES
    """Bytes of records the whole cluster keeps; beyond it, log starts move."""


class PauseFetching(msgspec.Struct, tag=True, frozen=True):
    """Stop (or go on with) one broker's replica fetchers. Answered by Done or Failed."""

    id: int
    broker: int
    paused: bool


class Describe(msgspec.Struct, tag=True, frozen=True):
    """Ask for the state of every replica. Answered by Replicas."""

    id: int
    topic: str | None = None
    """None: all topics."""


ToLab = Start | PauseFetching | Describe

# ── lab to parent ─────────────────────────────────────────────────────────────────────────────────


class Started(msgspec.Struct, tag=True, frozen=True):
    bootstrap_servers: str
    cluster_id: str


class StartFailed(msgspec.Struct, tag=True, frozen=True):
    """`kind`: input (the user's mend) | cluster (a port is taken)."""

    kind: str
    text: str


class Done(msgspec.Struct, tag=True, frozen=True):
    id: int


class Failed(msgspec.Struct, tag=True, frozen=True):
    id: int
    text: str


class ReplicaState(msgspec.Struct, frozen=True):
    """One broker's copy of a partition, as that broker knows it."""

    broker: int
    log_start: int
    log_end: int
    high_watermark: int


class PartitionState(msgspec.Struct, frozen=True):
    topic: str
    partition: int
    leader: int
    leader_epoch: int
    isr: tuple[int, ...]
    replicas: tuple[ReplicaState, ...]
    """In assignment order."""

    def replica(self, broker: int) -> ReplicaState:
        return next(replica for replica in self.replicas if replica.broker == broker)


class Replicas(msgspec.Struct, tag=True, frozen=True):
    id: int
    partitions: tuple[PartitionState, ...]


FromLab = Started | StartFailed | Done | Failed | Replicas
