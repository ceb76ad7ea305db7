"""The run in two lines, seen from every tab."""

from textual.app import ComposeResult
from textual.containers import Vertical

from workbench.insight.live import Insight
from workbench.ui.widgets.ledger_bar import LedgerBar


class RunStrip(Vertical):
    DEFAULT_CSS = """
    RunStrip { height: 2; background: $k-base; padding: 0 1; }
    RunStrip > LedgerBar { height: 2; }
    """

    def compose(self) -> ComposeResult:
        yield LedgerBar(id="strip-ledger")

    def show(self, insight: Insight | None) -> None:
        self.query_one(LedgerBar).show(insight)
