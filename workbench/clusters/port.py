"""What a cluster can do, whichever it is."""

from collections.abc import Callable, Sequence
from typing import Protocol

from workbench.model.cluster_state import ClusterState, Happened
from workbench.model.cluster_view import PartitionView
from workbench.model.fault import Action, FaultKind
from workbench.model.scenario import ClusterKind
from workbench.model.stations import Stations


class Cluster(Protocol):
    """Started once, closed by whoever started it."""

    kind: ClusterKind
    bootstrap_servers: str
    """host:port list; known after `start`."""
    version: str | None
    """What runs there, e.g. "Apache Kafka 4.1.0"; None where it cannot be known."""
    security: dict[str, str]
    """Client properties needed to reach it (never printed)."""
    faults: frozenset[FaultKind]
    """What `do` can do; add-partitions and wait, where they are among them, are for the conductor."""
    on_happened: Callable[[Happened], None] | None
    """Hears of what happens inside, where `tells_by_itself`."""
    tells_by_itself: bool
    sees_stations: bool
    """Whether `stations` can be asked: only inside the lab is it seen when a batch was where."""
    out: frozenset[int]
    """Brokers that answer nobody, by what was done to them."""

    async def start(self) -> None:
        """Return when it can take a record. Raises ClusterError within a bounded time."""

    async def close(self) -> None:
        """End what `start` began; safe to call twice."""

    async def lost(self) -> str:
        """Wait until the cluster has died by itself; returns why. Never returns for remote ones."""
        ...

    async def do(self, action: Action) -> None:
        """Do it to the brokers it names; thaw and restart without any undo all that was done.

        Returns when it has taken effect; stop and restart when they have begun. Raises InputError where it
        cannot be done to what it names, ClusterError where it could not be done.
        """

    async def partitions(self, topic: str) -> tuple[PartitionView, ...]:
        """Who leads each partition of a topic now, as the controller decided, with ISR and log ends.

        Empty where there is no such topic. Raises ClusterError where no broker tells.
        """
        ...

    async def cluster_state(self, topic: str) -> ClusterState:
        """Every broker, and the replicas of a topic; what nobody tells is -1. Raises ClusterError."""
        ...

    async def stations(self, topic: str, wanted: Sequence[tuple[int, int]]) -> tuple[Stations | None, ...]:
        """When the batches with these (partition, offset) were where; None for one that is not known."""
        ...
