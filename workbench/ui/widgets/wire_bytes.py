"""The next record's bytes, in hex and as text, where the screen has the room."""

from rich.segment import Segment

from workbench.model.record import MadeRecord
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, ends, span

_ROLES = {"key": "queue", "value": "wire", "header": "repl"}


class WireBytes(Chart):
    """Parts in their colours; a part that is null says so. What does not fit is counted."""

    DEFAULT_CSS = """
    WireBytes { height: 1fr; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._made: MadeRecord | None = None

    def show(self, made: MadeRecord | None) -> None:
        self._made = made
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        made = self._made
        if made is None or made.error is not None:
            return []
        title = [span("Bytes", roles.text, bold=True)]
        legend = [span(f" {name}", getattr(roles, role)) for name, role in _ROLES.items()]
        row_bytes = max((width - 8) // 4, 4)
        lines = [ends(width, title, legend), *self._part(roles, "key", made.key, row_bytes)]
        lines += self._part(roles, "value", made.value, row_bytes)
        for name, value in made.headers:
            shown = None if value is None else name.encode() + b"=" + value
            lines += self._part(roles, "header", shown, row_bytes)
        if len(lines) > height:
            more = len(lines) - height + 1
            return [*lines[: height - 1], [span(f"and {more} more lines", roles.muted)]]
        return lines

    def _part(self, roles: Roles, name: str, data: bytes | None, row_bytes: int) -> list[list[Segment]]:
        colour = getattr(roles, _ROLES[name])
        label = span(f"{name:<7}", roles.muted)
        if not data:
            return [[label, span("null" if data is None else "empty", roles.muted)]]
        lines = []
        for start in range(0, len(data), row_bytes):
            piece = data[start : start + row_bytes]
            text = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
            head = label if start == 0 else span(" " * 7)
            lines.append([head, span(f"{piece.hex(' '):<{row_bytes * 3}} ", colour), span(text, roles.text)])
        return lines
