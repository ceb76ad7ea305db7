"""JSON text, checked and sent as it was written: no key is moved, no space is lost."""

import msgspec

from workbench.serde import string_serializer
from workbench.serde.errors import SerdeError

_check = msgspec.json.Decoder(msgspec.Raw).decode  # Raw: checks the text, builds no objects


def serialize(text: str) -> bytes:
    """The text in UTF-8. Raises SerdeError with line and column where it is not JSON (RFC 8259)."""
    encoded = string_serializer.serialize(text)
    try:
        _check(encoded)
    except msgspec.DecodeError as error:
        raise _explained(text, str(error)) from None
    except RecursionError:
        raise SerdeError("nested too deep to be checked") from None
    return encoded


def _explained(text: str, otherwise: str) -> SerdeError:
    """Where it stops being JSON: the standard library is slower, and points at the very character."""
    import json

    if not text.strip():
        return SerdeError("empty: JSON wants a value (null is one)")
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[0].lower()}{error.msg[1:]}"
        place = error.lineno, error.colno
        return SerdeError(f"not JSON at line {place[0]}, column {place[1]}: {reason}", place)
    except SerdeError as error:
        return error
    return SerdeError(f"not JSON: {otherwise}")


def _refuse_constant(name: str) -> object:
    raise SerdeError(f"not JSON: {name} is no JSON number")
