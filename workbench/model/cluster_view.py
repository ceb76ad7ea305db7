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
