"""The latency distribution of the run, over the screen: histogram, percentiles, maximum."""

from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from workbench.insight.distribution import Ink, chart, figures
from workbench.insight.live import Insight
from workbench.insight.units import count_text, ms_text
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, middle, span, width_of
from workbench.ui.widgets.title import Title


class DistributionChart(Chart):
    """plotext's lines as strips."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._insight: Insight | None = None

    def show(self, insight: Insight | None) -> None:
        self._insight = insight
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        latency = self._insight.frame.latency if self._insight else {}
        ink = Ink(*(_rgb(colour) for colour in (roles.tint("accent", 0.92), roles.warn, roles.muted)))
        text = chart(latency, width, height - 2, ink)
        if not text:
            hint = pick(width, "no latencies yet — ^S sends records", "no latencies yet", "none yet")
            return [[]] * ((height - 1) // 2) + [middle(width, hint, roles.muted)]
        return [*self._lines(text), [], self._figures(roles, width)]

    def _lines(self, text: str) -> list[list[Segment]]:
        console = self.app.console
        return [
            [segment for segment in Text.from_ansi(line, end="").render(console) if segment.text]
            for line in text.split("\n")
        ]

    def _figures(self, roles: Roles, width: int) -> list[Segment]:
        """p50 4.40  p90 …  max 388.0 ms: those that fit."""
        assert self._insight is not None
        told = [*figures(self._insight.frame.latency), ("max", self._insight.max_ms)]
        spans: list[Segment] = []
        for left_out in ((), ("p90",), ("p90", "p99.9")):
            spans = [part for name, ms in told if name not in left_out for part in _figure(roles, name, ms)]
            if width_of(spans) + 2 <= width:
                break
        return [*spans, span("ms", roles.muted)]


def _figure(roles: Roles, name: str, ms: float | None) -> list[Segment]:
    text = "–" if ms is None else ms_text(ms)
    return [span(f"{name} ", roles.muted), span(f"{text}  ", roles.text, bold=True)]


class Distribution(ModalScreen[None]):
    """Of the run as it was when the screen was opened."""

    DEFAULT_CSS = """
    Distribution { align: center middle; }
    Distribution > Vertical {
        width: 90%; max-width: 130; height: 86%; max-height: 38;
        background: $k-surface; padding: 1 2;
    }
    Distribution #distribution-keys { color: $k-muted; text-style: none; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,d,q,enter", "dismiss", "close", show=False, tooltip="close", id="distribution.close"),
    ]

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self._insight = insight

    def compose(self) -> ComposeResult:
        insight = self._insight
        counted = count_text(sum(insight.frame.latency.values()))
        to = "report" if insight.unconfirmed else "ack"
        with Vertical():
            yield Title("Latency distribution", f"{counted} records, send() to {to}")
            yield DistributionChart(id="distribution-chart")
            yield Title("records by latency, log scale", "Esc closes", id="distribution-keys")

    def on_mount(self) -> None:
        self.query_one(DistributionChart).show(self._insight)


def _rgb(colour: str) -> tuple[int, int, int]:
    triplet = Color.parse(colour).get_truecolor()
    return triplet.red, triplet.green, triplet.blue
