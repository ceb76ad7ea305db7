"""What happened in the lab, for whoever asks: a bounded list, newest last."""

import time
from collections import deque
from typing import TYPE_CHECKING

from workbench.model.cluster_state import Happened, HappenedKind

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 500


class Happenings:
    """`time.monotonic()` is one clock for all processes of a machine."""

    def __init__(self) -> None:
        self.on_add: Callable[[Happened], None] | None = None
        self._kept: deque[Happened] = deque(maxlen=_KEPT)
        self._count = 0

    def add(
        self,
        kind: HappenedKind,
        broker: int,
        *,
        topic: str = "",
        partition: int = -1,
        brokers: tuple[int, ...] = (),
        count: int = 0,
    ) -> None:
        self._count += 1
        one = Happened(self._count, time.monotonic(), kind, broker, topic, partition, brokers, count)
        self._kept.append(one)
        if self.on_add is not None:
            self.on_add(one)

    def since(self, number: int) -> tuple[Happened, ...]:
        """Those with a higher number; the first is 1."""
        return tuple(one for one in self._kept if one.number > number)
