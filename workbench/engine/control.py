"""Pause, resume, stop: set by the thread that reads commands, read by the sending loop."""

import threading


class Control:
    """`interrupted` is all the hot loop looks at; the rest says why."""

    def __init__(self) -> None:
        self.interrupted = False
        self.stopping = False
        self.grace_s = 0.0
        self.opened: frozenset[int] = frozenset()
        """Numbers of the gates that the parent has opened."""
        self._stopped = threading.Event()
        self._resumed = threading.Event()
        self._resumed.set()

    def is_paused(self) -> bool:
        return not self._resumed.is_set()

    def sleep(self, seconds: float) -> None:
        """Sleep, but not on after a stop."""
        self._stopped.wait(seconds)

    def go(self, gate: int) -> None:
        self.opened |= {gate}

    def pause(self) -> None:
        self._resumed.clear()
        self.interrupted = True

    def resume(self) -> None:
        self.interrupted = self.stopping
        self._resumed.set()

    def stop(self, grace_s: float) -> None:
        self.grace_s = grace_s
        self.stopping = True
        self._stopped.set()
        self.interrupted = True
        self._resumed.set()
