"""The embedded lab cluster as a cluster like any other; it lives in a process of its own."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

import msgspec

from workbench.children.supervisor import Child
from workbench.errors import ClusterError, InputError
from workbench.lab import protocol
from workbench.model.cluster_state import ClusterState, Happened, PartitionState
from workbench.model.cluster_view import PartitionView
from workbench.model.fault import POSSIBLE, Action, FaultKind, out_after
from workbench.model.scenario import ClusterKind
from workbench.model.stations import Stations

_START_TIMEOUT_S = 15.0
_ANSWER_TIMEOUT_S = 10.0
_NOTHING_OLD = 2**62
A = TypeVar("A")


class LabCluster:
    """`brokers` brokers on 127.0.0.1; broker n on `port` + n - 1, or on any free port where that is 0."""

    kind: ClusterKind = "lab"
    faults: frozenset[FaultKind] = POSSIBLE["lab"]
    tells_by_itself = True
    sees_stations = True

    def __init__(
        self,
        brokers: int = 3,
        config: Mapping[str, str] | None = None,
        port: int = 0,
        topics: Sequence[protocol.TopicSpec] = (),
        retained_bytes: int = protocol.RETAINED_BYTES,
    ) -> None:
        self.bootstrap_servers = ""
        self.cluster_id: str | None = None
        self.version: str | None = f"kwb lab {_version()}"
        self.security: dict[str, str] = {}
        self._start = protocol.Start(brokers, port, tuple(topics), dict(config or {}), retained_bytes)
        self._child: Child | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._closing = False
        self._died = asyncio.Event()
        self.out: frozenset[int] = frozenset()
        self.on_happened: Callable[[Happened], None] | None = None

    async def start(self) -> None:
        """Return when records can be sent; after `close`, begin anew with empty logs.

        Raises InputError for its config, else ClusterError.
        """
        self._closing = False
        self.out = frozenset()
        self._died.clear()
        self._child = await Child.start_module("workbench.lab.main", protocol.FromLab)
        try:
            await self._child.send(self._start)
            async with asyncio.timeout(_START_TIMEOUT_S):
                answer = await self._child.receive()
        except (TimeoutError, ConnectionError):
            answer = None
        except BaseException:
            await self.close()
            raise
        if isinstance(answer, protocol.Started):
            self.bootstrap_servers = answer.bootstrap_servers
            self.cluster_id = answer.cluster_id
            self._receiver = asyncio.create_task(self._receive(self._child))
            return
        await self.close()
        if isinstance(answer, protocol.StartFailed):
            raise (InputError if answer.kind == "input" else ClusterError)(f"the lab: {answer.text}")
        raise ClusterError(f"the lab did not start: its process {self._last_words()}")

    async def close(self) -> None:
        self._closing = True
        if self._child is not None:
            await self._child.end()
        if self._receiver is not None:
            self._receiver.cancel()
            await asyncio.gather(self._receiver, return_exceptions=True)
            self._receiver = None

    async def lost(self) -> str:
        await self._died.wait()
        return f"the lab's process {self._last_words()}"

    async def pause_fetching(self, broker: int, paused: bool = True) -> None:
        """Stop (or go on with) what a broker's followers fetch: their log ends stay."""
        await self._ask(protocol.PauseFetching(next(self._numbers), broker, paused), protocol.Done)

    async def replicas(self, topic: str | None = None) -> tuple[PartitionState, ...]:
        """Every replica's log end and high watermark, as its broker knows them now."""
        return (await self.describe(topic)).partitions

    async def describe(self, topic: str | None = None, since: int = 0) -> protocol.Replicas:
        """Brokers, replicas, and what happened after number `since`."""
        return await self._ask(protocol.Describe(next(self._numbers), topic, since), protocol.Replicas)

    async def cluster_state(self, topic: str) -> ClusterState:
        """All brokers, and the replicas of one topic."""
        found = await self.describe(topic, _NOTHING_OLD)
        return ClusterState(time.monotonic(), found.brokers, found.partitions)

    async def stations(self, topic: str, wanted: Sequence[tuple[int, int]]) -> tuple[Stations | None, ...]:
        """Of the batches with these (partition, offset); noted for some seconds after each question."""
        asked = protocol.AskStations(next(self._numbers), topic, tuple(wanted))
        return (await self._ask(asked, protocol.Found)).stations

    async def partitions(self, topic: str) -> tuple[PartitionView, ...]:
        """As the controller holds them, with the leader's log; none for a topic that does not exist."""
        return tuple(_view(state) for state in await self.replicas(topic))

    async def do(self, action: Action) -> None:
        """Return when it is done. Raises InputError where it cannot be done now."""
        await self._ask(protocol.Do(next(self._numbers), action), protocol.Done)
        self.out = out_after(self.out, action)

    async def _ask(
        self,
        message: protocol.PauseFetching | protocol.Do | protocol.Describe | protocol.AskStations,
        expected: type[A],
    ) -> A:
        if self._child is None or self._receiver is None:
            raise ClusterError("the lab does not run")
        waiter: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[message.id] = waiter
        try:
            await self._child.send(message)
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                answer = await waiter
        except (TimeoutError, ConnectionError) as error:
            raise ClusterError(f"the lab does not answer: its process {self._last_words()}") from error
        finally:
            del self._waiting[message.id]
        if isinstance(answer, protocol.Failed):
            raise InputError(f"the lab: {answer.text}")
        assert isinstance(answer, expected)
        return answer

    async def _receive(self, child: Child) -> None:
        while (message := await child.receive()) is not None:
            if isinstance(message, protocol.News):
                if self.on_happened is not None:
                    self.on_happened(message.happened)
                continue
            assert isinstance(message, protocol.Done | protocol.Failed | protocol.Replicas | protocol.Found)
            waiter = self._waiting.get(message.id)
            if waiter is not None and not waiter.done():
                waiter.set_result(message)
        await child.lost.wait()
        if not self._closing:
            self._died.set()
        for waiter in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(ConnectionResetError("the lab is gone"))

    def _last_words(self) -> str:
        if self._child is None:
            return "it was never started"
        return ": ".join([self._child.ending, *list(self._child.last_words)[-2:]])


def _view(state: PartitionState) -> PartitionView:
    found = PartitionView(
        id=state.partition,
        leader=state.leader,
        replicas=tuple(replica.broker for replica in state.replicas),
        isr=state.isr,
        leader_epoch=state.leader_epoch,
        elr=state.elr,
    )
    if state.leader < 0:
        return found
    leader = state.replica(state.leader)
    return msgspec.structs.replace(
        found, log_start=leader.log_start, log_end=leader.log_end, high_watermark=leader.high_watermark
    )


def _version() -> str:
    try:
        return version("kwb")
    except PackageNotFoundError:
        return "(not installed)"
