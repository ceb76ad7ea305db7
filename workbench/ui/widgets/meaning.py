"""What the edited config means, and what the setting under the cursor is for."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from workbench.insight.units import span_text
from workbench.producer_config import Promise
from workbench.producer_config.meaning import Budget, Limits
from workbench.producer_config.meaning import Meaning as Found
from workbench.ui.config_digest import bytes_text
from workbench.ui.glyphs import FAILED, OK, WARNING, fit
from workbench.ui.theme import Roles, palette
from workbench.ui.widgets.budget_bar import BudgetBar
from workbench.ui.widgets.title import Pane

Forms = list[list[tuple[str, str]]]
"""The same in several lengths, the longest first."""


_LOST = (
    "acked records can be lost with one broker",
    "one lost broker can lose records",
    "one broker can lose records",
)
_TWICE = ("a retry may store it twice", "perhaps stored twice")
_REORDERED = ("a retry may break the order", "perhaps out of order")


class Meaning(Pane):
    TITLE = "What this means"

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Sayings(id="promises")
            yield BudgetBar(id="budget")
            yield Sayings(id="outcome")
            yield Static("", id="setting-help")

    def show_meaning(self, found: Found, *, waits: bool, refused: bool) -> None:
        """`waits`: of the next run, while another is on; `refused`: no producer starts with it."""
        roles = palette(self.app)
        client = "by Java's client" if found.budget.client == "java" else ""
        self.title.right = Text("next run", roles.warn) if waits else client
        promises = _refused(roles) if refused else _promises(found.promise, found.budget, roles)
        self.query_one("#promises", Sayings).lines = promises
        self.query_one(BudgetBar).show(found.budget)
        self.query_one("#outcome", Sayings).lines = _outcome(found, roles)

    def show_setting(self, text: Text) -> None:
        self.query_one("#setting-help", Static).update(text)


class Sayings(Widget):
    """Lines, each in several lengths: the longest that fits."""

    DEFAULT_CSS = "Sayings { height: auto; color: $k-muted; }"

    lines: reactive[Sequence[Forms]] = reactive[Sequence[Forms]]((), layout=True)

    def render(self) -> Text:
        room = self.size.width
        return Text("\n", no_wrap=True).join(Text.assemble(*fit(room, forms)) for forms in self.lines)

    def get_content_height(self, *_: object) -> int:
        return len(self.lines)


def _refused(roles: Roles) -> list[Forms]:
    mark = f"{FAILED} ", f"bold {roles.bad}"
    return [
        [
            [mark, (text, roles.text)]
            for text in ("refused: no producer starts with it", "refused: will not start")
        ]
    ]


def _promises(promise: Promise, budget: Budget, roles: Roles) -> list[Forms]:
    brokers = "one broker" if promise.survives == 1 else f"{promise.survives} brokers"
    said: list[tuple[bool, Sequence[str]]] = []
    if promise.survives:
        said.append((True, (f"acked records survive {brokers}", f"acked survives {brokers}")))
    else:
        said.append((False, _LOST))
    if promise.once and promise.ordered:
        said.append((True, ("stored once, in order per partition", "once, in order per partition")))
    else:
        said.append((promise.once, ("stored once",) if promise.once else _TWICE))
        said.append((promise.ordered, ("in order per partition",) if promise.ordered else _REORDERED))
    if budget.answered and not budget.retry_fits and budget.over_ms:
        said.append((False, ("no time to retry a lost answer", "no time for a retry")))
    return [
        [
            [(f"{OK if good else WARNING} ", roles.ok if good else roles.warn), (form, roles.text)]
            for form in forms
        ]
        for good, forms in said
    ]


def _outcome(found: Found, roles: Roles) -> list[Forms]:
    budget, limits, strong = found.budget, found.limits, f"bold {roles.text}"
    if budget.gives_up_ms is None:
        end: Forms = [
            [("Never reported failed: tried ", ""), ("for ever", f"bold {roles.warn}")],
            [("Tried ", ""), ("for ever", f"bold {roles.warn}")],
        ]
    else:
        at = span_text(budget.gives_up_ms / 1000), f"bold {roles.bad}" if budget.over_ms else strong
        end = [
            [("Reported failed at ", ""), at, (", perhaps stored", "")],
            [("Failed at ", ""), at, (", perhaps stored", "")],
            [("Failed at ", ""), at, (", maybe stored", "")],
            [("Failed at ", ""), at],
        ]
    lines = [end]
    if budget.refused_ms is not None:
        refused = span_text(budget.refused_ms / 1000), f"bold {roles.warn}"
        lines.append([[("Refused each time, failed at ", ""), refused], [("If refused, at ", ""), refused]])
    longest = "no end" if budget.longest_ms is None else span_text(budget.longest_ms / 1000)
    lines.append([[("Longest wait in all: ", ""), (longest, strong)]])
    return [*lines, *_held(limits)]


def _held(limits: Limits) -> list[Forms]:
    memory, under_way = bytes_text(limits.memory_bytes), bytes_text(limits.in_flight_bytes)
    held = f"{limits.records:,} records, " if limits.records else ""
    count = "1 request" if limits.requests == 1 else f"{limits.requests:,} requests"
    return [
        [
            [(f"Holds at most {held}{memory}", "")],
            [(f"Holds ≤ {held}{memory}", "")],
            [(f"Holds ≤ {memory}", "")],
        ],
        [
            [(f"On the way at most {count} a broker, {under_way} in all", "")],
            [(f"On the way ≤ {count} a broker, {under_way}", "")],
            [(f"On the way ≤ {count}, {under_way}", "")],
            [(f"Under way ≤ {under_way}", "")],
        ],
    ]
