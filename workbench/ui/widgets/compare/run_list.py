"""The runs of this session, newest last; the cursor picks one to be A or B."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from workbench.insight.units import count_text, ms_text
from workbench.model.finished_run import FinishedRun
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span, width_of

NOTHING = ("no run has ended yet — ^S sends, r races the three modes", "^S sends, r races")
_WRONG = ("lost", "vanished", "duplicated", "reordered", "failed", "rejected")
_MARK = 4
_RACED = "◆"


class RunList(ScrollingChart):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "pin", "A", show=False, tooltip="this run is A", id="runs.a"),
        Binding("b,enter", "against", "B", show=False, tooltip="this run is B", id="runs.b"),
    ]

    class Pinned(Message):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Against(Pinned):
        pass

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._runs: Sequence[FinishedRun] = ()
        self._labels: Mapping[int, str] = {}
        self._at: int | None = None

    def show(self, runs: Sequence[FinishedRun], labels: Mapping[int, str]) -> None:
        """The cursor stays with its run; it goes to a new one where it stood on the newest."""
        if len(runs) > len(self._runs) and (self._at is None or self._at == len(self._runs) - 1):
            self._at = len(runs) - 1
        self._runs, self._labels = runs, labels
        self._in_sight()
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._runs)

    @property
    def page(self) -> int:
        return max(1, self.room.height)

    @property
    def current(self) -> FinishedRun | None:
        return self._runs[self._at] if self._at is not None and self._at < len(self._runs) else None

    def scroll_rows(self, by: int) -> bool:
        """The cursor moves, and the rows follow it."""
        if not self._runs:
            return False
        before, self._at = self._at, min(max((self._at or 0) + by, 0), len(self._runs) - 1)
        self._in_sight()
        self.draw()
        return self._at != before

    def _in_sight(self) -> None:
        if self._at is not None:
            self.first = min(max(self.first, self._at - self.page + 1), self._at)
        self.first = min(self.first, max(0, self.rows - self.page))

    def on_click(self, event: events.Click) -> None:
        row = self.first + event.y
        if row < len(self._runs):
            self._at = row
            self.draw()

    def action_pin(self) -> None:
        if self.current is not None:
            self.post_message(self.Pinned(self.current.number))

    def action_against(self) -> None:
        if self.current is not None:
            self.post_message(self.Against(self.current.number))

    def on_focus(self) -> None:
        self.draw()

    def on_blur(self) -> None:
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        if not self._runs:
            return [middle(width, pick(width, *NOTHING), roles.muted)]
        self._in_sight()
        rows = range(self.first, min(self.first + height, len(self._runs)))
        return [self._row(roles, width, row) for row in rows]

    def _row(self, roles: Roles, width: int, row: int) -> list[Segment]:
        run = self._runs[row]
        here = row == self._at and self.has_focus
        ground = roles.raised if here else None
        label = self._labels.get(run.number, "")
        mark = label if len(label) < 2 else _RACED
        figures = _figures(roles, run, ground)
        left = [
            span(f"{mark:<{_MARK}}", roles.accent, ground, bold=True),
            span(f"run {run.number:<3} ", roles.text if here else roles.muted, ground, bold=here),
        ]
        room = width - width_of(left) - width_of(figures) - 1
        left.append(span(pick(room, *_about(run)), roles.text, ground))
        gap = max(0, width - width_of(left) - width_of(figures))
        return ends(width, [*left, span(" " * gap, None, ground)], figures)


def _about(run: FinishedRun) -> tuple[str, ...]:
    send = run.scenario.send
    acks = f"acks={run.report.config.get('acks', '?')}"
    pace = f" at {send.rate:,.0f}/s" if send.rate else ""
    return (
        f"{send.mode}, {acks}, {count_text(run.report.ledger.sent)} records{pace}: {run.report.scenario}",
        f"{send.mode}, {acks}, {count_text(run.report.ledger.sent)} records{pace}",
        f"{send.mode}, {acks}",
        send.mode,
    )


def _figures(roles: Roles, run: FinishedRun, ground: str | None) -> list[Segment]:
    report = run.report
    rate, p99 = report.throughput.records_per_s, report.latency_ms.p99
    wrong = next((f"{getattr(report.ledger, w):,} {w}" for w in _WRONG if getattr(report.ledger, w)), "")
    spans = [span(f"  {wrong}", roles.bad, ground, bold=True)] if wrong else []
    return [
        *spans,
        span(f"{'–' if rate is None else f'{rate:,.0f}':>10}", roles.text, ground, bold=True),
        span("/s", roles.muted, ground),
        span("   p99 ", roles.muted, ground),
        span(f"{'–' if p99 is None else ms_text(p99):>6}", roles.text, ground, bold=True),
        span(" ms ", roles.muted, ground),
    ]
