"""From a place in what a template rendered back to the line and column of the template.

The template is rendered once more with invisible marks in it, each with the place it stands at; the marks
are taken out again. What marks would change (they stand in what a filter counts, say) has no places.
"""

import re
from bisect import bisect_right
from typing import NamedTuple

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: no template means them
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_PIECE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_RAW = re.compile(r"\{%-?\s*(?:raw|macro|call|filter|set\s+\w+\s*%)")


class Places(NamedTuple):
    """Where pieces of a rendered text begin, in it and in the template, in characters."""

    rendered: tuple[int, ...]
    template: tuple[int, ...]
    literal: tuple[bool, ...]
    """The piece stands in the template as it is rendered: a place within it is as far within it there."""

    def back(self, at: int) -> int:
        """The place in the template; of what an expression made, where the expression begins."""
        piece = bisect_right(self.rendered, at) - 1
        if piece < 0:
            return 0
        return self.template[piece] + (at - self.rendered[piece] if self.literal[piece] else 0)


def marked(template: str) -> str | None:
    """The template with a mark before each piece; None where marks would get in the way."""
    in_the_way = (_OPEN, _CLOSE, "{%-", "-%}", "{{-", "-}}", "{#-", "-#}")
    if _RAW.search(template) or any(text in template for text in in_the_way):
        return None
    out, at = [], 0
    for piece in _PIECE.split(template):
        if piece and not piece.startswith(("{%", "{#")):
            out.append(f"{_OPEN}{at}{_CLOSE}")
        out.append(piece)
        at += len(piece)
    return "".join(out)


def unmarked(rendered: str, template: str) -> tuple[str, Places]:
    """What a marked template rendered, as it would be without marks, and the places they stood for."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    literal: list[bool] = []
    length = last = 0
    for mark in _MARK.finditer(rendered):
        pieces.append(rendered[last : mark.start()])
        length += mark.start() - last
        last = mark.end()
        origin = int(mark[1])
        starts.append(length)
        origins.append(origin)
        literal.append(not template.startswith("{{", origin))
    pieces.append(rendered[last:])
    return "".join(pieces), Places(tuple(starts), tuple(origins), tuple(literal))


def offset(text: str, line: int, column: int) -> int:
    """Of a line and column, both from 1."""
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1 or len(text)
    return min(at + column - 1, len(text))


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Of an offset; both from 1."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
