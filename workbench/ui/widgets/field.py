"""One-line controls of a form: a text field, a choice that cycles, a button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.console import RenderableType
from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from workbench.producer_config.values import letters
from workbench.ui.glyphs import OPEN, pick
from workbench.ui.keys import control_key
from workbench.ui.theme import palette


class OnlyLetters(Highlighter):
    """What a terminal would take for a command is painted as a dot."""

    def highlight(self, text: Text) -> None:
        text.plain = letters(text.plain)


class Field(Input):
    """A one-line text field; ↑ and ↓ leave it for its neighbours, Escape leaves the form."""

    DEFAULT_CSS = """
    Field { height: 1; background: $k-raised; color: $k-text; }
    Field.-textual-compact { padding: 0 1; }
    Field:focus { background: $k-selected; background-tint: $k-raised 0%; }
    Field.-wrong, Field.-wrong:focus { background: $k-wrong; color: $k-bad; }
    Field:disabled { color: $k-faint; opacity: 1; text-opacity: 1; }
    Field > .input--placeholder { color: $k-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("up", "app.focus_previous", "field above", "field.above"),
        control_key("down", "app.focus_next", "field below", "field.below"),
        control_key("escape", "screen.blur", "leave the field", "field.leave"),
    ]

    def __init__(self, value: str = "", placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            value, placeholder, highlighter=OnlyLetters(), id=id, compact=True, select_on_focus=False
        )
        self.cursor_blink = False  # an idle screen repaints nothing

    async def action_submit(self) -> None:
        await super().action_submit()
        if self.has_focus:
            self.app.action_focus_next()


_WIDEST = 16
_FEW = 5
"""Values that one goes through one by one; of more there is a list."""


class Choice(Widget, can_focus=True):
    """One of several values: ← → go through them; so do Enter and a click, or they open a list of many."""

    DEFAULT_CSS = """
    Choice { height: 1; width: auto; background: $k-raised; color: $k-text; padding: 0 0 0 1; }
    Choice:focus { background: $k-selected; text-style: bold; }
    Choice:hover { background: $k-line; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("left", "turn(-1)", "the one before", "choice.before"),
        control_key("right", "turn(1)", "the next one", "choice.next"),
        control_key("enter,space", "open", "the next one; of many: a list", "choice.open"),
        control_key("up", "app.focus_previous", "field above", "choice.above"),
        control_key("down", "app.focus_next", "field below", "choice.below"),
        control_key("escape", "screen.blur", "leave the field", "choice.leave"),
    ]

    value: reactive[str] = reactive("", layout=True)

    @dataclass
    class Chosen(Message):
        choice: "Choice"
        value: str

        @property
        def control(self) -> "Choice":
            return self.choice

    def __init__(
        self,
        values: Sequence[str],
        value: str,
        id: str | None = None,  # noqa: A002
        hints: Mapping[str, str] | None = None,
        typed: str | None = None,
    ) -> None:
        """`hints` stand behind the values in a list; `typed`: what a text that is none of them is called."""
        super().__init__(id=id)
        self.values = tuple(values)
        self._hints = hints or {}
        self._typed = typed
        self.set_reactive(Choice.value, value)

    def get_content_width(self, *_: object) -> int:
        """Of many the longest would take the room from its neighbours."""
        values = (self.value,) if len(self.values) > _FEW else (*self.values, self.value)
        return min(max(map(len, values)), _WIDEST) + 2

    def render(self) -> RenderableType:
        width = self.content_size.width
        text = Text(pick(width - 2, self.value).ljust(width - 1), no_wrap=True)
        text.append(OPEN, palette(self.app).muted)
        return text

    def action_turn(self, by: int) -> None:
        """A value from elsewhere (a file) that is not in the list leads to the first."""
        at = self.values.index(self.value) + by if self.value in self.values else 0
        self.value = self.values[at % len(self.values)]
        self.post_message(self.Chosen(self, self.value))

    def action_open(self) -> None:
        if len(self.values) <= _FEW:
            self.action_turn(1)
            return
        from workbench.ui.screens.pick_one import Picked, PickOne, Row

        def picked(one: Picked | None) -> None:
            if one is not None and one.value != self.value:
                self.value = one.value
                self.post_message(self.Chosen(self, self.value))

        title = str(self.tooltip or "One of these")
        rows = [Row(value, self._hints.get(value, "")) for value in self.values]
        self.app.push_screen(
            PickOne(title, rows, now=self.value, typed=self._typed, typed_first=False), picked
        )

    def on_click(self, event: Click) -> None:
        event.stop()
        self.focus()
        self.action_open()


class Press(Widget, can_focus=True):
    """A button of one line; the longest of its labels that fits."""

    DEFAULT_CSS = """
    Press { height: 1; width: 1fr; background: $k-raised; color: $k-text; text-style: bold;
        text-align: center; }
    Press.-primary { background: $k-accent; color: $k-on; }
    Press.-danger { color: $k-bad; }
    Press:hover { background: $k-line; color: $k-text; }
    Press:focus { text-style: bold underline; }
    Press:disabled { color: $k-faint; background: $k-raised; text-style: none; opacity: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("enter,space", "press", "press", "press.press"),
        control_key("left,up", "app.focus_previous", "control before", "press.before"),
        control_key("right,down", "app.focus_next", "control after", "press.after"),
        control_key("escape", "screen.blur", "leave the form", "press.leave"),
    ]

    labels: reactive[tuple[str, ...]] = reactive(())

    @dataclass
    class Pressed(Message):
        button: "Press"

        @property
        def control(self) -> "Press":
            return self.button

    def __init__(self, *labels: str, id: str, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.set_reactive(Press.labels, labels)

    def render(self) -> RenderableType:
        return Text(pick(self.size.width, *self.labels), no_wrap=True)

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))

    def on_click(self, event: Click) -> None:
        event.stop()
        self.action_press()
