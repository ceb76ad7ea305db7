"""Nodes that outlive the command: `kwb apache up`, `down`, `status`."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workbench.clusters.apache import archives, processes, state
from workbench.clusters.apache.jars import need_jars, version_of
from workbench.clusters.apache.java import find_java
from workbench.clusters.apache.layout import Node, all_free, check_plan, new_cluster_id, pick_ports
from workbench.clusters.apache.starting import Toolbox, all_serve, bring_up
from workbench.errors import ClusterError, InputError

_BROKER_PATIENCE = 20.0
_CONTROLLER_PATIENCE = 10.0
_LOCK_PATIENCE = 90.0  # another `up` may take a minute
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What `up` was asked for; None: as it is, or was before."""

    brokers: int | None = None
    port: int | None = None
    config: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Status:
    """`state` None: never up; `alive` by node name; `serving`: all brokers are registered and unfenced."""

    state: state.State | None
    alive: Mapping[str, bool]
    serving: bool

    @property
    def is_up(self) -> bool:
        return self.serving and all(self.alive.values())

    @property
    def is_stale(self) -> bool:
        """Nodes ended that nobody stopped: a crash, a reboot."""
        return self.state is not None and bool(self.state.processes) and not all(self.alive.values())


async def status() -> Status:
    """Raises ClusterError for a state that cannot be read."""
    folder = state.up_dir()
    found = state.load(folder)
    if found is None:
        return Status(None, {}, serving=False)
    nodes = found.nodes(folder)
    alive = {node.name: await asyncio.to_thread(found.is_alive, node.name) for node in nodes}
    return Status(found, alive, serving=any(alive.values()) and await all_serve(nodes))


async def up(wanted: Wanted, say: Say) -> state.State:
    """The nodes, running: those that run already, mended where some have died, else started.

    Data of earlier nodes are kept. Raises InputError where other nodes run than the wanted ones.
    """
    async with state.command_lock(_LOCK_PATIENCE):
        now = await status()
        if now.state is not None and any(now.alive.values()):
            _check_same(wanted, now.state)
            if now.is_up:
                say("Apache Kafka is up already")
                return now.state
            standing = frozenset(name for name, alive in now.alive.items() if alive)
            return await _start(now.state, standing, say, now.state)
        return await _start(_plan(wanted, now.state), frozenset(), say, now.state)


def _check_same(wanted: Wanted, running: state.State) -> None:
    """Raises InputError where `wanted` differs from the nodes that run."""
    differs = None
    if wanted.brokers not in (None, running.brokers):
        differs = f"{running.brokers} brokers"
    elif wanted.port not in (None, 0, running.ports[0]):
        differs = f"port {running.ports[0]}"
    elif wanted.config is not None and dict(wanted.config) != running.config:
        shown = " ".join(f"{name}={value}" for name, value in running.config.items())
        differs = f"broker properties {shown or 'of their own'}" if shown else "no broker properties"
    if differs:
        raise InputError(f"Apache Kafka runs already, with {differs}: `kwb apache down` first")


def _plan(wanted: Wanted, before: state.State | None) -> state.State:
    """What to start where nothing runs; the data of `before` are used again."""
    brokers = wanted.brokers or (before.brokers if before else 3)
    crashed = before is not None and before.processes  # a clean stop leaves none, and forgets the properties
    config = (
        dict(wanted.config) if wanted.config is not None else (before.config if before and crashed else {})
    )
    check_plan(brokers, config)
    if before is not None and brokers != before.brokers:
        raise InputError(
            f"the records in {state.up_dir()} belong to {before.brokers} brokers: start {before.brokers}, "
            "or delete them by `kwb apache down --delete`"
        )
    if wanted.port is None and before is not None and all_free(before.ports):
        ports = before.ports
    else:
        ports = tuple(pick_ports(brokers + 1, wanted.port or 0))
    cluster_id = before.cluster_id if before else new_cluster_id()
    return state.State(cluster_id, "", ports, config)


