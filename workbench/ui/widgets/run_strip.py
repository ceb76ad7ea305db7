"""The run in two lines, seen from every tab."""

from textual.app import ComposeResult
from textual.containers import Vertical

from workbench.ui.session import Session
from workbench.ui.widgets.counts import RunFigures
from workbench.ui.widgets.ledger_bar import LedgerBar


class RunStrip(Vertical):
    DEFAULT_CSS = "RunStrip { height: 2; background: $k-base; padding: 0 1; }"

    _session: Session | None = None

    def compose(self) -> ComposeResult:
        yield LedgerBar(id="strip-ledger")
        yield RunFigures(id="strip-figures")

    def show(self, session: Session) -> None:
        """Drawn only where it is to be seen: for a hidden widget Textual places all of them again."""
        self._session = session
        if self.display:
            self.query_one(LedgerBar).show(session.insight)
            self.query_one(RunFigures).show(session)

    def on_show(self) -> None:
        if self._session is not None:
            self.show(self._session)
