"""A client's connection: frames in, one request at a time, answers out."""

import asyncio
import logging
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from workbench.lab.buffers import Buffers

log = logging.getLogger(__name__)

_LENGTH = struct.Struct(">i")
_SCRATCH = 64 * 1024
_FIRST_ROOM = 256 * 1024
_READ_AHEAD = 256 * 1024
Handle = Callable[[memoryview], Awaitable[bytes | None]]
"""A request frame (without its length) to the whole answer, or None where none is sent. Raises Close.

The frame is valid until the answer is given."""


class Close(Exception):  # noqa: N818 (an answer: the connection is closed without a word)
    """The broker closes the connection instead of answering."""


class Process(Protocol):
    """The broker's, which may be frozen."""

    frozen: bool

    async def thawed(self) -> None: ...


class Connection(asyncio.BufferedProtocol):
    """Like a real broker it serves one request at a time and takes the next only after answering.

    While the broker is frozen nothing is read, served or answered.

    Large frames are received straight into their own buffer. What is read ahead is limited: beyond that the
    client's socket fills up.
    """

    def __init__(
        self,
        handle: Handle,
        max_frame: int,
        live: set["Connection"],
        process: Process,
        buffers: Buffers | None = None,
    ) -> None:
        self._handle = handle
        self._buffers = buffers or Buffers()
        self._process = process
        self._max_frame = max_frame
        self._live = live
        self._scratch = bytearray(_SCRATCH)
        self._filled = 0  # bytes in the scratch buffer
        self._frame: bytearray | None = None  # a frame that is too large for the scratch buffer
        self._frame_length = 0
        self._frame_filled = 0
        self._ready: deque[memoryview] = deque()
        self._ahead = 0  # bytes in it
        self._paused = False
        self._wanted: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    # ── asyncio's side ────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._live.add(self)
        if self._process.frozen:
            transport.pause_reading()
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (asyncio's signature)
        if self._frame is not None:
            return memoryview(self._frame)[self._frame_filled : self._frame_length]
        return memoryview(self._scratch)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        if self._frame is None:
            self._filled += nbytes
            self._split()
            return
        self._frame_filled += nbytes
        if self._frame_filled == self._frame_length:
            self._offer(memoryview(self._frame)[: self._frame_length].toreadonly())
            self._frame = None
            self._buffers.incoming.done(self)
        elif self._frame_filled == len(self._frame):
            self._frame = self._larger(self._frame)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._live.discard(self)
        self._buffers.outgoing.done(self)
        self._buffers.incoming.done(self)
        self._frame, self._scratch = (
            None,
            bytearray(),
        )  # whoever still knows this object keeps no memory by it
        self._ready.clear()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()
        if self._transport is not None:
            self._buffers.outgoing.holds(self, self._transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._buffers.outgoing.done(self)
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # ── frames ────────────────────────────────────────────────────────────────────────────────────

    def _split(self) -> None:
        """Cut the scratch buffer into frames; what is left of it starts the next."""
        scratch, at = self._scratch, 0
        while self._filled - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(scratch, at)
            if not 0 <= length <= self._max_frame:
                self.close()
                return
            start, end = at + _LENGTH.size, at + _LENGTH.size + length
            if end > self._filled:
                if end - at > len(scratch) // 2:
                    self._frame_length = length
                    self._frame_filled = self._filled - start
                    self._frame = self._larger(memoryview(scratch)[start : self._filled])
                    at = self._filled
                break
            self._offer(memoryview(bytes(memoryview(scratch)[start:end])))
            at = end
        rest = self._filled - at
        if at and rest:
            scratch[:rest] = scratch[at : self._filled]
        self._filled = rest

    def _larger(self, received: bytearray | memoryview) -> bytearray:
        """Room for more of a large frame; memory follows what has come, not what was promised."""
        size = min(self._frame_length, max(4 * len(received), _FIRST_ROOM))
        self._buffers.incoming.holds(self, size)
        room = self._buffers.take(size)
        room[: len(received)] = received
        return room

    def _offer(self, frame: memoryview) -> None:
        self._ready.append(frame)
        self._ahead += len(frame)
        if self._wanted is not None:
            if not self._wanted.done():
                self._wanted.set_result(None)
        elif self._ahead > _READ_AHEAD and not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True

    async def _next(self) -> memoryview:
        if self._paused and self._ahead <= _READ_AHEAD and self._transport is not None:
            self._paused = False
            if not self._process.frozen:
                self._transport.resume_reading()
        if not self._ready:
            self._wanted = asyncio.get_running_loop().create_future()
            try:
                await self._wanted
            finally:
                self._wanted = None
        frame = self._ready.popleft()
        self._ahead -= len(frame)
        return frame

    # ── the requests ──────────────────────────────────────────────────────────────────────────────

    async def _serve(self) -> None:
        assert self._transport is not None
        process = self._process
        try:
            while True:
                frame = await self._next()
                if process.frozen:
                    await process.thawed()
                answer = await self._handle(frame)
                if process.frozen:
                    await process.thawed()
                if answer is not None:
                    self._transport.write(answer)
                    del answer
                self._keep(frame)
                if self._writable is not None:
                    await self._writable
        except Close as reason:
            log.info("connection closed: %s", reason)
        except Exception:
            log.exception("a request could not be handled; its connection is closed")
        finally:
            self._transport.close()

    def _keep(self, frame: memoryview) -> None:
        """Handlers have copied what they keep of a frame, so its room serves again."""
        room = frame.obj
        frame.release()
        if isinstance(room, bytearray):
            self._buffers.give(room)

    def hold(self, *, held: bool) -> None:
        """Stop reading, or go on: the broker's process is frozen, or thaws."""
        if self._transport is None or self._paused:
            return
        if held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            if self._task is not None:
                self._task.cancel()

    async def closed(self) -> None:
        self.close()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