async def _start(
    plan: state.State, standing: frozenset[str], say: Say, before: state.State | None
) -> state.State:
    java = await find_java()
    libs = need_jars()
    toolbox = Toolbox(java, libs, archives.find(java, libs))
    plan = msgspec.structs.replace(plan, version=version_of(libs))
    launch = _Launch(toolbox, plan, state.up_dir())
    nodes = plan.nodes(state.up_dir())
    missing = [node.name for node in nodes if node.name not in standing]
    say(
        f"starting Apache Kafka {plan.version}: {', '.join(missing)} …"
        if missing
        else "waiting for the nodes …"
    )
    if before is None:  # what lies there was never up, or its state was deleted
        await asyncio.to_thread(shutil.rmtree, state.up_dir(), ignore_errors=True)
    try:
        state.save(state.up_dir(), plan)
        await bring_up(toolbox, plan.cluster_id, nodes, plan.config, launch, standing=standing)
    except BaseException:
        await asyncio.shield(launch.undo(before))
        raise
    return launch.state


class _Detached:
    """A node that outlives us, while we still wait for it."""

    def __init__(self, started: state.Started) -> None:
        self._started = started

    def ended(self) -> bool:
        return not processes.is_alive(self._started.pid, self._started.identity)


class _Gone:
    """A node that had ended before it could be looked at."""

    def ended(self) -> bool:
        return True


class _Launch:
    """Starts detached nodes and writes each down at once."""

    def __init__(self, toolbox: Toolbox, plan: state.State, folder: Path) -> None:
        self.state = plan
        self._toolbox = toolbox
        self._folder = folder
        self._launched: list[str] = []

    async def __call__(self, node: Node) -> _Detached | _Gone:
        pid = processes.spawn_detached(self._toolbox.node_command(node), node.log)
        known = processes.identity(pid)
        if known is None:
            return _Gone()
        started = state.Started(pid, known)
        self._launched.append(node.name)
        self.state = msgspec.structs.replace(
            self.state, processes={**self.state.processes, node.name: started}
        )
        state.save(self._folder, self.state)
        return _Detached(started)

    async def undo(self, before: state.State | None) -> None:
        """End what was launched in vain; what ran before stays, and so do the logs."""
        left = dict(self.state.processes)
        ended = [left.pop(name) for name in self._launched]
        await asyncio.gather(*(processes.kill(one.pid, one.identity) for one in ended))
        if before is not None:
            state.save(self._folder, msgspec.structs.replace(before, processes=left))
        else:
            state.forget(self._folder)


async def down(say: Say, *, delete: bool = False) -> bool:
    """Stop the nodes, brokers first; False where none ran. `delete`: their records too.

    Raises ClusterError while a run uses them.
    """
    async with state.command_lock(_LOCK_PATIENCE):
        use = state.in_use()
        if not use.take():
            raise ClusterError(f"another kwb (pid {use.holder()}) is using the nodes: end it first")
        try:
            return await _down(say, delete=delete)
        finally:
            use.release()


async def _down(say: Say, *, delete: bool) -> bool:
    folder = state.up_dir()
    now = await status()
    ran = any(now.alive.values())
    if now.state is not None:
        nodes = now.state.nodes(folder)
        await _end(now.state, [node for node in nodes if node.role == "broker"], _BROKER_PATIENCE, say)
        await _end(
            now.state, [node for node in nodes if node.role == "controller"], _CONTROLLER_PATIENCE, say
        )
        state.save(folder, msgspec.structs.replace(now.state, processes={}))
    if delete:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return ran


async def _end(known: state.State, nodes: list[Node], patience: float, say: Say) -> None:
    async def one(node: Node) -> None:
        started = known.processes.get(node.name)
        if started is None or not known.is_alive(node.name):
            return
        if not await processes.end(started.pid, started.identity, patience):
            say(f"{node.name} (pid {started.pid}) did not stop within {patience:.0f} s and was killed")

    await asyncio.gather(*(one(node) for node in nodes))
