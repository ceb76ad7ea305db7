"""The watching and the faults of one run, as tasks that end with it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from workbench.clusters.port import Cluster
from workbench.model.events import EventKind, Severity
from workbench.model.frame import Frame
from workbench.model.scenario import Scenario
from workbench.run.faults import Director
from workbench.run.telling import Tell
from workbench.run.watching import Watching


class Staging:
    """Around one run, as a context; nothing that was done to the cluster outlives it.

    `was_done`: something had been done to the cluster, and what was undone may not serve again yet.
    """

    def __init__(
        self,
        scenario: Scenario,
        cluster: Cluster,
        tell: Tell,
        go: Callable[[int], Awaitable[None]],
        add_partitions: Callable[[int], Awaitable[object]],
    ) -> None:
        watch_tell = _say_nothing if cluster.tells_by_itself else tell
        self.watching = Watching(cluster, scenario.topic.name, watch_tell, often=bool(scenario.faults))
        self.director = Director(
            scenario.faults, cluster, self.watching, tell, go=go, add_partitions=add_partitions
        )
        self.was_done = False
        self._is_watched = bool(cluster.faults)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        directing = asyncio.create_task(self.director.run())
        self._tasks = [directing]
        if self._is_watched:
            await self.watching.look()
            self._tasks.append(asyncio.create_task(self.watching.run()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self._end())

    async def through(self, sending: Coroutine[Any, Any, Frame]) -> Frame:
        """Await the sending, faults being done meanwhile. Raises what either raises."""
        running = asyncio.ensure_future(sending)
        beside: set[asyncio.Task[None]] = set(self._tasks)
        try:
            while not running.done():
                await asyncio.wait((running, *beside), return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in beside if task.done()]:
                    task.result()  # a sending that nobody directs would stand at its gate for ever
                    beside.remove(task)
            return await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def finish(self, frame: Frame) -> None:
        """Do what is still to be done; of a run that was stopped, undo all instead."""
        self.director.on_end(frame)
        directing = self._tasks[0]
        if frame.state == "stopped":
            directing.cancel()
            await asyncio.gather(directing, return_exceptions=True)
            self.director.give_up("the run was stopped")
            self.was_done |= await self.director.undo()
        else:
            await directing

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.was_done |= await self.director.undo()


def _say_nothing(
    kind: EventKind, severity: Severity, what: str = "", consequence: str = "", where: str = ""
) -> None:
    """For a cluster that tells by itself what happens in it."""
