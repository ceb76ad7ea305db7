"""The user's own cluster: nothing to start, nothing to end."""

import asyncio

from workbench.model.scenario import ClusterKind


class RemoteCluster:
    """`security` are client properties (security.protocol, sasl.*, ssl.*) needed to reach it."""

    kind: ClusterKind = "remote"
    version: str | None = None

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
