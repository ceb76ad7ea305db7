"""The latency distribution of the run, over the screen: histogram or CDF, percentiles, maximum."""

from collections.abc import Mapping
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from workbench.insight.distribution import Ink, cdf_chart, chart, figures
from workbench.insight.live import Insight
from workbench.insight.units import count_text, ms_text
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, middle, span, width_of
from workbench.ui.widgets.title import Title


class DistributionChart(Chart):
    """plotext's lines as strips."""

    SIXTEEN = True

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._latency: Mapping[int, int] = {}
        self._max_ms: float | None = None
        self._cumulated = False

    def show(self, latency: Mapping[int, int], max_ms: float | None, *, cumulated: bool = False) -> None:
        """`cumulated`: the share of records up to each latency, instead of the records at each."""
        self._latency, self._max_ms, self._cumulated = latency, max_ms, cumulated
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        latency, draw = self._latency, cdf_chart if self._cumulated else chart
        ink = Ink(*(_rgb(colour) for colour in (roles.tint("accent", 0.92), roles.warn, roles.muted)))
        text = draw(latency, width, height - 2, ink)
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
        told = [*figures(self._latency), ("max", self._max_ms)]
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
        Binding("c", "cumulate", "CDF", show=False, tooltip="records up to each latency, and back",
                id="distribution.cdf"),
        Binding("s", "from_send", "from send()", show=False, tooltip="from send(), from when each was due",
                id="distribution.from_send"),
    ]  # fmt: skip

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self._insight = insight
        self._cumulated = self._from_send = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Title("Latency distribution", id="distribution-title")
            yield DistributionChart(id="distribution-chart")
            yield Title("", id="distribution-keys")

    def on_mount(self) -> None:
        self._show()

    def action_cumulate(self) -> None:
        self._cumulated = not self._cumulated
        self._show()

    def action_from_send(self) -> None:
        if self._insight.frame.latency_from_send:
            self._from_send = not self._from_send
            self._show()
        else:
            self.notify("Without a rate a record is due when it is sent: both are one")

    def _show(self) -> None:
        frame = self._insight.frame
        both = bool(frame.latency_from_send)
        latency, most = frame.latency, self._insight.max_ms
        if self._from_send:
            latency, most = frame.latency_from_send, frame.latency_from_send_max_us / 1000
        since = "when it was due" if both and not self._from_send else "send()"
        counted = count_text(sum(latency.values()))
        self.query_one("#distribution-title", Title).right = (
            f"{counted} records, {since} to report",
            counted,
        )
        self.query_one(DistributionChart).show(latency, most, cumulated=self._cumulated)
        keys = self.query_one("#distribution-keys", Title)
        what = "share of records up to each latency" if self._cumulated else "records by latency"
        keys.label = f"{what}, log scale"
        other = "histogram" if self._cumulated else "CDF"
        start = f"  s from {'when due' if self._from_send else 'send()'}" if both else ""
        keys.right = (f"c {other}{start}  Esc closes", "Esc closes")


def _rgb(colour: str) -> tuple[int, int, int]:
    triplet = Color.parse(colour).get_truecolor()
    return triplet.red, triplet.green, triplet.blue
