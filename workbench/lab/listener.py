"""A broker's port: open, not looked at (its process is stopped), or refusing (it is dead)."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

log = logging.getLogger(__name__)

_BACKLOG = 100
_RETRY_S = 1.0  # after "too many open files", as asyncio's own servers


class Listener:
    """While it is closed a second socket keeps the port, so that nobody else is given it meanwhile."""

    def __init__(self, factory: Callable[[], asyncio.BaseProtocol]) -> None:
        self._factory = factory
        self._socket: socket.socket | None = None
        self._keeper: socket.socket | None = None
        self._looking = False
        self._retry: asyncio.TimerHandle | None = None
        self._accepted: set[asyncio.Task[object]] = set()
        self.port = 0

    def bind(self, host: str, port: int) -> None:
        """Take the port (0: any), without listening yet. Raises OSError, OverflowError."""
        made = _bound(host, port)
        self.port = made.getsockname()[1]
        if self._keeper is None:
            with contextlib.suppress(OSError):  # not every system lets two sockets have it
                self._keeper = _bound(host, self.port)
        self._socket = made

    def listen(self) -> None:
        assert self._socket is not None
        self._socket.listen(_BACKLOG)
        self.look(looking=True)

    def look(self, *, looking: bool) -> None:
        """Accept connections, or leave them to the kernel's backlog."""
        if self._retry is not None:
            self._retry.cancel()
        if self._socket is None or looking == self._looking:
            return
        self._looking = looking
        loop = asyncio.get_running_loop()
        if looking:
            loop.add_reader(self._socket.fileno(), self._accept)
        else:
            loop.remove_reader(self._socket.fileno())

    def close(self, *, for_good: bool = False) -> None:
        """Refuse connections from now on."""
        self.look(looking=False)
        for task in self._accepted:
            task.cancel()
        for held in (self._socket, self._keeper if for_good else None):
            if held is not None:
                held.close()
        self._socket = None

    def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_BACKLOG):
            if self._socket is None:
                return
            try:
                made, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.warning("port %d: cannot accept: %s", self.port, error)
                self.look(looking=False)
                self._retry = loop.call_later(_RETRY_S, self._look_again)
                return
            made.setblocking(False)
            task = loop.create_task(_connected(loop, self._factory, made))
            self._accepted.add(task)
            task.add_done_callback(self._accepted.discard)

    def _look_again(self) -> None:
        self.look(looking=True)


async def _connected(
    loop: asyncio.AbstractEventLoop, factory: Callable[[], asyncio.BaseProtocol], made: socket.socket
) -> None:
    try:
        await loop.connect_accepted_socket(factory, made)
    except BaseException:
        made.close()
        raise


def _bound(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except BaseException:
        made.close()
        raise
    return made
