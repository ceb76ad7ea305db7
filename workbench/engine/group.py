"""The parent's handle on a run's engines: one, or as many as `send.engines` says, told and heard as one."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from workbench.engine import protocol
from workbench.engine.client import EngineClient
from workbench.engine.merging import Merging, merged_proof
from workbench.errors import EngineError
from workbench.model.cluster_view import ClusterView
from workbench.model.frame import ENDED, Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.scenario import TopicPlan

_KEYS_OF_ONE = "keys are followed in a single engine only: take send.engines out"
OnFrame = Callable[[Frame], None]
OnReached = Callable[[int, Frame], None]


class Engines:
    """The first engine lives as long as this; others are started for a run and ended with `dismiss`.

    As an EngineClient it is of no more use after an EngineError.
    """

    def __init__(self, first: EngineClient, niceness: int = 0) -> None:
        self._all = [first]
        self._niceness = niceness
        self._connection: tuple[str, dict[str, str], float] | None = None
        self._running = 1

    @classmethod
    async def start(cls, niceness: int = 0) -> "Engines":
        """Raises EngineError where the process does not come up."""
        return cls(await EngineClient.start(niceness=niceness), niceness)

    @property
    def ready(self) -> protocol.Ready | None:
        return self._all[0].ready

    @property
    def is_lost(self) -> bool:
        return any(engine.is_lost for engine in self._all)

    @property
    def pid(self) -> int:
        """Of the first."""
        return self._all[0].pid

    async def connect(self, servers: str, security: dict[str, str], timeout_s: float) -> ClusterView:
        """Raises ClusterError when no broker answers in time."""
        self._connection = servers, security, timeout_s
        return await self._all[0].connect(servers, security, timeout_s)

    async def describe(self, topic: str) -> ClusterView:
        return await self._all[0].describe(topic)

    async def create(self, topic: TopicPlan) -> ClusterView:
        """Raises InputError where the cluster refuses the topic."""
        return await self._all[0].create(topic)

    async def add_partitions(self, topic: str, partitions: int) -> ClusterView:
        """`partitions` in all. Raises InputError where the cluster refuses them."""
        return await self._all[0].add_partitions(topic, partitions)

    async def keys(self) -> KeyTotals | None:
        """As EngineClient.keys, where a single engine sends."""
        told = await self._all[0].keys()
        if told is None or self._running == 1:
            return told
        return KeyTotals(told.run_id, why_not=_KEYS_OF_ONE)

    async def run(
        self,
        start: protocol.Start,
        on_frame: OnFrame,
        on_started: Callable[[], Awaitable[None]],
        on_reached: OnReached | None = None,
    ) -> Frame:
        """As EngineClient.run. One engine that dies ends the others, and the run."""
        self._running = start.send.engines
        if self._running == 1:
            return await self._all[0].run(start, on_frame, on_started, on_reached)
        await self._grow(self._running)
        return await _Together(self._all[: self._running], start, on_frame, on_started, on_reached).run()

    async def read_back(
        self,
        run_id: str,
        timeout_s: float,
        logs: tuple[protocol.LogRange, ...] | None = None,
        bootstrap_servers: str | None = None,
    ) -> protocol.ReadBackDone:
        """See protocol.ReadBack. Each engine looks for its own; in load mode the first, for all of them."""
        first, *others = self._all[: self._running]
        told = [await engine.acked(run_id) for engine in others]
        if not others or all(told):
            acked = tuple(one for one in told if one is not None)
            return await first.read_back(run_id, timeout_s, logs, bootstrap_servers, acked)
        reading = [
            e.read_back(run_id, timeout_s, logs, bootstrap_servers) for e in self._all[: self._running]
        ]
        return merged_proof(await asyncio.gather(*reading))

    async def go(self, gate: int) -> None:
        await asyncio.gather(*(engine.go(gate) for engine in self._all))

    async def pause(self) -> None:
        await asyncio.gather(*(engine.pause() for engine in self._all))

    async def resume(self) -> None:
        await asyncio.gather(*(engine.resume() for engine in self._all))

    async def stop(self, grace_s: float) -> None:
        await asyncio.gather(*(engine.stop(grace_s) for engine in self._all))

    async def dismiss(self) -> None:
        """End all but the first."""
        others, self._all = self._all[1:], self._all[:1]
        await asyncio.gather(*(engine.close() for engine in others))

    async def close(self) -> None:
        """End the processes; safe to call twice."""
        await asyncio.gather(*(engine.close() for engine in self._all))

    async def _grow(self, engines: int) -> None:
        assert self._connection is not None
        missing = engines - len(self._all)
        start = EngineClient.start
        starting = [asyncio.create_task(start(niceness=self._niceness)) for _ in range(missing)]
        started = await asyncio.gather(*starting, return_exceptions=True)
        self._all += [engine for engine in started if isinstance(engine, EngineClient)]
        for problem in started:
            if isinstance(problem, BaseException):
                raise problem
        await asyncio.gather(*(engine.connect(*self._connection) for engine in self._all[-missing:]))


class _Together:
    """One run of several engines."""

    def __init__(
        self,
        engines: list[EngineClient],
        start: protocol.Start,
        on_frame: OnFrame,
        on_started: Callable[[], Awaitable[None]],
        on_reached: OnReached | None,
    ) -> None:
        self._engines = engines
        self._start = start
        self._on_frame = on_frame
        self._on_started = on_started
        self._on_reached = on_reached
        self._merging = Merging()
        self._ended: set[int] = set()
        self._started = 0
        self._reached: dict[int, set[int]] = {}

    async def run(self) -> Frame:
        running = [asyncio.create_task(self._run(number)) for number in range(len(self._engines))]
        try:
            await asyncio.gather(*running)
        except BaseException:
            # what the others still send would be in no ledger
            unfinished = [e for e, task in zip(self._engines, running, strict=True) if not task.done()]
            await asyncio.gather(*(engine.close() for engine in unfinished))
            await asyncio.gather(*running, return_exceptions=True)
            raise
        return self._merging.frame()

    async def _run(self, number: int) -> None:
        share = protocol.Share(number, len(self._engines))
        start = msgspec.structs.replace(self._start, share=share)
        try:
            frame = await self._engines[number].run(
                start, partial(self._heard, number), self._is_on, partial(self._was_reached, number)
            )
        except EngineError as error:
            raise EngineError(f"{error} (one of {share.of}; the others were ended)") from error
        self._ended.add(number)
        self._heard(number, frame)

    async def _is_on(self) -> None:
        self._started += 1
        if self._started == len(self._engines):
            await self._on_started()

    def _heard(self, number: int, frame: Frame) -> None:
        """One frame of all for each of the first engine that still sends."""
        self._merging.take(number, frame)
        leader = min(set(range(len(self._engines))) - self._ended, default=number)
        if number == leader and frame.state not in ENDED:
            self._on_frame(self._merging.frame())

    def _was_reached(self, number: int, gate: int, frame: Frame) -> None:
        """A gate is reached when all stand before it."""
        self._merging.take(number, frame)
        standing = self._reached.setdefault(gate, set())
        standing.add(number)
        if len(standing) == len(self._engines) and self._on_reached is not None:
            self._on_reached(gate, self._merging.frame())
