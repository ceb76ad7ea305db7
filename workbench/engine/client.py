"""The parent's handle on an engine process: commands as awaitable calls, frames as a callback."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable

import msgspec

from workbench.children.supervisor import Child
from workbench.engine import protocol
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.cluster_view import ClusterView
from workbench.model.frame import Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.record import MadeRecord
from workbench.model.scenario import TopicPlan

log = logging.getLogger(__name__)
_MODULE = "workbench.engine.main"
_PREVIEWS = "workbench.engine.previews"
_START_S = 20.0
SILENCE_S = 10.0
"""An engine that says nothing for so long (it has a heartbeat of 1 s) is hung, and is ended."""
_ONCE_MORE_S = 2.0


class EngineClient:
    """One engine process. After an EngineError it is of no more use: close it, start another."""

    def __init__(self, child: Child, silence_s: float = SILENCE_S) -> None:
        self.ready: protocol.Ready | None = None
        self._child = child
        self._silence_s = silence_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._on_frame: Callable[[Frame], None] | None = None
        self._on_reached: Callable[[int, Frame], None] | None = None
        self._ended: asyncio.Future[Frame] | None = None
        self._started: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._why: str | None = None
        self._keys: KeyTotals | None = None
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, silence_s: float = SILENCE_S, niceness: int = 0) -> "EngineClient":
        """Raises EngineError where the process does not come up."""
        child = await Child.start_module(_MODULE, protocol.FromEngine, niceness=niceness)
        client = cls(child, silence_s)
        try:
            async with asyncio.timeout(_START_S):
                await asyncio.shield(client._started)
        except TimeoutError:
            await client.close()
            raise EngineError(f"the engine process did not start within {_START_S:g} s") from None
        except BaseException:  # cancelled too: nobody else knows of the process yet
            await client.close()
            raise
        return client

    @property
    def is_lost(self) -> bool:
        return self._why is not None or self._child.lost.is_set()

    @property
    def pid(self) -> int:
        return self._child.pid

    async def connect(
        self, bootstrap_servers: str, security: dict[str, str], timeout_s: float
    ) -> ClusterView:
        """Raises ClusterError when no broker answers in time."""
        connect = protocol.Connect(next(self._ids), bootstrap_servers, security, timeout_s)
        return _view(await self._ask(connect))

    async def describe(self, topic: str) -> ClusterView:
        return _view(await self._ask(protocol.DescribeTopic(next(self._ids), topic)))

    async def create(self, topic: TopicPlan) -> ClusterView:
        """Raises InputError where the cluster refuses the topic."""
        return _view(await self._ask(protocol.CreateTopic(next(self._ids), topic)))

    async def add_partitions(self, topic: str, partitions: int) -> ClusterView:
        """`partitions` in all. Raises InputError where the cluster refuses them."""
        return _view(await self._ask(protocol.AddPartitions(next(self._ids), topic, partitions)))

    async def run(
        self,
        start: protocol.Start,
        on_frame: Callable[[Frame], None],
        on_started: Callable[[], Awaitable[None]],
        on_reached: Callable[[int, Frame], None] | None = None,
    ) -> Frame:
        """Run to the end; `start.id` is set here. Raises InputError where the config is refused.

        `on_started` is awaited when the run is on: a pause or stop before that would find nobody.
        `on_reached` hears the number of each gate whose counts are reached; `go` opens it.
        """
        self._on_frame, self._on_reached = on_frame, on_reached
        self._ended = asyncio.get_running_loop().create_future()
        try:
            await self._ask(msgspec.structs.replace(start, id=next(self._ids)))
            await on_started()
            return await self._ended
        finally:
            self._on_frame = self._on_reached = None
            self._ended = None

    async def read_back(
        self,
        run_id: str,
        timeout_s: float,
        logs: tuple[protocol.LogRange, ...] | None = None,
        bootstrap_servers: str | None = None,
        others: tuple[protocol.Acked, ...] = (),
    ) -> protocol.ReadBackDone:
        """See protocol.ReadBack."""
        asked = protocol.ReadBack(next(self._ids), run_id, timeout_s, logs, bootstrap_servers, others)
        reply = await self._ask(asked)
        assert isinstance(reply, protocol.ReadBackDone)
        return reply

    async def keys(self) -> KeyTotals | None:
        """Of the run that is on, or was last; None before the first. All keys, not only the newest."""
        known = self._keys or KeyTotals("")
        wants_order = not known.is_ordered
        asked = protocol.AskKeys(next(self._ids), known.run_id, len(known.keys), wants_order)
        reply = await self._ask(asked)
        assert isinstance(reply, protocol.KeysTold)
        told = reply.totals
        if told is not None:
            self._keys = told = msgspec.structs.replace(
                told, keys=(*known.keys[: told.first], *told.keys), first=0
            )
            if not told.order and told.run_id == known.run_id:
                self._keys = told = msgspec.structs.replace(told, order=known.order, offsets=known.offsets)
        return told

    async def acked(self, run_id: str) -> protocol.Acked | None:
        """Where the records of a run in load mode were acked; None in every other."""
        reply = await self._ask(protocol.AskAcked(next(self._ids), run_id))
        assert isinstance(reply, protocol.AckedTold)
        return reply.acked

    async def go(self, gate: int) -> None:
        await self._tell(protocol.Go(gate))

    async def pause(self) -> None:
        await self._tell(protocol.Pause())

    async def resume(self) -> None:
        await self._tell(protocol.Resume())

    async def stop(self, grace_s: float) -> None:
        await self._tell(protocol.Stop(grace_s))

    async def close(self) -> None:
        """End the process; safe to call twice. Nothing of use is in it: it gets no time to say goodbye."""
        self._fail("the engine was closed")
        await self._child.end(patience=1.0)
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading

    async def _tell(self, message: protocol.Go | protocol.Pause | protocol.Resume | protocol.Stop) -> None:
        with contextlib.suppress(ConnectionError):  # a dead engine is told by the run itself
            await self._child.send(message)

    async def _ask(self, message: protocol.Asked) -> object:
        if self._why is not None:
            raise EngineError(self._why)
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[message.id] = future
        try:
            await self._child.send(message)
        except ConnectionError:
            await self._reading
        try:
            return await future
        finally:
            self._waiting.pop(message.id, None)

    async def _read(self) -> None:
        while True:
            try:
                message = await self._next()
            except TimeoutError:
                self._child.kill()
                self._fail(f"the engine process (pid {self.pid}) was silent for {self._silence_s:g} s")
                return
            if message is None:
                await self._child.lost.wait()
                self._fail(self._last_words())
                return
            self._handle(message)

    async def _next(self) -> object | None:
        """The next message; None when the engine is gone. Raises TimeoutError where it is silent."""
        coming = asyncio.create_task(self._child.receive())
        try:
            # twice: where this process itself stood still, what came meanwhile is not read yet
            for patience_s in (self._silence_s, _ONCE_MORE_S):
                if (await asyncio.wait({coming}, timeout=patience_s))[0]:
                    return await coming
            raise TimeoutError
        finally:
            coming.cancel()

    def _handle(self, message: object) -> None:  # noqa: C901  # one case a message
        match message:
            case protocol.Running():
                if self._on_frame is not None:
                    self._on_frame(message.frame)
            case protocol.Reached():
                if self._on_reached is not None:
                    self._on_reached(message.number, message.frame)
            case protocol.Ended():
                if self._ended is not None and not self._ended.done():
                    self._ended.set_result(message.frame)
            case protocol.Done() | protocol.ReadBackDone() | protocol.KeysTold() | protocol.AckedTold():
                self._resolve(message.id, message)
            case protocol.Failed():
                kind = InputError if message.kind == "input" else ClusterError
                self._refuse(message.id, kind(message.text))
            case protocol.Ready():
                self.ready = message
                if not self._started.done():
                    self._started.set_result(None)
            case protocol.Log():
                log.log(message.level, "%s", message.text)

    def _resolve(self, id_: int, reply: object) -> None:
        future = self._waiting.get(id_)
        if future is not None and not future.done():
            future.set_result(reply)

    def _refuse(self, id_: int, error: Exception) -> None:
        future = self._waiting.get(id_)
        if future is not None and not future.done():
            future.set_exception(error)

    def _last_words(self) -> str:
        said = next((line for line in reversed(self._child.last_words) if line.strip()), "")
        return f"the engine process (pid {self.pid}) {self._child.ending}" + (f": {said}" if said else "")

    def _fail(self, why: str) -> None:
        """Tell everyone who waits; nobody's exception goes unread."""
        self._why = self._why or why
        for future in [*self._waiting.values(), self._ended, self._started]:
            if future is not None and not future.done():
                future.set_exception(EngineError(self._why))
                future.exception()


