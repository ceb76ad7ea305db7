"""What was done to a broker: whether it runs, whom it reaches, and what its clients feel."""

import asyncio
from collections.abc import Callable

from kio.schema.errors import ErrorCode


class Signal:
    """Wakes all who wait, each time it is given."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def give(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)


class Condition:
    """One broker's; whoever depends on it waits with `until`.

    A frozen broker does nothing at all. An isolated one is cut off from the others and from the controller;
    clients still reach it.
    """

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self.up = True
        self.frozen = False
        self.isolated = False
        self.delay_s = 0.0
        """Added to every client's request, and to every replica fetch that it sends or answers."""
        self.drops = 0
        """So many Produce requests are served and their connection closed without an answer."""
        self.errors = 0
        """So many Produce requests are answered with `error`, and nothing appended."""
        self.error = ErrorCode.none

    @property
    def hears(self) -> bool:
        """Whether the controller and this broker reach each other."""
        return self.up and not self.frozen and not self.isolated

    @property
    def odd(self) -> bool:
        """Whether a client's request needs a second look."""
        return bool(self.isolated or self.delay_s or self.drops or self.errors)

    def changed(self) -> None:
        """Tell whoever waits for it."""
        self._signal.give()

    def calm(self) -> None:
        """Undo what makes a running broker odd."""
        self.isolated = False
        self.delay_s = 0.0
        self.drops = self.errors = 0

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            await self._signal.wait()

    async def thawed(self) -> None:
        await self.until(lambda: not self.frozen)
