"""Reading a property's text."""

import re

_NUMBER = re.compile(r"[+-]?[0-9]{1,19}(\.[0-9]{1,9})?", re.ASCII)
_TRUE, _FALSE = ("true", "t", "1"), ("false", "f", "0")


def number(text: str) -> float | None:
    """A plain decimal number; None for anything else, so that no client reads another one into it."""
    stripped = text.strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else None


def plain(value: float) -> str:
    """As a person would write it: 500, 0.5, 1200000."""
    return str(int(value)) if value == int(value) else f"{value:.9f}".rstrip("0")


def letters(text: str) -> str:
    """On one line, what is no letter to be seen (controls, halves of letters) as a dot: safe to paint."""
    return text if text.isprintable() else "".join(each if each.isprintable() else "·" for each in text)


def letter_lines(text: str) -> str:
    """The same, line by line."""
    return "\n".join(map(letters, text.split("\n")))


def flag(text: str) -> bool | None:
    """As librdkafka 2.16.0 reads it (t and 1 are true too); None where it would refuse."""
    lowered = text.strip().lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None
