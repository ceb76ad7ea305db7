"""What the edited config means, and what the setting under the cursor is for."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from workbench.producer_config import Promise, property_named
from workbench.ui.config_view import BOOTSTRAP
from workbench.ui.glyphs import OK, WARNING, number
from workbench.ui.theme import Roles, palette
from workbench.ui.widgets.title import Pane


class Meaning(Pane):
    TITLE = "What this means"
    SHORT_TITLE = "Meaning"

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("", id="promises")
            yield Static("", id="setting-help")

    def show_promise(self, promise: Promise, *, waits: bool) -> None:
        """`waits`: of the config of the next run, while another is on."""
        roles = palette(self.app)
        self.title.right = Text("next run", roles.warn) if waits else ""
        brokers = "one broker" if promise.survives == 1 else f"{promise.survives} brokers"
        kept = (
            f"acked records survive {brokers}"
            if promise.survives
            else "an acked record can be lost with one broker"
        )
        lines = [
            (promise.survives > 0, kept),
            (promise.once, "stored once" if promise.once else "a retry may store it twice"),
            (
                promise.ordered,
                "order kept per partition" if promise.ordered else "a retry may break the order",
            ),
        ]
        text = Text()
        for good, line in lines:
            text.append(f"{OK if good else WARNING} ", roles.ok if good else roles.warn)
            text.append(f"{line}\n", roles.text)
        text.rstrip()
        self.query_one("#promises", Static).update(text)

    def show_setting(self, name: str) -> None:
        roles = palette(self.app)
        self.query_one("#setting-help", Static).update(_help(name, roles))


def _help(name: str, roles: Roles) -> Text:
    item = property_named(name)
    text = Text.assemble((name, f"bold {roles.accent}"))
    if name == BOOTSTRAP:
        return text.append("\nWhere the client asks first for the cluster's brokers.", roles.text)
    if item is None:
        return text.append("\nSet by the scenario, and given to librdkafka as it stands.", roles.text)
    text.append(f"  {item.unit}" if item.unit else "", roles.muted)
    text.append(f"\n{item.does}\n", roles.text)
    text.append(f"{item.goes_wrong}\n", roles.muted)
    text.append("default ", roles.muted)
    text.append(item.default or "none", roles.text)
    text.append(" (kwb, as in Java)" if item.emulated else " librdkafka · ", roles.muted)
    if not item.emulated:
        text.append(item.java_default or "none", roles.text)
        text.append(" Java", roles.muted)
    if item.low is not None and item.high is not None:
        text.append(f"\nrange {number(item.low)} … {number(item.high)}", roles.muted)
    return text
