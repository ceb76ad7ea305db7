"""Where the record's parts do not fit under each other: a strip that shows one of them at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.console import RenderableType
from rich.text import Text
from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.glyphs import FAILED, FOCUS_BAR
from workbench.ui.keys import control_key
from workbench.ui.theme import palette

Shown = Literal["key", "value", "headers", "bytes"]
PARTS: tuple[Shown, ...] = ("key", "value", "headers", "bytes")


class PartTabs(Widget, can_focus=True):
    """`notes` stand behind the names: "null", a number of headers, ✗ where something is wrong."""

    DEFAULT_CSS = """
    PartTabs { height: 1; background: $k-surface; color: $k-muted; }
    PartTabs:focus { background: $k-selected; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("left", "turn(-1)", "part before", "parts.before"),
        control_key("right,enter,space", "turn(1)", "next part", "parts.next"),
        control_key("up", "app.focus_previous", "control above", "parts.above"),
        control_key("down", "app.focus_next", "control below", "parts.below"),
        control_key("escape", "screen.blur", "leave the form", "parts.leave"),
    ]

    part: reactive[Shown] = reactive[Shown]("value")
    notes: reactive[Mapping[str, str]] = reactive[Mapping[str, str]](dict)

    @dataclass
    class Picked(Message):
        part: Shown

    def _cells(self) -> list[tuple[Shown, str]]:
        return [(part, f"{part} {note}" if (note := self.notes.get(part)) else part) for part in PARTS]

    def render(self) -> RenderableType:
        roles = palette(self.app)
        text = Text(no_wrap=True, overflow="crop")
        for part, label in self._cells():
            on = part == self.part
            ground = f" on {roles.raised}" if on else ""
            text.append(FOCUS_BAR if on else " ", f"{roles.accent}{ground}")
            name, _, note = label.partition(" ")
            text.append(name, (f"bold {roles.text}" if on else roles.muted) + ground)
            text.append(f" {note}" if note else "", (roles.bad if note == FAILED else roles.muted) + ground)
            text.append(" ", ground.strip())
        return text

    def action_turn(self, by: int) -> None:
        self.post_message(self.Picked(PARTS[(PARTS.index(self.part) + by) % len(PARTS)]))

    def on_click(self, event: Click) -> None:
        event.stop()
        start = 0
        for part, label in self._cells():
            start += len(label) + 2
            if event.x < start:
                self.post_message(self.Picked(part))
                return
