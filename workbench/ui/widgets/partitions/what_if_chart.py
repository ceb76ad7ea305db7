"""Before and after side by side: records by partition, and which keys move."""

from rich.segment import Segment

from workbench.insight.key_spread import key_text
from workbench.insight.units import percent, short_count
from workbench.partitioning import Placed, WhatIf
from workbench.ui.glyphs import ARROW, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span, width_of
from workbench.ui.widgets.partitions.key_matrix import MOVED

_FOOT = 1
_MANY = 16
"""From so many partitions on the keys come first."""
_HINTS = "+ - partitions   t partitioner   a keys"
"""Only as a whole: the line of keys says it too."""


class WhatIfChart(ScrollingChart):
    """What is said stands still, below it partitions and keys scroll."""

    WHOLE = True

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._found: WhatIf | None = None
        self._problem = ""
        self._of_records = True
        self._left_out = 0
        self._head = 0
        self._body: list[list[Segment]] = []

    def show(
        self, found: WhatIf | None, problem: str = "", *, of_records: bool = True, left_out: int = 0
    ) -> None:
        """`problem`: why there is nothing. `of_records`: keys have numbers of records, not 1 each.

        `left_out`: records of keys that nobody followed.
        """
        self._found, self._problem, self._of_records = found, problem, of_records
        self._left_out = left_out
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._body)

    @property
    def page(self) -> int:
        return max(1, self.room.height - self._head - _FOOT)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        found = self._found
        if found is None:
            self._body, self._head = [], 0
            return [[]] * (height // 2 - 1) + [middle(width, pick(width, self._problem), roles.muted)]
        head = [*self._settings(roles, found, width), *self._said(roles, found, width), []]
        self._head = len(head)
        parts = [self._bars(roles, found, width), self._keys(roles, found, width)]
        if max(found.before.partitions, found.after.partitions) > _MANY:
            parts.reverse()
        self._body = [*parts[0], [], *parts[1]]
        self.first = min(self.first, max(0, self.rows - self.page))
        shown = self._body[self.first : self.first + self.page]
        shown += [[]] * (height - len(head) - len(shown) - _FOOT)
        more = f"lines {self.more(width // 2)}" if self.more_forms else ""
        hints = pick(width - len(more) - 3, _HINTS, "")
        foot = ends(width, [span(hints, roles.muted)], [span(more, roles.muted)])
        return [*head, *shown, foot]

    def _settings(self, roles: Roles, found: WhatIf, width: int) -> list[list[Segment]]:
        before, after = found.before, found.after
        more = [span(f"{before.partitions}", roles.text, bold=True), span(f" {ARROW} ", roles.muted)]
        more.append(span(f"{after.partitions}", roles.accent, bold=True))
        more.append(span(" partitions", roles.muted))
        name = [span(before.partitioner, roles.text, bold=before.partitioner == after.partitioner)]
        if before.partitioner != after.partitioner:
            name += [span(f" {ARROW} ", roles.muted), span(after.partitioner, roles.accent, bold=True)]
        if width_of(more) + width_of(name) + 3 <= width:
            return [[*more, span(" · ", roles.muted), *name]]
        return [more, name]

    def _said(self, roles: Roles, found: WhatIf, width: int) -> list[list[Segment]]:
        lines = [*self._verdict(roles, found, width), self._reach(roles, found, width)]
        hot = found.hot
        records = sum(placed.records for placed in found.keys)
        if hot is not None and self._of_records and hot.records * len(found.keys) > records:
            share = f"{percent(hot.records / records)} of the records" if records else ""
            name = pick(width // 3, key_text(hot.key))
            place = f"{_place(hot.before)} {ARROW} {_place(hot.after)}"
            if hot.before == hot.after:
                place = "in any partition" if hot.before is None else f"stays in {_place(hot.before)}"
            text = pick(width - len(name) - 1, f"has {share}, {place}", f"{share}, {place}", share)
            lines.append([span(name, roles.text, bold=True), span(f" {text}", roles.muted)])
        if self._left_out:
            text = f"without {self._left_out:,} records of keys not followed"
            lines.append([span(pick(width, text, f"without {self._left_out:,} records"), roles.warn)])
        return lines

    def _verdict(self, roles: Roles, found: WhatIf, width: int) -> list[list[Segment]]:
        if found.before == found.after:
            text = "as it is: nothing moves — + adds partitions, t takes another partitioner"
            return [[span(pick(width, text, "as it is: + adds partitions", "as it is"), roles.muted)]]
        moved, fixed = len(found.moved), found.fixed
        if not fixed:
            scatter = f"{len(found.scattered):,} keys have no partition of their own any more"
            none = "no key has a partition of its own"
            return [[span(pick(width, scatter if found.scattered else none), roles.warn, bold=True)]]
        share = found.share_moved or 0.0
        colour = roles.warn if moved else roles.ok
        line = [
            span(f"{moved:,} of {fixed:,} {'key moves' if fixed == 1 else 'keys move'}", colour, bold=True),
            span(f"  {percent(share)}", colour),
        ]
        records = sum(placed.records for placed in found.keys)
        if self._of_records and records:
            part = f"  with {percent(found.records_moved / records)} of the records"
            if width_of(line) + len(part) <= width:
                line.append(span(part, roles.muted))
        lines = [line]
        if found.expected_share is not None:
            of_all = percent(found.expected_share)
            texts = (f"of all possible keys {of_all} would", f"of all keys {of_all}", of_all)
            lines.append([span(pick(width, *texts), roles.muted)])
        return lines

    def _reach(self, roles: Roles, found: WhatIf, width: int) -> list[Segment]:
        (used, _), (then, most) = found.reach(after=False), found.reach(after=True)
        n, m, keys = found.before.partitions, found.after.partitions, len(found.keys)
        now = f"{used} of {n} partitions used"
        use = now if (used, n) == (then, m) else f"{used} of {n} {ARROW} {then} of {m} partitions used"
        limit = f", {keys:,} {'key reaches' if keys == 1 else 'keys reach'} {most} at most"
        short = f"{use}, {most} at most" if most < m else use
        text = pick(width, *(f"{use}{limit}",) * (most < m), short, use)
        return [span(text, roles.warn if most < m else roles.muted)]

    def _bars(self, roles: Roles, found: WhatIf, width: int) -> list[list[Segment]]:
        """Records by partition, before at the left, after at the right, on one scale."""
        before, after = found.load(after=False), found.load(after=True)
        top = max(*before, *after, 1.0)
        name = len(f"p{max(len(before), len(after)) - 1}") + 1
        half = max(8, (width - name - 2) // 2)
        count = min(6, half // 2)
        what = "records" if self._of_records else "keys"
        drawn_now = any(placed.before is None for placed in found.keys)
        drawn_then = any(placed.after is None for placed in found.keys)
        now, then = ("expected" if drawn else what for drawn in (drawn_now, drawn_then))
        lines = [
            [
                span(" " * name),
                span(f"{now} now".ljust(half + 2)[: half + 2], roles.muted),
                span(pick(half, f"{then} then", "then"), roles.muted),
            ]
        ]
        for partition in range(max(len(before), len(after))):
            lines.append([span(f"p{partition}".ljust(name), roles.muted)])
            for load, role in ((before, "muted"), (after, "accent")):
                if partition < len(load):
                    bar = _bar(load[partition] / top, half - count - 1)
                    figure = "<1" if 0 < load[partition] < 0.5 else short_count(load[partition])
                    figure = f"{figure:>{count}} "
                    lines[-1] += [span(figure, roles.text), span(bar, getattr(roles, role)), span("  ")]
                else:
                    lines[-1].append(span(" " * (half + 2)))
        return lines

    def _keys(self, roles: Roles, found: WhatIf, width: int) -> list[list[Segment]]:
        """Those that move first."""
        moved = sorted(found.keys, key=lambda placed: not (placed.moves or placed.scatters))
        return [self._key(roles, placed, width) for placed in moved]

    def _key(self, roles: Roles, placed: Placed, width: int) -> list[Segment]:
        goes = placed.moves or placed.scatters
        then = f"{ARROW} {_place(placed.after)}" if goes else "  stays"
        place = f"{_place(placed.before):>5} {then:<8}"
        if placed.before is None:
            place = "any partition "
        right = [span(place, roles.warn if goes else roles.muted, bold=goes)]
        if self._of_records and width >= 36:
            right.append(span(f"{short_count(placed.records):>6}", roles.muted))
        name = pick(width - width_of(right) - 3, key_text(placed.key))
        left = [
            span(f"{MOVED if goes else ' '} ", roles.warn),
            span(name, roles.text if goes else roles.muted),
        ]
        return ends(width, left, right)


def _place(partition: int | None) -> str:
    return "any" if partition is None else f"p{partition}"


def _bar(share: float, width: int) -> str:
    """In halves of a cell, from the left; what is not nothing shows."""
    halves = max(round(share * max(width, 0) * 2), 1 if share else 0)
    return f"{'█' * (halves // 2)}{'▌' * (halves % 2)}".ljust(width)[:width]
