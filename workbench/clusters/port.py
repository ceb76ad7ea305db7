"""What a cluster can do, whichever it is."""

from typing import Protocol

from workbench.model.scenario import ClusterKind


class Cluster(Protocol):
    """Started once, closed by whoever started it."""

    kind: ClusterKind
    bootstrap_servers: str
    """host:port list; known after `start`."""
    version: str | None
    """What runs there, e.g. "Apache Kafka 4.1.0"; None where it cannot be known."""
    security: dict[str, str]
    """Client properties needed to reach it (never printed)."""

    async def start(self) -> None:
        """Return when it can take a record. Raises ClusterError within a bounded time."""

    async def close(self) -> None:
        """End what `start` began; safe to call twice."""

    async def lost(self) -> str:
        """Wait until the cluster has died by itself; returns why. Never returns for remote ones."""
        ...
