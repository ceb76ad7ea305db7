"""A request's outline, checked before it is read: lengths that fit, no null where none may be, not too much.

Kafka's generated readers refuse the same ("Tried to allocate a collection of size …, but there are only …
bytes remaining", "non-nullable field … was serialized as null"); kio's would ask for memory first.
"""

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_args, get_origin

_MOST_ELEMENTS = 200_000  # of all arrays of a request: what one process reads in a second or so
_LONGEST_VARINT = 5
_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "bool": 1,
        "int8": 1,
        "int16": 2,
        "uint16": 2,
        "int32": 4,
        "int64": 8,
        "float64": 8,
        "timedelta_i32": 4,
        "timedelta_i64": 8,
        "uuid": 16,
    }
)
_LENGTH_SIZES: Mapping[str, int] = MappingProxyType({"string": 2, "bytes": 4, "records": 4})
_ARRAY = 4
_INT8_MAX = 127


class Outline(Exception):  # noqa: N818 (what is wrong with a request)
    """The request is not what it says, or holds more than the lab reads at once."""


_Step = Callable[[memoryview, int, list[int]], int]
"""Walks a part of a frame from an offset on, and says where it ends; the list holds one number: how many
elements may still come. Raises Outline, IndexError. Whether it ends behind the frame is asked last."""


def skim(outline: _Step, frame: memoryview, at: int) -> None:
    """Raises Outline."""
    try:
        end = outline(frame, at, [_MOST_ELEMENTS])
    except IndexError:
        raise Outline("bytes are missing") from None
    if end > len(frame):
        raise Outline(f"{end - len(frame)} bytes are missing")


def skim_header(frame: memoryview, at: int, *, flexible: bool) -> tuple[str | None, int]:
    """The client id, which stands at `at`, and where the body begins.

    Raises Outline, IndexError, UnicodeDecodeError.
    """
    start = at + _LENGTH_SIZES["string"]
    length = int.from_bytes(frame[at:start], "big", signed=True)
    end = start + max(length, 0)
    if end > len(frame):
        raise Outline("the client id is cut off")
    client_id = bytes(frame[start:end]).decode() if length >= 0 else None
    return client_id, _tags(frame, end, []) if flexible else end


def outline_of(schema: Any) -> _Step:
    """How to walk an entity of a schema of kio's, whose fields stand in the order of the wire."""
    steps: list[_Step] = []
    for field in dataclasses.fields(schema):
        if "tag" in field.metadata:
            continue  # skipped with its size, among the tags
        steps.append(_of_field(field, flexible=schema.__flexible__))
    if schema.__flexible__:
        steps.append(_tags)
    if len(steps) == 1:
        return steps[0]

    def walk(frame: memoryview, at: int, left: list[int]) -> int:
        for step in steps:
            at = step(frame, at, left)
        return at

    return walk


def _of_field(field: Any, *, flexible: bool) -> _Step:
    parts = get_args(field.type)
    nullable = type(None) in parts
    array = next((part for part in (field.type, *parts) if get_origin(part) is tuple), None)
    nested = next((part for part in (field.type, *parts) if dataclasses.is_dataclass(part)), None)
    if array is not None:
        item = get_args(array)[0]
        inner = (
            outline_of(item)
            if dataclasses.is_dataclass(item)
            else _of_kind(field.name, field.metadata["kafka_type"], flexible, nullable=False)
        )
        return _array(field.name, inner, 0 if flexible else _ARRAY, nullable)
    if nested is not None:
        return _maybe(outline_of(nested)) if nullable else outline_of(nested)
    return _of_kind(field.name, field.metadata["kafka_type"], flexible, nullable)


def _of_kind(name: str, kind: str, flexible: bool, nullable: bool) -> _Step:
    if kind in _SIZES:
        return _fixed(_SIZES[kind])
    return _sized(name, 0 if flexible else _LENGTH_SIZES[kind], nullable)


def _fixed(size: int) -> _Step:
    def walk(frame: memoryview, at: int, left: list[int]) -> int:  # noqa: ARG001
        return at + size

    return walk


def _maybe(inner: _Step) -> _Step:
    """A structure that may be null: a byte says whether it is there."""

    def walk(frame: memoryview, at: int, left: list[int]) -> int:
        return at + 1 if frame[at] > _INT8_MAX else inner(frame, at + 1, left)

    return walk


def _sized(name: str, size: int, nullable: bool) -> _Step:
    """A string or bytes: a length of `size` bytes, or a compact one (0), then as many."""
    least = -1 if nullable else 0

    def walk(frame: memoryview, at: int, left: list[int]) -> int:  # noqa: ARG001
        length, at = _length(frame, at, size)
        if length < least:
            raise Outline(f"non-nullable field {name} was serialized as null, or its length is {length}")
        return at + length if length > 0 else at

    return walk


def _array(name: str, inner: _Step, size: int, nullable: bool) -> _Step:
    least = -1 if nullable else 0

    def walk(frame: memoryview, at: int, left: list[int]) -> int:
        count, at = _length(frame, at, size)
        if count < least:
            raise Outline(f"non-nullable field {name} was serialized as null, or its length is {count}")
        if count > 0:
            left[0] -= count
            if count > len(frame) - at or left[0] < 0:
                raise Outline(f"a collection of size {count} ({name}) with {len(frame) - at} bytes remaining")
            for _ in range(count):
                at = inner(frame, at, left)
        return at

    return walk


def _length(frame: memoryview, at: int, size: int) -> tuple[int, int]:
    """A length and where it ends; -1 is null."""
    if size:
        end = at + size
        if end > len(frame):
            raise Outline("a length is cut off")
        return int.from_bytes(frame[at:end], "big", signed=True), end
    if (byte := frame[at]) < 0x80:
        return byte - 1, at + 1
    value, at = _varint(frame, at)
    return value - 1, at


def _tags(frame: memoryview, at: int, left: list[int]) -> int:  # noqa: ARG001
    if frame[at] == 0:
        return at + 1
    count, at = _varint(frame, at)
    for _ in range(count):
        _, at = _varint(frame, at)
        size, at = _varint(frame, at)
        at += size
    return at


def _varint(frame: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    for _ in range(_LONGEST_VARINT):
        byte = frame[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise Outline("a varint that is too long")
