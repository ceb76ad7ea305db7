"""From a JSON value to a Thrift struct, checked on the way; and back to JSON."""

import base64
import binascii
from collections.abc import Callable, Collection
from typing import Any

from workbench.serde.misfits import MisfitError, Path, misfit, only, shown, unknown

Convert = Callable[[Any], Any]
"""A JSON value to what thriftpy2 writes. Raises MisfitError."""

# thriftpy2.thrift.TType
BOOL, BYTE, DOUBLE, I16, I32, I64 = 2, 3, 4, 6, 8, 10
STRING, STRUCT, MAP, SET, LIST, BINARY = 11, 12, 13, 14, 15, 18
_BITS = {BYTE: 8, I16: 16, I32: 32, I64: 64}
_MOST_DIGITS = 20
_NOT_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def struct_converter(struct: Any, unions: Collection[Any] = ()) -> Convert:
    """`unions`: those structs of which one field is set.

    Converters of its fields are made when first used: a struct may hold itself.
    """
    fields: dict[str, tuple[Convert, bool]] = {}

    def convert(value: Any) -> Any:
        if not fields:
            fields.update(_fields(struct, unions))
        if type(value) is not dict:
            raise only(f"an object, a struct {struct.__name__},", value)
        made: dict[str, Any] = {}
        misfits: list[tuple[Path, str]] = []
        for key, item in value.items():
            known = fields.get(key)
            if known is None:
                misfits.append(((key,), unknown("field", key, fields, struct.__name__)))
            elif item is not None:
                try:
                    made[key] = known[0](item)
                except MisfitError as error:
                    misfits += error.below(key)
        missing = [name for name, (_, required) in fields.items() if required and made.get(name) is None]
        misfits += [((), f"{name} is missing, and required") for name in missing if value.get(name) is None]
        if struct in unions and len(made) != 1 and not misfits:
            misfits.append(((), f"a union {struct.__name__} has one field set, not {len(made)}"))
        if misfits:
            raise MisfitError(misfits)
        return struct(**made)

    return convert


def _fields(struct: Any, unions: Collection[Any]) -> dict[str, tuple[Convert, bool]]:
    found = {}
    for spec in struct.thrift_spec.values():
        kind, name, inner, required = spec if len(spec) == 4 else (spec[0], spec[1], None, spec[2])
        found[name] = (converter(kind, inner, unions), required)
    return found


def converter(  # noqa: PLR0911  # one case a type
    kind: int, inner: Any, unions: Collection[Any]
) -> Convert:
    """`inner`: the struct, the enum, or the type of what a container holds."""
    match kind:
        case 12:
            return struct_converter(inner, unions)
        case 13:
            return _map(_of(inner[0], unions), _of(inner[1], unions), inner[0])
        case 14 | 15:
            return _list(_of(inner, unions), is_set=kind == SET)
        case 8 if inner is not None:
            return _enum(inner)
        case 2:
            return _bool
        case 4:
            return _double
        case 18:
            return _binary
        case 11:
            return _text
    return _whole(_BITS[kind])


def _of(inner: Any, unions: Collection[Any]) -> Convert:
    kind, more = inner if isinstance(inner, tuple) else (inner, None)
    return converter(kind, more, unions)


def _list(item: Convert, *, is_set: bool) -> Convert:
    def convert(value: Any) -> list[Any]:
        if type(value) is not list:
            raise only("a list, a set," if is_set else "a list", value)
        made = []
        for at, inner in enumerate(value):
            try:
                made.append(item(inner))
            except MisfitError as error:
                raise MisfitError(error.below(at)) from None
        if is_set and len(made) != len({repr(each) for each in made}):
            raise misfit("a set holds each value once")
        return made

    return convert


def _map(key: Convert, item: Convert, key_type: Any) -> Convert:
    kind = key_type[0] if isinstance(key_type, tuple) else key_type

    def convert(value: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise only("an object, a map,", value)
        made = {}
        for name, inner in value.items():
            try:
                made[key(_key(name, kind))] = item(inner)
            except MisfitError as error:
                raise MisfitError(error.below(name)) from None
        return made

    return convert


def _key(name: str, kind: int) -> Any:
    """JSON's keys are text; a number's or a boolean's is read from it."""
    if kind in _BITS and len(name) <= _MOST_DIGITS and name.removeprefix("-").isdecimal():
        return int(name)
    if kind == BOOL and name in {"true", "false"}:
        return name == "true"
    if kind == DOUBLE:
        try:
            return float(name)
        except ValueError:
            return name
    return name


def _enum(enum: Any) -> Convert:
    symbols: dict[str, int] = enum._NAMES_TO_VALUES  # noqa: SLF001 - thriftpy2's own way to ask

    def convert(value: Any) -> int:
        if isinstance(value, str):
            if value in symbols:
                return symbols[value]
            raise misfit(unknown("symbol", value, symbols, enum.__name__))
        if type(value) is int and value in symbols.values():
            return value
        raise only(f"a symbol of {enum.__name__}", value)

    return convert


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise only("true or false", value)
    return value


def _whole(bits: int) -> Convert:
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    name = "byte" if bits == 8 else f"i{bits}"

    def convert(value: Any) -> int:
        if type(value) is not int:
            raise only(f"a whole number ({name})", value)
        if not low <= value <= high:
            raise misfit(f"{shown(value)} does not fit {name} ({low} … {high})")
        return value

    return convert


def _double(value: Any) -> float:
    if type(value) is str and value in _NOT_NUMBERS:
        return _NOT_NUMBERS[value]
    if type(value) not in {int, float}:
        raise only("a number", value)
    try:
        return float(value)
    except OverflowError:
        raise misfit(f"{shown(value)} is beyond a double") from None


def _text(value: Any) -> str:
    if type(value) is not str:
        raise only("text", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise misfit(f"UTF-8 has no lone surrogate (U+{ord(value[error.start]):04X})") from None
    return value


def _binary(value: Any) -> bytes:
    if type(value) is not str:
        raise only("base64 text (binary)", value)
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise only("base64 text (binary)", value) from None


def plain(value: Any) -> Any:
    """What thriftpy2 read, as JSON would write it; enums as numbers' symbols where a struct names them."""
    if hasattr(value, "thrift_spec"):
        made = {}
        for spec in value.thrift_spec.values():
            kind, name, inner = spec[0], spec[1], spec[2] if len(spec) == 4 else None
            item = getattr(value, name)
            if item is not None:
                made[name] = _plain(item, kind, inner)
        return made
    return value


def _plain(value: Any, kind: int, inner: Any) -> Any:
    if kind == STRUCT:
        return plain(value)
    if kind == MAP:
        return {str(_item(key, inner[0])): _item(item, inner[1]) for key, item in value.items()}
    if kind in {SET, LIST}:
        return [_item(item, inner) for item in value]
    if kind == I32 and inner is not None:
        return inner._VALUES_TO_NAMES.get(value, value)  # noqa: SLF001 - thriftpy2's own way to ask
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _item(value: Any, inner: Any) -> Any:
    kind, more = inner if isinstance(inner, tuple) else (inner, None)
    if isinstance(value, bool) and kind == BOOL:
        return value
    return _plain(value, kind, more)
