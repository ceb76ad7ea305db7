"""Which stretch of a run the plots over time show, and which moment of it is looked at: one for all plots."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.insight.slices import Columns

SLICES_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Slice lengths that a plot can have."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Seconds count from the start of the run's clock, as in `Columns`."""

    slice_s: float | None = None
    """The user's choice among SLICES_S; None: the plot chooses."""
    end_s: float | None = None
    """The right edge where the plots stand still; None: they follow the newest slice."""
    cursor_s: float | None = None
    """The moment that is looked at; `Columns.at` knows its slice."""

    @property
    def held(self) -> bool:
        return self.end_s is not None

    def hold(self, columns: "Columns") -> "TimeWindow":
        """Stand still as it is now."""
        return replace(self, end_s=columns.end_s)

    def go_on(self) -> "TimeWindow":
        """Follow the newest slice again, and look at no moment."""
        return TimeWindow(self.slice_s)

    def zoomed(self, by: int, columns: "Columns") -> "TimeWindow":
        """`by` steps longer slices (shorter where negative); what is looked at stays in sight."""
        near = min(range(len(SLICES_S)), key=lambda index: abs(SLICES_S[index] - columns.slice_s))
        slice_s = SLICES_S[min(max(near + by, 0), len(SLICES_S) - 1)]
        return self.with_slices(slice_s, columns)

    def with_slices(self, slice_s: float | None, columns: "Columns") -> "TimeWindow":
        if slice_s is None or self.cursor_s is None:
            return replace(self, slice_s=slice_s, end_s=None if slice_s is None else self.end_s)
        shown, end_s = columns.width * slice_s, columns.end_s
        index = int(self.cursor_s / slice_s + 1e-9)
        if self.cursor_s < end_s - shown:
            end_s = (index + columns.width // 2) * slice_s
        first, behind_last = columns.oldest * columns.slice_s, (columns.newest + 1) * columns.slice_s
        if end_s - shown < first:  # there is room for more of what came after
            end_s = max(end_s, min(behind_last, first + shown))
        return TimeWindow(slice_s, max(end_s, (index + 1) * slice_s), self.cursor_s)

    def looking_at(self, index: int, columns: "Columns") -> "TimeWindow":
        """At the slice of that index (of `columns.slice_s`); plots of a run that is on stand still for it."""
        if not columns.slices:
            return self
        index = min(max(index, columns.oldest), columns.newest)
        first, last = columns.slices[0].index, columns.slices[-1].index
        end_s = self.end_s if columns.ended else columns.end_s
        if index < first:
            end_s = (index + len(columns.slices)) * columns.slice_s
        elif index > last:
            end_s = (index + 1) * columns.slice_s
        return replace(self, end_s=end_s, cursor_s=(index + 0.5) * columns.slice_s)

    def moved(self, by: int, columns: "Columns") -> "TimeWindow":
        """The cursor `by` slices later; one that was not there comes at the newest slice shown."""
        at = columns.index_of(self.cursor_s) if self.cursor_s is not None else None
        if at is None:
            return self.looking_at(columns.slices[-1].index if columns.slices else 0, columns)
        return self.looking_at(at + by, columns)
