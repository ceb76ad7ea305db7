"""Nodes that die with the kwb that started them."""

import os
import sys
from pathlib import Path

import msgspec

from workbench.children.supervisor import Child
from workbench.clusters.apache import processes, state
from workbench.clusters.apache.layout import Node
from workbench.clusters.apache.starting import Toolbox


class OwnNode:
    """A node that dies with us."""

    def __init__(self, node: Node, child: Child) -> None:
        self.node = node
        self.child = child

    def ended(self) -> bool:
        return self.child.lost.is_set()


class Launch:
    """Starts a node on a leash and writes down its pid, for the next kwb in case this one is killed."""

    def __init__(self, toolbox: Toolbox, plan: state.State, folder: Path, own: list[OwnNode]) -> None:
        self._toolbox = toolbox
        self._plan = plan
        self._folder = folder
        self._own = own

    async def __call__(self, node: Node) -> OwnNode:
        leash = [sys.executable, "-P", "-m", "workbench.children.leash", str(os.getpid()), str(node.log)]
        child = await Child.start_command(node.name, [*leash, *self._toolbox.node_command(node)])
        own = OwnNode(node, child)
        self._own.append(own)
        if known := processes.identity(child.pid):
            started = {**self._plan.processes, node.name: state.Started(child.pid, known)}
            self._plan = msgspec.structs.replace(self._plan, processes=started)
            state.save(self._folder, self._plan)
        return own
