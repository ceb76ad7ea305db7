"""The record's headers: name and value a row; names may repeat, a value may be empty or null (KIP-82)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from workbench.model.record import Header
from workbench.ui.glyphs import FAILED, WARNING
from workbench.ui.keys import control_key
from workbench.ui.widgets.field import Choice, Field, Press

_TEXT, _EMPTY, _NULL = "text", "empty", "null"
_MOVES = (("alt+up", -1, "header up"), ("alt+down", 1, "header down"))


class HeaderRow(Horizontal):
    """What is typed while it is empty or null is impossible; what stood there is kept aside."""

    DEFAULT_CSS = """
    HeaderRow { height: 1; }
    HeaderRow .name { width: 2fr; }
    HeaderRow .kind { margin: 0 1; }
    HeaderRow .value { width: 3fr; }
    HeaderRow .raise, HeaderRow .remove { width: 3; margin-left: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key(keys, f"move({by})", what, f"headers.{keys.removeprefix('alt+')}")
        for keys, by, what in _MOVES
    ]

    @dataclass
    class MoveWanted(Message):
        row: "HeaderRow"
        by: int

    def __init__(self, header: Header, kind: str | None = None) -> None:
        """`kind`: text where an empty value is still to be typed."""
        super().__init__()
        kind = kind or (_NULL if header.value is None else _TEXT if header.value else _EMPTY)
        self._name_field = Field(header.name, "name")
        self._kind_choice = Choice((_TEXT, _EMPTY, _NULL), kind)
        self._value_field = Field(header.value or "", "")
        self._aside = ""

    def compose(self) -> ComposeResult:
        up, remove = Press(WARNING, id="raise"), Press(FAILED, id="remove")
        for widget, role in (
            (self._name_field, "name"), (self._kind_choice, "kind"), (self._value_field, "value"),
            (up, "raise"), (remove, "remove"),
        ):  # fmt: skip
            widget.add_class(role)
            yield widget
        self._mark()
        self._kind_choice.tooltip = "Its value: text, empty (0 bytes) or null"
        up.tooltip = "Move this header up (Alt+↑; Alt+↓ moves it down)"
        remove.tooltip = "Remove this header"

    def _mark(self) -> None:
        kind = self._kind_choice.value
        self._value_field.disabled = kind != _TEXT
        self._value_field.placeholder = "null" if kind == _NULL else "empty, 0 B"

    def action_move(self, by: int) -> None:
        self.post_message(self.MoveWanted(self, by))

    @on(Press.Pressed, "#raise")
    def _raise(self, event: Press.Pressed) -> None:
        event.stop()
        self.action_move(-1)

    @property
    def header(self) -> Header:
        """As it stands, also while the row is being put there or taken away."""
        null = self._kind_choice.value == _NULL
        return Header(self._name_field.value, None if null else self._value_field.value)

    @on(Choice.Chosen)
    def _chosen(self, event: Choice.Chosen) -> None:
        value = self._value_field
        if event.value == _TEXT:
            value.value, self._aside = value.value or self._aside, ""
        else:
            value.value, self._aside = "", value.value or self._aside
        self._mark()


class HeaderRows(Vertical):
    """Its rows are made of what it is first given; then the rows are the truth, told by `Edited`."""

    DEFAULT_CSS = """
    HeaderRows { height: auto; }
    HeaderRows > .bar { height: 1; }
    HeaderRows > .bar > Static { width: 1fr; color: $k-muted; }
    HeaderRows > .bar > Press { width: 8; background: $k-surface; color: $k-accent; }
    HeaderRows > .rows { height: auto; max-height: 3; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class Edited(Message):
        headers: tuple[Header, ...]

    class Removing(Message):
        """A header goes; the record still has it."""

    def __init__(self, headers: Sequence[Header] = (), id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first = tuple(headers)
        self._coming: tuple[Header, ...] | None = None
        """Those of another record, while its rows take the place of these."""

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
        return f"headers  {count or 'none'}"

    @property
    def headers(self) -> tuple[Header, ...]:
        if self._coming is not None:
            return self._coming
        return tuple(row.header for row in self.query(HeaderRow))

    def _tell(self) -> None:
        headers = self.headers
        self.query_one("#header-count", Static).update(self._summary(len(headers)))
        self.post_message(self.Edited(headers))

    async def show(self, headers: Sequence[Header]) -> None:
        """Put others in their place, unless they are these."""
        if self.headers == tuple(headers):
            return
        self._coming = tuple(headers)
        rows = self.query_one(".rows")
        try:
            await rows.remove_children()
            await rows.mount(*(HeaderRow(header) for header in headers))
        finally:
            self._coming = None
        self._tell()

    @on(HeaderRow.MoveWanted)
    def _move(self, event: HeaderRow.MoveWanted) -> None:
        """Past the first one it comes last, past the last one first."""
        event.stop()
        rows = list(self.query(HeaderRow))
        at = rows.index(event.row)
        to = (at + event.by) % len(rows)
        if len(rows) < 2:
            return
        if to > at:
            self.query_one(".rows").move_child(event.row, after=rows[to])
        else:
            self.query_one(".rows").move_child(event.row, before=rows[to])
        event.row.scroll_visible(animate=False)
        self._tell()

    @on(Press.Pressed, "#add-header")
    async def _add(self, event: Press.Pressed) -> None:
        event.stop()
        row = HeaderRow(Header("", ""), _TEXT)
        await self.query_one(".rows").mount(row)
        row.query_one(".name").focus()
        self._tell()

    @on(Press.Pressed, "#remove")
    async def _remove(self, event: Press.Pressed) -> None:
        event.stop()
        row = event.button.parent
        if isinstance(row, HeaderRow):
            rows = list(self.query(HeaderRow))
            near = rows[(at := rows.index(row)) + 1 :][:1] or rows[:at][-1:]
            self.post_message(self.Removing())
            await row.remove()
            (near[0].query_one("#remove") if near else self.query_one("#add-header")).focus()
            self._tell()

    @on(Input.Changed)
    @on(Choice.Chosen)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._tell()
