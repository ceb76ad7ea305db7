"""The value's text, with JSON and {{ templates }} told apart by colour and weight."""

import re
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.widgets import TextArea

from workbench.ui.keys import control_key
from workbench.ui.theme import palette

_JSON = re.compile(
    r"""(?P<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"""
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")


class Payload(TextArea):
    """A TextArea that Tab, Escape, and ↑ ↓ at its ends leave."""

    DEFAULT_CSS = """
    Payload { background: $k-raised; color: $k-text; padding: 0; scrollbar-size-vertical: 1; }
    Payload:focus { background: $k-raised; background-tint: $k-selected 30%; }
    Payload .text-area--cursor-line, Payload .text-area--cursor-gutter { background: transparent; }
    Payload .text-area--gutter { color: $k-muted; }
    Payload .text-area--cursor-gutter { color: $k-text; }
    Payload .text-area--cursor { background: $k-accent; color: $k-on; }
    Payload:disabled { color: $k-muted; opacity: 1; }
    Payload:blur .text-area--cursor { background: transparent; color: $k-text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("escape", "screen.blur", "leave the text", "payload.leave")
    ]

    highlight_json = True

    def __init__(self, text: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            text,
            id=id,
            compact=True,
            show_line_numbers=True,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,  # its style would hide the line's own colours
        )
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        roles = palette(self.app)
        if self.highlight_json:
            styles = {
                "name": roles.wire, "string": roles.ok, "number": roles.queue, "word": f"italic {roles.queue}"
            }  # fmt: skip
            for match in _JSON.finditer(line.plain):
                line.stylize(styles[match.lastgroup or "word"], *match.span())
        for match in _TEMPLATE.finditer(line.plain):
            line.stylize(f"bold {roles.warn}", *match.span())
        return line

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.cursor_location[0] == 0:
            self.app.action_focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.cursor_location[0] == self.document.line_count - 1:
            self.app.action_focus_next()
        else:
            super().action_cursor_down(select)

    def show(self, text: str) -> None:
        """Set the text unless it is already that, so that the cursor stays."""
        if self.text != text:
            self.text = text
