"""Four bytes, big-endian, signed: what Kafka's IntegerSerializer writes."""

import re

from workbench.serde.errors import SerdeError

_WHOLE_NUMBER = re.compile(r"([+-]?)0*([0-9]+)", re.ASCII)
_MIN, _MAX = -(2**31), 2**31 - 1
_MOST_DIGITS = 10
_SHOWN = 24


def serialize(text: str) -> bytes:
    """Space around the number is forgiven. Raises SerdeError for anything but a 32-bit whole number."""
    stripped = text.strip()
    shown = stripped if len(stripped) <= _SHOWN else f"{stripped[:_SHOWN]}…"
    match = _WHOLE_NUMBER.fullmatch(stripped)
    if match is None:
        reason = f"“{shown}” is not a whole number" if stripped else "empty: a whole number is wanted"
        raise SerdeError(reason)
    sign, digits = match.groups()
    if len(digits) <= _MOST_DIGITS and _MIN <= (number := int(sign + digits)) <= _MAX:
        return number.to_bytes(4, "big", signed=True)
    raise SerdeError(f"{shown} does not fit 32 bits ({_MIN} … {_MAX})")
