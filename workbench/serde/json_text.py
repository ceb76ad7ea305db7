"""JSON as a person writes it: parsed strictly, and where in the text each part of it stands."""

import json
import re
from typing import Any

from workbench.serde.errors import SerdeError
from workbench.serde.misfits import Path

_LARGEST_PLACED = 1_000_000
"""Characters; in a larger text places are not looked for."""
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)', re.DOTALL)


def _no_constant(name: str) -> object:
    raise SerdeError(f"not JSON: {name} is no JSON number")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def parsed(text: str) -> Any:
    """Raises SerdeError with line and column where it is not JSON (RFC 8259), NaN and Infinity among it."""
    try:
        return _decode(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise SerdeError("empty: JSON wants a value (null is one)") from None
        reason = f"{error.msg[0].lower()}{error.msg[1:]}"
        raise SerdeError(
            f"not JSON at line {error.lineno}, column {error.colno}: {reason}",
            place=(error.lineno, error.colno),
        ) from None
    except RecursionError:
        raise SerdeError("nested too deep to be read") from None
    except SerdeError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise SerdeError(f"not JSON that can be read: {error}") from None


def places(text: str) -> dict[Path, tuple[int, int]]:
    """(line, column), both from 1, of each value in a text that is JSON; what is too large has none."""
    if len(text) > _LARGEST_PLACED:
        return {}
    found: dict[Path, int] = {}
    stack: list[tuple[list[str | int], bool]] = []
    path: list[str | int] = []
    key: str | None = None
    wants_key = False
    for match in _TOKEN.finditer(text):
        mark, at = match[1], match.start(1)
        if mark == ",":
            if stack and not stack[-1][1]:
                path[-1] = int(path[-1]) + 1
                wants_key = False
            else:
                wants_key = True
        elif mark == ":":
            path[-1] = key or ""
            wants_key = False
        elif mark in "]}":
            path.pop()
            stack.pop()
            wants_key = False
        elif wants_key and mark[0] == '"':
            key = json.loads(mark)
        else:
            found.setdefault(tuple(path), at)
            if mark in "[{":
                is_object = mark == "{"
                stack.append((path, is_object))
                path.append("" if is_object else 0)
                wants_key = is_object
    return {path_: line_and_column(text, at) for path_, at in found.items()}


def place(text: str, path: Path) -> tuple[int, int] | None:
    """Of the value at a path, or of the nearest around it that is there."""
    known = places(text)
    while path not in known and path:
        path = path[:-1]
    return known.get(path)


def line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
