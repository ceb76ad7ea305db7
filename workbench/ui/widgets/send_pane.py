"""How the records are sent, the buttons, and how far the run is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message
from textual.widgets import Input, Label, Static

from workbench.model import scenario_keys
from workbench.model.scenario import SEND_MODES, SendMode, SendPlan
from workbench.ui.glyphs import PAUSE, PLAY, STOP, pick
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.widgets.counts import Counts, Progress
from workbench.ui.widgets.field import Field, Press
from workbench.ui.widgets.ledger_bar import LedgerBar
from workbench.ui.widgets.radio import Radio
from workbench.ui.widgets.rate_strip import RateStrip
from workbench.ui.widgets.run_state import state_text
from workbench.ui.widgets.said import Said
from workbench.ui.widgets.title import Pane

_NAMES: dict[str, tuple[str, ...]] = {
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


_BATCH_HINTS = (
    "load mode: so many records a call; no headers, no rate",
    "load mode: records a call, no headers",
    "load mode: records a call",
)
_ENGINES_HINTS = (
    "processes with a client each, that share the records",
    "processes that share the records",
    "client processes",
)
_HINTS = {"batch": _BATCH_HINTS, "engines": _ENGINES_HINTS}
_PLACEHOLDERS = {"rate": ("full speed", "fastest", "max"), "batch": ("one by one", "off")}


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
        self._ring = send.ring
        """Of the scenario: without load mode there is none, and with it again it is back."""
        self._phase = ""
        self._state = Text()
        self._hints: tuple[str, ...] = ()
        """Of the field with the focus."""

    def body(self) -> ComposeResult:
        send = self._send
        yield Radio(_NAMES, send.mode, id="mode")
        yield Static("", id="mode-means")
        with Container(id="numbers"):
            with Horizontal(classes="row"):
                yield Label("count", classes="label")
                yield Field(str(send.count), "1 or more", id="count")
                yield Label("records", classes="unit long-unit")
            with Horizontal(classes="row -right"):
                yield Label("rate", classes="label")
                yield Field(_or_nothing(send.rate), _PLACEHOLDERS["rate"][0], id="rate")
                yield Label("/s", classes="unit")
            with Horizontal(classes="row"):
                yield Label("engines", classes="label")
                yield Field(str(send.engines), "1", id="engines")
                yield Label("clients", classes="unit long-unit")
            with Horizontal(classes="row -right"):
                yield Label("batch", classes="label")
                yield Field(_or_nothing(send.batch), _PLACEHOLDERS["batch"][0], id="batch")
                yield Label("a call", classes="unit long-unit")
        with Horizontal(id="buttons"):
            yield Press(f"{PLAY} Send", "Send", id="press-send", classes="-primary")
            yield Press(f"{PAUSE} Pause", "Pause", id="press-pause")
            yield Press(f"{STOP} Stop", "Stop", id="press-stop", classes="-danger")
        yield Said("", id="send-problem")
        yield Progress(id="send-progress")
        yield LedgerBar(id="send-ledger")
        yield Counts(id="send-counts")
        yield RateStrip(id="send-rate")

    def on_mount(self) -> None:
        self.query_one("#rate").tooltip = "Records per second; empty: as fast as it goes"
        self.query_one("#batch").tooltip = (
            "Load mode: so many records are offered in one call. They carry no headers; the read-back finds"
            " each at the partition and offset of its report. Empty: one by one"
        )
        self.query_one("#engines").tooltip = (
            "So many engine processes share the records, for machines with cores to spare; all of a key"
            " go through one of them"
        )
        self._show_means()

    def on_resize(self) -> None:
        self._show_means()
        self._show_state()
        self.call_after_refresh(self._fit_placeholders)

    def _fit_placeholders(self) -> None:
        for field in self.query(Field):
            if texts := _PLACEHOLDERS.get(field.id or ""):
                field.placeholder = pick(field.content_size.width, *texts)

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        """That a field was left may be told after that the next one was entered."""
        focused = self.screen.focused
        inside = focused is not None and self in focused.ancestors
        self._hints = _HINTS.get(focused.id or "", ()) if focused and inside else ()
        self._show_means()

    def _show_means(self) -> None:
        """What the mode means; in a field that needs a word, what that one means."""
        texts = self._hints or means_of(self._send.mode, self._send)
        for means in self.query("#mode-means").results(Static):
            means.update(pick(self.content_size.width, *texts))

    def _show_state(self) -> None:
        """Behind tabs their bar says it, a line above."""
        tabs = any(node.has_class("-tabs") for node in self.ancestors)
        self.title.right = "" if tabs else self._state

    def show_plan(self, send: SendPlan) -> None:
        """Put another plan into the form."""
        self._send, self._ring = send, send.ring
        self.query_one(Radio).value = send.mode
        for name, text in (
            ("count", str(send.count)),
            ("rate", _or_nothing(send.rate)),
            ("engines", str(send.engines)),
            ("batch", _or_nothing(send.batch)),
        ):
            self.query_one(f"#{name}", Field).value = text
        self._show_means()

    # ---- what stands in the form

    @property
    def _mode(self) -> SendMode:
        value = self.query_one(Radio).value
        return next(mode for mode in SEND_MODES if mode == value)

    @on(Radio.Chosen)
    @on(Input.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        edited = self.edited()
        self._show_means()
        self.post_message(edited)

    def edited(self) -> Edited:
        """What stands in the form now; wrong fields are marked."""
        problems = []
        for name, read in _READ.items():
            field = self.query_one(f"#{name}", Field)
            try:
                self._send = msgspec.structs.replace(self._send, **{name: read(field.value)})
                field.remove_class("-wrong")
            except ValueError as error:
                field.add_class("-wrong")
                problems.append(f"{name}: {error}")
        ring = None if self._send.batch is None else self._ring
        self._send = msgspec.structs.replace(self._send, mode=self._mode, ring=ring)
        return self.Edited(self._send, problems[0] if problems else None)

    @on(Press.Pressed)
    def _pressed(self, event: Press.Pressed) -> None:
        event.stop()
        self.post_message(self.StopPressed() if event.button.id == "press-stop" else self.SendPressed())

    # ---- how it goes

    def show(self, session: Session, problem: str | None) -> None:
        """`problem`: why nothing can be sent as the forms stand."""
        insight = session.insight
        self._state = state_text(session, palette(self.app))
        self._show_state()
        self.query_one(Progress).show(session)
        self.query_one(LedgerBar).show(insight)
        self.query_one(Counts).show(session)
        self.query_one(RateStrip).show(insight)
        reason = self.query_one("#send-problem", Said)
        reason.say(Text(problem or "", palette(self.app).bad))
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


def means_of(mode: SendMode, send: SendPlan) -> tuple[str, ...]:
    """In several lengths, the longest first; load mode and engines are told too."""
    means = _MEANS[mode]
    if send.batch is not None and mode != "sync":
        many = f"{send.batch:,} records a call"
        means = (
            f"load mode: {many}, each report counted",
            f"load mode: {many}",
            f"load mode, {send.batch:,} a call",
            f"{send.batch:,} a call",
        )
    if send.engines == 1:
        return means
    engines = f"{send.engines} engines"
    return (*(f"{engines} · {each}" for each in means), engines)


def _or_nothing(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _plain(text: str) -> str:
    return text.strip().replace(",", "").replace("_", "")


def _read_count(text: str) -> int:
    return _whole(text, scenario_keys.MOST_RECORDS)


def _read_engines(text: str) -> int:
    return _whole(text, scenario_keys.MOST_ENGINES) if _plain(text) else 1


def _read_batch(text: str) -> int | None:
    return _whole(text, scenario_keys.MOST_IN_BATCH, ", or nothing") if _plain(text) else None


def _whole(text: str, most: int, otherwise: str = "") -> int:
    plain = _plain(text)
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 19 and 1 <= int(plain) <= most):
        raise ValueError(f"a whole number from 1 to {most:,}{otherwise}")
    return int(plain)


def _read_rate(text: str) -> float | None:
    plain = _plain(text)
    if not plain:
        return None
    try:
        return scenario_keys.records_per_second(float(plain))
    except ValueError:
        raise ValueError("records a second, more than 0, or nothing for full speed") from None


_READ: Mapping[str, Callable[[str], float | int | None]] = {
    "count": _read_count, "rate": _read_rate, "engines": _read_engines, "batch": _read_batch,
}  # fmt: skip
"""What stands in each field; raises ValueError with what is wanted there."""
