"""The parent's side: start a child, talk to it, keep its last words, end it."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from workbench.children.framing import Codec

log = logging.getLogger(__name__)
_LAST_WORDS = 20
_BUFFER = 2**16
_SAY_LAST_S = 1.0
"""What a child had said may still be read for so long after its end."""


class _Protocol(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells of the process's end itself.

    `Process.wait` also waits for the end of every pipe (Python 3.11): for ever where nobody reads a full
    one, or where another process has inherited it.
    """

    def __init__(self) -> None:
        super().__init__(limit=_BUFFER, loop=asyncio.get_running_loop())
        self.on_exit: Callable[[], None] | None = None
        self.exited = False

    def process_exited(self) -> None:
        super().process_exited()
        self.exited = True
        if self.on_exit is not None:
            self.on_exit()


class Child:
    """A child process of ours or a foreign one (a Java node), owned by whoever started it.

    `lost` is set when the process has ended, whoever ended it; `last_words` are the newest lines of its
    stderr, all of which go to the log.
    """

    def __init__(
        self, name: str, transport: asyncio.SubprocessTransport, protocol: _Protocol, codec: Codec | None
    ) -> None:
        self.name = name
        self.pid = transport.get_pid()
        self.last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self.lost = asyncio.Event()
        self._transport = transport
        self._process = asyncio.subprocess.Process(transport, protocol, asyncio.get_running_loop())
        self._codec = codec
        self._draining = asyncio.create_task(self._drain())
        # callbacks, no task: one that is cancelled with all others would tell nobody
        protocol.on_exit = self._exited
        if protocol.exited:
            self._exited()

    @classmethod
    async def start_module(cls, module: str, received: object, *arguments: str, niceness: int = 0) -> "Child":
        """Start one of our own modules; `received` is the union of messages it may send us.

        `niceness` (see nice(1)): how far it gives way to others where cores are short.

        Config never travels in arguments or the environment: send it as a message.
        """
        # -P: a queue.py in the user's folder must not shadow the standard library
        command = [sys.executable, "-P", "-m", module, str(os.getpid()), *arguments]
        child = await cls._start(module, command, Codec(received), stdin=True)
        if niceness:
            with contextlib.suppress(OSError):  # it has ended already: whoever waits for it is told
                ours = os.getpriority(os.PRIO_PROCESS, 0)
                os.setpriority(os.PRIO_PROCESS, child.pid, ours + niceness)
        return child

    @classmethod
    async def start_command(
        cls, name: str, command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> "Child":
        """Start a foreign program: no messages, its output goes to the log."""
        return await cls._start(name, command, None, stdin=False, env=env, cwd=cwd)

    @classmethod
    async def _start(
        cls,
        name: str,
        command: Sequence[str],
        codec: Codec | None,
        *,
        stdin: bool,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> "Child":
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        transport, protocol = await asyncio.get_running_loop().subprocess_exec(
            _Protocol,
            *command,
            stdin=pipe if stdin else null,
            stdout=pipe if codec else null,
            stderr=pipe,
            env=env,
            cwd=cwd,
            start_new_session=True,  # ^C in the terminal is ours to answer, not the child's
        )
        return cls(name, transport, protocol, codec)

    @property
    def returncode(self) -> int | None:
        return self._transport.get_returncode()

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.returncode
        if code is None:
            return "runs"
        return f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"

    async def send(self, message: msgspec.Struct) -> None:
        """Raises ConnectionError where the child is gone."""
        assert self._codec is not None
        assert self._process.stdin is not None
        if self._process.stdin.is_closing():
            raise ConnectionResetError(f"{self.name} is gone")
        self._process.stdin.write(self._codec.pack(message))
        await self._process.stdin.drain()

    async def receive(self) -> object | None:
        """Await the child's next message; None when it is gone."""
        assert self._codec is not None
        assert self._process.stdout is not None
        return await self._codec.receive(self._process.stdout)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    async def end(self, patience: float = 3.0) -> int:
        """Close its input, wait, then SIGTERM, then SIGKILL; returns its exit status.

        Cancelled meanwhile it is killed at once.
        """
        try:
            await self._end(patience)
        finally:
            self.kill()
            self._draining.cancel()
        await asyncio.gather(self._draining, return_exceptions=True)
        self._transport.close()  # its pipes too: some may have no reader
        return self.returncode or 0

    async def _end(self, patience: float) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        else:
            self._terminate()
        for harder in (self._terminate, self.kill):
            try:
                async with asyncio.timeout(patience):
                    await self.lost.wait()
                break
            except TimeoutError:
                log.warning("%s (pid %d) did not end within %.0f s", self.name, self.pid, patience)
                harder()
        await self.lost.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    def _terminate(self) -> None:
        self.signal(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> None:
        """Nothing where the process has ended."""
        # not by Process.kill: Popen polls first, and may take the exit status away from asyncio's watcher
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def _drain(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:  # a line longer than the reader's buffer, which has been cleared of it
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self.last_words.append(text)
            log.info("%s: %s", self.name, text)

    def _exited(self) -> None:
        """It is lost once its last words are read, or have had their time."""
        late = asyncio.get_running_loop().call_later(_SAY_LAST_S, self.lost.set)

        def all_said(_: asyncio.Task[None]) -> None:
            late.cancel()
            self.lost.set()

        self._draining.add_done_callback(all_said)
