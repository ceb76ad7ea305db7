"""A broker: its listener, its replicas, its fetchers, and its answers."""

import asyncio

from workbench.lab.answers import Node
from workbench.lab.connection import Close, Connection
from workbench.lab.controller import Controller, Topic
from workbench.lab.fetching import Fetcher, FetchLimits, Link, Session
from workbench.lab.offsets import CommittedOffsetStore
from workbench.lab.replica import Replica
from workbench.lab.retention import Budget
from workbench.lab.routes import ROUTES
from workbench.lab.wire import ProtocolError, Wire

HOST = "127.0.0.1"


class Cluster:
    """What the brokers of a lab share: the controller, and what is one for all in this process."""

    def __init__(self, controller: Controller, cluster_id: str, budget: Budget) -> None:
        self.controller = controller
        self.cluster_id = cluster_id
        self.budget = budget
        self.wire = Wire()
        self.committed = CommittedOffsetStore()
        self.brokers: dict[int, Broker] = {}

    @property
    def first(self) -> Node:
        """Where clients find the controller and every group's offsets."""
        return next(iter(self.brokers.values())).node


class Broker:
    """Knows of topics only what the controller told it."""

    def __init__(self, broker_id: int, cluster: Cluster) -> None:
        self.id = broker_id
        self.cluster = cluster
        self.port = 0
        self.replicas: dict[str, Replica] = {}
        config = cluster.controller.config
        self._limits = FetchLimits(
            config.number("replica.fetch.wait.max.ms") / 1000,
            config.number("replica.fetch.max.bytes"),
            config.number("replica.fetch.response.max.bytes"),
        )
        self._max_frame = config.number("socket.request.max.bytes")
        self._paused = False
        self._fetchers: dict[int, Fetcher] = {}
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, port: int) -> None:
        """Port 0: any. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            await connection.closed()
        for fetcher in self._fetchers.values():
            await fetcher.close()

    @property
    def node(self) -> Node:
        return Node(node_id=self.id, host=HOST, port=self.port)

    def pause_fetching(self, paused: bool) -> None:
        self._paused = paused
        for fetcher in self._fetchers.values():
            fetcher.pause(paused)

    # ── replicas ──────────────────────────────────────────────────────────────────────────────────

    def topic_changed(self, topic: Topic) -> None:
        """The controller made a topic, or decided anew about some of its partitions."""
        for partition in topic.partitions:
            if self.id not in partition.replicas:
                continue
            key = partition.key
            replica = self.replicas.get(key)
            if replica is None:
                replica = self.replicas[key] = Replica(self.id, topic, partition, self.cluster.budget)
                if not replica.is_leader:
                    self._fetcher(partition.leader).follow(key, replica)
            else:
                replica.decided(topic, partition)

    def topic_deleted(self, topic: Topic) -> None:
        if self.id == self.cluster.first.node_id:
            self.cluster.committed.forget_topic(topic.name)
        for partition in topic.partitions:
            key = partition.key
            replica = self.replicas.pop(key, None)
            if replica is not None:
                if not replica.is_leader:
                    self._fetcher(partition.leader).unfollow(key)
                replica.gone()

    def _fetcher(self, leader: int) -> Fetcher:
        if leader not in self._fetchers:
            session = Session(self.cluster.brokers[leader], self.id, self._limits)
            fetcher = self._fetchers[leader] = Fetcher(Link(session))
            fetcher.pause(self._paused)
        return self._fetchers[leader]

    # ── clients ───────────────────────────────────────────────────────────────────────────────────

    def _connected(self) -> Connection:
        return Connection(self._handle, self._max_frame, self._connections)

    async def _handle(self, frame: memoryview) -> bytes | None:
        wire = self.cluster.wire
        try:
            request = wire.read(frame)
        except ProtocolError as error:
            raise Close(str(error)) from error
        answer = await ROUTES[request.api_key](self, request)
        if answer is None:
            return None
        return wire.write(request, answer, version=None if request.body is not None else 0)
