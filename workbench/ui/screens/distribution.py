"""The latency distribution of the run, over the screen: histogram, percentiles, maximum."""

from collections.abc import Callable
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
from workbench.ui.widgets.chart import Chart, middle, span
from workbench.ui.widgets.title import Title

_EVERY_S = 0.5


class DistributionChart(Chart):
    """plotext's lines as strips; built anew only when another insight is shown."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._insight: Insight | None = None

    def show(self, insight: Insight | None) -> None:
        if insight is not self._insight:
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
        used = len(" ms")
        for name, ms in told:
            figure = "–" if ms is None else ms_text(ms)
            used += len(name) + len(figure) + 4
            if used <= width:
                spans += [span(f" {name} ", roles.muted), span(f"{figure}  ", roles.text, bold=True)]
        return [*spans, span("ms", roles.muted)]


class DistributionScreen(ModalScreen[None]):
    """`current` says what to show; while its run is on, it is asked twice a second."""

    DEFAULT_CSS = """
    DistributionScreen { align: center middle; }
    DistributionScreen > Vertical {
        width: 90%; max-width: 130; height: 86%; max-height: 38;
        background: $k-surface; padding: 1 2;
    }
    DistributionScreen #distribution-keys { height: 1; color: $k-muted; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,d,q,enter", "dismiss", "close", id="distribution.close"),
    ]

    def __init__(self, current: Callable[[], Insight | None]) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Title("Latency distribution", id="distribution-title")
            yield DistributionChart(id="distribution-chart")
            yield Title("records by latency, log scale", "Esc closes", id="distribution-keys")

    def on_mount(self) -> None:
        insight = self._current()
        if insight is not None and not insight.ended:
            self.set_interval(_EVERY_S, self._show)
        self._show()

    def _show(self) -> None:
        insight = self._current()
        counted = sum(insight.frame.latency.values()) if insight else 0
        to = "report" if insight and insight.unconfirmed else "ack"
        self.query_one("#distribution-title", Title).right = f"send() to {to} · {count_text(counted)} records"
        self.query_one(DistributionChart).show(insight)


def _rgb(colour: str) -> tuple[int, int, int]:
    triplet = Color.parse(colour).get_truecolor()
    return triplet.red, triplet.green, triplet.blue
