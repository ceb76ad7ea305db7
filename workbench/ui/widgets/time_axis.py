"""The clock of the plots over time: from when to when, and what happened meanwhile, as ▼ in its column."""

from collections.abc import Mapping, Sequence

from rich.segment import Segment

from workbench.insight.live import Insight
from workbench.insight.slices import Columns
from workbench.insight.units import span_text
from workbench.model.events import Event, EventKind
from workbench.ui.glyphs import MARK, OPEN, PAUSE, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import runs

Cell = tuple[str, str | None, str | None]
_MARKED: Mapping[EventKind, str] = {
    "failed": "bad",
    "rejected": "bad",
    "fatal": "bad",
    "paused": "warn",
    "fault": "warn",
    "leader moved": "warn",
    "isr shrank": "warn",
    "config change": "wire",
}


def time_axis(
    roles: Roles,
    columns: Columns,
    insight: Insight,
    happened: Sequence[Event],
    cursor_s: float | None = None,
) -> list[Segment]:
    """As wide as the plot itself; `happened`: besides the run's own marks; `cursor_s`: what is looked at."""
    if not len(columns):
        return []
    line: list[Cell] = [(" ", None, None)] * columns.width
    marks = _marks(columns, insight, happened)
    cells = [cell for cell, _ in marks]
    (start, left), (at, right) = _ends(columns, cells)
    _write(line, start, left, roles.muted)
    _write(line, at, right, roles.muted)
    first, free = start + len(left), at
    for cell, event in marks:
        colour = getattr(roles, _MARKED[event.kind])
        if cell < start or cell >= at + len(right):
            _write(line, cell, MARK, colour)
        elif first < cell < free:
            before = max((other + 1 for other in cells if other < cell), default=first)
            label = pick(cell - max(first, before) - 2, *_words(event), " ").lstrip()
            _write(line, cell - len(label), f"{label}{MARK}", colour)
            free = cell - len(label) - bool(label)
    early = [event for cell, event in marks if cell < start]
    if len(early) == 1 and left and cursor_s is None:
        text = pick(free - first - 3, *(each.strip() for each in _words(early[0])), "")
        _write(line, first + 2, text, getattr(roles, _MARKED[early[0].kind]))
    if (looked_at := columns.at(cursor_s)) is not None:
        when = span_text(looked_at.index * columns.slice_s)
        _write_cursor(roles, line, columns.cells_of(looked_at).start, when, {start: left, at: right})
    return runs(line)


def _marks(columns: Columns, insight: Insight, happened: Sequence[Event]) -> list[tuple[int, Event]]:
    """What is pointed at and in which cell, the newest first."""
    events = sorted((*insight.marks, *happened), key=lambda event: event.at, reverse=True)
    cells = [(columns.cell_of(event.at - insight.clock_wall), event) for event in events]
    return [(cell, event) for cell, event in cells if cell is not None and event.kind in _MARKED]


def _ends(columns: Columns, marked: Sequence[int]) -> tuple[tuple[int, str], tuple[int, str]]:
    """Both ends' times, and where they stand: within what happened in the first and the last columns.

    Where that leaves no room, the left one is not told.
    """
    still = columns.ended or columns.held
    if still:
        left, right = span_text(columns.start_s), span_text(columns.end_s)
        right = f"{PAUSE} {right}" if columns.held and not columns.ended else right
    else:  # what happens now is soon further left
        left, right = f"−{span_text(columns.end_s - columns.start_s)}", "now"
    start, end = 0, len(columns)
    for cell in sorted(marked):
        if cell <= start + len(left):
            start = cell + 2
    for cell in sorted(marked, reverse=True):
        if still and cell >= end - len(right):
            end = cell - 1
    if start + len(left) < end - len(right):
        return (start, left), (end - len(right), right)
    if start:
        return (0, ""), (max(0, len(columns) - len(right)), right)
    return (0, left), (len(left) + 1, right)


def _words(event: Event) -> list[str]:
    """What a mark is labelled with, the longest first."""
    long = [f"{event.where} {event.what} "] if event.kind == "fault" else []
    short = ["config "] if event.kind == "config change" else []
    return [*long, *(f"{what} " for what in event.shorter if what), f"{event.kind} ", *short]


def _write_cursor(roles: Roles, line: list[Cell], cell: int, when: str, ends: Mapping[int, str]) -> None:
    """The moment beside its mark; what it would touch at the axis's ends gives way."""
    start = cell - len(when) if cell >= len(when) else cell + 1
    first, last = min(cell, start), max(cell + 1, start + len(when))
    for at, text in ends.items():
        if first <= at + len(text) and at <= last:
            _write(line, at, " " * len(text), roles.muted)
    _write(line, start, when, roles.accent)
    _write(line, cell, OPEN, roles.accent)


def _write(line: list[Cell], at: int, text: str, colour: str) -> None:
    for index, glyph in enumerate(text, at):
        if 0 <= index < len(line):
            line[index] = (glyph, colour, None)
