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
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.scenario import TopicPlan

log = logging.getLogger(__name__)
_MODULE = "workbench.engine.main"
_PREVIEWS = "workbench.engine.previews"
_START_S = 20.0
SILENCE_S = 10.0
"""An engine that says nothing for so long (it has a heartbeat of 1 s) is hung, and is ended."""


class EngineClient:
    """One engine process. After an EngineError it is of no more use: close it, start another."""

    def __init__(self, child: Child, silence_s: float = SILENCE_S) -> None:
        self.ready: protocol.Ready | None = None
        self._child = child
        self._silence_s = silence_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._on_frame: Callable[[Frame], None] | None = None
        self._ended: asyncio.Future[Frame] | None = None
        self._started: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._why: str | None = None
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, silence_s: float = SILENCE_S) -> "EngineClient":
        """Raises EngineError where the process does not come up."""
        client = cls(await Child.start_module(_MODULE, protocol.FromEngine), silence_s)
        try:
            await asyncio.wait_for(asyncio.shield(client._started), _START_S)
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

    async def run(
        self,
        start: protocol.Start,
        on_frame: Callable[[Frame], None],
        on_started: Callable[[], Awaitable[None]],
    ) -> Frame:
        """Run to the end; `start.id` is set here. Raises InputError where the config is refused.

        `on_started` is awaited when the run is on: a pause or stop before that would find nobody.
        """
        self._on_frame = on_frame
        self._ended = asyncio.get_running_loop().create_future()
        try:
            await self._ask(msgspec.structs.replace(start, id=next(self._ids)))
            await on_started()
            return await self._ended
        finally:
            self._on_frame = None
            self._ended = None

    async def read_back(self, run_id: str, timeout_s: float) -> protocol.ReadBackDone:
        reply = await self._ask(protocol.ReadBack(next(self._ids), run_id, timeout_s))
        assert isinstance(reply, protocol.ReadBackDone)
        return reply

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

    async def _tell(self, message: protocol.Pause | protocol.Resume | protocol.Stop) -> None:
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
                message = await asyncio.wait_for(self._child.receive(), self._silence_s)
            except TimeoutError:
                self._child.kill()
                self._fail(f"the engine process (pid {self.pid}) was silent for {self._silence_s:g} s")
                return
            if message is None:
                await self._child.lost.wait()
                self._fail(self._last_words())
                return
            self._handle(message)

    def _handle(self, message: object) -> None:
        match message:
            case protocol.Running():
                if self._on_frame is not None:
                    self._on_frame(message.frame)
            case protocol.Ended():
                if self._ended is not None and not self._ended.done():
                    self._ended.set_result(message.frame)
            case protocol.Done() | protocol.ReadBackDone():
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
    """The second engine: one record at a time, killed and started anew when it takes over a second."""

    def __init__(self, timeout_s: float = 1.0) -> None:
        self._timeout_s = timeout_s
        self._child: Child | None = None
        self._ids = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    async def preview(
        self, record: RecordPlan, seed: int, seq: int, run_id: str, value_bytes: bytes | None = None
    ) -> MadeRecord:
        async with self._one_at_a_time:
            id_ = next(self._ids)
            child = await self._ready()
            try:
                await child.send(protocol.Preview(id_, record, seed, seq, run_id, value_bytes))
                return await asyncio.wait_for(self._answer(child, id_), self._timeout_s)
            except (TimeoutError, ConnectionError):
                await self.close()
                return MadeRecord(
                    seq, error=f"takes longer than {self._timeout_s:g} s to make", where="value"
                )

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
