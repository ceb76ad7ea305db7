"""When the batches of a run's sampled records were where, as far as the lab has told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.model.frame import Sample

if TYPE_CHECKING:
    from workbench.model.stations import Stations
    from workbench.ui.bench_like import InsideLike

_SHOWN = 64
"""Newer samples than these are all that is asked for."""
Where = tuple[int, int]


class StationNotes:
    """`known`: by partition and offset."""

    def __init__(self) -> None:
        self.known: dict[Where, Stations] = {}

    async def ask(self, inside: "InsideLike", samples: Sequence[Sample]) -> bool:
        """Whether anything new was told of these samples (newest first). Raises KwbError."""
        found = await inside.stations(self._unknown(samples[:_SHOWN]))
        if found:
            kept = {(s.partition, s.offset) for s in samples}
            self.known = {at: one for at, one in (self.known | found).items() if at in kept}
        return bool(found)

    def _unknown(self, samples: Sequence[Sample]) -> list[Where]:
        places = ((s.partition, s.offset) for s in samples)
        return [(p, o) for p, o in places if p is not None and o is not None and not self._is_whole((p, o))]

    def _is_whole(self, where: Where) -> bool:
        """Whether nothing more will happen to it but to fall out of the samples."""
        known = self.known.get(where)
        return known is not None and known.committed is not None and known.answered is not None
