"""Which handler answers which API."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.lab.handlers import fetch, groups, metadata, produce, topics

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
        8: groups.offset_commit,
        9: groups.offset_fetch,
        10: metadata.find_coordinator,
        18: metadata.api_versions,
        19: topics.create_topics,
        20: topics.delete_topics,
        22: produce.init_producer_id,
        23: fetch.offset_for_leader_epoch,
        32: topics.describe_configs,
        37: topics.create_partitions,
        46: topics.list_partition_reassignments,
        60: metadata.describe_cluster,
        75: metadata.describe_topic_partitions,
    }
)
"""By API key; the same keys as wire.RANGES."""
