"""The inside of the client: what a record meets between send() and its report, and what holds it up."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from workbench.insight.bottleneck import Bottleneck, bottleneck
from workbench.insight.pipeline import MOMENTS, Pipeline, Plan, pipeline
from workbench.insight.stages import stages
from workbench.insight.units import ms_text
from workbench.ui.glyphs import OK, WARNING
from workbench.ui.screens.beside import BesideScreen
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.widgets.header import Header
from workbench.ui.widgets.keys_line import KeysLine
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.pipeline.flight_rows import FlightRows
from workbench.ui.widgets.pipeline.held_rows import HeldRows
from workbench.ui.widgets.pipeline.history import History
from workbench.ui.widgets.pipeline.split_bar import SplitBar
from workbench.ui.widgets.pipeline.stage_line import StageLine
from workbench.ui.widgets.run_strip import RunStrip
from workbench.ui.widgets.said import Said
from workbench.ui.widgets.title import Pane

_SECONDS = MOMENTS // 4
_BESIDES = 24
"""Rows of all other panes."""
_GRID_BESIDES = 3


def _key(keys: str, action: str, what: str, tip: str) -> Binding:
    return Binding(keys, action, what, tooltip=tip, id=f"pipeline.{what}", show=False)


class Verdict(Pane):
    TITLE = "Where it is held up"

    def body(self) -> ComposeResult:
        yield Said("", id="verdict-text")


class PipelineScreen(BesideScreen):
    AUTO_FOCUS = ""
    KEY = "F6"
    CSS_PATH = "../styles/pipeline.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("ctrl+s", "send", "send", "Send; while a run is on: pause, resume"),
        _key("ctrl+g", "stop_run", "stop-run", "Stop the run"),
        _key("escape", "bench", "bench", "Back to the bench"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._stages = HoldingPane(
            "From send() to your callback", lambda: StageLine(id="stage-line"), id="stages"
        )
        self._held = HoldingPane("Held, by partition", lambda: HeldRows(id="held-rows"), id="held")
        self._flight = HoldingPane("In flight, by broker", lambda: FlightRows(id="flight-rows"), id="flight")
        self._history = HoldingPane("Held, over time", lambda: History(id="history-chart"), id="history")
        self._split = HoldingPane("Where a record's time goes", lambda: SplitBar(id="split-bar"), id="split")

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield Verdict(id="verdict")
        yield self._stages
        with Horizontal(id="inside"):
            yield self._held
            yield self._flight
        yield self._history
        yield self._split
        yield RunStrip(id="run-strip")
        yield KeysLine(id="keys")

    def draw(self) -> None:
        """Draw what the client told last."""
        session, insight = self.session, self.session.insight
        scenario = session.running if session.running and insight else session.scenario
        plan = Plan.of(scenario)
        ended = insight is not None and insight.ended
        seen = None
        if insight is not None:
            delivered = insight.frame.partitions
            seen = pipeline(insight.clients, plan, ended=ended, delivered=delivered)
        found = bottleneck(seen, plan, insight.rate if insight else 0.0, ended=ended)
        self._show_verdict(found)
        self._stages.content.show(stages(scenario, insight, seen), found.place)
        now = seen.now if seen else None
        self._held.content.show(seen, mean=ended)
        self._flight.content.show(seen, plan.in_flight)
        self._history.content.show(insight.clients if insight else (), ended=ended)
        self._split.content.show(seen.split if seen else None)
        self._show_titles(seen, plan, ended=ended)
        self._share_rows(len(now.queued) if now else session.partitions)
        self.show_frame(("Tab", "next", "app.focus_next"))

    def _share_rows(self, partitions: int) -> None:
        """A few partitions take the rows they need, the history what is left; many scroll."""
        inside = self.query_one("#inside")
        room = max(6, (self.size.height - _BESIDES) // 2)
        height = min(partitions + _GRID_BESIDES, room)
        given = inside.styles.inline.height
        if self.has_class("-tabs"):
            if given is not None:
                inside.styles.clear_rule("height")
                inside.refresh(layout=True)  # which no styles' clear_rule asks for
        elif given is None or given.value != height:
            inside.styles.height = height

    def _show_verdict(self, found: Bottleneck) -> None:
        roles = palette(self.app)
        insight = self.session.insight
        if insight is None:
            text = Text("Nothing is sent yet: ^S sends, and each station shows what passes it.", roles.muted)
        else:
            free = found.kind in {"rate", "program", "not known"}
            mark = OK if free else WARNING
            colour = roles.muted if found.kind == "not known" else roles.ok if free else roles.warn
            text = Text.assemble((f"{mark} ", f"bold {colour}"), (found.sentence, f"bold {roles.text}"))
            if found.mend:
                text.append(f"\n{found.mend}", roles.muted)
        self.query_one("#verdict-text", Said).say(text)

    def _show_titles(self, seen: Pipeline | None, plan: Plan, *, ended: bool) -> None:
        stretch = "the whole run" if ended else f"the last {_SECONDS} s"
        self.query_one(Verdict).title.right = "" if seen is None else (f"over {stretch}", "")
        limit = "no limit" if plan.in_flight is None else f"at most {plan.in_flight} each"
        self._flight.title.right = (limit, "")
        self._held.title.right = ("mean of the run", "") if ended else ("now", "") if seen else ""
        self._stages.title.right = ("by the client's own statistics, four times a second", "")
        split = self._split.title
        split.right = ""
        if seen is not None and seen.split is not None:
            told = f"{ms_text(seen.split.total)} ms on average"
            split.right = (f"{told} over {stretch}, by the client's statistics", f"{told}, {stretch}", told)
