"""One of a few, all of them in sight on one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.glyphs import CHOSEN, NOT_CHOSEN
from workbench.ui.keys import control_key
from workbench.ui.theme import palette


class Radio(Widget, can_focus=True):
    """`options`: each value with its labels, the longest first; all take their longest form that fits."""

    DEFAULT_CSS = """
    Radio { height: 1; color: $k-muted; }
    Radio:focus { background: $k-selected; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("left", "turn(-1)", "the one before", "radio.before"),
        control_key("right,enter,space", "turn(1)", "the next one", "radio.next"),
        control_key("up", "app.focus_previous", "control above", "radio.above"),
        control_key("down", "app.focus_next", "control below", "radio.below"),
        control_key("escape", "screen.blur", "leave the form", "radio.leave"),
    ]

    value: reactive[str] = reactive("")
    options: reactive[Mapping[str, tuple[str, ...]]] = reactive[Mapping[str, tuple[str, ...]]](dict)

    @dataclass
    class Chosen(Message):
        radio: "Radio"
        value: str

        @property
        def control(self) -> "Radio":
            return self.radio

    def __init__(self, options: Mapping[str, tuple[str, ...]], value: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(Radio.options, options)
        self.set_reactive(Radio.value, value)

    def _labels(self) -> list[str]:
        width = self.size.width
        for form in range(max(map(len, self.options.values()))):
            labels = [f"{NOT_CHOSEN} {names[min(form, len(names) - 1)]}" for names in self.options.values()]
            if sum(map(len, labels)) + 2 * (len(labels) - 1) <= width:
                break
        return labels

    def _gap(self, labels: list[str]) -> int:
        return max(1, min(3, (self.size.width - sum(map(len, labels))) // max(len(labels) - 1, 1)))

    def render(self) -> RenderableType:
        roles = palette(self.app)
        labels = self._labels()
        text = Text(no_wrap=True)
        for index, (value, label) in enumerate(zip(self.options, labels, strict=True)):
            text.append(" " * self._gap(labels) if index else "")
            chosen = value == self.value
            text.append(CHOSEN if chosen else NOT_CHOSEN, roles.accent if chosen else roles.muted)
            text.append(label[1:], f"bold {roles.text}" if chosen else roles.muted)
        return text

    def action_turn(self, by: int) -> None:
        values = list(self.options)
        self._choose(values[(values.index(self.value) + by) % len(values)])

    def _choose(self, value: str) -> None:
        self.value = value
        self.post_message(self.Chosen(self, value))

    def on_click(self, event: Click) -> None:
        event.stop()
        self.focus()
        labels, start = self._labels(), 0
        for value, label in zip(self.options, labels, strict=True):
            start += len(label) + self._gap(labels)
            if event.x < start:
                self._choose(value)
                return
