"""The bench: config, record and send at the left, what happens to the records at the right."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from workbench.errors import KwbError
from workbench.model.scenario_load import load_problem
from workbench.ui import config_view
from workbench.ui.screens.code_question import ask_for_code
from workbench.ui.screens.desk_actions import DeskActions
from workbench.ui.session import Session
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.config_pane import ConfigPane
from workbench.ui.widgets.event_log import EventLog
from workbench.ui.widgets.header import Header
from workbench.ui.widgets.keys_line import KeysLine, keys_that_count
from workbench.ui.widgets.live_column import LiveColumn
from workbench.ui.widgets.meaning import Meaning
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.run_strip import RunStrip
from workbench.ui.widgets.send_pane import SendPane
from workbench.ui.widgets.tab_bar import TABS, Tab, TabBar
from workbench.ui.widgets.time_plot import TimePlot
from workbench.ui.widgets.title import Pane

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from textual.geometry import Size


LEAST = (72, 18)
"""Columns and rows below which the screen only says that it is too small."""
COLUMNS_FROM = (110, 32)
"""Columns and rows from which the panes stand in three columns, instead of behind tabs."""
_EVENTS = ("what happened → what it did to your records", "what happened → what it did", "")
_FIRST_IN = {"config": "#settings", "compose": "#key", "live": "#heatmap", "events": "#event-log"}


def _key(keys: str, action: str, what: str, tip: str, name: str) -> Binding:
    return Binding(keys, action, what, tooltip=tip, id=name, show=False)


def _needs_tabs(size: "Size") -> bool:
    return size.width < COLUMNS_FROM[0] or size.height < COLUMNS_FROM[1]


class BenchScreen(DeskActions):
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("ctrl+s", "send", "send", "Send; while a run is on: pause, resume", "bench.send"),
        _key("ctrl+g", "stop", "stop", "Stop the run", "bench.stop"),
        _key("ctrl+o", "zoom", "zoom", "Give the focused pane all the room, and back", "bench.zoom"),
        _key("1", "tab('config')", "config", "To the producer config", "bench.config"),
        _key("2", "tab('compose')", "compose", "To the record and how it is sent", "bench.compose"),
        _key("3", "tab('live')", "live", "To what happens to the records", "bench.live"),
        _key("4", "tab('events')", "events", "To the events", "bench.events"),
        _key("d", "distribution", "distribution", "The latency distribution", "bench.distribution"),
        _key("p", "app.partitions", "partitions", "Which key goes to which partition", "bench.partitions"),
        _key("u,ctrl+z", "undo", "undo", "Take the last change of the config back", "bench.undo"),
        _key("r,ctrl+y", "redo", "redo", "Make it again", "bench.redo"),
        _key("ctrl+t", "next_part", "part", "Key, value, headers: the next of them", "bench.part"),
        _key("ctrl+l", "saved_records", "records", "Records saved by name", "bench.records"),
        _key("ctrl+n", "edit_outside", "editor", "Open the text in your EDITOR", "bench.editor"),
        _key("slash,ctrl+f", "filter", "filter", "Filter the settings", "bench.filter"),
        _key("j", "dialect", "names", "Java's names, librdkafka's names", "bench.dialect"),
        _key("escape", "unzoom", "back", "Leave the zoom", "bench.unzoom"),
    ]

    class Completed(Message):
        """All panes are there."""

    tab: reactive[Tab] = reactive[Tab]("compose")

    def __init__(self, session: Session, size: "Size", breakpoints: "Iterable[str]") -> None:
        """`breakpoints`: the classes of the size at which it opens, so that it is styled only once."""
        super().__init__(session, " ".join((*breakpoints, f"-tab-{TABS[1]}")))
        self.set_class(_needs_tabs(size), "-tabs")
        self._send_when_ready = False
        self._forms_key: object = None

    def compose(self) -> ComposeResult:
        """What is painted first; the rest follows at once, see `_complete`."""
        yield Header(id="header")
        yield TabBar(id="tabs")
        with Horizontal(id="body"):
            with Vertical(id="left", classes="column"):
                yield ConfigPane(config_view.groups(self.session, hints=False), self._typed_hints)
            yield Vertical(id="middle", classes="column")
            yield LiveColumn(id="right", classes="column")
        yield RunStrip(id="run-strip")
        yield KeysLine(id="keys")
        yield Static("", id="too-small")

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw_anew())
        self._show_keys()
        self.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        scenario = self.session.scenario
        events = HoldingPane("Events", lambda: EventLog(id="event-log"), id="events")
        events.title.right = _EVENTS
        with self.app.batch_update():
            await self.query_one("#middle").mount(
                Composer(scenario.topic.name, scenario.record), SendPane(scenario.send)
            )
            await self.query_one(LiveColumn).fill()
            await self.query_one("#left").mount(Meaning(id="meaning"))
            await self.mount(events, after="#body")
        self.complete = True
        self.show()
        self._preview()
        self.post_message(self.Completed())

    # ---- showing

    def draw(self) -> None:
        session = self.session
        key = (session.scenario, session.written, session.running, session.phase, session.topic,
               session.partitions, session.view, session.out, self.problem, session.problem,
               self.app.theme)  # fmt: skip
        if key != self._forms_key:
            self._forms_key = key
            self._show_forms()
        self._show_run()

    def _draw_anew(self) -> None:
        """In the colours of another theme, which come a moment after its name."""
        self._forms_key = None
        self.show()

    def _show_forms(self) -> None:
        session = self.session
        self.query_one(Header).show(
            session, config_view.promised(session), refused=config_view.is_refused(session)
        )
        self.query_one(ConfigPane).show(config_view.groups(session), session.written.client)
        self._show_meaning(session.written)
        setting = self.query_one(ConfigList).current
        self._show_help(setting.name if setting else "")
        self._show_route()
        self._show_keys()

    def _show_run(self) -> None:
        session, insight = self.session, self.session.insight
        self.query_one(TabBar).show(session, session.judge.count_wrong(session.written), self.form_problem)
        self.query_one(SendPane).show(session, self.problem)
        self.query_one(RunStrip).show(session)
        self.query_one(Composer).show_next(session.next_seq)
        events = session.events
        self.query_one(EventLog).show(events)
        self.query_one(LiveColumn).show(insight, session.topic, session.stations, session.happened)

    def _show_keys(self) -> None:
        tabs = self.has_class("-tabs")
        self.query_one(KeysLine).keys = keys_that_count(self.session.phase, self.focused, tabs=tabs)

    @property
    def form_problem(self) -> bool:
        return any(self._problems.values())

    @property
    def problem(self) -> str | None:
        """Why nothing can be sent as the forms stand."""
        found = next((problem for problem in self._problems.values() if problem), None)
        scenario = self.session.scenario
        found = found or self._record_problem or load_problem(scenario)
        return found or self.session.judge.refusal(scenario.producer)

    # ---- focus, tabs, zoom, size

    def watch_tab(self) -> None:
        for tab in TABS:
            self.set_class(tab == self.tab, f"-tab-{tab}")
        for bar in self.query(TabBar):
            bar.tab = self.tab

    @on(TabBar.Picked)
    def _picked(self, event: TabBar.Picked) -> None:
        self.action_tab(event.tab)

    def action_tab(self, tab: Tab, then: "Callable[[], object] | None" = None) -> None:
        self.action_unzoom()
        self.tab = tab
        self.call_after_refresh(then or partial(self._focus_first, tab))

    def action_next_tab(self) -> None:
        self.action_tab(TABS[(TABS.index(self.tab) + 1) % len(TABS)])

    def _focus_first(self, tab: Tab) -> None:
        if not self.complete:
            return
        if tab == "compose":
            self.set_focus(None)  # so that 1-4 and ? go on working; Tab enters the form
        else:
            self.query_one(_FIRST_IN[tab]).focus()
        self.show()

    @on(DescendantFocus)
    @on(DescendantBlur)
    @on(TimePlot.WindowChanged)
    def _focus_moved(self) -> None:
        self._show_keys()

    def action_zoom(self) -> None:
        if self.has_class("-zoomed"):
            self.action_unzoom()
            return
        focused = self.focused
        pane = next((node for node in focused.ancestors if isinstance(node, Pane)), None) if focused else None
        if pane is None:
            self.notify("Go to a pane first: Tab, or click into it", severity="warning")
            return
        for node in (pane, *pane.ancestors):
            if isinstance(node, Widget) and node is not self:
                node.add_class("-zoom")
        self.add_class("-zoomed")
        self.query_one(LiveColumn).fit()
        self.call_after_refresh(self.show)

    def action_unzoom(self) -> None:
        if self.has_class("-zoomed"):
            self.remove_class("-zoomed")
            self.query(".-zoom").remove_class("-zoom")
            self.call_after_refresh(self.show)

    def on_resize(self, event: Resize) -> None:
        columns, rows = event.size
        small = columns < LEAST[0] or rows < LEAST[1]
        self.set_class(small, "-too-small")
        self.set_class(_needs_tabs(event.size), "-tabs")
        if small:
            text = f"kwb needs {LEAST[0]} x {LEAST[1]}\nthis is {columns} x {rows}"
            self.query_one("#too-small", Static).update(text)
        self._show_keys()
        self.call_after_refresh(self.query_one(LiveColumn).fit)

    # ---- editing

    @on(SendPane.Edited)
    def _send_edited(self, event: SendPane.Edited) -> None:
        self._problems["send"] = event.problem
        ours = self.session.scenario.send  # the pane has no fields for these
        send = msgspec.structs.replace(
            event.send, partitioner=ours.partitioner, interceptors=ours.interceptors
        )
        self.session.edit(msgspec.structs.replace(self.session.scenario, send=send))
        self.show()

    # ---- the run

    @on(SendPane.SendPressed)
    def action_send(self) -> None:
        """Send, pause, resume or try again; what stands in the forms at this moment counts."""
        session = self.session
        if not self.complete or session.phase == "opening":
            if not self._send_when_ready:
                self.notify("It sends as soon as the cluster is ready; ^G takes that back.", title="Starting")
            self._send_when_ready = True
            return
        self.app.clear_notifications()
        if (wrong := self.query_one(ConfigList).wrong_edit) is not None:
            self.notify(wrong, title="Not sent", severity="error")
            return
        self._take_edits()
        if session.can_send and ask_for_code(self, session, self.action_send):
            return
        if session.phase in ("running", "paused"):
            self.run_worker(session.pause_or_resume(), group="control")
        elif session.phase == "unavailable":
            self.open_bench()
        elif self.problem is not None:
            self.notify(self.problem, title="Not sent", severity="error")
            self._go_to_problem()
        elif session.can_send:
            if self.has_class("-tabs"):
                self.action_tab("live")
            self.run_worker(self._run(session.run()), group="run")

    def _take_edits(self) -> None:
        """What is still being typed counts."""
        if (edited := self.query_one(ConfigList).take()) is not None:
            self._setting_edited(edited)
        self._record_edited(self.query_one(Composer).edited())
        self._send_edited(self.query_one(SendPane).edited())

    @on(SendPane.StopPressed)
    def action_stop(self) -> None:
        self._send_when_ready = False
        self.run_worker(self.session.stop(), group="control")

    def action_race(self) -> None:
        """The same records in the three send modes, one after another."""
        session = self.session
        if not self.complete or not session.can_send:
            self.notify("A race starts when the cluster is ready and no run is on", title="Not started")
            return
        self._take_edits()
        if ask_for_code(self, session, self.action_race):
            return
        if self.problem is not None:
            self.notify(self.problem, title="Not started", severity="error")
            return
        self.run_worker(self._run(session.race()), group="run")

    async def _run(self, running: "Coroutine[None, None, None]") -> None:
        try:
            await running
        except KwbError as error:
            self.notify(str(error), title="The run broke off", severity="error", timeout=10)
        self._preview()

    @work(group="open")
    async def open_bench(self) -> None:
        """Start the cluster and the engine; what fails is said, and ^S tries again."""
        try:
            await self.session.open()
        except KwbError as error:
            self._send_when_ready = False
            self.notify(str(error), title="No cluster", severity="error", timeout=15)
        self._preview()
        if not (self.session.can_send and ask_for_code(self, self.session, self._allowed)):
            self._send_if_wanted()

    def _allowed(self) -> None:
        """The scenario's code may run; its note, which would have covered the question, may be seen again."""
        self._preview()
        self.call_later(self.run_action, "app.note")
        self._send_if_wanted()

    def _send_if_wanted(self) -> None:
        if self._send_when_ready:
            self._send_when_ready = False
            self.action_send()

    def action_distribution(self) -> None:
        insight = self.session.insight
        if insight is None or not insight.frame.latency:
            self.notify("No latencies yet: send records first")
            return
        from workbench.ui.screens.distribution import Distribution

        self.app.push_screen(Distribution(insight))
