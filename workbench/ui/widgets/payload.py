"""A text of the record, with JSON and {{ templates }} told apart by colour and weight."""

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from workbench.ui.keys import control_key
from workbench.ui.theme import palette

_JSON = re.compile(
    r"""(?P<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"""
)
_BEGUN = re.compile(r"""\{\{([^{}]*?)(?<![\w.'"])([a-z_]+)$""")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_OPENING, _CLOSING = re.compile(r"[\[{]\s*$"), re.compile(r"\s*[\]}]")
_INDENT = "  "
LARGEST, _LONGEST_LINE = 200_000, 20_000
"""Characters of a text and of a line: with more, each key takes more than a tenth of a second (measured)."""
_LONGEST_COLOURED = 10_000
"""Characters of a line; a longer one costs too much to colour at every key."""


class Payload(TextArea):
    """A TextArea that Tab, Escape, and ↑ ↓ at its ends leave.

    Lines in which something is wrong are marked. Enter keeps the indent.
    """

    DEFAULT_CSS = """
    Payload { background: $k-raised; color: $k-text; padding: 0; scrollbar-size-vertical: 1; }
    Payload.-line { padding: 0 1; height: auto; max-height: 3; }
    Payload:focus { background: $k-raised; background-tint: $k-selected 30%; }
    Payload.-line:focus { background: $k-selected; background-tint: $k-raised 0%; }
    Payload .text-area--cursor-line, Payload .text-area--cursor-gutter { background: transparent; }
    Payload .text-area--gutter { color: $k-muted; }
    Payload .text-area--cursor-gutter { color: $k-text; }
    Payload .text-area--cursor { background: $k-accent; color: $k-on; }
    Payload .text-area--suggestion { color: $k-muted; }
    Payload .text-area--placeholder { color: $k-muted; }
    Payload:disabled { color: $k-muted; opacity: 1; }
    Payload:blur .text-area--cursor { background: transparent; color: $k-text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("escape", "screen.blur", "leave the text", "payload.leave")
    ]

    highlight_json = True
    enter_goes_on = False
    """To the next control, as in a field of one line; what is pasted may have several all the same."""

    class NothingToUndo(Message):
        """^Z, and the text is as it was first."""

    class RecordPasted(Message):
        """Nothing of it is in the text yet; `take` says whether it is a record or only text."""

        def __init__(self, payload: "Payload", text: str) -> None:
            super().__init__()
            self.payload, self.text = payload, text

    def __init__(self, text: str = "", id: str | None = None, *, numbers: bool = True) -> None:  # noqa: A002
        self._held = text if _too_large(text) else None
        super().__init__(
            "" if self._held is not None else text,
            id=id,
            read_only=self._held is not None,
            compact=True,
            show_line_numbers=numbers,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,  # its style would hide the line's own colours
        )
        self.cursor_blink = False
        self._wrong: frozenset[tuple[int, int | None]] = frozenset()

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if len(line) > _LONGEST_COLOURED:
            return line
        roles = palette(self.app)
        if self.highlight_json:
            styles = {
                "name": roles.wire, "string": roles.ok, "number": roles.queue, "word": f"italic {roles.queue}"
            }  # fmt: skip
            for match in _JSON.finditer(line.plain):
                line.stylize(styles[match.lastgroup or "word"], *match.span())
        for match in _TEMPLATE.finditer(line.plain):
            line.stylize(f"bold {roles.warn}", *match.span())
        for wrong, column in self._wrong:
            if wrong == line_index:
                self._mark(line, column)
        return line

    def _mark(self, line: Text, column: int | None) -> None:
        """The whole line a little, the place itself more; a place behind the last letter is that letter."""
        roles = palette(self.app)
        line.stylize(f"on {roles.tint('bad', 0.18)}")
        if column is not None and line.plain:
            at = min(max(column, 0), len(line.plain) - 1)
            line.stylize(f"bold underline {roles.bad}", at, at + 1)

    def show_wrong(self, places: Sequence[tuple[int, int | None]]) -> None:
        """Lines and columns from 1; without a column the line as a whole."""
        wrong = frozenset((line - 1, None if column is None else column - 1) for line, column in places)
        if wrong != self._wrong:
            self._wrong = wrong
            self._line_cache.clear()
            self.refresh()

    def go_to(self, line: int, column: int | None) -> None:
        """Put the cursor there; both from 1."""
        row = min(max(line - 1, 0), self.document.line_count - 1)
        self.move_cursor((row, min(max((column or 1) - 1, 0), len(self.document[row]))))

    def update_suggestion(self) -> None:
        """The rest of a template's name that is being typed; → takes it."""
        row, column = self.cursor_location
        line = self.document[row]
        begun = _BEGUN.search(line[:column]) if column <= _LONGEST_COLOURED else None
        self.suggestion = ""
        if begun is None or line[column : column + 1].isalnum() or begun[1].count('"') % 2:
            return
        from workbench.serde.template_names import NAMES

        word = begun[2]
        self.suggestion = next((name[len(word) :] for name in NAMES if name.startswith(word)), "")

    # ---- keys

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

    def action_undo(self) -> None:
        if self.history.undo_stack:
            super().action_undo()
        else:
            self.post_message(self.NothingToUndo())

    async def _on_key(self, event: events.Key) -> None:
        """Textual calls TextArea's own after it, unless that is prevented."""
        if event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            if self.enter_goes_on:
                self.app.action_focus_next()
            else:
                self._break_line()

    def _break_line(self) -> None:
        """A new line under the indent of this one, deeper after an opening bracket."""
        start, end = sorted(self.selection)
        before, after = self.document[start[0]][: start[1]], self.document[end[0]][end[1] :]
        indent = before[: len(before) - len(before.lstrip())]
        opened = _OPENING.search(before) is not None and self.highlight_json
        text = f"\n{indent}{_INDENT if opened else ''}"
        inner_end = start[0] + 1, len(text) - 1
        if opened and _CLOSING.match(after):
            text += f"\n{indent}"
        self.replace(text, start, end, maintain_selection_offset=False)
        self.move_cursor(inner_end)

    async def _on_paste(self, event: events.Paste) -> None:
        """A whole record may stand in what is pasted: whoever owns the text looks at it first."""
        if (event.text.lstrip()[:1] == "{" or len(event.text) > _LONGEST_LINE) and not self.read_only:
            event.stop()
            event.prevent_default()
            self.post_message(self.RecordPasted(self, event.text))

    # ---- the text as a whole

    @property
    def whole(self) -> str:
        """The text, also one that is too large to be shown, which is held aside."""
        return self.text if self._held is None else self._held

    @property
    def held_words(self) -> str | None:
        """Why nothing of the text is seen; None where it is."""
        if self._held is None:
            return None
        return f"{len(self._held):,} characters, too many to be edited here: ^N opens them in your EDITOR"

    def _hold(self, text: str | None) -> None:
        """Hold a text aside that would keep the screen from answering; None: show texts again."""
        self._held = text
        self.read_only = text is not None
        if text is not None:
            self.load_text("")  # tells that it has changed, too

    def take(self, text: str) -> None:
        """Insert it where the cursor is, as a paste does."""
        if _too_large(text) or len(text) + len(self.text) > LARGEST:
            start, end = sorted(self.selection)
            before, after = self.get_text_range((0, 0), start), self.get_text_range(end, self.document.end)
            self._hold(before + text + after)
            return
        result = self._replace_via_keyboard(text, *self.selection)
        if result is not None:
            self.move_cursor(result.end_location)

    def change(self, text: str) -> None:
        """Another text in its place, which ^Z takes back."""
        if _too_large(text):
            self._hold(text)
        elif self.whole != text:
            self._hold(None)
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.history.checkpoint()

    def show(self, text: str) -> None:
        """Set the text unless it is already that, so that the cursor stays; nothing to undo then."""
        if _too_large(text):
            self._hold(text)
        elif self.whole != text:
            self._hold(None)
            self.load_text(text)


def _too_large(text: str) -> bool:
    return len(text) > LARGEST or (
        len(text) > _LONGEST_LINE and max(map(len, text.split("\n"))) > _LONGEST_LINE
    )
