"""The runs of this session that came to an end, and which of them are set side by side."""

from collections.abc import Sequence

from workbench.insight.comparison import LABELS, Comparison, compare, race_labels
from workbench.model.finished_run import FinishedRun

KEPT = 200


class Runs:
    """Oldest first. A is the pinned one, or the one before B; B is the newest unless another is chosen."""

    def __init__(self) -> None:
        self.finished: list[FinishedRun] = []
        self.race: tuple[int, ...] = ()
        """Numbers of the runs of the race that is on, or that was the last thing to be run."""
        self._pinned: int | None = None
        self._against: int | None = None
        self._compared: tuple[Sequence[FinishedRun], Comparison] | None = None

    def add(self, run: FinishedRun, *, racing: bool = False) -> None:
        """A new run is B, or one more of the race."""
        self.finished = [*self.finished, run][-KEPT:]
        self._against = None
        self.race = (*self.race, run.number) if racing else ()

    def start_race(self) -> None:
        self.race = ()

    def pin(self, number: int) -> None:
        """It is A from now on, until another is; pinned again, it is A no more."""
        self._pinned = None if self._pinned == number else number
        if self._against == number:
            self._against = None
        self.race = ()

    def set_against(self, number: int) -> None:
        """It is B, until the next run ends."""
        if number == self._pinned:
            self._pinned = None
        self._against = number
        self.race = ()

    @property
    def pinned(self) -> FinishedRun | None:
        return self._numbered(self._pinned)

    @property
    def sides(self) -> Sequence[FinishedRun]:
        """What is set side by side: two runs, those of a race, or what there is of them."""
        if len(self.race) > 1:
            return [run for run in self.finished if run.number in self.race]
        others = [run for run in self.finished if run is not self.pinned]
        b = self._numbered(self._against) or (others[-1] if others else None)
        a = self.pinned or next((run for run in reversed(self.finished) if b and run.number < b.number), None)
        if a is None and b is not None:  # the oldest was chosen as B
            a = next((run for run in reversed(self.finished) if run is not b), None)
        return [run for run in (a, b) if run is not None]

    def labels(self) -> dict[int, str]:
        """Of the runs set side by side, by number."""
        return {side.run.number: side.label for side in self.comparison().sides}

    def comparison(self) -> Comparison:
        sides = self.sides
        if self._compared is None or self._compared[0] != sides:
            self._compared = sides, self._compare(sides)
        return self._compared[1]

    def _compare(self, sides: Sequence[FinishedRun]) -> Comparison:
        return compare(sides, race_labels(sides) if len(self.race) > 1 else LABELS)

    def _numbered(self, number: int | None) -> FinishedRun | None:
        return next((run for run in self.finished if run.number == number), None)
