"""A record's key or value: its serializer, whether it is text, empty or null, and the text."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, TextArea

from workbench.model.record import JAVA_CLASSES, SERIALIZER_NAMES, WITH_SCHEMA, RecordPlan
from workbench.ui.widgets.field import Choice, Field, Press
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.radio import Radio
from workbench.ui.widgets.said import Fitted

Part = Literal["key", "value"]
Kind = Literal["text", "empty", "null", "file"]
_KINDS = {"text": ("text",), "empty": ("empty",), "null": ("null",)}
_FILE = {"file": ("file",)}
_NULL = {
    "key": "null: no key (typing gives it one)",
    "value": "null: a tombstone. A compacted topic deletes what has this key (typing gives it a value)",
}
_EMPTY = "empty, 0 B (typing makes it text)"
_TIPS = {
    "key": "Text; empty: a key of 0 bytes; null: no key, the client spreads records as it likes",
    "value": "Text; empty: 0 bytes; null: a tombstone, which deletes the key from a compacted topic",
}


class PartEditor(Vertical):
    """What is typed makes it text again, and text that gives way to empty or null is kept aside."""

    DEFAULT_CSS = """
    PartEditor { height: auto; }
    PartEditor > .head { height: 1; }
    PartEditor > .schema { height: 1; display: none; }
    PartEditor.-schema > .schema { display: block; }
    PartEditor .label-schema { width: 7; color: $k-muted; }
    PartEditor .label-type { width: 6; padding-left: 1; color: $k-muted; }
    PartEditor .file { width: 2fr; }
    PartEditor .type { width: 1fr; }
    PartEditor .find { width: 3; margin-left: 1; }
    PartEditor .label { width: 6; color: $k-muted; }
    PartEditor Radio { width: 21; margin-left: 1; }
    PartEditor.-file Radio { width: 28; }
    PartEditor .verdict { width: 1fr; height: 1; margin-left: 1; text-align: right; }
    """

    @dataclass
    class Edited(Message):
        part: Part

    @dataclass
    class SchemaWanted(Message):
        """A list of schema files, please."""

        editor: "PartEditor"

    def __init__(self, part: Part, of: RecordPlan, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.part: Part = part
        self.file = of.value_file if part == "value" else None
        self._aside = ""
        self._first = _said(of, part)

    def compose(self) -> ComposeResult:
        text, serializer, schema, type_name = self._first
        part = self.part
        with Horizontal(classes="head"):
            yield Label(part, classes="label")
            choice = Choice(
                SERIALIZER_NAMES,
                serializer,
                id=f"{part}-kind",
                hints=JAVA_CLASSES,
                typed="your own, module:attribute",
            )
            choice.tooltip = f"The {part}'s serializer"
            yield choice
            radio = Radio(self._kinds(), self._kind_of(text), id=f"{part}-null")
            radio.tooltip = _TIPS[part]
            yield radio
            yield Fitted("verdict" if part == "value" else "key-verdict", "verdict")
        with Horizontal(classes="schema"):
            yield Label("schema", classes="label-schema")
            yield Field(schema, "file", id=f"{part}-schema").add_class("file")
            yield Press("▾", id="find", classes="find")
            yield Label("type", classes="label-type")
            field = Field(type_name, "first", id=f"{part}-type").add_class("type")
            field.tooltip = "Which record, message or struct of the file; nothing: the first, or the whole"
            yield field
        payload = Payload(text or "", id=part, numbers=part == "value")
        payload.set_class(part == "key", "-line")
        yield payload

    def on_mount(self) -> None:
        self._mark()
        self._show_file_name()

    def _show_file_name(self) -> None:
        """A path that does not fit shows its end."""
        field = self.query_one(f"#{self.part}-schema", Field)

        def show_end() -> None:
            field.cursor_position = 0  # or nothing moves, and nothing is scrolled
            field.cursor_position = len(field.value)

        self.call_after_refresh(show_end)

    def _kinds(self) -> dict[str, tuple[str, ...]]:
        return {**_KINDS, **(_FILE if self.file is not None else {})}

    def _kind_of(self, text: str | None) -> Kind:
        if text is None:
            return "null" if self.file is None else "file"
        return "text" if text else "empty"

    # ---- what stands in it

    @property
    def payload(self) -> Payload:
        return self.query_one(Payload)

    @property
    def kind(self) -> str:
        """text, empty, null or file."""
        return self.query_one(Radio).value

    @property
    def serializer(self) -> str:
        return self.query_one(Choice).value

    @property
    def text(self) -> str | None:
        """None for null, and for what comes from a file."""
        kind = self.kind
        if kind == "text":
            return self.payload.whole
        return "" if kind == "empty" else None

    @property
    def schema_file(self) -> str | None:
        """As typed; what is wrong with it is said by whoever reads it."""
        return self._typed("schema") if self._takes_schema else None

    @property
    def type_name(self) -> str | None:
        return self._typed("type") if self._takes_schema else None

    @property
    def _takes_schema(self) -> bool:
        return self.serializer in WITH_SCHEMA

    def _typed(self, name: str) -> str | None:
        text = self.query_one(f"#{self.part}-{name}", Field).value.strip()
        return (str(Path(text).expanduser().absolute()) if name == "schema" else text) if text else None

    def take_schema(self, path: str) -> None:
        self.query_one(f"#{self.part}-schema", Field).value = _short(path)
        self._show_file_name()

    def show(self, of: RecordPlan) -> None:
        """Put another in its place, which ^Z does not take back."""
        self.file = of.value_file if self.part == "value" else None
        text, serializer, schema, type_name = _said(of, self.part)
        self._aside = ""
        self.query_one(f"#{self.part}-schema", Field).value = schema
        self.query_one(f"#{self.part}-type", Field).value = type_name
        radio = self.query_one(Radio)
        radio.options = self._kinds()
        radio.value = self._kind_of(text)
        self.query_one(Choice).value = serializer
        self.payload.show(text or "")
        self._mark()
        self._show_file_name()

    def show_verdict(self, wordings: Sequence[Text]) -> None:
        self.query_one(".verdict", Fitted).say_one_of(wordings)

    def show_wrong(self, places: Sequence[tuple[int, int | None]]) -> None:
        self.payload.show_wrong(places)

    # ---- changes

    @on(Radio.Chosen)
    def _kind_chosen(self, event: Radio.Chosen) -> None:
        event.stop()
        payload = self.payload
        if event.value == "text":
            if not payload.whole:
                payload.change(self._aside)
        elif payload.whole:
            self._aside = payload.whole
            payload.change("")
        self._told()

    @on(Choice.Chosen)
    def _serializer_chosen(self, event: Choice.Chosen) -> None:
        event.stop()
        self._told()

    @on(Press.Pressed, "#find")
    def _find(self, event: Press.Pressed) -> None:
        event.stop()
        self.post_message(self.SchemaWanted(self))

    @on(Input.Changed)
    def _schema_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._told()

    @on(TextArea.Changed)
    def _text_typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.payload.whole and self.kind != "text":
            self.query_one(Radio).value = "text"
        self._told()

    def _told(self) -> None:
        self._mark()
        self.post_message(self.Edited(self.part))

    def _mark(self) -> None:
        payload, kind = self.payload, self.kind
        self.set_class(self.file is not None, "-file")
        payload.highlight_json = self._takes_schema or ":" in self.serializer  # one's own code
        payload.enter_goes_on = self.part == "key" and not payload.highlight_json
        needed = self._takes_schema and self.serializer != "json"
        self.set_class(needed or self.schema_file is not None, "-schema")
        if kind == "text" and payload.held_words is not None:
            payload.placeholder = payload.held_words
        elif kind == "null":
            payload.placeholder = _NULL[self.part]
        elif kind == "file":
            payload.placeholder = f"from the file {self.file}"
        else:
            payload.placeholder = _EMPTY
        payload.refresh()


def _said(of: RecordPlan, part: Part) -> tuple[str | None, str, str, str]:
    """Text, serializer, schema file and type, as they stand in the form."""
    if part == "key":
        text, serializer, schema, type_name = of.key, of.key_serializer, of.key_schema_file, of.key_type
    else:
        text, serializer, schema, type_name = (
            of.value, of.value_serializer, of.value_schema_file, of.value_type,
        )  # fmt: skip
    return text, serializer, _short(schema), type_name or ""


def _short(path: str | None) -> str:
    """From the folder at hand, where it lies in it."""
    if path is None:
        return ""
    here, whole = Path.cwd(), Path(os.path.normpath(path))
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(whole)
