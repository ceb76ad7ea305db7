"""On which line each key of a TOML text stands: tomllib gives values without positions.

The text must be one that tomllib has accepted; the scanner knows where TOML's strings, arrays and
tables begin and end, and nothing more (https://toml.io/en/v1.0.0).
"""

import re
import tomllib
from bisect import bisect_left

KeyPath = tuple[str | int, ...]
"""Keys and, inside arrays, indices: ("record", "headers", 0)."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_QUOTED_KEY_PART = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[KeyPath, int]:
    """Line numbers from 1, for every table header, key and array element."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._tables_in: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            table = self._header() if self._text[self._at] == "[" else self._key_value(table)

    def _header(self) -> KeyPath:
        line = self._line()
        doubled = self._text.startswith("[[", self._at)
        self._at += 2 if doubled else 1
        parts = self._key("]")
        self._at += 2 if doubled else 1
        path: KeyPath = ()
        for position, part in enumerate(parts, start=1):
            path = (*path, part)
            if doubled and position == len(parts):
                self.lines.setdefault(path, line)
                self._tables_in[path] = self._tables_in.get(path, 0) + 1
            if path in self._tables_in:
                path = (*path, self._tables_in[path] - 1)
        self.lines[path] = line
        return path

    def _key_value(self, table: KeyPath) -> KeyPath:
        line = self._line()
        path = table
        for part in self._key("="):
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._at += 1
        self._skip_blank()
        self._value(path)
        return table

    def _key(self, end: str) -> list[str]:
        start = self._at
        while self._text[self._at] != end:
            quoted = _QUOTED_KEY_PART.match(self._text, self._at)
            self._at = quoted.end() if quoted else self._at + 1
        key = self._text[start : self._at].strip()
        if _BARE_KEY.fullmatch(key):
            return key.split(".")
        parts: list[str] = []
        inner: object = tomllib.loads(f"{key} = 0")
        while isinstance(inner, dict):
            ((part, inner),) = inner.items()
            parts.append(part)
        return parts

    def _value(self, path: KeyPath) -> None:
        first = self._text[self._at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            pattern = _STRING if first in "\"'" else _BARE_VALUE
            match = pattern.match(self._text, self._at)
            assert match is not None
            self._at = match.end()

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._within("]"):
            self.lines[*path, index] = self._line()
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._within("}"):
            self._key_value(path)
        self._at += 1

    def _within(self, end: str) -> bool:
        """Go to the next element, over blanks and a comma; False at the closing bracket."""
        self._skip_blank()
        if self._text[self._at] == ",":
            self._at += 1
            self._skip_blank()
        return self._text[self._at] != end

    def _skip_blank(self) -> bool:
        blank = _BLANK.match(self._text, self._at)
        if blank:
            self._at = blank.end()
        return self._at < len(self._text)

    def _line(self) -> int:
        return bisect_left(self._line_ends, self._at) + 1
