"""The parent's side: start a child, talk to it, keep its last words, end it."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from workbench.children.framing import Codec

log = logging.getLogger(__name__)
_LAST_WORDS = 20


class Child:
    """A child process of ours or a foreign one (a Java node), owned by whoever started it.

    `lost` is set when the process has ended, whoever ended it; `last_words` are the newest lines of its
    stderr, all of which go to the log.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, codec: Codec | None) -> None:
        self.name = name
        self.pid = process.pid
        self.last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self.lost = asyncio.Event()
        self._process = process
        self._codec = codec
        self._tasks = [asyncio.create_task(self._drain()), asyncio.create_task(self._watch())]

    @classmethod
    async def start_module(cls, module: str, received: object, *arguments: str) -> "Child":
        """Start one of our own modules; `received` is the union of messages it may send us.

        Config never travels in arguments or the environment: send it as a message.
        """
        # -P: a queue.py in the user's folder must not shadow the standard library
        command = [sys.executable, "-P", "-m", module, str(os.getpid()), *arguments]
        return await cls._start(module, command, Codec(received), stdin=True)

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
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe if stdin else null,
            stdout=pipe if codec else null,
            stderr=pipe,
            env=env,
            cwd=cwd,
            start_new_session=True,  # ^C in the terminal is ours to answer, not the child's
        )
        return cls(name, process, codec)

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self._process.returncode
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
        self._signal(signal.SIGKILL)

    async def end(self, patience: float = 3.0) -> int:
        """Close its input, wait, then SIGTERM, then SIGKILL; returns its exit status."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        else:
            self._terminate()
        for harder in (self._terminate, self.kill):
            try:
                await asyncio.wait_for(self.lost.wait(), patience)
                break
            except TimeoutError:
                log.warning("%s (pid %d) did not end within %.0f s", self.name, self.pid, patience)
                harder()
        await self.lost.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._process.returncode or 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    def _terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        # not by Process.kill: Popen polls first, and may take the exit status away from asyncio's watcher
        if self._process.returncode is None:
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

    async def _watch(self) -> None:
        await self._process.wait()
        self.lost.set()
