"""The types of a parsed Avro schema, and what Avro (1.12) forbids in them although fastavro takes it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from workbench.serde.misfits import shown

_WITH_NAMES = frozenset({"record", "error", "enum", "fixed"})
_AVROS_OWN = _WITH_NAMES | {
    "null", "boolean", "int", "long", "float", "double", "bytes", "string", "array", "map", "union",
}  # fmt: skip


class Unsound(NamedTuple):
    word: str
    """That stands where it is wrong; "" where nothing names the place."""
    reason: str


def unsound(schema: Any) -> Unsound | None:
    """The first of its kind, for which no value could be written; None where there is none."""
    found = (_wrong_union(each) if isinstance(each, list) else _wrong(each) for each in _every(schema))
    return next(filter(None, found), None)


def named_types(schema: Any) -> dict[str, Any]:
    """Its records, enums and fixeds by full name, in its order."""
    types = (each for each in _every(schema) if isinstance(each, dict))
    return {each["name"]: each for each in types if _is(each, _WITH_NAMES)}


def _is(schema: dict[str, Any], kinds: frozenset[str]) -> bool:
    return isinstance(schema["type"], str) and schema["type"] in kinds


def _every(schema: Any) -> Iterator[Any]:
    """It and what stands within, but for what is only named."""
    if isinstance(schema, list):
        yield schema
        for branch in schema:
            yield from _every(branch)
    elif isinstance(schema, dict):
        yield schema
        for field in schema.get("fields", ()):
            yield from _every(field["type"])
        for key in ("items", "values", "type"):
            yield from _every(schema.get(key))


def _wrong_union(branches: list[Any]) -> Unsound | None:
    if not branches:
        return Unsound("", "a union has no branch")
    if any(isinstance(branch, list) for branch in branches):
        return Unsound("", "a union stands in a union")
    return None


def _wrong(  # noqa: PLR0911  # one case a mistake
    schema: dict[str, Any],
) -> Unsound | None:
    name = str(schema.get("name", ""))
    short, kind, logical = name.rpartition(".")[2], schema["type"], schema.get("logicalType", "")
    if not isinstance(logical, str):
        return Unsound("logicalType", f"a logicalType is a text, not {shown(logical)}")
    if name in _AVROS_OWN:
        return Unsound(name, f"a type cannot be called {name}, as one of Avro's own is")
    match kind:
        case "enum":
            return _wrong_symbols(schema["symbols"], name)
        case "fixed" if not _is_whole(schema["size"], 0):
            return Unsound(name, f"the fixed {short} takes {shown(schema['size'])} bytes")
        case "record" | "error":
            return _wrong_fields(schema.get("fields", ()), short)
        case "bytes" | "fixed" if logical == "decimal" and not _is_whole(schema["precision"], 1):
            return Unsound("decimal", f"a decimal of {shown(schema['precision'])} digits")
    return None


def _wrong_symbols(symbols: Any, name: str) -> Unsound | None:
    short = name.rpartition(".")[2]
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        return Unsound(name, f"the symbols of the enum {short} are no list of names")
    return None if symbols else Unsound(name, f"the enum {short} has no symbol")


def _wrong_fields(fields: Any, record: str) -> Unsound | None:
    names = [field["name"] for field in fields]
    odd = [name for name in names if not isinstance(name, str)]
    if odd:
        return Unsound(record, f"{record} has a field whose name is {shown(odd[0])}")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    return Unsound(twice, f"{record} has several fields {twice}") if twice is not None else None


def _is_whole(value: Any, least: int) -> bool:
    return type(value) is int and value >= least
