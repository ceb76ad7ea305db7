"""How sending stands still while it is paused, and how long it still waits after a stop."""

import time
from collections.abc import Callable

from workbench.engine.control import Control
from workbench.engine.meter import Meter

WAIT_S = 0.05


class Holding:
    """`poll(seconds)` serves the client's callbacks while nothing is sent."""

    def __init__(self, control: Control, meter: Meter, poll: Callable[[float], None]) -> None:
        self.control = control
        self.meter = meter
        self._poll = poll
        self._stop_at: float | None = None

    def hold(self) -> bool:
        """Stay here while paused; False when the run is to stop."""
        control, meter = self.control, self.meter
        if control.is_paused():
            before, meter.state = meter.state, "paused"
            began = meter.paused_since = time.monotonic()
            while control.is_paused():
                self._poll(WAIT_S)
            meter.paused_since = None
            meter.paused_s += time.monotonic() - began
            meter.state = before
        return not control.stopping

    def grace_left(self) -> bool:
        """Whether reports may still be waited for after a stop."""
        now = time.monotonic()
        if self._stop_at is None:
            self._stop_at = now + self.control.grace_s
        return now < self._stop_at

    def is_given_up(self) -> bool:
        """The run is to stop, and its grace is over."""
        return self.control.stopping and not self.grace_left()
