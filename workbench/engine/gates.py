"""Counts of a run at which its sending stands still until the parent says go on.

Frames come 15 times a second; what must happen exactly behind the hundredth record cannot wait for them.
"""

from collections.abc import Callable, Sequence

from workbench.engine.control import Control
from workbench.engine.meter import Meter
from workbench.engine.protocol import Gate


class Gates:
    """All of one run. `tell` is called once for each gate, when its counts are reached."""

    def __init__(
        self, gates: Sequence[Gate], meter: Meter, control: Control, tell: Callable[[Gate], None]
    ) -> None:
        self._waiting = list(gates)
        self._reached: list[Gate] = []
        self._meter = meter
        self._control = control
        self._tell = tell

    def look(self) -> None:
        """Tell the gates whose counts are reached by now."""
        if not self._waiting:
            return
        reached = [gate for gate in self._waiting if self._is_reached(gate)]
        for gate in reached:
            self._waiting.remove(gate)
            self._reached.append(gate)
            self._tell(gate)

    def limit(self, most: int) -> int:
        """How many records may have been offered before the next look: the gates' counts, or `most`."""
        self.look()
        self._reached = [gate for gate in self._reached if gate.number not in self._control.opened]
        if self._reached:
            return self._meter.sent
        return min([most, *(self._needed(gate) for gate in self._waiting)])

    def _is_reached(self, gate: Gate) -> bool:
        meter = self._meter
        return meter.sent >= gate.sent and meter.acked >= gate.acked and meter.failed >= gate.failed

    def _needed(self, gate: Gate) -> int:
        """So many offered records are needed before its counts can be reached, and no more."""
        meter = self._meter
        # as many as can be acked; every one that fails makes room for another
        acked = gate.acked + meter.failed + meter.rejected if gate.acked else 0
        failed = meter.sent + 1 if gate.failed > meter.failed else 0
        return max(gate.sent, acked, failed)
