"""What Metadata says of a cluster and a topic."""

import msgspec


class BrokerView(msgspec.Struct, frozen=True):
    id: int
    host: str
    port: int


class PartitionView(msgspec.Struct, frozen=True):
    id: int
    leader: int
    """-1: none."""
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    leader_epoch: int = -1
    """-1: not known, as with the log's offsets."""
    elr: tuple[int, ...] = ()
    """Eligible leader replicas (KIP-966), where the cluster tells."""
    log_start: int = -1
    log_end: int = -1
    """The leader's; what is at or above `high_watermark` no consumer sees."""
    high_watermark: int = -1


class TopicView(msgspec.Struct, frozen=True):
    name: str
    partitions: tuple[PartitionView, ...]
    config: dict[str, str] = {}
    """What DescribeConfigs said of the topic, where it was asked (min.insync.replicas …)."""


class ClusterView(msgspec.Struct, frozen=True):
    cluster_id: str | None
    controller: int
    brokers: tuple[BrokerView, ...]
    topics: tuple[TopicView, ...] = ()
    """Only those asked for; one that does not exist is absent."""
