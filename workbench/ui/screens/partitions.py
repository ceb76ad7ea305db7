"""Where every record goes, and why: keys × partitions, what if, and the order of records."""

from typing import TYPE_CHECKING, ClassVar, Literal

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from workbench.errors import InputError, KwbError
from workbench.insight.key_spread import KeySpread
from workbench.insight.typed_keys import typed_keys
from workbench.ui.glyphs import number
from workbench.ui.key_following import KeyFollowing
from workbench.ui.partitioner_view import foretelling, without_keys
from workbench.ui.screens.beside import BesideScreen
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.what_if_view import Trying
from workbench.ui.widgets.chart import EMPTY
from workbench.ui.widgets.field import Field
from workbench.ui.widgets.header import Header
from workbench.ui.widgets.keys_line import Key, KeysLine
from workbench.ui.widgets.partitions.key_matrix import KeyMatrix
from workbench.ui.widgets.partitions.order_lanes import OrderLanes
from workbench.ui.widgets.partitions.what_if_chart import WhatIfChart
from workbench.ui.widgets.run_strip import RunStrip
from workbench.ui.widgets.title import Pane

if TYPE_CHECKING:
    from textual.widget import Widget

View = Literal["keys", "what-if", "order"]
_LEAST_ROWS = 10
_BESIDES = 6
"""Rows of the order, and of all else beside it and the keys."""
VIEWS: tuple[View, ...] = ("keys", "what-if", "order")
_CHARTS: dict[View, str] = {"keys": "#key-matrix", "what-if": "#what-if", "order": "#order"}


def _key(keys: str, action: str, what: str, tip: str) -> Binding:
    return Binding(keys, action, what, tooltip=tip, id=f"partitions.{what}", show=False)


class KeysPane(Pane):
    TITLE = "Keys × partitions"
    SHORT_TITLE = "Keys"

    def body(self) -> ComposeResult:
        yield Field(placeholder="/ only keys with this in them", id="key-filter")
        yield KeyMatrix(id="key-matrix")


class WhatIfPane(Pane):
    TITLE = "What if"

    def body(self) -> ComposeResult:
        yield Field(placeholder="a keys of your own: user-{1..50} null", id="own-keys")
        yield WhatIfChart(id="what-if")


class OrderPane(Pane):
    TITLE = "Order of records"

    def body(self) -> ComposeResult:
        yield OrderLanes(id="order")


