"""Apache Kafka for a run: the nodes of `kwb apache up` where they fit and are free, else nodes of its own."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

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
from workbench.clusters.apache.own_nodes import Launch, OwnNode
from workbench.clusters.apache.starting import Toolbox, all_serve, bring_up, reason_of, tail
from workbench.errors import ClusterError
from workbench.model.scenario import ClusterKind

_LOOK = 1.0


class ApacheCluster:
    """`config` are broker properties; `base_port` 0: any free ports, else that one and the next `brokers`.

    Nodes of its own live in a folder under the user's cache folder and go with it at `close`. `start` raises
    InputError for a property that Kafka refuses. With `archive_to` it always has nodes of its own, and its
    brokers write Java's class archive there at `close`.
    """

    kind: ClusterKind = "apache"

    def __init__(
        self,
        brokers: int = 3,
        config: Mapping[str, str] | None = None,
        base_port: int = 0,
        *,
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
        self._archive_to = archive_to
        self._own: list[OwnNode] = []
        self._borrowed: state.State | None = None
        self._lock: state.FileLock | None = None

    @property
    def pids(self) -> dict[str, int]:
        """By node name."""
        if self._borrowed is not None:
            return {name: started.pid for name, started in self._borrowed.processes.items()}
        return {own.node.name: own.child.pid for own in self._own}

    async def start(self) -> None:
        """Return when all brokers are registered and unfenced, within about a minute."""
        try:
            if self._archive_to is not None or not await self._borrow():
                await self._start_own()
        except BaseException:
            await asyncio.shield(self.close())
            raise

    async def close(self) -> None:
        own, self._own = self._own, []
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

    async def lost(self) -> str:
        """Wait until one of the nodes has died; why."""
        if self._borrowed is not None:
            return await self._borrowed_lost(self._borrowed)
        waits = {asyncio.create_task(own.child.lost.wait()): own for own in self._own}
        if not waits:
            raise ClusterError("the cluster was not started")
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        own = waits[done.pop()]
        status = own.child.returncode or 0
        how = f"was ended by signal {-status}" if status < 0 else f"ended: {reason_of(tail(own.node.log))}"
        return f"Apache Kafka's {own.node.name} {how}"

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
        launch = Launch(toolbox, plan, self.folder, self._own)
        await bring_up(toolbox, plan.cluster_id, nodes, self._config, launch)
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
