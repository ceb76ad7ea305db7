"""One of a list, found by typing; or, where that is wanted, what was typed itself."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workbench.ui.keys import control_key
from workbench.ui.theme import palette
from workbench.ui.widgets.field import Field

_ROOM = 64
"""Cells of a row that suffice without being wide."""


class Row(NamedTuple):
    value: str
    hint: str = ""
    """What tells it from its neighbours, behind it in grey."""


class Filter(Field):
    """The list's keys go through it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("up", "screen.move(-1)", "row above", "pick.above"),
        control_key("down", "screen.move(1)", "row below", "pick.below"),
        control_key("pageup", "screen.move(-8)", "a page up", "pick.page_above"),
        control_key("pagedown", "screen.move(8)", "a page down", "pick.page_below"),
        control_key("escape", "screen.leave", "leave it as it is", "pick.leave"),
        control_key("ctrl+d", "screen.delete", "delete", "pick.delete"),
    ]


class Picked(NamedTuple):
    value: str
    delete: bool = False
    """^D instead of Enter, where `deletes` allows it."""


class PickOne(ModalScreen[Picked | None]):
    """`typed`: what becomes of a text that is in no row, such as "save as"; None: only rows count."""

    DEFAULT_CSS = """
    PickOne { align: center middle; background: $k-base 60%; }
    PickOne > Vertical { width: 72; max-width: 94%; height: auto; max-height: 90%; background: $k-surface;
        border-left: outer $k-accent; padding: 0 1; }
    PickOne.long-rows > Vertical { width: 104; }
    PickOne .title { text-style: bold; color: $k-text; }
    PickOne .keys { color: $k-muted; }
    PickOne Filter { width: 1fr; }
    PickOne OptionList { height: auto; max-height: 16; background: $k-surface; color: $k-text; border: none;
        padding: 0; scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    PickOne OptionList > .option-list--option-highlighted { background: $k-selected; color: $k-text;
        text-style: bold; }
    .-short PickOne OptionList, PickOne.-short OptionList { max-height: 10; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", show=False, tooltip="Leave it as it is", id="pick.close"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        *,
        now: str = "",
        typed: str | None = None,
        typed_first: bool = True,
        deletes: bool = False,
        text: str = "",
    ) -> None:
        """`now`: the row to begin at. `text`: what stands in the field at first.

        `typed_first`: what was typed comes before the rows that are like it.
        """
        super().__init__()
        self._title, self._rows, self._now = title, tuple(rows), now
        self._typed, self._deletes, self._text = typed, deletes, text
        self._typed_first = typed_first
        self._shown: list[Picked] = []
        self.set_class(any(len(row.value) + len(row.hint) > _ROOM for row in self._rows), "long-rows")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield Filter(self._text, "type to find" if self._typed is None else "type a name, or to find")
            yield OptionList(markup=False)
            keys = "↑↓ Enter · Esc" + (" · ^D deletes" if self._deletes else "")
            yield Static(keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        self._list(self._text, self._now)
        field = self.query_one(Filter)
        field.focus()
        field.cursor_position = len(self._text)

    def _list(self, text: str, now: str = "") -> None:
        """Rows with the typed words in them; a text for which there is no row comes first, as itself."""
        roles = palette(self.app)
        options = self.query_one(OptionList)
        options.clear_options()
        words = text.lower().split()
        whole = text == self._text  # nothing has been typed yet
        rows = [
            row
            for row in self._rows
            if whole or all(word in f"{row.value} {row.hint}".lower() for word in words)
        ]
        self._shown = [Picked(row.value) for row in rows]
        shown = [Text.assemble(row.value, (f"  {row.hint}", roles.muted), no_wrap=True) for row in rows]
        if self._typed is not None and text.strip() and text.strip() not in {row.value for row in self._rows}:
            at = 0 if self._typed_first else len(shown)
            self._shown.insert(at, Picked(text.strip()))
            shown.insert(at, Text.assemble((f"{self._typed} ", roles.muted), text.strip(), no_wrap=True))
        options.add_options([Option(text) for text in shown] or [Option("nothing like it", disabled=True)])
        if self._shown:
            values = [picked.value for picked in self._shown]
            options.highlighted = values.index(now) if now in values else 0

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value, self._now if event.value == self._text else "")

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if self._shown:
            at = (options.highlighted or 0) + by
            options.highlighted = (
                at % len(self._shown) if abs(by) == 1 else min(max(at, 0), len(self._shown) - 1)
            )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._pick()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._pick()

    def _pick(self, *, delete: bool = False) -> None:
        at = self.query_one(OptionList).highlighted
        if self._shown and at is not None:
            self.dismiss(self._shown[at]._replace(delete=delete))

    def action_delete(self) -> None:
        if self._deletes:
            self._pick(delete=True)

    def action_leave(self) -> None:
        self.dismiss(None)
