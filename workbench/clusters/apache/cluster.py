"""Apache Kafka for a run: the nodes of `kwb apache up` where they fit and are free, else nodes of its own."""

import asyncio
import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from workbench.clusters.apache import archives, processes, state
from workbench.clusters.apache.jars import need_jars, version_of
from workbench.clusters.apache.java import find_java
from workbench.clusters.apache.layout import (
    bootstrap_of,
    check_plan,
    new_cluster_id,
    nodes_of,
    pick_ports,
)
from workbench.clusters.apache.metadata import live_brokers, log_offsets, topic_partitions
from workbench.clusters.apache.own_nodes import OwnNodes
from workbench.clusters.apache.starting import Toolbox, all_serve, bring_up
from workbench.clusters.outside import state_of
from workbench.errors import ClusterError, InputError
from workbench.model.cluster_state import BrokerState, ClusterState, Happened
from workbench.model.cluster_view import PartitionView
from workbench.model.fault import POSSIBLE, Action, FaultKind, out_after
from workbench.model.scenario import ClusterKind
from workbench.model.stations import Stations

_LOOK = 1.0
_TO_NO_NODE: frozenset[FaultKind] = frozenset({"add-partitions", "wait"})
_SESSION_MS = "9000"


class ApacheCluster:
    """`config` are broker properties; `base_port` 0: any free ports, else that one and the next `brokers`.

    Nodes of its own live in a folder under the user's cache folder and go with it at `close`. `start` raises
    InputError for a property that Kafka refuses. Without `borrow`, and with `archive_to`, it always has nodes
    of its own; with the latter its brokers write Java's class archive there at `close`.
    """

    kind: ClusterKind = "apache"
    faults: frozenset[FaultKind] = POSSIBLE["apache"]
    on_happened: Callable[[Happened], None] | None = None
    tells_by_itself = False
    sees_stations = False
    out: frozenset[int] = frozenset()

    def __init__(
        self,
        brokers: int = 3,
        config: Mapping[str, str] | None = None,
        base_port: int = 0,
        *,
        borrow: bool = True,
        archive_to: Path | None = None,
    ) -> None:
        check_plan(brokers, config or {})
        self.bootstrap_servers = ""
        self.version: str | None = None
        self.security: dict[str, str] = {}
        self.folder: Path | None = None
        """Where its nodes' files and logs are."""
        self._brokers = brokers
        self._config = dict(config or {})
        self._base_port = base_port
        self._may_borrow = borrow and archive_to is None
        self._archive_to = archive_to
        self._own: OwnNodes | None = None
        self._borrowed: state.State | None = None
        self._lock: state.FileLock | None = None

    @property
    def pids(self) -> dict[str, int]:
        """By node name."""
        if self._borrowed is not None:
            return {name: started.pid for name, started in self._borrowed.processes.items()}
        return {name: own.child.pid for name, own in self._own.by_name.items()} if self._own else {}

    async def start(self) -> None:
        """Return when all brokers are registered and unfenced, within about a minute."""
        try:
            if not (self._may_borrow and await self._borrow()):
                await self._start_own()
        except BaseException:
            await asyncio.shield(self.close())
            raise

    async def close(self) -> None:
        own = list(self._own.by_name.values()) if self._own else []
        self._own, self.out = None, frozenset()
        if self._archive_to is not None:
            await asyncio.gather(*(node.child.end(patience=60) for node in own if node.node.role == "broker"))
        for node in own:
            node.child.kill()  # its data go too: nothing to flush
        await asyncio.gather(*(node.child.end() for node in own))
        if self.folder is not None and self._borrowed is None:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
        self.folder = self._borrowed = self._lock = None
        self.faults = POSSIBLE["apache"]

    async def lost(self) -> str:
        """Wait until one of the nodes has died; why."""
        if self._borrowed is not None:
            return await self._borrowed_lost(self._borrowed)
        if self._own is None:
            raise ClusterError("the cluster was not started")
        return await self._own.lost()

    async def do(self, action: Action) -> None:
        """Signal its own nodes, start them, delete their data. Raises InputError, ClusterError."""
        if self._own is None:
            raise InputError(f"{action.do}: the nodes of `kwb apache up` are left alone")
        await self._own.do(action)
        self.out = out_after(self.out, action)

    async def partitions(self, topic: str) -> tuple[PartitionView, ...]:
        """By the brokers that answer; of what they say, the highest leader epoch is the newest."""
        ports = self._answering()
        told = await asyncio.gather(*(topic_partitions(port, topic) for port in ports.values()))
        answers = [answer for answer in told if answer is not None]
        if not answers:
            raise ClusterError(f"no broker of Apache Kafka tells how topic {topic!r} stands")
        newest: dict[int, PartitionView] = {}
        for view in itertools.chain.from_iterable(answers):
            known = newest.setdefault(view.id, view)
            if view.leader_epoch > known.leader_epoch:
                newest[view.id] = view
        return await self._with_offsets(topic, newest, ports)

    async def cluster_state(self, topic: str) -> ClusterState:
        """What Metadata and the leaders tell; how its own nodes stand, it knows itself."""
        views = await self.partitions(topic)
        ports = self._answering()
        told = await asyncio.gather(*(live_brokers(port) for port in ports.values()))
        live = frozenset(itertools.chain.from_iterable(told))
        session_s = int(self._config.get("broker.session.timeout.ms", _SESSION_MS)) / 1000
        return state_of(topic, views, self._broker_states(live, session_s))

    async def stations(self, topic: str, wanted: Sequence[tuple[int, int]]) -> tuple[Stations | None, ...]:
        """Nobody outside sees them."""
        _ = topic
        return (None,) * len(wanted)

    def _broker_states(self, live: frozenset[int], session_s: float) -> list[BrokerState]:
        if self._own is None:
            up = self._answering().items()
            return [BrokerState(number, port, fenced=number not in live) for number, port in up]
        now = time.monotonic()
        found = []
        for own in self._own.brokers:
            number, port = own.node.id, own.node.port
            fenced = number not in live
            silent = own.condition in {"frozen", "dead"} and not fenced
            left = max(0.0, own.since + session_s - now) if silent else None
            found.append(
                BrokerState(number, port, own.condition, fenced, session_left_s=left, since=own.since)
            )
        return found

    async def _with_offsets(
        self, topic: str, views: dict[int, PartitionView], ports: dict[int, int]
    ) -> tuple[PartitionView, ...]:
        by_leader = {
            leader: [view.id for view in views.values() if view.leader == leader] for leader in ports
        }
        asked = [(ports[leader], led) for leader, led in by_leader.items() if led]
        for found in await asyncio.gather(*(log_offsets(port, topic, led) for port, led in asked)):
            for partition, offsets in found.items():
                views[partition] = msgspec.structs.replace(views[partition], **offsets._asdict())
        return tuple(views[partition] for partition in sorted(views))

    def _answering(self) -> dict[int, int]:
        """Ports by broker id of those that are neither frozen nor dead."""
        if self._own is not None:
            nodes = [own.node for own in self._own.by_name.values() if own.answers]
        else:
            nodes = list(self._borrowed.nodes(state.up_dir())) if self._borrowed is not None else []
        return {node.id: node.port for node in nodes if node.role == "broker"}

    async def _borrowed_lost(self, borrowed: state.State) -> str:
        while True:
            for name in borrowed.processes:
                if not borrowed.is_alive(name):
                    return (
                        f"Apache Kafka's {name} (of `kwb apache up`) ended; `kwb apache up` starts it again"
                    )
            await asyncio.sleep(_LOOK)

    async def _borrow(self) -> bool:
        """Take the nodes of `kwb apache up`, if they are what is wanted, serve, and no other run has them."""
        lock = state.in_use()
        if not lock.take():
            return False
        self._lock = lock
        folder = state.up_dir()
        with contextlib.suppress(ClusterError):  # a broken state is for `kwb apache up` to tell
            found = state.load(folder)
            if found is not None and self._fits(found) and await all_serve(found.nodes(folder)):
                self._borrowed, self.folder = found, folder
                self.faults = _TO_NO_NODE
                self.bootstrap_servers = found.bootstrap()
                self.version = f"Apache Kafka {found.version}"
                return True
        self._lock = None
        lock.release()
        return False

    def _fits(self, found: state.State) -> bool:
        same = found.brokers == self._brokers and found.config == self._config
        port = self._base_port in (0, found.ports[0])
        names = [node.name for node in found.nodes(state.up_dir())]
        return same and port and all(found.is_alive(name) for name in names)

    async def _start_own(self) -> None:
        java = await find_java()
        libs = need_jars()
        toolbox = Toolbox(java, libs, archives.find(java, libs), self._archive_to)
        async with state.command_lock(patience=30):
            await sweep()
            self._make_folder()
        assert self.folder is not None
        ports = pick_ports(self._brokers + 1, self._base_port)
        plan = state.State(new_cluster_id(), version_of(libs), tuple(ports), self._config)
        state.save(self.folder, plan)
        nodes = nodes_of(self.folder, ports)
        self._own = OwnNodes(toolbox, plan, self.folder)
        await bring_up(toolbox, plan.cluster_id, nodes, self._config, self._own.launch)
        self.bootstrap_servers = bootstrap_of(nodes)
        self.version = f"Apache Kafka {plan.version}"

    def _make_folder(self) -> None:
        runs = state.runs_dir()
        try:
            runs.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(dir=runs))
        except OSError as error:
            raise ClusterError(f"{runs} cannot be written: {error.strerror}") from None
        self._lock = state.run_lock(self.folder)
        self._lock.take()


async def sweep() -> None:
    """End the nodes and remove the folders of runs that were killed. The caller holds the command lock."""
    runs = state.runs_dir()
    for folder in await asyncio.to_thread(lambda: list(runs.glob("*"))):
        lock = state.run_lock(folder)
        if not lock.take():
            continue
        try:
            with contextlib.suppress(ClusterError):
                left = state.load(folder)
                for started in left.processes.values() if left else ():
                    await processes.kill(started.pid, started.identity)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        finally:
            lock.release()
