"""Java's other small serializers: float, double, boolean, UUID, void.

Bytes as org.apache.kafka.common.serialization writes them (Kafka 4.1.0): big-endian IEEE 754, one byte of
0 or 1, the UUID's text in UTF-8, and null.
"""

import re
import struct
import uuid

from workbench.serde.errors import SerdeError

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_NAMED = {"NaN": "nan", "Infinity": "inf", "+Infinity": "inf", "-Infinity": "-inf"}
"""Java's spelling (Double.parseDouble)."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SHOWN = 40


def float_(text: str) -> bytes:
    """Four bytes; the nearest number of 32 bits. Raises SerdeError beyond its range."""
    try:
        return struct.pack(">f", _number(text))
    except OverflowError:
        raise SerdeError(f"“{_shown(text)}” is beyond a float (±3.4028235e38); take double") from None


def double(text: str) -> bytes:
    """Eight bytes. Raises SerdeError for what is no number, or beyond its range."""
    return struct.pack(">d", _number(text))


def boolean(text: str) -> bytes:
    """01 for true, 00 for false. Raises SerdeError for anything else."""
    match text.strip().lower():
        case "true":
            return b"\x01"
        case "false":
            return b"\x00"
    raise SerdeError(f"“{_shown(text)}” is neither true nor false")


def uuid_(text: str) -> bytes:
    """The UUID's text, lower case. Raises SerdeError."""
    stripped = text.strip()
    if not _UUID.fullmatch(stripped):
        raise SerdeError(
            f"“{_shown(text)}” is no UUID; it looks like 123e4567-e89b-12d3-a456-426614174000, "
            "and {{ uuid() }} draws one"
        )
    return str(uuid.UUID(stripped)).encode()


def void(text: str) -> None:
    """Null, whatever the record: Java's VoidSerializer refuses any data, so raises SerdeError for text."""
    if text:
        raise SerdeError("void is for null only, as Java's VoidSerializer; take the text out")


def _number(text: str) -> float:
    stripped = text.strip()
    if (named := _NAMED.get(stripped)) is not None:
        return float(named)
    if not _NUMBER.fullmatch(stripped):
        raise SerdeError(f"“{_shown(text)}” is not a number" if stripped else "empty: a number is wanted")
    number = float(stripped)
    if number in {float("inf"), float("-inf")}:
        raise SerdeError(f"“{_shown(text)}” is beyond a double (±1.7976931348623157e308)")
    return number


def _shown(text: str) -> str:
    stripped = text.strip()
    return stripped if len(stripped) <= _SHOWN else f"{stripped[:_SHOWN]}…"
