"""Nodes that die with the kwb that started them, and what is done to them."""

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import msgspec

from workbench.children.supervisor import Child
from workbench.clusters.apache import processes, state
from workbench.clusters.apache.layout import CONTROLLER_ID, Node
from workbench.clusters.apache.starting import Toolbox, format_node, reason_of, tail
from workbench.errors import ClusterError, InputError
from workbench.model.cluster_state import BrokerCondition
from workbench.model.fault import CONTROLLER, Action

_STOP_PATIENCE = 30.0
_FREEZE_PATIENCE = 5.0


class OwnNode:
    """A node that dies with us."""

    def __init__(self, node: Node, child: Child) -> None:
        self.node = node
        self.child = child
        self.is_frozen = False
        self.is_ended_by_us = False
        self.since = time.monotonic()
        """When something was last done to it."""

    def ended(self) -> bool:
        return self.child.lost.is_set()

    @property
    def condition(self) -> BrokerCondition:
        if self.is_ended_by_us or self.ended():
            return "dead"
        return "frozen" if self.is_frozen else "running"

    @property
    def answers(self) -> bool:
        return self.condition == "running"


class OwnNodes:
    """Starts nodes on a leash and writes down their pids, for the next kwb in case this one is killed."""

    def __init__(self, toolbox: Toolbox, plan: state.State, folder: Path) -> None:
        self.by_name: dict[str, OwnNode] = {}
        self._toolbox = toolbox
        self._plan = plan
        self._folder = folder
        self._changed = asyncio.Event()

    @property
    def brokers(self) -> list[OwnNode]:
        found = [own for own in self.by_name.values() if own.node.role == "broker"]
        return sorted(found, key=lambda own: own.node.id)

    async def launch(self, node: Node) -> OwnNode:
        leash = [sys.executable, "-P", "-m", "workbench.children.leash", str(os.getpid()), str(node.log)]
        child = await Child.start_command(node.name, [*leash, *self._toolbox.node_command(node)])
        own = self.by_name[node.name] = OwnNode(node, child)
        if known := processes.identity(child.pid):
            started = {**self._plan.processes, node.name: state.Started(child.pid, known)}
            self._plan = msgspec.structs.replace(self._plan, processes=started)
            state.save(self._folder, self._plan)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        return own

    async def lost(self) -> str:
        """Wait until a node has died that nobody here ended; why."""
        while True:
            waits = {
                asyncio.create_task(own.child.lost.wait()): own
                for own in self.by_name.values()
                if not own.is_ended_by_us
            }
            changed = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait((*waits, changed), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (*waits, changed):
                    task.cancel()
            for own in waits.values():
                if own.ended() and not own.is_ended_by_us:
                    return _why(own)

    async def do(self, action: Action) -> None:
        """See the port. Raises InputError, ClusterError."""
        for own in map(self._of, action.brokers):
            own.since = time.monotonic()
        everything = not action.brokers and action.do in {"thaw", "restart"}
        them = list(self.by_name.values()) if everything else [self._of(number) for number in action.brokers]
        match action.do:
            case "freeze":
                await asyncio.gather(*(_freeze(own) for own in them))
            case "thaw":
                for own in them:
                    own.child.signal(signal.SIGCONT)
                    own.is_frozen = False
            case "kill":
                await asyncio.gather(*(_kill(own) for own in them))
            case "stop":
                for own in them:
                    _stop(own)
            case "restart":
                await asyncio.gather(*(self._restart(own) for own in them if own.is_ended_by_us))
            case "wipe":
                await asyncio.gather(*(self._wipe(own) for own in them))
            case _:
                raise InputError(f"{action.do}: Apache Kafka's nodes cannot do it (not yet)")

    def _of(self, number: int) -> OwnNode:
        wanted = CONTROLLER_ID if number == CONTROLLER else number
        for own in self.by_name.values():
            if own.node.id == wanted:
                return own
        raise InputError(f"broker {number} is not there")

    async def _restart(self, own: OwnNode) -> None:
        await _end_of(own)
        await own.child.end()
        await self.launch(own.node)

    async def _wipe(self, own: OwnNode) -> None:
        """Delete all it had, as a new disk would, and give it its id again."""
        if not own.is_ended_by_us:
            raise InputError(f"{own.node.name} is not dead: kill or stop it first")
        await _end_of(own)
        await asyncio.to_thread(shutil.rmtree, own.node.data, ignore_errors=True)
        await format_node(self._toolbox, self._plan.cluster_id, own.node, {})


async def _freeze(own: OwnNode) -> None:
    own.is_frozen = True
    own.child.signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(_FREEZE_PATIENCE):
            # the kernel stops thread by thread: what one of them still sends would belong to no moment
            while not (own.ended() or processes.is_stopped(own.child.pid)):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.001)
    except TimeoutError:
        raise ClusterError(f"{own.node.name} could not be frozen") from None
    if own.ended():
        raise ClusterError(_why(own))


async def _kill(own: OwnNode) -> None:
    own.is_ended_by_us = True
    own.is_frozen = False
    own.child.kill()
    await own.child.lost.wait()


def _stop(own: OwnNode) -> None:
    own.is_ended_by_us = True
    own.child.signal(signal.SIGTERM)
    own.child.signal(signal.SIGCONT)  # a frozen one could not hear
    own.is_frozen = False


async def _end_of(own: OwnNode) -> None:
    """Wait until a node that was told to stop has done so; one that does not is killed."""
    try:
        async with asyncio.timeout(_STOP_PATIENCE):
            await own.child.lost.wait()
    except TimeoutError:
        await _kill(own)


def _why(own: OwnNode) -> str:
    status = own.child.returncode or 0
    how = f"was ended by signal {-status}" if status < 0 else f"ended: {reason_of(tail(own.node.log))}"
    return f"Apache Kafka's {own.node.name} {how}"
