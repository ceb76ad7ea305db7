"""The number that librdkafka reads out of a text: as C does, as far as it goes (rd_kafka_anyconf_set_prop).

Whole numbers by strtol with base 0, so 0x is hexadecimal and a leading 0 octal, of which an int keeps
the lower 32 bits; others by strtod.
"""

import re

from workbench.producer_config.catalogue import Facts

_WHOLE = re.compile(r"\s*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([0-9]+))", re.ASCII)
_FLOAT = re.compile(
    r"\s*[+-]?(?:0x[0-9a-f]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf)", re.ASCII | re.IGNORECASE
)
_MOST_DIGITS = 40


def read_by_librdkafka(facts: Facts, text: str) -> float | int | None:
    """None where there is no number at the start of it."""
    return whole(text) if facts.kind == "int" else _fraction(text)


def whole(text: str) -> int | None:
    match = _WHOLE.match(text)
    if match is None:
        return None
    sign, hexadecimal, octal, decimal = match.groups()
    digits, base = (hexadecimal, 16) if hexadecimal else (octal, 8) if octal else (decimal, 10)
    value = int(digits[:_MOST_DIGITS], base) * (-1 if sign == "-" else 1)
    return _in_an_int(max(-(2**63), min(2**63 - 1, value)))


def _in_an_int(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def _fraction(text: str) -> float | None:
    match = _FLOAT.match(text)
    if match is None:
        return None
    said = match[0].strip().lower()
    return float(int(said[:_MOST_DIGITS], 16)) if "x" in said else float(said)


def is_read_whole(facts: Facts, text: str) -> bool:
    """All of it is the number, but for spaces."""
    match = (_WHOLE if facts.kind == "int" else _FLOAT).match(text)
    return match is not None and not text[match.end() :].strip()
