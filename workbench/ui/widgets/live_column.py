"""What happens to the records: heatmap, latency and acks, on one clock."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.containers import Vertical

from workbench.insight.notices import records
from workbench.insight.units import ms_text
from workbench.insight.window import TimeWindow
from workbench.ui.glyphs import number
from workbench.ui.theme import palette
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.latency_strip import LatencyStrip
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.time_plot import TimePlot
from workbench.ui.widgets.title import Pane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.insight.live import Insight
    from workbench.model.cluster_view import TopicView
    from workbench.model.events import Event
    from workbench.model.stations import Stations

_LATENCY = ("send() to report, log scale", "to report, log scale", "log scale")


def _ms(ms: float | None) -> str:
    return "–" if ms is None else ms_text(ms)


class LiveColumn(Vertical):
    """Empty until `fill`: the first paint does not wait for charts that have nothing to show."""

    _run: str | None = None
    _insight: "Insight | None" = None

    async def fill(self) -> None:
        panes = (
            HoldingPane("Partitions", lambda: Heatmap(id="heatmap"), id="partitions"),
            HoldingPane("Latency", lambda: LatencyStrip(id="strip"), id="latency"),
            HoldingPane("Acks", lambda: Acks(id="ack-lines"), id="acks"),
        )
        panes[1].title.right = _LATENCY
        await self.mount(*panes)

    def show(
        self,
        insight: "Insight | None",
        topic: "TopicView | None",
        stations: "Mapping[tuple[int, int], Stations]",
        happened: "Sequence[Event]" = (),
    ) -> None:
        self._insight = insight
        run = insight.frame.run_id if insight else None
        if run != self._run:
            self._run = run
            self._look_through(self.query_one(Heatmap).window.go_on())  # no moment of another run
        self.query_one(Heatmap).show(insight, topic, happened)
        self.fit()
        alone = self.screen.has_class("-zoomed")
        self.query_one(LatencyStrip).show(insight, topic, happened, alone=alone)
        self._show_latency_title(insight)
        self.query_one(Acks).show(insight, stations)
        self._show_acks_title(insight)
        partitions = self.query_one("#partitions", Pane).title
        if insight is None:
            partitions.right = ""
            return
        roles = palette(self.app)
        word = "unconfirmed" if insight.unconfirmed else "acked"
        partitions.right = Text.assemble(
            (number(insight.delivered), f"bold {roles.text}"), (f" {word}", roles.muted)
        )

    @on(Acks.Looked)
    def _looked_at_a_record(self) -> None:
        self._show_acks_title(self._insight)

    def _show_acks_title(self, insight: "Insight | None") -> None:
        title, one_in = self.query_one("#acks", Pane).title, insight.sampled_one_in if insight else None
        if one_in is None:
            title.right = ""
        elif self.query_one(Acks).held:
            title.right = (f"1 in {number(one_in)}, standing still: space goes on", "standing still")
        else:
            title.right = (f"1 in {number(one_in)}, newest first", f"1 in {number(one_in)}")

    def _show_latency_title(self, insight: "Insight | None") -> None:
        """What is looked at; else from when to when it is measured, with a rate both ways."""
        title, plot = self.query_one("#latency", Pane).title, self.query_one(LatencyStrip)
        columns = plot.columns_now()
        piece = columns.at(plot.window.cursor_s) if columns else None
        if columns is not None and piece is not None:
            start, end = piece.index * columns.slice_s, (piece.index + 1) * columns.slice_s
            when = f"{start:g} s to {end:g} s" if columns.slice_s >= 1 else f"{start:.2f} s to {end:.2f} s"
            title.right = (f"{when}: {records(piece.total)}, {number(piece.failed)} failed", when)
        elif insight is not None and insight.from_send is not None:
            p50, _, p99 = insight.from_send
            sent = f"from send() p50 {_ms(p50)} p99 {_ms(p99)} ms"
            title.right = (f"from the moment due; {sent}", sent, "from when due", "")
        else:
            title.right = _LATENCY

    def fit(self) -> None:
        """Make the heatmap as high as its rows need; many partitions scroll within half the column."""
        for heatmap in self.query(Heatmap):
            styles = self.query_one("#partitions").styles
            if self.screen.has_class("-zoomed"):
                styles.clear_rule("height")
                continue
            needed = heatmap.get_content_height(self.screen.size, self.screen.size, 0) + 1
            column = self.size.height or self.screen.size.height - 5
            height = min(needed, max(column // 2, 6) + heatmap.told)
            if styles.height is None or styles.height.value != height:
                styles.height = height

    @on(TimePlot.WindowChanged)
    def _window_changed(self, event: TimePlot.WindowChanged) -> None:
        """One clock: what one plot shows, all show."""
        self._look_through(event.window)

    def _look_through(self, window: TimeWindow) -> None:
        for plot in self.query(TimePlot):
            plot.window = window
        self._show_latency_title(self._insight)
