"""Answers as plain structs: each has the fields of all its versions, by the names of kio's schemas.

What a version lacks is not written. Defaults are what Kafka sends where nothing is to be said.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab.wire import Records

NOW = timedelta()
NONE = ErrorCode.none
NO_RECORDS = Records()
_UNKNOWN_OPERATIONS = -(2**31)


class _Tagged:
    """Equal to kio's own default of a tagged field when all its fields are, so that it is not written."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        names: tuple[str, ...] = self.__slots__
        return all(getattr(self, name) == getattr(other, name, None) for name in names)

    __hash__ = None  # type: ignore[assignment]


class CurrentLeader(_Tagged):
    __slots__ = ("leader_epoch", "leader_id")

    def __init__(self, leader_id: int = -1, leader_epoch: int = -1) -> None:
        self.leader_id = leader_id
        self.leader_epoch = leader_epoch


class EpochEnd(_Tagged):
    """Fetch's diverging epoch and snapshot id: both unused, both an epoch and an offset."""

    __slots__ = ("end_offset", "epoch")

    def __init__(self, epoch: int = -1, end_offset: int = -1) -> None:
        self.epoch = epoch
        self.end_offset = end_offset


NO_LEADER = CurrentLeader()
NO_EPOCH = EpochEnd()


class Answer(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """An answer to a client, or a part of one."""


class ApiVersion(Answer, kw_only=True, frozen=True):
    api_key: int
    min_version: int
    max_version: int


class ApiVersions(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    api_keys: tuple[ApiVersion, ...]
    throttle_time: timedelta = NOW
    supported_features: tuple[()] = ()
    finalized_features_epoch: int = -1
    finalized_features: tuple[()] = ()
    zk_migration_ready: bool = False


# ── Metadata, DescribeCluster, DescribeTopicPartitions, FindCoordinator ───────────────────────────


class Node(Answer, kw_only=True, frozen=True):
    """A broker, under the names that each API has for it."""

    node_id: int
    host: str
    port: int
    rack: str | None = None
    is_fenced: bool = False

    @property
    def broker_id(self) -> int:
        return self.node_id


class PartitionMetadata(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    partition_index: int
    leader_id: int
    leader_epoch: int
    replica_nodes: tuple[int, ...]
    isr_nodes: tuple[int, ...]
    offline_replicas: tuple[int, ...] = ()
    eligible_leader_replicas: tuple[int, ...] | None = ()
    last_known_elr: tuple[int, ...] | None = ()


class TopicMetadata(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    name: str | None
    topic_id: UUID | None = None
    is_internal: bool = False
    partitions: tuple[PartitionMetadata, ...] = ()
    topic_authorized_operations: int = _UNKNOWN_OPERATIONS


class Metadata(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    brokers: tuple[Node, ...]
    cluster_id: str
    controller_id: int
    topics: tuple[TopicMetadata, ...]
    cluster_authorized_operations: int = _UNKNOWN_OPERATIONS
    error_code: ErrorCode = NONE


class DescribeCluster(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    error_message: str | None = None
    endpoint_type: int = 1
    cluster_id: str
    controller_id: int
    brokers: tuple[Node, ...]
    cluster_authorized_operations: int = _UNKNOWN_OPERATIONS


class Cursor(Answer, kw_only=True, frozen=True):
    topic_name: str
    partition_index: int


class DescribeTopicPartitions(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    topics: tuple[TopicMetadata, ...]
    next_cursor: Cursor | None = None


class Coordinator(Answer, kw_only=True, frozen=True):
    key: str = ""
    node_id: int = -1
    host: str = ""
    port: int = -1
    error_code: ErrorCode = NONE
    error_message: str | None = None
    throttle_time: timedelta = NOW


class Coordinators(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    coordinators: tuple[Coordinator, ...]


# ── Produce, InitProducerId ───────────────────────────────────────────────────────────────────────


class RecordError(Answer, kw_only=True, frozen=True):
    batch_index: int
    batch_index_error_message: str | None = None


class ProducedPartition(Answer, kw_only=True, frozen=True):
    index: int
    error_code: ErrorCode = NONE
    base_offset: int = -1
    log_append_time: datetime | None = None
    log_start_offset: int = -1
    record_errors: tuple[RecordError, ...] = ()
    error_message: str | None = None
    current_leader: CurrentLeader = NO_LEADER


class ProducedTopic(Answer, kw_only=True, frozen=True):
    name: str
    topic_id: UUID | None
    partition_responses: tuple[ProducedPartition, ...]


class Produced(Answer, kw_only=True, frozen=True):
    responses: tuple[ProducedTopic, ...]
    throttle_time: timedelta = NOW
    node_endpoints: tuple[Node, ...] = ()


class ProducerId(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    producer_id: int = -1
    producer_epoch: int = -1


# ── Fetch, ListOffsets, OffsetForLeaderEpoch ──────────────────────────────────────────────────────


class FetchedPartition(Answer, kw_only=True, frozen=True):
    partition_index: int
    error_code: ErrorCode = NONE
    high_watermark: int = -1
    last_stable_offset: int = -1
    log_start_offset: int = -1
    aborted_transactions: tuple[()] | None = None
    preferred_read_replica: int = -1
    records: Records = NO_RECORDS
    diverging_epoch: EpochEnd = NO_EPOCH
    current_leader: CurrentLeader = NO_LEADER
    snapshot_id: EpochEnd = NO_EPOCH


class FetchedTopic(Answer, kw_only=True, frozen=True):
    topic: str
    topic_id: UUID | None
    partitions: tuple[FetchedPartition, ...]


class Fetched(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    session_id: int = 0
    responses: tuple[FetchedTopic, ...]
    node_endpoints: tuple[Node, ...] = ()


class ListedPartition(Answer, kw_only=True, frozen=True):
    partition_index: int
    error_code: ErrorCode = NONE
    timestamp: int = -1
    offset: int = -1
    leader_epoch: int = -1


class ListedTopic(Answer, kw_only=True, frozen=True):
    name: str
    partitions: tuple[ListedPartition, ...]


class ListedOffsets(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    topics: tuple[ListedTopic, ...]


class EpochEndPartition(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    partition: int
    leader_epoch: int = -1
    end_offset: int = -1


class EpochEndTopic(Answer, kw_only=True, frozen=True):
    topic: str
    partitions: tuple[EpochEndPartition, ...]


class EpochEnds(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    topics: tuple[EpochEndTopic, ...]


# ── topics ────────────────────────────────────────────────────────────────────────────────────────


class ConfigEntry(Answer, kw_only=True, frozen=True):
    """A property, for CreateTopics and DescribeConfigs."""

    name: str
    value: str | None
    read_only: bool = False
    config_source: int
    is_sensitive: bool = False
    synonyms: tuple["ConfigSynonym", ...] = ()
    config_type: int = 0
    documentation: str | None = None


class ConfigSynonym(Answer, kw_only=True, frozen=True):
    name: str
    value: str | None
    source: int


class CreatedTopic(Answer, kw_only=True, frozen=True):
    name: str
    topic_id: UUID | None = None
    error_code: ErrorCode = NONE
    error_message: str | None = None
    topic_config_error_code: int = 0
    num_partitions: int = -1
    replication_factor: int = -1
    configs: tuple[ConfigEntry, ...] | None = ()


class CreatedTopics(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    topics: tuple[CreatedTopic, ...]


class DeletedTopic(Answer, kw_only=True, frozen=True):
    name: str | None
    topic_id: UUID | None = None
    error_code: ErrorCode = NONE
    error_message: str | None = None


class DeletedTopics(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    responses: tuple[DeletedTopic, ...]


class CreatedPartitions(Answer, kw_only=True, frozen=True):
    name: str
    error_code: ErrorCode = NONE
    error_message: str | None = None


class CreatedPartitionsOfAll(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    results: tuple[CreatedPartitions, ...]


class Reassignments(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    error_message: str | None = None
    topics: tuple[()] = ()


class DescribedConfigs(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    error_message: str | None = None
    resource_type: int
    resource_name: str
    configs: tuple[ConfigEntry, ...] = ()


class DescribedConfigsOfAll(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    results: tuple[DescribedConfigs, ...]


class AlteredConfigs(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    error_message: str | None = None
    resource_type: int
    resource_name: str


class AlteredConfigsOfAll(Answer, kw_only=True, frozen=True):
    """AlterConfigs' answer and IncrementalAlterConfigs'."""

    throttle_time: timedelta = NOW
    responses: tuple[AlteredConfigs, ...]


# ── committed offsets ─────────────────────────────────────────────────────────────────────────────


class CommittedPartition(Answer, kw_only=True, frozen=True):
    partition_index: int
    committed_offset: int = -1
    committed_leader_epoch: int = -1
    metadata: str | None = ""
    error_code: ErrorCode = NONE


class CommittedTopic(Answer, kw_only=True, frozen=True):
    name: str
    partitions: tuple[CommittedPartition, ...]


class CommittedGroup(Answer, kw_only=True, frozen=True):
    group_id: str
    topics: tuple[CommittedTopic, ...]
    error_code: ErrorCode = NONE


class CommittedOffsets(Answer, kw_only=True, frozen=True):
    """OffsetCommit's answer and OffsetFetch's: up to version 7 it has topics, from 8 groups."""

    throttle_time: timedelta = NOW
    topics: tuple[CommittedTopic, ...] = ()
    error_code: ErrorCode = NONE
    groups: tuple[CommittedGroup, ...] = ()
