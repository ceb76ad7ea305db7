"""How the records are sent, the buttons, and how far the run is."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from rich.console import RenderableType
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from workbench.model import scenario_keys
from workbench.model.scenario import SEND_MODES, SendMode, SendPlan
from workbench.ui.glyphs import CHOSEN, NOT_CHOSEN, PAUSE, PLAY, STOP, pick
from workbench.ui.keys import control_key
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.widgets.counts import Counts, Progress
from workbench.ui.widgets.field import Field, Press
from workbench.ui.widgets.ledger_bar import LedgerBar
from workbench.ui.widgets.rate_strip import RateStrip
from workbench.ui.widgets.run_state import state_text
from workbench.ui.widgets.title import Pane

_NAMES: dict[SendMode, tuple[str, ...]] = {
    "fire-and-forget": ("fire and forget", "fire+forget", "forget"),
    "sync": ("sync",),
    "async": ("async",),
}
_MEANS: dict[SendMode, tuple[str, ...]] = {
    "fire-and-forget": (
        "your program never looks at a report: it would not know",
        "no look at the report: it would not know",
        "the program would not know",
    ),
    "sync": (
        "send one, wait for its report, send the next",
        "one record, its report, then the next",
        "one at a time",
    ),
    "async": (
        "a callback takes each record's report while more are sent",
        "a callback per record, many in flight",
        "a callback per record",
    ),
}


class Modes(Widget, can_focus=True):
    """The send mode as radio buttons on one line."""

    DEFAULT_CSS = """
    Modes { height: 1; color: $k-muted; }
    Modes:focus { background: $k-selected; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("left", "turn(-1)", "mode before", "modes.before"),
        control_key("right,enter,space", "turn(1)", "next mode", "modes.next"),
        control_key("up", "app.focus_previous", "control above", "modes.above"),
        control_key("down", "app.focus_next", "control below", "modes.below"),
        control_key("escape", "screen.blur", "leave the form", "modes.leave"),
    ]

    mode: reactive[SendMode] = reactive[SendMode]("async")

    @dataclass
    class Chosen(Message):
        mode: SendMode

    def __init__(self, mode: SendMode, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(Modes.mode, mode)

    def _labels(self) -> list[str]:
        width = self.size.width
        for form in range(3):
            labels = [f"{NOT_CHOSEN} {names[min(form, len(names) - 1)]}" for names in _NAMES.values()]
            if sum(map(len, labels)) + 2 * (len(labels) - 1) <= width:
                break
        return labels

    def _gap(self, labels: list[str]) -> int:
        return max(1, min(3, (self.size.width - sum(map(len, labels))) // (len(labels) - 1)))

    def render(self) -> RenderableType:
        roles = palette(self.app)
        labels = self._labels()
        text = Text(no_wrap=True)
        for index, (mode, label) in enumerate(zip(SEND_MODES, labels, strict=True)):
            text.append(" " * self._gap(labels) if index else "")
            chosen = mode == self.mode
            text.append(CHOSEN if chosen else NOT_CHOSEN, roles.accent if chosen else roles.muted)
            text.append(label[1:], f"bold {roles.text}" if chosen else roles.muted)
        return text

    def action_turn(self, by: int) -> None:
        self._choose((SEND_MODES.index(self.mode) + by) % len(SEND_MODES))

    def _choose(self, index: int) -> None:
        self.mode = SEND_MODES[index]
        self.post_message(self.Chosen(self.mode))

    def on_click(self, event: Click) -> None:
        event.stop()
        self.focus()
        labels, start = self._labels(), 0
        for index, label in enumerate(labels):
            start += len(label) + self._gap(labels)
            if event.x < start:
                self._choose(index)
                return


class SendPane(Pane):
    TITLE = "Send"

    @dataclass
    class Edited(Message):
        send: SendPlan
        problem: str | None

    class SendPressed(Message):
        """Send, pause or resume, whichever it is now."""

    class StopPressed(Message):
        pass

    def __init__(self, send: SendPlan, id: str = "send") -> None:  # noqa: A002
        super().__init__(id=id)
        self._send = send
        self._phase = ""

    def body(self) -> ComposeResult:
        send = self._send
        yield Modes(send.mode, id="mode")
        yield Static("", id="mode-means")
        with Container(id="numbers"):
            with Horizontal(classes="row"):
                yield Label("count", classes="label")
                yield Field(str(send.count), "1 or more", id="count")
                yield Label("records", classes="unit long-unit")
            with Horizontal(classes="row"):
                yield Label("rate", classes="label")
                yield Field("" if send.rate is None else f"{send.rate:g}", "full speed", id="rate")
                yield Label("/s", classes="unit")
        with Horizontal(id="buttons"):
            yield Press(f"{PLAY} Send", "Send", id="press-send", classes="-primary")
            yield Press(f"{PAUSE} Pause", "Pause", id="press-pause")
            yield Press(f"{STOP} Stop", "Stop", id="press-stop", classes="-danger")
        yield Static("", id="send-problem")
        yield Progress(id="send-progress")
        yield LedgerBar(id="send-ledger")
        yield Counts(id="send-counts")
        yield RateStrip(id="send-rate")

    def on_mount(self) -> None:
        self.query_one("#rate").tooltip = "Records per second; empty: as fast as it goes"
        self._show_means()

    def on_resize(self) -> None:
        self._show_means()

    def _show_means(self) -> None:
        means = self.query_one("#mode-means", Static)
        means.update(pick(self.content_size.width, *_MEANS[self.query_one(Modes).mode]))

    # ---- what stands in the form

    @on(Modes.Chosen)
    @on(Input.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._show_means()
        self.post_message(self.edited())

    def edited(self) -> Edited:
        """What stands in the form now; wrong fields are marked."""
        problems = []
        for name, read in (("count", _read_count), ("rate", _read_rate)):
            field = self.query_one(f"#{name}", Field)
            try:
                self._send = msgspec.structs.replace(self._send, **{name: read(field.value)})
                field.remove_class("-wrong")
            except ValueError as error:
                field.add_class("-wrong")
                problems.append(f"{name}: {error}")
        self._send = msgspec.structs.replace(self._send, mode=self.query_one(Modes).mode)
        return self.Edited(self._send, problems[0] if problems else None)

    @on(Press.Pressed)
    def _pressed(self, event: Press.Pressed) -> None:
        event.stop()
        self.post_message(self.StopPressed() if event.button.id == "press-stop" else self.SendPressed())

    # ---- how it goes

    def show(self, session: Session, problem: str | None) -> None:
        """`problem`: why nothing can be sent as the forms stand."""
        insight = session.insight
        self.title.right = state_text(session, palette(self.app))
        self.query_one(Progress).show(session)
        self.query_one(LedgerBar).show(insight)
        self.query_one(Counts).show(session)
        self.query_one(RateStrip).show(insight)
        reason = self.query_one("#send-problem", Static)
        reason.update(Text(problem or "", palette(self.app).bad))
        reason.display = problem is not None
        state = f"{session.phase} {problem}"
        if state != self._phase:
            self._phase = state
            self._show_buttons(session, problem)

    def _show_buttons(self, session: Session, problem: str | None) -> None:
        send, pause, stop = (self.query_one(f"#press-{name}", Press) for name in ("send", "pause", "stop"))
        paused = session.phase == "paused"
        send.disabled = not session.can_send or problem is not None
        pause.disabled = session.phase not in ("running", "paused")
        stop.disabled = session.phase not in ("running", "pausing", "paused")
        send.set_class(not send.disabled, "-primary")
        pause.set_class(not pause.disabled, "-primary")
        pause.labels = (f"{PLAY} Resume", "Resume") if paused else (f"{PAUSE} Pause", "Pause")


def _plain(text: str) -> str:
    return text.strip().replace(",", "").replace("_", "")


def _read_count(text: str) -> int:
    plain = _plain(text)
    if not plain.isdecimal() or not 1 <= int(plain) <= scenario_keys.MOST_RECORDS:
        raise ValueError("a whole number from 1")
    return int(plain)


def _read_rate(text: str) -> float | None:
    plain = _plain(text)
    if not plain:
        return None
    try:
        return scenario_keys.records_per_second(float(plain))
    except ValueError:
        raise ValueError("records a second, more than 0, or nothing for full speed") from None
