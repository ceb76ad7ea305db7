"""Where a JSON value does not fit a Protobuf message: its own parser stops at the first, without a path."""

import re
from typing import Any

from workbench.serde.misfits import Path, shown, unknown

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}", re.ASCII)
_WHOLE = {  # FieldDescriptor.CPPTYPE_…
    1: (-(2**31), 2**31 - 1, "int32"),
    2: (-(2**63), 2**63 - 1, "int64"),
    3: (0, 2**32 - 1, "uint32"),
    4: (0, 2**64 - 1, "uint64"),
}
_DOUBLE, _FLOAT, _BOOL, _ENUM, _STRING, _MESSAGE = 5, 6, 7, 8, 9, 10
_BYTES = 12  # FieldDescriptor.TYPE_BYTES


def misfits_of(descriptor: Any, value: Any) -> list[tuple[Path, str]]:
    """Every place that can be named; none where only the parser knows what is wrong."""
    if descriptor.full_name.startswith("google.protobuf."):
        return _well_known(descriptor, value)
    if not isinstance(value, dict):
        return [((), f"an object, a message {descriptor.name}, is wanted, not {shown(value)}")]
    known = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
    found: list[tuple[Path, str]] = []
    for key, inner in value.items():
        if key not in known:
            names = [field.name for field in descriptor.fields]
            found.append(((key,), unknown("field", key, names, descriptor.name)))
            continue
        found += [((key, *path), text) for path, text in _field(known[key], inner)]
    return found


def _field(field: Any, value: Any) -> list[tuple[Path, str]]:
    if value is None:
        return []
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        if not isinstance(value, dict):
            return [((), f"an object, a map, is wanted, not {shown(value)}")]
        inner = entry.fields_by_name["value"]
        return [((key, *path), text) for key, item in value.items() for path, text in _one(inner, item)]
    if field.is_repeated:
        if not isinstance(value, list):
            return [((), f"a list is wanted, not {shown(value)}")]
        return [((at, *path), text) for at, item in enumerate(value) for path, text in _one(field, item)]
    return _one(field, value)


def _one(field: Any, value: Any) -> list[tuple[Path, str]]:
    kind = field.cpp_type
    text = ""
    if kind == _MESSAGE:
        return misfits_of(field.message_type, value)
    if kind in _WHOLE:
        text = _whole(value, *_WHOLE[kind])
    elif kind in {_DOUBLE, _FLOAT}:
        text = _number(value)
    elif kind == _BOOL and not isinstance(value, bool):
        text = f"true or false is wanted, not {shown(value)}"
    elif kind == _ENUM:
        text = _symbol(field.enum_type, value)
    elif field.type == _BYTES:
        text = "" if _is_base64(value) else f"base64 text (bytes) is wanted, not {shown(value)}"
    elif kind == _STRING and not isinstance(value, str):
        text = f"text is wanted, not {shown(value)}"
    return [((), text)] if text else []


def _is_base64(value: Any) -> bool:
    """Of either alphabet, padded or not: the canonical JSON mapping takes all four."""
    return isinstance(value, str) and bool(_BASE64.fullmatch(value)) and len(value.rstrip("=")) % 4 != 1


def has_bytes(descriptor: Any, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the message, or one within it, has a field of bytes."""
    if descriptor.full_name in seen:
        return False
    return any(
        field.type == _BYTES
        or (field.message_type is not None and has_bytes(field.message_type, seen | {descriptor.full_name}))
        for field in descriptor.fields
    )


def _whole(value: Any, low: int, high: int, name: str) -> str:
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if isinstance(value, float) and value.is_integer():
        number = int(value)
    if number is None:
        return f"a whole number ({name}) is wanted, not {shown(value)}"
    return "" if low <= number <= high else f"{shown(value)} does not fit {name} ({low} … {high})"


def _number(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ""
    try:
        float(value)
    except (TypeError, ValueError):
        return f"a number is wanted, not {shown(value)}"
    return ""


def _symbol(enum: Any, value: Any) -> str:
    if isinstance(value, str):
        names = [symbol.name for symbol in enum.values]
        return "" if value in names else unknown("symbol", value, names, enum.name)
    if isinstance(value, int) and not isinstance(value, bool):
        return ""
    return f"a symbol of {enum.name} is wanted, not {shown(value)}"


def _well_known(descriptor: Any, value: Any) -> list[tuple[Path, str]]:
    examples = {"Timestamp": '"2026-11-28T17:00:00Z"', "Duration": '"1.5s"', "FieldMask": '"a,b.c"'}
    example = examples.get(descriptor.name)
    if example is None:
        return []
    from google.protobuf import json_format, message_factory

    try:
        json_format.ParseDict(value, message_factory.GetMessageClass(descriptor)())
    except (json_format.ParseError, ValueError, TypeError, AttributeError):
        return [((), f"a {descriptor.name} such as {example} is wanted, not {shown(value)}")]
    return []
