"""What every record of the run is made of, and what the next one will look like."""

from dataclasses import dataclass

import msgspec
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label, Static, TextArea

from workbench.model import scenario_keys
from workbench.model.record import SERIALIZER_NAMES, MadeRecord, RecordPlan
from workbench.ui.glyphs import FAILED, OK, fit, number, pick
from workbench.ui.theme import palette
from workbench.ui.widgets.field import Choice, Field
from workbench.ui.widgets.header_rows import HeaderRows
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.route import Route
from workbench.ui.widgets.title import Pane
from workbench.ui.widgets.wire_bytes import WireBytes

_NULL = "null"
_AUTO = "auto"


class Composer(Pane):
    """`Edited` carries the topic's name and the record as they stand in the form."""

    TITLE = "Record"

    @dataclass
    class Edited(Message):
        topic: str
        record: RecordPlan
        problem: str | None
        """What is wrong in the form; topic and record are the last good ones then."""

    def __init__(self, topic: str, record: RecordPlan, id: str = "composer") -> None:  # noqa: A002
        super().__init__(id=id)
        self._topic = topic
        self._record = record
        self._put_by = {"key": record.key or "", "value": record.value or ""}

    def body(self) -> ComposeResult:
        record = self._record
        serializers = (*SERIALIZER_NAMES, _NULL)
        with Horizontal(classes="row"):
            yield Label("topic", classes="label")
            yield Field(self._topic, "name of the topic", id="topic")
        with Horizontal(classes="row"):
            yield Label("partition", classes="label")
            partition = "" if record.partition is None else str(record.partition)
            yield Field(partition, "auto, by the partitioner", id="partition")
        with Horizontal(classes="row"):
            yield Label("key", classes="label")
            yield Choice(serializers, _NULL if record.key is None else record.key_serializer, id="key-kind")
            yield Field(record.key or "", "", id="key")
        with Horizontal(classes="row"):
            yield Label("value", classes="label")
            null = record.value is None and record.value_file is None
            yield Choice(serializers, _NULL if null else record.value_serializer, id="value-kind")
            yield Static("", id="verdict")
        yield Payload(record.value or "", id="value")
        yield HeaderRows(record.headers, id="headers")
        yield Route(id="route")
        yield Static("", id="made")
        yield WireBytes(id="wire-bytes")

    def on_mount(self) -> None:
        self.query_one("#key-kind").tooltip = "The key's serializer; null: the record has no key"
        self.query_one("#value-kind").tooltip = "The value's serializer; null: a tombstone"
        self._mark_nulls()

    # ---- what stands in the form

    def _read_record(self) -> RecordPlan:
        """Raises ValueError: what is wrong; the mend."""
        now = self._record
        key_kind, value_kind = self._kind("key"), self._kind("value")
        from_file = now.value_file is not None and value_kind != _NULL
        return msgspec.structs.replace(
            now,
            key=None if key_kind == _NULL else self.query_one("#key", Field).value,
            key_serializer=now.key_serializer if key_kind == _NULL else key_kind,
            value=None if value_kind == _NULL or from_file else self.query_one("#value", Payload).text,
            value_file=now.value_file if from_file else None,
            value_serializer=now.value_serializer if value_kind == _NULL else value_kind,
            headers=self.query_one("#headers", HeaderRows).headers,
            partition=self._read_partition(),
        )

    def _kind(self, part: str) -> str:
        return self.query_one(f"#{part}-kind", Choice).value

    def _read_partition(self) -> int | None:
        text = self.query_one("#partition", Field).value.strip()
        if text in {"", _AUTO}:
            return None
        if not text.isdecimal():
            raise ValueError("partition: a number from 0, or nothing for the partitioner")
        return int(text)

    def _read_topic(self) -> str:
        try:
            return scenario_keys.topic_name(self.query_one("#topic", Field).value.strip())
        except ValueError as error:
            raise ValueError(f"topic: {error}") from None

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Chosen)
    @on(HeaderRows.Edited)
    def _changed(self, event: Message) -> None:
        event.stop()
        if isinstance(event, Choice.Chosen):
            self._mark_nulls()
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
            self.query_one("#partition").remove_class("-wrong")
        except ValueError as error:
            problem = str(error)
            self.query_one("#partition").add_class("-wrong")
        return self.Edited(self._topic, self._record, problem)

    def _mark_nulls(self) -> None:
        """A null part keeps its text aside, so that nothing is lost by looking at null."""
        key, value = self.query_one("#key", Field), self.query_one("#value", Payload)
        key_kind, value_kind = self._kind("key"), self._kind("value")
        if key.disabled != (key_kind == _NULL):
            key.value, self._put_by["key"] = (
                ("", key.value) if key_kind == _NULL else (self._put_by["key"], "")
            )
        key.disabled = key_kind == _NULL
        key.placeholder = "null, no key" if key.disabled else "empty, 0 B"
        disabled = value_kind == _NULL or self._record.value_file is not None
        if value.disabled != disabled:
            value.text, self._put_by["value"] = ("", value.text) if disabled else (self._put_by["value"], "")
        value.disabled = disabled
        value.highlight_json = value_kind == "json"
        if value_kind == _NULL:
            value.placeholder = "null: a tombstone, the record has no value"
        elif self._record.value_file is not None:
            value.placeholder = f"from the file {self._record.value_file}"
        else:
            value.placeholder = "empty, 0 B"
        value.refresh()

    # ---- what the engine made of it

    def show_next(self, seq: int) -> None:
        roles = palette(self.app)
        self.title.right = Text.assemble(("next: ", roles.muted), f"seq {number(seq)}")

    def show_made(self, made: MadeRecord | None, problem: str | None = None) -> None:
        """What the engine made of the record; None: not known yet, for `problem` if it has one."""
        roles = palette(self.app)
        self.query_one(WireBytes).show(made)
        verdict, line = self.query_one("#verdict", Static), self.query_one("#made", Static)
        room = max(verdict.content_size.width, 8)
        if made is None:
            verdict.update(Text(pick(room, problem or "no preview yet", "no preview"), roles.muted))
            line.update(Text(problem or "", roles.muted))
        elif made.error is not None:
            where = made.where or "record"
            verdict.update(
                Text(
                    pick(room, f"{FAILED} {where} cannot be made", f"{FAILED} not valid", FAILED),
                    f"bold {roles.bad}",
                )
            )
            line.update(Text.assemble((f"{FAILED} {where}: ", f"bold {roles.bad}"), (made.error, roles.bad)))
        else:
            verdict.update(Text(pick(room, f"{OK} {_size_text(made.value)}", OK), roles.ok))
            self._show_sizes(line, made)

    def _show_sizes(self, line: Static, made: MadeRecord) -> None:
        roles = palette(self.app)
        key, value = len(made.key or b""), len(made.value or b"")
        headers = sum(len(name.encode()) + len(data or b"") for name, data in made.headers)
        total = (f"{number(key + value + headers)} B", f"bold {roles.text}")
        parts = [("key", key, made.key is None), ("value", value, made.value is None)]
        shown = " · ".join(f"{name} null" if null else f"{name} {number(size)}" for name, size, null in parts)
        if made.headers:
            shown += f" · headers {number(headers)}"
        spans = fit(line.content_size.width, [[total, (f"  {shown} B", roles.muted)], [total]])
        line.update(Text.assemble(*spans, no_wrap=True))


def _size_text(value: bytes | None) -> str:
    if value is None:
        return "null, a tombstone"
    return f"valid, {number(len(value))} B" if value else "empty, 0 B"