class PartitionsScreen(BesideScreen):
    AUTO_FOCUS = "#key-matrix"
    KEY = "F9"
    CSS_PATH = "../styles/partitions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("1", "view('keys')", "keys", "Keys × partitions"),
        _key("2", "view('what-if')", "what-if", "What if"),
        _key("3", "view('order')", "order", "The order of records"),
        _key("slash", "filter", "filter", "Only keys with a text in them"),
        _key("plus,equals_sign", "partitions(1)", "more", "What if there were one partition more"),
        _key("minus", "partitions(-1)", "fewer", "What if there were one partition less"),
        _key("t", "partitioner(1)", "partitioner", "What if another partitioner were set"),
        _key("T", "partitioner(-1)", "partitioner-back", "The partitioner before"),
        _key("0", "as_it_is", "as-it-is", "Nothing is different any more"),
        _key("a", "own_keys", "own-keys", "Keys of your own"),
        _key("b", "batches", "batches", "The order in batches, record by record"),
        _key("r", "each_way", "each-way", "Send records without a key, each way in turn"),
        _key("ctrl+s", "send", "send", "Send; while a run is on: pause, resume"),
        _key("ctrl+g", "stop_run", "stop-run", "Stop the run"),
        _key("escape", "bench", "bench", "Back to the bench"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.following = KeyFollowing(session)
        self.trying = Trying()
        self._view: View = "keys"

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        with Horizontal(id="upper"):
            yield KeysPane(id="keys-pane")
            yield WhatIfPane(id="what-if-pane")
        yield OrderPane(id="order-pane")
        yield RunStrip(id="run-strip")
        yield KeysLine(id="keys")

    def on_mount(self) -> None:
        self._set_view(self._view)
        self._follow()

    @work(group="keys", exclusive=True)
    async def _follow(self) -> None:
        """Ask the engine while this screen is shown: nobody pays for what is not looked at."""
        await self.following.follow(self.show)

    # ---- showing

    def draw(self) -> None:
        """Draw the session's run, and what is known of its keys."""
        session, spread = self.session, self.following.spread
        self.following.keep_order()
        scenario = session.running or session.scenario
        partitions = spread.partitions if spread else session.partitions
        foretold = foretelling(scenario, partitions)
        self.query_one(KeyMatrix).show(spread, _why_empty(session, spread), foretold)
        self._show_title(spread)
        found, problem = self.trying.what_if(scenario, spread, partitions)
        of_records = bool(spread and spread.rows)
        left_out = sum(spread.others.values()) if spread else 0
        self.query_one(WhatIfChart).show(found, problem, of_records=of_records, left_out=left_out)
        self._show_order()
        self.show_frame(*self._keys())

    def _show_order(self) -> None:
        """As high as the lanes need, while the keys keep the greater part."""
        lanes, pane = self.query_one(OrderLanes), self.query_one(OrderPane)
        lanes.show(tuple(self.session.orders))
        pane.title.right = lanes.said
        high = min(lanes.rows_wanted + 1, max(_LEAST_ROWS, self.size.height // 2 - _BESIDES))
        if self.has_class("-tabs"):
            pane.styles.clear_rule("height")
        elif pane.styles.height is None or pane.styles.height.value != high:
            pane.styles.height = high

    def _show_title(self, spread: KeySpread | None) -> None:
        title, roles = self.query_one(KeysPane).title, palette(self.app)
        if spread is None or not spread.rows:
            title.right = ""
            return
        least = "at least " if spread.distinct_is_least else ""
        counted = f"{least}{number(spread.distinct)}"
        parts = [(counted, f"bold {roles.text}"), (" keys" if spread.distinct != 1 else " key", roles.muted)]
        if spread.scattered:
            moved = f" · {number(len(spread.scattered))} in more than one partition"
            parts.append((moved, f"bold {roles.warn}"))
        elif spread.null is None:
            followed = f"the {number(len(spread.rows))} followed each" if spread.others else "each"
            parts.append((f" · {followed} in one partition", roles.ok))
        title.right = Text.assemble(*parts)

    def _keys(self) -> tuple[Key, ...]:
        views: tuple[Key, ...] = (("1-3", "view", "screen.next_view"),) if self.has_class("-tabs") else ()
        return (
            *views,
            ("+-", "partitions", "screen.partitions(1)"),
            ("t", "partitioner", "screen.partitioner(1)"),
            ("a", "own keys", "screen.own_keys"),
            ("/", "filter", "screen.filter"),
            ("s", f"by {self.query_one(KeyMatrix).sorting}", "screen.sort"),
            ("r", "each way", "screen.each_way"),
        )

    # ---- the views

    def action_view(self, view: View) -> None:
        self._set_view(view)
        self.query_one(_CHARTS[view]).focus()
        self.show()

    def action_next_view(self) -> None:
        self.action_view(VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)])

    def _set_view(self, view: View) -> None:
        """Which one is seen where there is room for one only."""
        self._view = view
        for each in VIEWS:
            self.set_class(each == view, f"-view-{each}")

    def action_blur(self) -> None:
        """Escape leaves a field; what stands in it stays."""
        self._leave(self.focused)

    def _leave(self, field: "Widget | None") -> None:
        self.query_one("#what-if" if field and field.id == "own-keys" else "#key-matrix").focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._leave(event.input)

    # ---- keys

    def action_sort(self) -> None:
        self.query_one(KeyMatrix).action_sort()

    @on(KeyMatrix.Sorted)
    def _sorted(self) -> None:
        self.show()

    def action_filter(self) -> None:
        self._set_view("keys")
        self.query_one("#key-filter", Field).focus()

    @on(Input.Changed, "#key-filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.query_one(KeyMatrix).filter(event.value)

    # ---- what if

    def action_partitions(self, by: int) -> None:
        self.trying.partitions(by)
        self._tried()

    def action_partitioner(self, by: int) -> None:
        self.trying.partitioner(by)
        self._tried()

    def action_as_it_is(self) -> None:
        self.trying.reset()
        self._tried()

    def _tried(self) -> None:
        if self.has_class("-tabs"):
            self.action_view("what-if")
        self.show()

    def action_own_keys(self) -> None:
        self._set_view("what-if")
        self.query_one("#own-keys", Field).focus()

    @on(Input.Changed, "#own-keys")
    def _own_keys(self, event: Input.Changed) -> None:
        title = self.query_one(WhatIfPane).title
        try:
            self.trying.own = typed_keys(event.value)
        except InputError as error:
            title.right = Text(str(error).removeprefix("keys: "), palette(self.app).bad)
        else:
            title.right = ""
        event.input.set_class(bool(title.right), "-wrong")
        self.show()

    # ---- runs

    def action_each_way(self) -> None:
        """Records without a key, once for each way of choosing their partitions."""
        session = self.session
        if not session.can_send:
            self.notify("A run is on, or the cluster is not ready.", title="Not sent", severity="warning")
            return
        if self.has_class("-tabs"):
            self.action_view("order")
        self.app.run_worker(self._each_way(), group="run")  # it goes on when this screen is left

    async def _each_way(self) -> None:
        session = self.session
        try:
            for scenario in without_keys(session.scenario):
                await session.run(scenario)
                await self.following.ask()
                await self.following.look_at_batches()
                self.following.keep_order()
                session.changed()  # whichever screen is looked at now
                if session.report is None or session.report.state != "done":
                    return
        except KwbError as error:
            self.app.notify(str(error), title="The run broke off", severity="error", timeout=10)

    def action_batches(self) -> None:
        self.query_one(OrderLanes).switch()
        self._show_order()


def _why_empty(session: Session, spread: KeySpread | None) -> tuple[str, ...]:
    if spread is not None and spread.why_not:
        return (spread.why_not, "not followed: verify = true, no batch", "not followed")
    if session.run_on:
        return ("no record has arrived yet", "none yet")
    return EMPTY
