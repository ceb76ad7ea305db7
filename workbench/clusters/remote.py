"""The user's own cluster: nothing to start, nothing to end."""

import asyncio
from collections.abc import Callable, Sequence

from workbench.errors import ClusterError, InputError
from workbench.model.cluster_state import ClusterState, Happened
from workbench.model.cluster_view import PartitionView
from workbench.model.fault import POSSIBLE, Action, FaultKind
from workbench.model.scenario import ClusterKind
from workbench.model.stations import Stations


class RemoteCluster:
    """`security` are client properties (security.protocol, sasl.*, ssl.*) needed to reach it."""

    kind: ClusterKind = "remote"
    version: str | None = None
    faults: frozenset[FaultKind] = POSSIBLE["remote"]
    on_happened: Callable[[Happened], None] | None = None
    tells_by_itself = False
    sees_stations = False
    out: frozenset[int] = frozenset()

    def __init__(self, bootstrap_servers: str, security: dict[str, str]) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.security = security

    async def start(self) -> None:
        """Nothing: the engine's connection says whether it is there."""

    async def close(self) -> None:
        """Nothing to end."""

    async def lost(self) -> str:
        """A remote cluster's death shows in the delivery reports, never here."""
        await asyncio.Event().wait()
        raise AssertionError

    async def do(self, action: Action) -> None:
        """Nothing is ever done to a cluster of the user's."""
        raise InputError(f"{action.do}: kwb does nothing to a cluster of yours")

    async def partitions(self, topic: str) -> tuple[PartitionView, ...]:
        """Nobody watches a remote cluster: the engine's client asks it."""
        raise ClusterError(f"topic {topic!r}: a remote cluster is not watched")

    async def cluster_state(self, topic: str) -> ClusterState:
        """As `partitions`."""
        raise ClusterError(f"topic {topic!r}: a remote cluster is not watched")

    async def stations(self, topic: str, wanted: Sequence[tuple[int, int]]) -> tuple[Stations | None, ...]:
        """Nobody outside sees them."""
        _ = topic
        return (None,) * len(wanted)
