"""What every record of the run is made of, and what the next one will look like."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Click
from textual.message import Message
from textual.widgets import Input, Label

from workbench.model import scenario_keys
from workbench.model.record import MadeRecord, RecordPlan
from workbench.ui.glyphs import FAILED, OK, number
from workbench.ui.keys import control_key
from workbench.ui.theme import palette
from workbench.ui.widgets.field import Field
from workbench.ui.widgets.header_rows import HeaderRows
from workbench.ui.widgets.made_line import MadeLine
from workbench.ui.widgets.part_editor import Part, PartEditor
from workbench.ui.widgets.part_tabs import PARTS, PartTabs, Shown
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.route import Route
from workbench.ui.widgets.title import Pane
from workbench.ui.widgets.wire_bytes import WireBytes

if TYPE_CHECKING:
    from workbench.serde.batch_size import BatchSize

_AUTO, _NOW = "auto", "now"
WHOLE_FROM, BYTES_FROM = 20, 30
"""Rows from which all parts stand under each other, and from which the bytes do too."""
_PARTS: tuple[Part, ...] = ("key", "value")
_PARTITION_TIP = "A number, or nothing: the partitioner chooses"
_TIME_TIP = (
    "CreateTime in epoch milliseconds, a number or a template such as {{ now_ms - 60000 }}; nothing: the "
    "client's clock. A topic with message.timestamp.type=LogAppendTime writes the broker's over it"
)


class Composer(Pane):
    """`Edited` carries the topic's name and the record as they stand in the form."""

    TITLE = "Record"
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("ctrl+z", "take_back", "the header, the record that was there before", "record.back")
    ]

    @dataclass
    class Edited(Message):
        topic: str
        record: RecordPlan
        problem: str | None
        """What is wrong in the form; topic and record are the last good ones then."""

    @dataclass
    class TakenBack(Message):
        """The record that another had replaced stands here again."""

    @dataclass
    class Pasted(Message):
        """A text that may be a whole record, on its way into `payload`."""

        payload: Payload
        text: str

    def __init__(self, topic: str, record: RecordPlan, id: str = "composer") -> None:  # noqa: A002
        super().__init__(id=id)
        self._topic = topic
        self._record = record
        self._replaced: list[RecordPlan] = []
        self._made: MadeRecord | None = None
        self._part: Shown = "value"

    def body(self) -> ComposeResult:
        record = self._record
        with Horizontal(classes="row"):
            yield Label("topic", classes="label")
            yield Field(self._topic, "name of the topic", id="topic")
        with Horizontal(classes="row"):
            yield Label("partition", classes="label")
            yield Field("" if record.partition is None else str(record.partition), _AUTO, id="partition")
            yield Label("time", classes="label-time")
            yield Field(record.timestamp or "", _NOW, id="timestamp")
        yield PartTabs(id="part-tabs")
        yield PartEditor("key", record, id="key-part")
        yield PartEditor("value", record, id="value-part")
        yield HeaderRows(record.headers, id="headers")
        yield Route(id="route")
        yield MadeLine(id="made")
        yield WireBytes(id="wire-bytes")

    def on_mount(self) -> None:
        self.query_one("#partition").tooltip = _PARTITION_TIP
        self.query_one("#timestamp").tooltip = _TIME_TIP
        self._show_notes()
        self.show_part(self._part)
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw_anew())

    def _draw_anew(self) -> None:
        """Texts have their colours with them."""
        self.query_one(MadeLine).draw()
        self._show_verdicts()

    def on_resize(self) -> None:
        rows = self.size.height
        self.set_class(rows < WHOLE_FROM, "-sub")
        self.set_class(rows >= BYTES_FROM, "-bytes")

    # ---- parts, where one is shown at a time

    def show_part(self, part: Shown) -> None:
        self._part = part
        for each in PARTS:
            self.set_class(each == part, f"-part-{each}")
        self.query_one(PartTabs).part = part

    def go_to_part(self, part: Shown) -> None:
        """Show it, and put the cursor into it."""
        self.show_part(part)

        def focus() -> None:
            if part == "bytes":
                self.query_one(WireBytes).focus()
            elif part == "headers":
                names = list(self.query("HeaderRow .name"))
                (names[0] if names else self.query_one("#add-header")).focus()
            else:
                self._editor(part).payload.focus()

        self.call_after_refresh(focus)

    def next_part(self) -> None:
        """In a form that shows them all, the cursor goes from one to the next."""
        focused = self.screen.focused
        inside = list(focused.ancestors_with_self) if focused else []
        now: Shown = self._part
        if not self.has_class("-sub"):
            ids = {"key": "key-part", "value": "value-part", "headers": "headers"}
            known = [part for part, name in ids.items() if any(node.id == name for node in inside)]
            now = next((part for part in PARTS if part in known), "bytes")
        shown = PARTS if self.has_class("-sub") else PARTS[:3]
        self.go_to_part(shown[(shown.index(now) + 1) % len(shown)] if now in shown else shown[0])

    @on(PartTabs.Picked)
    def _part_picked(self, event: PartTabs.Picked) -> None:
        event.stop()
        self.show_part(event.part)

    def _editor(self, part: Part) -> PartEditor:
        return self.query_one(f"#{part}-part", PartEditor)

    # ---- what stands in the form

    def _read_record(self) -> RecordPlan:
        """Raises ValueError: what is wrong; the mend. Each wrong field is marked."""
        key, value = self._editor("key"), self._editor("value")
        changes: dict[str, object] = {
            "key": key.text,
            "key_serializer": key.serializer,
            "value": value.text,
            "value_file": value.file if value.kind == "file" else None,
            "value_serializer": value.serializer,
            "key_schema_file": key.schema_file,
            "key_type": key.type_name,
            "value_schema_file": value.schema_file,
            "value_type": value.type_name,
            "headers": self.query_one("#headers", HeaderRows).headers,
        }
        problem = None
        for name, read in (("partition", _read_partition), ("timestamp", _read_timestamp)):
            field = self.query_one(f"#{name}", Field)
            try:
                changes[name] = read(field.value.strip())
            except ValueError as error:
                problem = problem or f"{name}: {error}"
            field.set_class(name not in changes, "-wrong")
        if problem is not None:
            raise ValueError(problem)
        return msgspec.structs.replace(self._record, **changes)

    def _read_topic(self) -> str:
        try:
            return scenario_keys.topic_name(self.query_one("#topic", Field).value.strip())
        except ValueError as error:
            raise ValueError(f"topic: {error}") from None

    @on(Input.Changed)
    @on(PartEditor.Edited)
    @on(HeaderRows.Edited)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.edited())

    def edited(self) -> Edited:
        """What stands in the form now; wrong fields are marked."""
        problem = None
        try:
            self._topic = self._read_topic()
        except ValueError as error:
            problem = str(error)
        self.query_one("#topic").set_class(problem is not None, "-wrong")
        try:
            self._record = self._read_record()
        except ValueError as error:
            problem = str(error)
        self._show_notes()
        return self.Edited(self._topic, self._record, problem)

    # ---- another record in its place

    async def replace(self, record: RecordPlan, topic: str | None = None) -> None:
        """Show another record; ^Z in key or value, with nothing else to undo, takes it back."""
        if record != self._record:
            self._replaced.append(self._record)
        await self._show_record(record, topic)

    @property
    def can_take_back(self) -> bool:
        return bool(self._replaced)

    async def take_back(self) -> bool:
        """The record that stood here before the last `replace`; False where there is none."""
        if not self._replaced:
            return False
        await self._show_record(self._replaced.pop(), None)
        self.post_message(self.TakenBack())
        return True

    @on(HeaderRows.Removing)
    def _header_goes(self, event: HeaderRows.Removing) -> None:
        event.stop()
        self._replaced.append(self._record)

    @work(exclusive=True, group="take-back")
    async def action_take_back(self) -> None:
        """Outside a text, which has an undo of its own."""
        if not await self.take_back():
            self.notify("Nothing to take back in the record", title="Record")

    async def start_over(self, record: RecordPlan, topic: str) -> None:
        """Show a record that belongs to another scenario: nothing of before is brought back."""
        self._replaced.clear()
        self._made = None
        await self._show_record(record, topic)

    async def _show_record(self, record: RecordPlan, topic: str | None) -> None:
        self._record = record
        if topic is not None:
            self.query_one("#topic", Field).value = topic
        self.query_one("#partition", Field).value = "" if record.partition is None else str(record.partition)
        self.query_one("#timestamp", Field).value = record.timestamp or ""
        for part in _PARTS:
            self._editor(part).show(record)
        await self.query_one("#headers", HeaderRows).show(record.headers)
        self.post_message(self.edited())

    @on(Payload.NothingToUndo)
    @work(exclusive=True, group="take-back")
    async def _undo_wanted(self, event: Payload.NothingToUndo) -> None:
        event.stop()
        await self.take_back()

    @on(Payload.RecordPasted)
    def _record_pasted(self, event: Payload.RecordPasted) -> None:
        event.stop()
        self.post_message(self.Pasted(event.payload, event.text))

    # ---- what the engine made of it

    def show_next(self, seq: int) -> None:
        roles = palette(self.app)
        self.title.right = Text.assemble(("next: ", roles.muted), f"seq {number(seq)}")

    def show_made(
        self, made: MadeRecord | None, problem: str | None = None, size: "BatchSize | None" = None
    ) -> None:
        """What the engine made of the record; None: not known yet, for `problem` if it has one."""
        self._made = made
        self.query_one(WireBytes).show(made)
        self.query_one(MadeLine).show(made, problem, size)
        for part in _PARTS:
            wrong = made is not None and made.error is not None and made.where == part
            places = [(place.line, place.column) for place in made.problems] if made and wrong else []
            self._editor(part).show_wrong(places)
        self._show_verdicts()
        self._show_notes()

    def _show_verdicts(self) -> None:
        made = self._made
        for part in _PARTS:
            self._editor(part).show_verdict(self._verdict(made, part))

    def _verdict(self, made: MadeRecord | None, part: Part) -> list[Text]:
        """In several wordings, the longest first."""
        roles = palette(self.app)
        if made is None:
            return [Text(words, roles.muted) for words in ("no preview yet", "no preview")]
        if made.error is not None:
            words = (f"{FAILED} not valid", f"{FAILED} wrong", FAILED) if made.where == part else ()
            return [Text(one, f"bold {roles.bad}") for one in words]
        data = made.key if part == "key" else made.value
        text: tuple[str, ...]
        if data is None:
            text = ("null, a tombstone", "tombstone", "null") if part == "value" else ("null",)
        else:
            size = f"{number(len(data))} B"
            text = (f"valid, {size}", size) if data else ("empty, 0 B", "0 B")
        return [Text(one, roles.ok) for one in (*(f"{OK} {form}" for form in text), OK)]

    def _show_notes(self) -> None:
        """What the tabs say of the parts that are not seen."""
        made = self._made
        notes: dict[str, str] = {part: self._editor(part).kind for part in _PARTS}
        notes = {part: kind for part, kind in notes.items() if kind != "text"}
        count = len(self.query_one("#headers", HeaderRows).headers)
        notes["headers"] = str(count) if count else ""
        if made is not None and made.error is not None and made.where in PARTS:
            notes[str(made.where)] = FAILED
        self.query_one(PartTabs).notes = notes

    @on(Click, "#made")
    def _go_to_wrong(self, event: Click) -> None:
        event.stop()
        self.go_to_problem()

    def go_to_problem(self) -> bool:
        """Put the cursor where something is wrong; False where nothing is, as far as is known."""
        made = self._made
        if made is None or made.error is None:
            return False
        where = made.where
        if where == "timestamp":
            self.query_one("#timestamp").focus()
        elif where == "headers":
            self.go_to_part("headers")
        for part in _PARTS:
            if where == part:
                if made.problems:
                    self._editor(part).payload.go_to(made.problems[0].line, made.problems[0].column)
                self.go_to_part(part)
        return where is not None


def _read_partition(text: str) -> int | None:
    if text in {"", _AUTO}:
        return None
    if not text.isdecimal():
        raise ValueError("a number from 0, or nothing for the partitioner")
    return int(text)


def _read_timestamp(text: str) -> str | None:
    return None if text in {"", _NOW} else scenario_keys.timestamp(text)
