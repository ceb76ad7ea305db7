"""An event loop whose time passes only when nothing is left to do, and then at once."""

import asyncio
import selectors


class _Impatient(selectors.DefaultSelector):
    def select(self, timeout=None):
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0. For code that waits for timers, not for other processes."""

    def __init__(self) -> None:
        super().__init__(_Impatient())
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now = max(self._now, self._scheduled[0]._when)
        super()._run_once()


def run(work):
    """Like asyncio.run, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
