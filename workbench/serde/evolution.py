"""Two versions of a schema: what becomes of a record that is written with one and read with the other."""

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from workbench.serde.draws import Draws
from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MisfitError
from workbench.serde.schemas.field_facts import NONE, FieldFact
from workbench.serde.schemas.schema import Schema

if TYPE_CHECKING:
    from workbench.serde.schemas.avro import AvroSchema

What = Literal["kept", "added", "removed", "promoted", "renamed", "changed", "incompatible"]
_AVRO = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}
"""Schema resolution, Avro 1.12: what a writer's type may be read as."""
_SAME_ON_THE_WIRE = (
    {"int32", "int64", "uint32", "uint64", "bool", "enum"},
    {"sint32", "sint64"},
    {"string", "bytes"},
    {"fixed32", "sfixed32"},
    {"fixed64", "sfixed64"},
    {"i32", "enum"},
    {"string", "binary"},
)
"""Protobuf's "Updating a message type", and Thrift's types that are one on the wire."""
_WIDER = ("bool", "enum", "int32", "uint32", "int64", "uint64")
_SAMPLES = 25


class Step(NamedTuple):
    """One field: its path in either version ("" where it has none), its values, and what happened."""

    old: str
    new: str
    what: What
    says: str
    written: Any = NONE
    read: Any = NONE


class Evolution(NamedTuple):
    steps: tuple[Step, ...]
    written: Any
    """The record as it was given to the old schema."""
    read: Any
    """As the new one reads it; None where it cannot."""
    size: int
    """Bytes of the body."""
    problem: str | None
    """Why it cannot be read as it was meant; None: the versions are compatible in this direction."""


def evolve(old: Schema, new: Schema, value: Any = NONE, seed: int = 7) -> Evolution:
    """Written with `old`, read with `new`; without a value a sample is drawn.

    Raises SerdeError where the value does not fit `old`, SchemaError where the two are of two languages.
    """
    if old.language != new.language:
        raise SchemaError(f"{old.language} and {new.language} are two languages; compare two of one")
    if value is NONE:
        value = _sample(old, seed, 0)
    body = _encoded(old, value)
    read, problem = _read(old, new, body)
    steps = tuple(
        step._replace(written=_at(value, step.old), read=NONE if problem else _at(read, step.new))
        for step in _steps(old, new)
    )
    bad = next((step for step in steps if step.what == "incompatible"), None)
    if problem is None and bad is not None:
        problem = f"{bad.new or bad.old}: {bad.says}"
    return Evolution(steps, value, read, len(body), problem)


def reads(old: Schema, new: Schema, seed: int = 7) -> str | None:
    """Why `new` cannot read what `old` has written, tried with samples; None where it can."""
    first = evolve(old, new, seed=seed)
    if first.problem is not None:
        return first.problem
    for number in range(1, _SAMPLES):
        _, problem = _read(old, new, _encoded(old, _sample(old, seed, number)))
        if problem is not None:
            return problem
    return None


def _sample(schema: Schema, seed: int, number: int) -> Any:
    draws = Draws(seed, "sample")
    draws.start(number)
    return schema.sample(draws)


def _encoded(schema: Schema, value: Any) -> bytes:
    try:
        return schema.encode(value)
    except MisfitError as error:
        raise SerdeError(f"the record does not fit the old schema: {error}") from None


def _read(old: Schema, new: Schema, body: bytes) -> tuple[Any, str | None]:
    try:
        if old.language == "AVRO":
            return cast("AvroSchema", old).decode(body, cast("AvroSchema", new)), None
        return new.decode(body), None
    except SerdeError as error:
        return None, str(error)


def _steps(old: Schema, new: Schema) -> list[Step]:
    before = {field.id: field for field in old.fields()}
    steps = []
    for field in new.fields():
        earlier = before.pop(field.id, None)
        if earlier is None:
            alias = next((name for name in field.aliases if name in before), None)
            earlier = before.pop(alias) if alias is not None else None
        steps.append(_added(field, new.language) if earlier is None else _step(earlier, field, new.language))
    steps += [
        Step(field.path, "", "removed", "removed: what was written is skipped") for field in before.values()
    ]
    return steps


def _added(field: FieldFact, language: str) -> Step:
    if field.is_required:
        return Step("", field.path, "incompatible", "added, and required: the old record has nothing for it")
    if field.default is not NONE:
        meant = " (a reader must fill it in)" if language == "JSON" else ""
        return Step("", field.path, "added", f"added, with the default {_shown(field.default)}{meant}")
    return Step("", field.path, "added", "added, and not there in the old record")


def _shown(default: Any) -> str:
    """As JSON, which the two values beside it are too."""
    return json.dumps(default, ensure_ascii=False, default=repr)


def _step(old: FieldFact, new: FieldFact, language: str) -> Step:
    by = {"AVRO": "by alias", "PROTOBUF": "by its number", "THRIFT": "by its id"}.get(language, "")
    renamed = old.path.rpartition(".")[2] != new.path.rpartition(".")[2]
    name = f"renamed from {old.path}, known {by}" if renamed else ""
    if old.type == new.type:
        return Step(old.path, new.path, "renamed" if renamed else "kept", name or "kept")
    what, says = _retyped(old.type, new.type, language)
    return Step(old.path, new.path, what, f"{name}; {says}" if name else says)


def _retyped(  # noqa: PLR0911  # one case a language
    old: str, new: str, language: str
) -> tuple[What, str]:
    arrow = f"{old} → {new}"
    if language == "AVRO":
        if new in _AVRO.get(old, ()):
            return "promoted", f"promoted, {arrow}"
        if " or " in old + new or " of " in old + new:
            return "changed", f"changed, {arrow}"
        return "incompatible", f"{arrow}: no promotion leads there"
    if language == "JSON":
        if set(old.split(" or ")) <= set(new.split(" or ")) or (old, new) == ("integer", "number"):
            return "promoted", f"promoted, {arrow}"
        return "incompatible", f"{arrow}: values of the old type do not fit"
    if any(old in group and new in group for group in _SAME_ON_THE_WIRE):
        wider = old in _WIDER and new in _WIDER and _WIDER.index(old) < _WIDER.index(new)
        return ("promoted" if wider else "changed"), f"{'promoted' if wider else 'changed'}, {arrow}"
    return "incompatible", f"{arrow}: another type on the wire, so that readers skip or misread it"


def _at(value: Any, path: str) -> Any:
    """The value at a path without lists; NONE where there is none."""
    if not path or "[" in path or "{" in path:
        return NONE
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return NONE
        value = value[name]
    return value
