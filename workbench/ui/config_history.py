"""The config as it is edited, what it was before, and what runs were started with."""

from dataclasses import dataclass, field

from workbench.model.events import SEVERAL, Event
from workbench.ui.standing import changes
from workbench.ui.written import Written

_KEPT = 100


@dataclass
class Edits:
    """What `undo` and `redo` go back and forth through."""

    before: list[Written] = field(default_factory=list)
    after: list[Written] = field(default_factory=list)

    def left(self, written: Written) -> None:
        """Another config comes in its place."""
        self.before = [*self.before[1 - _KEPT :], written]
        self.after.clear()

    def undone(self, now: Written) -> Written | None:
        """What stood before; None where nothing did."""
        return _step(now, self.before, self.after)

    def redone(self, now: Written) -> Written | None:
        return _step(now, self.after, self.before)

    def forget(self) -> None:
        self.before.clear()
        self.after.clear()


def _step(now: Written, back: list[Written], forth: list[Written]) -> Written | None:
    if not back:
        return None
    forth.append(now)
    return back.pop()


class ConfigsRun:
    """A run's config is the one it was started with, whatever is edited meanwhile."""

    def __init__(self) -> None:
        self.newest: Written | None = None
        """Of the run that is on, or was last."""
        self._sent_with: Written | None = None

    def started(self, at: float, run_number: int) -> Event | None:
        """A run has begun to send with `newest`: what is not as in the run before; None where all is."""
        before, self._sent_with = self._sent_with, self.newest
        if before is None or self.newest is None or not (told := changes(before, self.newest)):
            return None
        holds = f"run {run_number} is sent with it"
        return Event(at, "config change", "info", "", SEVERAL.join(told), holds)
