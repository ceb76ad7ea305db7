"""The child's side: called first thing in a child process's main()."""

import ctypes
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from workbench.children.framing import Codec

_PR_SET_PDEATHSIG = 1


class Channel:
    """The child's end of the two pipes, kept away from anything that prints.

    fd 0 becomes /dev/null and fd 1 becomes stderr, so no library can write into the messages
    or read from the terminal. One thread writes; a message waits its turn in a queue.
    """

    def __init__(self, received: object) -> None:
        self._codec = Codec(received)
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)

    def read(self) -> object | None:
        return self._codec.read(self._in)

    def write(self, message: msgspec.Struct) -> None:
        """Block until the message is in the pipe. Raises BrokenPipeError where the parent is gone."""
        data = memoryview(self._codec.pack(message))
        while data:
            data = data[self._out.write(data) :]


class Writer(threading.Thread):
    """Sends messages in order; between them, every `tick` seconds, what `snapshot` says now.

    A slow reader makes snapshots rarer, never old and never queued; a message is never dropped.
    """

    def __init__(
        self, channel: Channel, snapshot: Callable[[], msgspec.Struct | None], tick: float = 1 / 15
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._channel = channel
        self._snapshot = snapshot
        self._tick = tick
        self._queue: queue.SimpleQueue[msgspec.Struct | None] = queue.SimpleQueue()

    def send(self, message: msgspec.Struct) -> None:
        self._queue.put(message)

    def finish(self) -> None:
        """Send what is waiting, then end the thread."""
        self._queue.put(None)
        self.join()

    def run(self) -> None:
        try:
            while True:
                try:
                    message = self._queue.get(timeout=self._tick)
                except queue.Empty:
                    message = self._snapshot()
                    if message is not None:
                        self._channel.write(message)
                    continue
                if message is None:
                    return
                self._channel.write(message)
        except BrokenPipeError:
            return


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere the end of input does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the request stood
            os._exit(1)