class PreviewClient:
    """The second engine: one record at a time, started anew when one has taken a second of CPU time.

    By the clock a record has `patience_s`: where others have the processor, it is not the record's fault.
    """

    def __init__(self, patience_s: float = 5.0) -> None:
        self._patience_s = patience_s
        self._child: Child | None = None
        self._ids = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    async def preview(self, asked: protocol.Preview) -> MadeRecord:
        """`asked.id` is set here."""
        async with self._one_at_a_time:
            id_ = next(self._ids)
            child = await self._ready()
            try:
                await child.send(msgspec.structs.replace(asked, id=id_))
                async with asyncio.timeout(self._patience_s):
                    return await self._answer(child, id_)
            except TimeoutError:
                most = self._patience_s
            except ConnectionError:
                most = protocol.PREVIEW_CPU_S
            await self.close()
            return MadeRecord(asked.seq, error=f"takes longer than {most:g} s to make", where="value")

    async def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            await child.end(patience=0.5)

    async def _ready(self) -> Child:
        if self._child is None or self._child.lost.is_set():
            await self.close()
            self._child = await Child.start_module(_PREVIEWS, protocol.FromEngine)
            if not isinstance(await self._child.receive(), protocol.Ready):
                raise EngineError("the previewing engine did not start: " + " ".join(self._child.last_words))
        return self._child

    async def _answer(self, child: Child, id_: int) -> MadeRecord:
        while (message := await child.receive()) is not None:
            if isinstance(message, protocol.Previewed) and message.id == id_:
                return message.made
        raise ConnectionResetError


def _view(reply: object) -> ClusterView:
    assert isinstance(reply, protocol.Done)
    assert reply.view is not None
    return reply.view
