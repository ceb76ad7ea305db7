"""Keys × partitions: one glance shows that a key stays in one column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from workbench.insight.key_spread import KeyRow, KeySpread, key_text
from workbench.insight.units import count_text, nice_above, percent, short_count
from workbench.ui.glyphs import pick
from workbench.ui.theme import HEAT_STEPS, Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span, width_of

Sorting = Literal["records", "partition", "name"]
SORTINGS: tuple[Sorting, ...] = ("records", "partition", "name")
_LONGEST_NAME = 28
_TOTAL = 8
_WIDEST_CELL = 12
_SHARE = 6
_WIDE = 60
"""From so many columns on there are each key's records."""
_WHERE = 7
"""`→ p123`, or `⇄ 3 of` several."""
_HEAD, _FOOT = 1, 3
_DARK_FROM = 4
"""From this step of the ramp on, a number is painted in the colour for filled grounds."""
MOVED, HERE = "⇄", "▸"
Foretold = Callable[[bytes | None], tuple[int | None, str]]
"""A key's partition by the run's partitioner (None: nobody can tell), and how that comes about."""


def shade(roles: Roles, share: float) -> tuple[str, str]:
    """Colour and ground of a number, by how much it is of the greatest (0 … 1, not 0)."""
    step = min(HEAT_STEPS - 1, max(1, round(share * (HEAT_STEPS - 1))))
    return (roles.on if step >= _DARK_FROM else roles.text), roles.heat[step]


