"""The next record's bytes, in hex and as text, where the screen has the room."""

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType
from textual.events import MouseScrollDown, MouseScrollUp

from workbench.model.record import MadeRecord
from workbench.ui.glyphs import number
from workbench.ui.keys import control_key
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, ends, span

_ROLES = {"key": "queue", "value": "wire", "header": "repl"}
_PART_ROLES = ("warn", "accent", "repl", "warn", "accent")
"""Of the parts before the last, the body, which has the colour of the key or value it belongs to."""
_LABEL, _LONGEST_LABEL = 9, 16
_SCHEMA_ID = "schema id"


class WireBytes(Chart):
    """Parts in their colours and by name; a part that is null says so. What does not fit is scrolled to."""

    DEFAULT_CSS = """
    WireBytes { height: 1fr; }
    WireBytes:focus { background: $k-raised; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("up", "scroll_by(-1)", "a line up", "bytes.up"),
        control_key("down", "scroll_by(1)", "a line down", "bytes.down"),
        control_key("pageup", "scroll_by(-10)", "ten lines up", "bytes.page_up"),
        control_key("pagedown", "scroll_by(10)", "ten lines down", "bytes.page_down"),
        control_key("escape", "screen.blur", "leave the bytes", "bytes.leave"),
    ]
    can_focus = True

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._made: MadeRecord | None = None
        self._first = 0
        """The first line that is shown, of all but the title."""

    def action_scroll_by(self, lines: int) -> None:
        self._first = max(self._first + lines, 0)
        self.draw()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_scroll_by(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_scroll_by(-3)

    def show(self, made: MadeRecord | None) -> None:
        self._made = made
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        made = self._made
        if made is None or made.error is not None:
            return [[span("no bytes: the record cannot be made", roles.muted)]] if made else []
        title = [span("Bytes", roles.text, bold=True)]
        legend = [span(f" {name}", getattr(roles, role)) for name, role in _ROLES.items()]
        parts = (*made.key_parts, *made.value_parts)
        label_width = min(max((len(part.name) + 1 for part in parts), default=_LABEL), _LONGEST_LABEL)
        row_bytes = max((width - label_width - 1) // 4, 4)
        rows = [
            _Rows(label, colour, data, row_bytes, label_width)
            for label, colour, data in self._pieces(roles, made)
        ]
        count, room = sum(one.count for one in rows), height - 1
        self._first = min(self._first, max(count - room, 0))
        if self._first or count > room:
            last = number(min(self._first + room, count))
            title.append(span(f"  lines {number(self._first + 1)}-{last} of {number(count)}", roles.muted))
        lines = [ends(width, title, legend)]
        skip = self._first
        for one in rows:
            for row in range(min(skip, one.count), one.count):
                if len(lines) == height:
                    return lines
                lines.append(one.line(roles, row))
            skip = max(skip - one.count, 0)
        return lines

    def _pieces(self, roles: Roles, made: MadeRecord) -> Iterator[tuple[str, str, bytes | None]]:
        """Label, colour and bytes of each part, in the order of the wire."""
        for name, data, parts in (
            ("key", made.key, made.key_parts), ("value", made.value, made.value_parts),
        ):  # fmt: skip
            colour = getattr(roles, _ROLES[name])
            if data is None or not parts:
                yield name, colour, data
                continue
            for at, part in enumerate(parts):
                own = colour if at == len(parts) - 1 else getattr(roles, _PART_ROLES[at % len(_PART_ROLES)])
                yield part.name, own, data[part.start : part.start + part.length]
        for header, value in made.headers:
            shown = None if value is None else header.encode("utf-8", "replace") + b"=" + value
            yield "header", getattr(roles, _ROLES["header"]), shown


class _Rows:
    """One part's lines, made as they are asked for: a value may have a hundred thousand."""

    def __init__(self, label: str, colour: str, data: bytes | None, row_bytes: int, label_width: int) -> None:
        self._label, self._colour, self._data = label, colour, data
        self._row_bytes, self._width = row_bytes, label_width
        self.count = max(1, -(-len(data or b"") // row_bytes))

    def line(self, roles: Roles, row: int) -> list[Segment]:
        head = span(f"{self._label[: self._width - 1] if row == 0 else '':<{self._width}}", roles.muted)
        if not self._data:
            return [head, span("null" if self._data is None else "empty", roles.muted)]
        piece = self._data[row * self._row_bytes : (row + 1) * self._row_bytes]
        if self._label == _SCHEMA_ID:
            text = number(int.from_bytes(piece))
        else:
            text = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        return [head, span(f"{piece.hex(' '):<{self._row_bytes * 3}} ", self._colour), span(text, roles.text)]
