"""Whole numbers as Kafka's ShortSerializer, IntegerSerializer and LongSerializer write them.

Big-endian, signed, of 16, 32 and 64 bits (org.apache.kafka.common.serialization, Kafka 4.1.0).
"""

import re

from workbench.serde.errors import SerdeError

_WHOLE_NUMBER = re.compile(r"([+-]?)0*([0-9]+)", re.ASCII)
_MOST_DIGITS = 19
_SHOWN = 24


def short(text: str) -> bytes:
    """Two bytes. Raises SerdeError for anything but a 16-bit whole number, as the others do for theirs."""
    return _bits(text, 16)


def integer(text: str) -> bytes:
    """Four bytes."""
    return _bits(text, 32)


def long(text: str) -> bytes:
    """Eight bytes."""
    return _bits(text, 64)


def _bits(text: str, bits: int) -> bytes:
    """Space around the number is forgiven."""
    stripped = text.strip()
    shown = stripped if len(stripped) <= _SHOWN else f"{stripped[:_SHOWN]}…"
    match = _WHOLE_NUMBER.fullmatch(stripped)
    if match is None:
        reason = f"“{shown}” is not a whole number" if stripped else "empty: a whole number is wanted"
        raise SerdeError(reason)
    sign, digits = match.groups()
    limit = 1 << (bits - 1)
    if len(digits) <= _MOST_DIGITS and -limit <= (number := int(sign + digits)) < limit:
        return number.to_bytes(bits // 8, "big", signed=True)
    raise SerdeError(f"{shown} does not fit {bits} bits ({-limit} … {limit - 1})")
