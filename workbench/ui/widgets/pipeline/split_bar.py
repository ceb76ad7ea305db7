"""Where a record's time goes, as one bar: the mean, by the client's own statistics."""

from rich.segment import Segment

from workbench.insight.pipeline import Split
from workbench.insight.units import apportion, ms_text
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, middle, span, width_of

_PARTS = (
    ("queued", "▒", "queue", ("waits for its batch, then for its turn", "waits for its batch", "waits")),
    ("unsent", "┃", "accent", ("to the socket", "socket")),
    ("round_trip", "█", "wire", ("network and broker", "broker")),
    ("report", "░", "ok", ("report waits for poll()", "report waits", "report")),
)
_NOTHING = ("no record has come back yet", "none yet")


class SplitBar(Chart):
    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._split: Split | None = None

    def show(self, split: Split | None) -> None:
        self._split = split
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        split = self._split
        if split is None:
            return [middle(width, pick(width, *_NOTHING), roles.muted)]
        known = [(getattr(split, name) or 0.0, glyph, role, words) for name, glyph, role, words in _PARTS]
        cells = apportion([round(ms * 1000) for ms, *_ in known], width)
        bar = [
            span(glyph * cell, getattr(roles, role))
            for cell, (_, glyph, role, _) in zip(cells, known, strict=True)
        ]
        for length in range(3):
            legend: list[Segment] = []
            for ms, glyph, role, words in known:
                legend += [
                    span("  " if legend else ""),
                    span(glyph, getattr(roles, role)),
                    span(f" {words[min(length, len(words) - 1)]} ", roles.muted),
                    span(f"{ms_text(ms)} ms", roles.text, bold=True),
                ]
            if width_of(legend) <= width:
                break
        return [bar, legend][:height]
