"""From a JSON value to what fastavro writes, checked on the way; and back to JSON."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from workbench.serde.misfits import MisfitError, Path, misfit, only, shown, unknown

Convert = Callable[[Any], Any]
"""A JSON value to fastavro's datum. Raises MisfitError."""
_MISSING = object()
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOT_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FLOAT_MAX = 3.4028235677973366e38


class Converters:
    """One for each type of a schema, made once; `named` are its records, enums and fixeds by full name."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named
        self._made: dict[str, Convert] = {}

    def of(self, schema: Any) -> Convert:  # noqa: PLR0911  # one case a type
        if isinstance(schema, list):
            return self._union(schema)
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(kind, dict | list):
            return self.of(kind)
        if kind in self._named:
            return self._late(kind)
        if logical := _LOGICAL.get((schema.get("logicalType"), kind) if isinstance(schema, dict) else None):
            return logical(schema)
        match kind:
            case "record" | "error":
                return self._record(schema)
            case "enum":
                return _enum(schema)
            case "fixed":
                return _sized(schema["size"], schema["name"])
            case "array":
                return _array(self.of(schema["items"]))
            case "map":
                return _map(self.of(schema["values"]))
        return _PRIMITIVES[kind]

    def _late(self, name: str) -> Convert:
        """Looked up when used: a type may name itself."""

        def convert(value: Any) -> Any:
            made = self._made.get(name)
            if made is None:
                made = self._made[name] = self.of(self._named[name])
            return made(value)

        return convert

    def _record(self, schema: dict[str, Any]) -> Convert:
        name = schema["name"].rpartition(".")[2]
        fields: list[tuple[str, Convert, Any]] = []
        convert = _record(name, fields)
        self._made[schema["name"]] = convert
        for field in schema["fields"]:
            default = field.get("default", _MISSING)
            fields.append((field["name"], self.of(field["type"]), default))
        return convert

    def _union(self, branches: list[Any]) -> Convert:
        """The branch of a wrapped value, or the first that a plain one fits."""
        made = [(self._tag(branch), self.of(branch)) for branch in branches]
        by_name = {short: entry for entry in made for short in _names(entry[0], branches, self._named)}
        nullable = "null" in by_name
        kinds = " or ".join(tag.rpartition(".")[2] for tag, _ in made)

        def convert(value: Any) -> Any:
            if value is None:
                if nullable:
                    return None
                raise only(kinds, value)
            if type(value) is dict and len(value) == 1:
                wrapped = by_name.get(next(iter(value)))
                if wrapped is not None:
                    tag, inner = wrapped
                    try:
                        return tag, inner(next(iter(value.values())))
                    except MisfitError as error:
                        if len(made) > 1 and not _could_be_record(made, value, self._named):
                            raise MisfitError(error.below(next(iter(value)))) from None
            return _first_that_fits(value, made, kinds)

        return convert

    def _tag(self, branch: Any) -> str:
        """What fastavro calls a branch."""
        if isinstance(branch, str):
            return branch
        return str(
            branch["name"] if branch["type"] in {"record", "enum", "fixed", "error"} else branch["type"]
        )


def _names(tag: str, branches: list[Any], named: Mapping[str, Any]) -> set[str]:
    """Full name, and the short one where it is no other branch's."""
    short = tag.rpartition(".")[2]
    shorts = [str(b if isinstance(b, str) else b.get("name", b["type"])).rpartition(".")[2] for b in branches]
    return {tag, short} if tag in named and shorts.count(short) == 1 else {tag}


def _could_be_record(made: list[tuple[str, Convert]], value: Any, named: Mapping[str, Any]) -> bool:
    name = next(iter(value))
    records = (named[tag] for tag, _ in made if tag in named)
    return any(name == field["name"] for record in records for field in record.get("fields", ()))


def _first_that_fits(value: Any, made: list[tuple[str, Convert]], kinds: str) -> Any:
    misfits: list[list[tuple[Path, str]]] = []
    for tag, inner in made:
        try:
            return tag, inner(value)
        except MisfitError as error:
            if tag != "null":
                misfits.append(error.misfits)
    if len(misfits) == 1:
        raise MisfitError(misfits[0])
    inside = [found for found in misfits if found[0][0]]  # an object that nearly fits one of the records
    if isinstance(value, dict) and len(inside) == 1:
        raise MisfitError(inside[0])
    raise only(kinds, value)


def _record(name: str, fields: list[tuple[str, Convert, Any]]) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise only(f"an object, a record {name},", value)
        made: dict[str, Any] = {}
        given = 0
        try:
            for field, inner, default in fields:
                if field in value:
                    made[field] = inner(value[field])
                    given += 1
                elif default is not _MISSING:
                    made[field] = inner(default)
                else:
                    raise misfit("")  # told below, with all that is wrong beside it
        except MisfitError:
            raise MisfitError(_all_misfits(name, fields, value)) from None
        if given != len(value):
            raise MisfitError(_all_misfits(name, fields, value))
        return made

    return convert


def _all_misfits(
    name: str, fields: list[tuple[str, Convert, Any]], value: dict[str, Any]
) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    known = [field for field, _, _ in fields]
    found += [((key,), unknown("field", key, known, name)) for key in value if key not in known]
    for field, inner, default in fields:
        if field in value:
            try:
                inner(value[field])
            except MisfitError as error:
                found += error.below(field)
        elif default is _MISSING:
            found.append(((), f"{field} is missing, and has no default"))
    return found


