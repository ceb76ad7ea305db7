"""What the parent and the lab process say to each other, as tagged messages."""

import msgspec

from workbench.model.cluster_state import BrokerState, Happened, PartitionState
from workbench.model.fault import Action
from workbench.model.stations import Stations

RETAINED_BYTES = 1024 * 1024 * 1024


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


class Do(msgspec.Struct, tag=True, frozen=True):
    """Do something to brokers. Answered by Done, or by Failed where it cannot be done now."""

    id: int
    action: Action


class Describe(msgspec.Struct, tag=True, frozen=True):
    """Ask for the state of every broker and replica. Answered by Replicas."""

    id: int
    topic: str | None = None
    """None: all topics."""
    since: int = 0
    """Happenings with a higher number than this one."""


class AskStations(msgspec.Struct, tag=True, frozen=True):
    """When the batches with these (partition, offset) of a topic were where. Answered by Found.

    They are noted only for some seconds after somebody asked.
    """

    id: int
    topic: str
    wanted: tuple[tuple[int, int], ...]


Asking = PauseFetching | Do | Describe | AskStations
ToLab = Start | Asking

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


class Replicas(msgspec.Struct, tag=True, frozen=True):
    id: int
    partitions: tuple[PartitionState, ...]
    brokers: tuple[BrokerState, ...] = ()
    happened: tuple[Happened, ...] = ()


class Found(msgspec.Struct, tag=True, frozen=True):
    """In the order that was asked for; None for a batch that nobody noted, or noted too long ago."""

    id: int
    stations: tuple[Stations | None, ...]


class News(msgspec.Struct, tag=True, frozen=True):
    """Something has just happened in the cluster; sent unasked."""

    happened: Happened


FromLab = Started | StartFailed | Done | Failed | Replicas | Found | News
