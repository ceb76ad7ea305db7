"""Ends what a person wrote and takes too long: templates, serializers, interceptors, partitioners."""

import signal
import time
from types import FrameType

_TICK_S = 0.05
_AGAIN_S = 1.0
"""Between two raisings: so long what was ended may take to let go of all it has made."""


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
        now, since = time.monotonic(), self._since
        if since is not None and (now - since) * 1000 > self.timeout_ms:
            self._since = now + _AGAIN_S  # and again, should what is running catch it
            raise RecordTooSlow