def _array(inner: Convert) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is not list:
            raise only("a list", value)
        made = []
        for at, item in enumerate(value):
            try:
                made.append(inner(item))
            except MisfitError as error:
                raise MisfitError(error.below(at)) from None
        return made

    return convert


def _map(inner: Convert) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise only("an object, a map,", value)
        made = {}
        for key, item in value.items():
            try:
                made[_text(key)] = inner(item)
            except MisfitError as error:
                raise MisfitError(error.below(key)) from None
        return made

    return convert


def _enum(schema: dict[str, Any]) -> Convert:
    symbols, name = frozenset(schema["symbols"]), schema["name"].rpartition(".")[2]

    def convert(value: Any) -> Any:
        if value.__class__ is str and value in symbols:
            return value
        if isinstance(value, str):
            raise misfit(unknown("symbol", value, schema["symbols"], name))
        raise only(f"a symbol of {name}", value)

    return convert


def _null(value: Any) -> None:
    if value is not None:
        raise only("null", value)


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise only("true or false", value)
    return value


def _whole(bits: int) -> Convert:
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    kind = "int" if bits == 32 else "long"

    def convert(value: Any) -> int:
        if type(value) is int:
            if low <= value <= high:
                return value
            raise misfit(f"{shown(value)} does not fit {kind} ({low} … {high})")
        raise only(f"a whole number ({kind})", value)

    return convert


def _float(value: Any) -> float:
    number = _double(value)
    if abs(number) > _FLOAT_MAX and number not in {float("inf"), float("-inf")}:
        raise misfit(f"{shown(value)} is beyond a float; the schema would need double")
    return number


def _double(value: Any) -> float:
    if type(value) is float:
        if value in {float("inf"), float("-inf")}:
            raise misfit('a number beyond a double; for infinity write "Infinity" in quotes')
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise misfit(f"{shown(value)} is beyond a double") from None
    if type(value) is str and value in _NOT_NUMBERS:
        return _NOT_NUMBERS[value]
    raise only("a number", value)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise only("text", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            code = ord(value[error.start])
            raise misfit(f"UTF-8 has no lone surrogate (U+{code:04X})") from None
    return value


def _bytes(value: Any) -> bytes:
    if type(value) is not str:
        raise only("text of bytes (U+0000 to U+00FF)", value)
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        raise misfit(f"bytes are written as text of U+0000 to U+00FF, and U+{code:04X} is beyond") from None


def _sized(size: int, name: str) -> Convert:
    def convert(value: Any) -> bytes:
        made = _bytes(value)
        if len(made) != size:
            raise misfit(f"{len(made)} bytes, and {name.rpartition('.')[2]} takes {size}")
        return made

    return convert


def _decimal(schema: dict[str, Any]) -> Convert:
    precision, scale = schema["precision"], schema.get("scale", 0)
    context = Context(prec=precision)

    def convert(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise only("a number, or text of one (decimal),", value)
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            raise only("a number, or text of one (decimal),", value) from None
        if not number.is_finite():
            raise only("a number (decimal)", value)
        try:
            exact = number.quantize(Decimal(1).scaleb(-scale), context=context)
        except InvalidOperation:
            raise misfit(
                f"{shown(value)} has more than {precision} digits with {scale} behind the point"
            ) from None
        if exact != number:
            raise misfit(
                f"{shown(value)} has more than {scale} digits behind the point; the schema keeps {scale}"
            )
        return exact

    return convert


def _moment(bits: int, read: Callable[[str], Any], example: str) -> Callable[[Any], Convert]:
    """A logical type of time: a whole number as the type counts, or text as ISO 8601 has it."""

    def made(_schema: Any) -> Convert:
        whole = _whole(bits)

        def convert(value: Any) -> Any:
            if type(value) is not str:
                return whole(value)
            try:
                return read(value)
            except ValueError:
                raise misfit(
                    f"“{value[:40]}” is no such time; write it like {example}, or as a number"
                ) from None

        return convert

    return made


def _instant(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _local(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError
    return moment


def _uuid(_schema: Any) -> Convert:
    def convert(value: Any) -> uuid.UUID:
        try:
            return uuid.UUID(_text(value))
        except ValueError as error:
            if isinstance(error, MisfitError):
                raise
            raise misfit(f"“{value[:40]}” is no UUID") from None

    return convert


_PRIMITIVES: dict[str, Convert] = {
    "null": _null,
    "boolean": _boolean,
    "int": _whole(32),
    "long": _whole(64),
    "float": _float,
    "double": _double,
    "string": _text,
    "bytes": _bytes,
}
_INSTANT = _moment(64, _instant, "2026-11-28T17:00:00Z")
_LOCAL = _moment(64, _local, "2026-11-28T17:00:00")
_LOGICAL: dict[Any, Callable[[Any], Convert]] = {
    ("decimal", "bytes"): _decimal,
    ("decimal", "fixed"): _decimal,
    ("date", "int"): _moment(32, dt.date.fromisoformat, "2026-11-28"),
    ("time-millis", "int"): _moment(32, dt.time.fromisoformat, "17:00:00.123"),
    ("time-micros", "long"): _moment(64, dt.time.fromisoformat, "17:00:00.123456"),
    ("timestamp-millis", "long"): _INSTANT,
    ("timestamp-micros", "long"): _INSTANT,
    ("local-timestamp-millis", "long"): _LOCAL,
    ("local-timestamp-micros", "long"): _LOCAL,
    ("uuid", "string"): _uuid,
}
