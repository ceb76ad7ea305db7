"""What happens to the records: heatmap, latency and acks, on one clock."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.containers import Vertical

from workbench.ui.glyphs import number
from workbench.ui.theme import palette
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.latency_strip import LatencyStrip
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.title import Pane

if TYPE_CHECKING:
    from workbench.insight.live import Insight
    from workbench.model.cluster_view import TopicView

_LATENCY = ("send() to report, log scale", "to report, log scale", "log scale")


class LiveColumn(Vertical):
    """Empty until `fill`: the first paint does not wait for charts that have nothing to show."""

    async def fill(self) -> None:
        panes = (
            HoldingPane("Partitions", lambda: Heatmap(id="heatmap"), id="partitions"),
            HoldingPane("Latency", lambda: LatencyStrip(id="strip"), id="latency"),
            HoldingPane("Acks", lambda: Acks(id="ack-lines"), id="acks"),
        )
        panes[1].title.right = _LATENCY
        await self.mount(*panes)

    def show(self, insight: "Insight | None", topic: "TopicView | None") -> None:
        self.query_one(Heatmap).show(insight, topic)
        self.fit()
        self.query_one(LatencyStrip).show(insight, topic)
        self.query_one(Acks).show(insight)
        partitions, acks = (self.query_one(name, Pane).title for name in ("#partitions", "#acks"))
        if insight is None:
            partitions.right = acks.right = ""
            return
        roles = palette(self.app)
        word = "unconfirmed" if insight.unconfirmed else "acked"
        partitions.right = Text.assemble(
            (number(insight.delivered), f"bold {roles.text}"), (f" {word}", roles.muted)
        )
        one_in = insight.sampled_one_in
        acks.right = (f"1 in {number(one_in)}, newest first", f"1 in {number(one_in)}") if one_in else ""

    def fit(self) -> None:
        """Make the heatmap as high as its rows need; many partitions scroll within half the column."""
        for heatmap in self.query(Heatmap):
            styles = self.query_one("#partitions").styles
            if self.screen.has_class("-zoomed"):
                styles.clear_rule("height")
                continue
            needed = heatmap.get_content_height(self.screen.size, self.screen.size, 0) + 1
            column = self.size.height or self.screen.size.height - 5
            height = min(needed, max(column // 2, 6))
            if styles.height is None or styles.height.value != height:
                styles.height = height

    @on(Heatmap.SliceChosen)
    def _slice_chosen(self, event: Heatmap.SliceChosen) -> None:
        """The latency's columns are the heatmap's own: one clock."""
        self.query_one(LatencyStrip).slice_s = event.slice_s
