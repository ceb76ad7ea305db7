"""A broker: its replicas, its fetchers, its view of the cluster, and its answers to clients."""

import asyncio
from collections.abc import Callable

from kio.schema.errors import ErrorCode

from workbench.lab.answers import Node
from workbench.lab.buffers import Buffers
from workbench.lab.condition import Condition, Signal
from workbench.lab.connection import Close, Connection
from workbench.lab.controller import Controller
from workbench.lab.disturbing import disturbed
from workbench.lab.fetching import Fetcher, Link
from workbench.lab.groups.coordinator import Coordinator, GroupLimits
from workbench.lab.happenings import Happenings
from workbench.lab.image import Image
from workbench.lab.leadership import Wish
from workbench.lab.listener import Listener
from workbench.lab.membership import Living
from workbench.lab.moments import Moments
from workbench.lab.replica import Replica, Stored
from workbench.lab.retention import Budget
from workbench.lab.routes import ROUTES
from workbench.lab.session import FetchLimits, Session
from workbench.lab.topic import NO_LEADER, Partition, Topic
from workbench.lab.wire import ProtocolError, Wire

HOST = "127.0.0.1"


class _LoopClock:
    """The running loop's timers; a lab is made before it runs."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay, callback)


class Cluster:
    """What the brokers of a lab share: the controller, and what is one for all in this process."""

    def __init__(
        self, controller: Controller, cluster_id: str, budget: Budget, happenings: Happenings | None = None
    ) -> None:
        self.controller = controller
        self.cluster_id = cluster_id
        self.budget = budget
        self.happenings = happenings or Happenings()
        self.signal = Signal()
        self.moments = Moments()
        self.wire = Wire()
        self.buffers = Buffers()
        self.brokers: dict[int, Broker] = {}
        config = controller.config
        limits = GroupLimits(
            config.number("group.initial.rebalance.delay.ms"),
            config.number("group.min.session.timeout.ms"),
            config.number("group.max.session.timeout.ms"),
            config.number("group.max.size"),
        )
        self.groups = Coordinator(_LoopClock(), limits, self._living)
        self.committed = self.groups.offsets
        controller.on_delete.append(lambda topic: self.committed.forget_topic(topic.name))

    def _living(self) -> list[int]:
        return [node.node_id for node in self.controller.brokers.living().nodes]


class Broker:
    """Knows of topics only what the controller told it."""

    def __init__(self, broker_id: int, cluster: Cluster) -> None:
        self.id = broker_id
        self.cluster = cluster
        self.condition = Condition(cluster.signal)
        self.image = Image()
        self.replicas: dict[str, Replica] = {}
        self.listener = Listener(self._connected)
        config = cluster.controller.config
        self.moments = cluster.moments
        self.max_lag_s = config.number("replica.lag.time.max.ms") / 1000
        self._limits = FetchLimits(
            config.number("replica.fetch.wait.max.ms") / 1000,
            config.number("replica.fetch.max.bytes"),
            config.number("replica.fetch.response.max.bytes"),
        )
        self._backoff_s = config.number("replica.fetch.backoff.ms") / 1000
        self._max_frame = config.number("socket.request.max.bytes")
        self._paused = False
        self._fetchers: dict[int, Fetcher] = {}
        self._sessions: dict[int, Session] = {}
        self._connections: set[Connection] = set()
        self._disk: dict[str, Stored] = {}
        self._wishes: dict[str, Wish] = {}

    @property
    def node(self) -> Node:
        return Node(node_id=self.id, host=HOST, port=self.listener.port)

    def pause_fetching(self, paused: bool) -> None:
        self._paused = paused
        for fetcher in self._fetchers.values():
            fetcher.pause(paused)

    # ── its process ───────────────────────────────────────────────────────────────────────────────

    def hold(self, *, held: bool) -> None:
        """Leave clients' bytes to the kernel, or go on reading."""
        self.listener.look(looking=not held)
        for connection in self._connections:
            connection.hold(held=held)

    async def die(self) -> None:
        """Everything ends at once, but what is on disk."""
        self.listener.close()
        connections = list(self._connections)
        for connection in connections:
            connection.close()
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        fetchers, self._fetchers = list(self._fetchers.values()), {}
        for replica in self.replicas.values():
            replica.gone(ErrorCode.not_leader_or_follower)
        self._wishes.clear()
        for connection in connections:
            await connection.closed()
        for fetcher in fetchers:
            await fetcher.close()

    def wake_up(self) -> None:
        """A new life, with what is on disk; the controller will say what to do with it."""
        # what is there already was not taken up by a life that ended before it was let in
        self._disk |= {key: replica.stored for key, replica in self.replicas.items()}
        self.replicas = {}
        self.image = Image()

    def on_disk(self, key: str) -> Stored | None:
        """What a life that has not been let in yet will take up."""
        return self._disk.get(key)

    def wipe(self) -> None:
        """Its disk is empty."""
        self.replicas = {}
        self._disk.clear()

    async def close(self) -> None:
        self.listener.close(for_good=True)
        await self.die()

    # ── what the controller says ──────────────────────────────────────────────────────────────────

    @property
    def hears(self) -> bool:
        return self.condition.hears

    def brokers_changed(self, living: Living) -> None:
        self.image.living = living
        for replica in self.replicas.values():
            if replica.is_leader:
                replica.reconsider()

    def topic_changed(self, topic: Topic) -> None:
        """The controller made a topic, or decided anew about some of its partitions."""
        before = self.image.put(topic)
        known = before.partitions if before is not None and before.config is topic.config else ()
        for index, partition in enumerate(topic.partitions):
            if self.id in partition.replicas and (index >= len(known) or known[index] is not partition):
                self._decided(topic, partition)

    def topic_deleted(self, topic: Topic) -> None:
        self.image.drop(topic)
        for partition in topic.partitions:
            replica = self.replicas.pop(partition.key, None)
            if replica is not None:
                self._unfollow(replica.partition)
                replica.gone()

    def caught_up(self, topics: dict[str, Topic], living: Living) -> None:
        """All that there is, after it could not hear for a while."""
        ids = {topic.id for topic in topics.values()}
        for topic in [known for known in self.image.topics.values() if known.id not in ids]:
            self.topic_deleted(topic)
        self.brokers_changed(living)
        for topic in topics.values():
            self.topic_changed(topic)
        self._disk.clear()
        self._send_wishes()

    def _decided(self, topic: Topic, partition: Partition) -> None:
        key, replica = partition.key, self.replicas.get(partition.key)
        if replica is None:
            stored = self._disk.pop(key, None)
            replica = self.replicas[key] = Replica(self, topic, partition, self.cluster.budget, stored)
            self._follow(replica)
            return
        before = replica.partition
        self._wishes.pop(key, None)
        if before.leader_epoch == partition.leader_epoch:
            replica.decided(topic, partition)
            return
        self._unfollow(before)
        for session in self._sessions.values():
            session.forget(key)
        replica.decided(topic, partition)
        self._follow(replica)

    def _follow(self, replica: Replica) -> None:
        leader = replica.partition.leader
        if leader in {NO_LEADER, self.id}:
            return
        fetcher = self._fetchers.get(leader)
        if fetcher is None:
            link = Link(self.id, self.condition, self.cluster.brokers[leader])
            fetcher = self._fetchers[leader] = Fetcher(link, self._backoff_s)
            fetcher.pause(self._paused)
        fetcher.follow(replica.partition.key, replica)

    def _unfollow(self, partition: Partition) -> None:
        fetcher = self._fetchers.get(partition.leader)
        if fetcher is not None:
            fetcher.unfollow(partition.key)

    # ── for its replicas ──────────────────────────────────────────────────────────────────────────

    @staticmethod
    def now() -> float:
        return asyncio.get_running_loop().time()

    def eligible(self, broker: int) -> bool:
        return broker in self.image.living.active

    def lying(self, key: str) -> int:
        """Records of a partition that have come and are not taken yet, because the broker is frozen."""
        return max((fetcher.lying(key) for fetcher in self._fetchers.values()), default=0)

    def truncated(self, replica: Replica, records: int) -> None:
        self.cluster.happenings.add(
            "truncated", self.id, topic=replica.topic.name, partition=replica.partition.index, count=records
        )

    def wants_isr(self, replica: Replica, isr: tuple[int, ...]) -> None:
        if not self._wishes:
            asyncio.get_running_loop().call_soon(self._send_wishes)
        self._wishes[replica.partition.key] = Wish(replica.topic, replica.partition, isr)

    def _send_wishes(self) -> None:
        """AlterPartition. What cannot be sent now is sent when the controller is reached again."""
        if not self.hears or self.cluster.controller.brokers.is_behind(self.id):
            return
        wishes, self._wishes = self._wishes, {}
        for key, error in self.cluster.controller.leadership.alter(self.id, wishes.values()).items():
            replica = self.replicas.get(key)
            if error and replica is not None and replica.is_leader:
                replica.in_sync.refused()

    def drop_laggards(self) -> None:
        """Kafka's isr-expiration, every half of replica.lag.time.max.ms."""
        if self.condition.frozen:
            return
        sessions = {number: session.fetched for number, session in self._sessions.items()}
        now = self.now()
        for replica in self.replicas.values():
            if replica.is_leader:
                replica.drop_laggards(now, sessions)

    def session_for(self, follower: int) -> Session:
        """A follower connects (anew)."""
        if follower in self._sessions:
            self._sessions[follower].close()
        session = self._sessions[follower] = Session(self, follower, self._limits)
        return session

    # ── clients ───────────────────────────────────────────────────────────────────────────────────

    def _connected(self) -> Connection:
        return Connection(
            self._handle, self._max_frame, self._connections, self.condition, self.cluster.buffers
        )

    async def _handle(self, frame: memoryview) -> bytes | None:
        wire = self.cluster.wire
        try:
            request = wire.read(frame)
        except ProtocolError as error:
            raise Close(str(error)) from error
        if self.condition.odd:
            answer = await disturbed(self, request)
        else:
            answer = await ROUTES[request.api_key](self, request)
        if answer is None:
            return None
        return wire.write(request, answer, version=None if request.body is not None else 0)
