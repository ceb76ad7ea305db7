"""Ends what a person wrote and takes too long: templates, serializers, interceptors, partitioners."""

import signal
import time
from types import FrameType

_TICK_S = 0.05


class RecordTooSlow(BaseException):
    """Raised into what takes longer than `record_timeout_ms`; no `except Exception` catches it."""


class Guard:
    """Watches between `begin` and `end`, while it is started. Main thread only: it is a signal.

    One repeating timer guards the whole run: arming one for each record would cost two system calls each.
    """

    def __init__(self, timeout_ms: int) -> None:
        self.timeout_ms = timeout_ms
        self._since: float | None = None

    def start(self) -> None:
        signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_REAL, _TICK_S, _TICK_S)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def begin(self) -> None:
        self._since = time.monotonic()

    def end(self) -> None:
        self._since = None

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        since = self._since
        if since is not None and (time.monotonic() - since) * 1000 > self.timeout_ms:
            raise RecordTooSlow  # at each tick again, should what is running catch it
