"""What the client holds, by partition: waiting to be sent, and on the way."""

from typing import TYPE_CHECKING

from rich.segment import Segment

from workbench.insight.pipeline import Pipeline
from workbench.insight.units import count_text, nice_above, size_text
from workbench.model.client_state import ClientState
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITS, TRAVELS = "▒", "█"
_NOTHING = ("the client holds no records", "none held")


class HeldRows(ScrollingChart):
    """A row a partition; a bar of both parts, on one scale for all."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state: ClientState | None = None
        self._queued: Sequence[int] = ()
        self._travelling: Sequence[int] = ()
        self._record_bytes = 0.0

    def show(self, seen: Pipeline | None, *, mean: bool) -> None:
        """As it stands, or the `mean` of the stretch."""
        self._record_bytes = seen.record_bytes if seen else 0.0
        now = self._state = seen.now if seen else None
        self._queued, self._travelling = (now.queued, now.travelling) if now else ((), ())
        if seen is not None and mean:
            self._queued, self._travelling = (
                [round(n) for n in seen.queued],
                [round(n) for n in seen.travelling],
            )
        self.first = min(self.first, max(0, self.rows - self.page))
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._queued)

    @property
    def page(self) -> int:
        return max(1, self.room.height - 1)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        state = self._state
        if state is None or not self._queued:
            return [middle(width, pick(width, *_NOTHING), roles.muted)]
        totals = [waits + on_way for waits, on_way in zip(self._queued, self._travelling, strict=True)]
        most = nice_above(max(totals))
        label = len(f"p{len(totals) - 1}") + 1
        figure = max(len(count_text(max(totals))), 1)
        size = self._record_bytes
        wide = width >= label + figure + 34
        right = figure + 1 + (11 if wide else 0)
        room = max(1, width - label - right - 1)
        lines = [self._legend(roles, width, state)]
        for partition in range(self.first, min(self.first + height - 1, len(totals))):
            waits = self._queued[partition]
            cells = round(totals[partition] / most * room) or (1 if totals[partition] else 0)
            violet = round(cells * waits / totals[partition]) if totals[partition] else 0
            bar = [span(WAITS * violet, roles.queue), span(TRAVELS * (cells - violet), roles.wire)]
            told = [
                span(f"{count_text(totals[partition]):>{figure}}", roles.text, bold=bool(totals[partition]))
            ]
            if wide:
                about = f"≈ {size_text(totals[partition] * size)}" if totals[partition] else ""
                told.append(span(f" {about:>10}", roles.muted))
            lines.append(
                ends(
                    width,
                    [span(f"p{partition}".ljust(label), roles.text, bold=True), *bar],
                    [*told, span(" ")],
                )
            )
        return lines

    def _legend(self, roles: Roles, width: int, state: ClientState) -> list[Segment]:
        waits, travels = sum(self._queued), sum(self._travelling)
        left = [
            span(WAITS, roles.queue),
            span(f" {count_text(waits)} wait  ", roles.muted),
            span(TRAVELS, roles.wire),
            span(f" {count_text(travels)} on the way", roles.muted),
        ]
        if state.unassigned:
            left.append(span(f"  {count_text(state.unassigned)} for no partition yet", roles.warn))
        more = self.more(width - width_of(left) - 1)
        return ends(width, left, [span(more, roles.text)] if width_of(left) + len(more) < width else [])
