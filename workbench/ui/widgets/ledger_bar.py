"""The ledger as the progress bar: each part of the records in proportion, none hidden by rounding."""

from rich.segment import Segment

from workbench.insight.live import Insight
from workbench.insight.units import apportion
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, span

PARTS = (
    ("acked", "ok", "━"),
    ("unconfirmed", "warn", "━"),
    ("failed", "bad", "╱"),
    ("rejected", "bad", "┄"),
    ("in flight", "wire", "╌"),
    ("to go", "line", "─"),
)
"""Name, role, glyph: the line tells the parts apart without colour."""


class LedgerBar(Chart):
    """acked | unconfirmed | failed | rejected | in flight | to go, in one line."""

    DEFAULT_CSS = """
    LedgerBar { height: 1; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None

    def show(self, insight: Insight | None) -> None:
        if insight is not self._insight or not self.room:
            self._insight = insight
            self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        _ = height
        cells = apportion(counts(self._insight), width)
        spans = [
            span(glyph * length, getattr(roles, role))
            for (_, role, glyph), length in zip(PARTS, cells, strict=True)
            if length
        ]
        return [spans or [span("─" * width, roles.line)]]


def counts(insight: Insight | None) -> list[int]:
    """The parts in the order of PARTS; together the target, or what was sent where that is more."""
    if insight is None:
        return [0] * len(PARTS)
    frame = insight.frame
    return [frame.acked, frame.unconfirmed, frame.failed, frame.rejected, frame.in_flight, insight.to_go]