class KeyMatrix(ScrollingChart):
    """The cursor is a key and a partition: arrows move it, and a click."""

    WHOLE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "across(-1)", "left", show=False, tooltip="partition left", id="keys.left"),
        Binding("right", "across(1)", "right", show=False, tooltip="partition right", id="keys.right"),
        Binding("s", "sort", "sort", show=False, tooltip="by records, partition, name", id="keys.sort"),
    ]

    @dataclass
    class Sorted(Message):
        sorting: Sorting

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._spread: KeySpread | None = None
        self._why_empty: Sequence[str] = ()
        self._foretold: Foretold = _nobody_tells
        self._wanted = ""
        self._rows: Sequence[KeyRow] = ()
        self._at = (0, 0)
        self._left = 0
        self.sorting: Sorting = "records"

    def show(
        self,
        spread: KeySpread | None,
        why_empty: Sequence[str],
        foretold: Foretold | None = None,
    ) -> None:
        """`why_empty`: what is said where there are no rows, in several lengths."""
        is_new = spread is not self._spread
        self._spread, self._why_empty, self._foretold = spread, why_empty, foretold or _nobody_tells
        if is_new:
            self._arrange()
        else:
            self.draw()

    def filter(self, wanted: str) -> None:
        """Only keys with this text in them."""
        self._wanted = wanted.casefold()
        self._arrange()

    @property
    def listed(self) -> Sequence[KeyRow]:
        """The rows as they are shown."""
        return self._rows

    def _arrange(self) -> None:
        rows = self._spread.rows if self._spread else ()
        if self._wanted:
            rows = tuple(row for row in rows if self._wanted in key_text(row.key).casefold())
        if self.sorting == "partition":
            rows = tuple(sorted(rows, key=lambda row: (row.busiest or 0, row.scattered)))
        elif self.sorting == "name":
            rows = tuple(sorted(rows, key=lambda row: (row.key is not None, row.key or b"")))
        fresh, self._rows = not self._rows, rows
        self._go(*((0, self._home(0)) if fresh else self._at))

    # ---- the cursor

    @property
    def rows(self) -> int:
        return len(self._rows)

    @property
    def page(self) -> int:
        return max(1, self.room.height - _HEAD - _FOOT)

    def action_go(self, by: int) -> None:
        self.scroll_rows(by)

    def scroll_rows(self, by: int) -> bool:
        """Move the cursor; it goes to where most of the key's records are."""
        row = max(0, min(self._at[0] + by, self.rows - 1))
        if row == self._at[0]:
            return False
        self._go(row, self._home(row))
        return True

    def _home(self, row: int) -> int:
        home = self._rows[row].busiest if row < len(self._rows) else None
        return self._at[1] if home is None else home

    def action_page(self, by: int) -> None:
        self.scroll_rows(by * max(1, self.page - 1))

    def action_across(self, by: int) -> None:
        self._go(self._at[0], self._at[1] + by)

    def action_sort(self) -> None:
        self.sorting = SORTINGS[(SORTINGS.index(self.sorting) + 1) % len(SORTINGS)]
        self._rows = ()  # the cursor begins anew
        self._arrange()
        self.post_message(self.Sorted(self.sorting))

    def _go(self, row: int, partition: int) -> None:
        partitions = self._spread.partitions if self._spread else 1
        self._at = (max(0, min(row, self.rows - 1)), max(0, min(partition, partitions - 1)))
        self.draw()

    def on_click(self, event: events.Click) -> None:
        grid = self._grid(self.room.width)
        row = event.y - _HEAD
        if 0 <= row < min(self.page, self.rows - self.first):
            across = (event.x - grid.name) // grid.cell + self._left
            inside = event.x >= grid.name and across < self._left + grid.columns
            self._go(self.first + row, across if inside else self._at[1])

    # ---- drawing

    def _grid(self, width: int) -> "_Grid":
        spread = self._spread
        if spread is None:
            return _Grid(0, 1, 0, 0, wide=False, shares=False)
        longest = max((cell_len(key_text(row.key)) for row in self._rows), default=4)
        name = 3 + min(longest, _LONGEST_NAME, max(8, width // 4))
        top = max((count for row in self._rows for count in row.counts.values()), default=0)
        top = max(top, *spread.keys_in, *spread.others.values(), 0)
        wide = width >= _WIDE
        digits = len(count_text(top)) if wide and top < 100_000 else len(short_count(top))
        cell = max(digits, len(f"p{spread.partitions - 1}")) + 2
        right = _WHERE + (_TOTAL if wide else 0)
        fits = (width - name - right) // cell >= spread.partitions
        shares = wide and not (fits and (width - name - right - _SHARE) // cell < spread.partitions)
        right += _SHARE if shares else 0
        cell = max(cell, min(_WIDEST_CELL, (width - name - right) // spread.partitions))
        columns = max(1, min(spread.partitions, (width - name - right) // cell))
        return _Grid(name, cell, columns, top, wide, shares)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        spread = self._spread
        if spread is None or not spread.rows:
            text = pick(width, *self._why_empty)
            return [[]] * ((height - 1) // 2) + [middle(width, text, roles.muted)]
        grid = self._grid(width)
        row, column = self._at
        self.first = max(min(self.first, row, max(0, self.rows - self.page)), row - self.page + 1)
        self._left = max(min(self._left, column, spread.partitions - grid.columns), column - grid.columns + 1)
        lines = [self._heads(roles, grid, width)]
        shown = self._rows[self.first : self.first + self.page]
        lines += [self._row(roles, grid, width, at, each) for at, each in enumerate(shown, self.first)]
        if not shown:
            lines.append(middle(width, pick(width, "no key has that text in it", "no such key"), roles.muted))
        lines += [[]] * (height - len(lines) - _FOOT)
        return [*lines, *self._foot(roles, grid, width)]

    def _columns(self, grid: "_Grid") -> range:
        return range(self._left, self._left + grid.columns)

    def _heads(self, roles: Roles, grid: "_Grid", width: int) -> list[Segment]:
        assert self._spread is not None
        line = [span("   key".ljust(grid.name)[: grid.name], roles.muted)]
        for partition in self._columns(grid):
            here = partition == self._at[1]
            name = f"{HERE}p{partition}" if here and grid.cell > len(f"p{partition}") + 1 else f"p{partition}"
            line.append(span(f"{name} ".rjust(grid.cell), roles.accent if here else roles.muted, bold=here))
        left, more = self._left, self._spread.partitions - self._left - grid.columns
        beyond = f"{f'‹{left} ' if left else ''}{f'{more}›' if more else ''}".strip()
        titles = f"{'records':>{_TOTAL}}" if grid.wide else ""
        titles += " share" if grid.shares else ""
        return ends(width, line, [span(f" {beyond:<{_WHERE - 1}}", roles.accent), span(titles, roles.muted)])

    def _row(self, roles: Roles, grid: "_Grid", width: int, at: int, row: KeyRow) -> list[Segment]:
        here = at == self._at[0]
        name = set_cell_size(pick(grid.name - 3, key_text(row.key)), grid.name - 3)
        colour = roles.accent if here else roles.muted if row.key is None else roles.text
        line = [span(f"{HERE if here else ' '} {name} ", colour, bold=here)]
        column = self._at[1] if here else None
        line += [self._cell(roles, grid, row.counts.get(p, 0), p == column) for p in self._columns(grid)]
        where = f" → p{row.home}"
        if row.scattered:
            where = f" {MOVED} {len(row.counts)}"
        strong = row.scattered and row.key is not None
        right = [span(where.ljust(_WHERE)[:_WHERE], roles.warn if strong else roles.muted, bold=strong)]
        if grid.wide:
            right.append(span(f"{count_text(row.records):>{_TOTAL}}", roles.text))
        if grid.shares:
            right.append(span(f"{percent(row.share):>{_SHARE}}", roles.muted))
        return ends(width, line, right)

    def _cell(self, roles: Roles, grid: "_Grid", count: int, here: bool) -> Segment:
        text = count_text(count) if len(count_text(count)) <= grid.cell - 2 else short_count(count)
        text = f"[{text}]" if here else f"{text} "
        if not count:
            return span(("[·]" if here else "· ").rjust(grid.cell), roles.accent if here else roles.faint)
        colour, ground = shade(roles, count / nice_above(grid.top))
        return span(text.rjust(grid.cell), colour, ground, bold=here)

    def _foot(self, roles: Roles, grid: "_Grid", width: int) -> list[list[Segment]]:
        """Distinct keys of each partition; others; what is under the cursor."""
        spread = self._spread
        assert spread is not None
        keys = [span(pick(grid.name, "   keys in it", "   keys").ljust(grid.name)[: grid.name], roles.muted)]
        keys += [
            span(f"{short_count(n) if n else '·'} ".rjust(grid.cell), roles.text if n else roles.warn)
            for n in (spread.keys_in[partition] for partition in self._columns(grid))
        ]
        return [keys, self._others(roles, grid, width), self._detail(roles, width)]

    def _others(self, roles: Roles, grid: "_Grid", width: int) -> list[Segment]:
        """Records of keys not followed; where there are none, how the shades are read."""
        spread = self._spread
        assert spread is not None
        if not spread.others:
            more = self.more(width // 3)
            ramp = [span("   0 ", roles.muted), span("· ", roles.faint)]
            ramp += [span("  ", None, roles.heat[step]) for step in range(1, HEAT_STEPS)]
            ramp.append(span(f" {short_count(nice_above(grid.top))} records", roles.muted))
            return ends(width, ramp, [span(f"keys {more}" if more else "", roles.muted)])
        line = [
            span(pick(grid.name, "   other keys", "   others").ljust(grid.name)[: grid.name], roles.muted)
        ]
        line += [
            span(f"{short_count(n) if n else '·'} ".rjust(grid.cell), roles.muted)
            for n in (spread.others.get(partition, 0) for partition in self._columns(grid))
        ]
        return ends(width, line, [span(f" {short_count(sum(spread.others.values()))} records", roles.muted)])

    def _detail(self, roles: Roles, width: int) -> list[Segment]:
        """The key under the cursor: where the partitioner puts it, and what is in the cell."""
        if not self._rows:
            return []
        row, partition = self._rows[self._at[0]], self._at[1]
        count = row.counts.get(partition, 0)
        foretold, how = self._foretold(row.key)
        by = how if foretold is None else f"{how} = p{foretold}"
        part = f"{count:,} of {row.records:,} records in p{partition}"
        name = pick(max(8, width // 3), key_text(row.key))
        left = [span(f" {name}  ", roles.text, bold=True)]
        astray = foretold is not None and any(each != foretold for each in row.counts)
        note = f"  {MOVED} not all of them there" if astray else ""
        room = width - width_of(left)
        text = pick(room, f"{part} · {by}{note}", f"{part} · {by}", part, f"{count:,} in p{partition}")
        return [*left, span(text, roles.warn if astray else roles.muted)]


def _nobody_tells(_: bytes | None) -> tuple[None, str]:
    return None, "not foretold"


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of the name and of each column, how many columns are shown, the greatest count.

    `wide`: with each key's records; `shares`: with their share, unless a partition would not be seen for it.
    """

    name: int
    cell: int
    columns: int
    top: int
    wide: bool
    shares: bool
