"""The record's headers: name and value a row; names may repeat, a value may be empty or null (KIP-82)."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from workbench.model.record import Header
from workbench.ui.widgets.field import Choice, Field, Press

_TEXT, _NULL = "text", "null"


class HeaderRow(Horizontal):
    DEFAULT_CSS = """
    HeaderRow { height: 1; }
    HeaderRow .name { width: 2fr; }
    HeaderRow .kind { margin: 0 1; }
    HeaderRow .value { width: 3fr; }
    HeaderRow .remove { width: 3; margin-left: 1; }
    """

    def __init__(self, header: Header) -> None:
        super().__init__()
        self._first = header

    def compose(self) -> ComposeResult:
        header = self._first
        name = Field(header.name, "name")
        kind = Choice((_TEXT, _NULL), _NULL if header.value is None else _TEXT)
        value = Field(header.value or "", "")
        remove = Press("✗", id="remove")
        for widget, role in ((name, "name"), (kind, "kind"), (value, "value"), (remove, "remove")):
            widget.add_class(role)
            yield widget
        self._mark(value, header.value is None)
        remove.tooltip = "Remove this header"

    def _mark(self, value: Field, null: bool) -> None:
        value.disabled = null
        value.placeholder = "null" if null else "empty, 0 B"

    @property
    def header(self) -> Header:
        null = self.query_one(Choice).value == _NULL
        value = self.query_one(".value", Field)
        return Header(self.query_one(".name", Field).value, None if null else value.value)

    @on(Choice.Chosen)
    def _chosen(self, event: Choice.Chosen) -> None:
        value = self.query_one(".value", Field)
        if event.value == _NULL:
            value.value = ""
        self._mark(value, event.value == _NULL)


class HeaderRows(Vertical):
    """Its rows are made of what it is first given; then the rows are the truth, told by `Edited`."""

    DEFAULT_CSS = """
    HeaderRows { height: auto; }
    HeaderRows > .bar { height: 1; }
    HeaderRows > .bar > Static { width: 1fr; color: $k-muted; }
    HeaderRows > .bar > Press { width: 8; background: $k-surface; color: $k-accent; }
    HeaderRows > .rows { height: auto; max-height: 3; scrollbar-size-vertical: 1; }
    .-tall HeaderRows > .rows, .-huge HeaderRows > .rows { max-height: 6; }
    """

    @dataclass
    class Edited(Message):
        headers: tuple[Header, ...]

    def __init__(self, headers: Sequence[Header] = (), id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first = tuple(headers)

    def compose(self) -> ComposeResult:
        with Horizontal(classes="bar"):
            yield Static(self._summary(len(self._first)), id="header-count")
            add = Press("+ add", "+", id="add-header")
            add.tooltip = "Add a header to every record"
            yield add
        with VerticalScroll(classes="rows", can_focus=False):
            for header in self._first:
                yield HeaderRow(header)

    @staticmethod
    def _summary(count: int) -> str:
        return f"headers   {count or 'none'}"

    @property
    def headers(self) -> tuple[Header, ...]:
        return tuple(row.header for row in self.query(HeaderRow))

    def _tell(self) -> None:
        headers = self.headers
        self.query_one("#header-count", Static).update(self._summary(len(headers)))
        self.post_message(self.Edited(headers))

    @on(Press.Pressed, "#add-header")
    async def _add(self, event: Press.Pressed) -> None:
        event.stop()
        row = HeaderRow(Header("", ""))
        await self.query_one(".rows").mount(row)
        row.query_one(".name").focus()
        self._tell()

    @on(Press.Pressed, "#remove")
    async def _remove(self, event: Press.Pressed) -> None:
        event.stop()
        row = event.button.parent
        if isinstance(row, HeaderRow):
            await row.remove()
            self._tell()

    @on(Input.Changed)
    @on(Choice.Chosen)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._tell()
