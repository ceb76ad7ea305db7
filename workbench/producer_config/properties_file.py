r"""A .properties text as java.util.Properties.load(Reader) reads it (Java 17 API), and on which lines.

Lines end in \n, \r or \r\n; # and ! begin comments; an odd number of backslashes at the end joins the
next line, whose leading blanks go; a name ends at =, : or a blank; \t \n \r \f and \uXXXX are escapes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANKS = " \t\f"
_NAME = re.compile(r"(?:[^\\=: \t\f]++|\\.)*+", re.DOTALL)
_SEPARATOR = re.compile(r"[ \t\f]*[=:]?[ \t\f]*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[^u])", re.DOTALL)
_HALF_ESCAPE = re.compile(r"(?:[^\\]++|\\[^u]|\\u[0-9a-fA-F]{4})*+", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


class Entry(NamedTuple):
    name: str
    text: str
    line: int
    """From 1: where the name stands."""


class MalformedEscapeError(ValueError):
    def __init__(self, line: int) -> None:
        super().__init__(r"\u without four hexadecimal digits")
        self.line = line


def parse(text: str) -> Iterator[Entry]:
    """Every line that holds a property, also those of the same name. Raises MalformedEscapeError."""
    for line, logical in _logical_lines(text):
        match = _NAME.match(logical)
        assert match is not None
        separator = _SEPARATOR.match(logical, match.end())
        assert separator is not None
        yield Entry(_plain(match[0], line), _plain(logical[separator.end() :], line), line)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    began, body, joins = 0, "", False
    for number, natural in enumerate(lines, start=1):
        more = natural.lstrip(_BLANKS)
        if not body:
            began = number
            if more[:1] in {"", "#", "!"}:
                joins = False
                continue
        backslashes = len(more) - len(more.rstrip("\\"))
        joins = backslashes % 2 == 1
        body += more[:-1] if joins else more
        if not joins:
            yield began, body
            body = ""
    if body or (joins and not text.endswith("\r\n")):  # to Java, a lone backslash is a name of no letters
        yield began, body


def _plain(text: str, line: int) -> str:
    if "\\" not in text:
        return text
    if (good := _HALF_ESCAPE.match(text)) and good.end() < len(text):
        raise MalformedEscapeError(line)
    unescaped = _ESCAPE.sub(_unescaped, text)
    # two escapes may be the halves of one letter
    return unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _unescaped(match: re.Match[str]) -> str:
    what = match[1]
    return chr(int(what[1:], 16)) if what[0] == "u" else _CONTROLS.get(what, what)
