"""Which handler answers which API."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.lab.handlers import committed, configs, fetch, groups, metadata, produce, topics

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

Handler = Callable[["Broker", "Request"], Awaitable[object | None]]

ROUTES: Mapping[int, Handler] = MappingProxyType(
    {
        0: produce.produce,
        1: fetch.fetch,
        2: fetch.list_offsets,
        3: metadata.metadata,
        8: committed.offset_commit,
        9: committed.offset_fetch,
        10: groups.find_coordinator,
        11: groups.join_group,
        12: groups.heartbeat,
        13: groups.leave_group,
        14: groups.sync_group,
        15: groups.describe_groups,
        16: groups.list_groups,
        18: metadata.api_versions,
        19: topics.create_topics,
        20: topics.delete_topics,
        22: produce.init_producer_id,
        23: fetch.offset_for_leader_epoch,
        32: configs.describe_configs,
        33: configs.alter_configs,
        37: topics.create_partitions,
        42: groups.delete_groups,
        44: configs.incremental_alter_configs,
        46: topics.list_partition_reassignments,
        60: metadata.describe_cluster,
        75: metadata.describe_topic_partitions,
    }
)
"""By API key; the same keys as wire.RANGES."""

FORWARDED = frozenset({19, 20, 33, 37, 44})
"""Passed on to the controller: CreateTopics, DeleteTopics, CreatePartitions, (Incremental)AlterConfigs."""
