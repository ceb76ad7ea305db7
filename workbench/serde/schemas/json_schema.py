"""JSON Schema by the jsonschema library: every draft, every error with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.serde import json_text, sample_words
from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MOST, MisfitError, Path
from workbench.serde.schemas.field_facts import FieldFact, json_fields
from workbench.serde.schemas.schema import Draws, Reference, Source, no_deeper, read_source

if TYPE_CHECKING:
    from pathlib import Path as File

_DEEPEST = 40


class JsonSchema:
    """A schema of the draft that its `$schema` names, 2020-12 where it names none."""

    language = "JSON"

    def __init__(self, source: Source) -> None:
        """Raises SchemaError."""
        from jsonschema.exceptions import SchemaError as WrongSchema
        from jsonschema.validators import Draft202012Validator, validator_for

        self.text = source.text
        try:
            parsed = json_text.parsed(source.text)
        except SerdeError as error:
            raise SchemaError(f"{source.name}: {error}", error.place) from None
        if not isinstance(parsed, dict | bool):
            raise SchemaError(f"{source.name}: a JSON schema is an object, or true or false", (1, 1))
        if isinstance(parsed, dict) and not isinstance(parsed.get("$schema", ""), str):
            place = json_text.place(source.text, ("$schema",))
            raise SchemaError(f"{source.name}: no JSON schema: $schema is a text", place)
        kind = validator_for(parsed, default=Draft202012Validator)
        try:
            with no_deeper():
                kind.check_schema(parsed)
        except WrongSchema as error:
            place = json_text.place(source.text, tuple(error.absolute_path))
            line = f":{place[0]}" if place else ""
            raise SchemaError(
                f"{source.name}{line}: no JSON schema: {_short(error.message)}", place
            ) from None
        self._files = _Files(source)
        self._validator = kind(parsed, registry=self._files.registry(), format_checker=kind.FORMAT_CHECKER)
        self._parsed = parsed
        self.name = str(parsed.get("title", "")) if isinstance(parsed, dict) else ""
        self._resolve_all(source)
        self.references = self._files.references

    def encode(self, value: Any) -> bytes:
        """The value as compact JSON."""
        self._check(value)
        try:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError as error:
            code = ord(str(error.object)[error.start])
            raise SerdeError(f"UTF-8 has no lone surrogate (U+{code:04X})") from None

    def decode(self, body: bytes) -> Any:
        """Raises SerdeError where the body is no JSON, or does not fit."""
        try:
            value = json_text.parsed(body.decode())
            self._check(value)
        except UnicodeDecodeError:
            raise SerdeError("the body is not UTF-8 text") from None
        except MisfitError as error:
            raise SerdeError(str(error)) from None
        return value

    def fields(self) -> list[FieldFact]:
        return json_fields(self._parsed)

    def sample(self, draws: Draws) -> Any:
        value = self._sample(self._parsed, draws, "", 0)
        try:
            self._check(value)
        except MisfitError as error:
            raise SerdeError(f"no sample can be drawn that fits this schema ({error})") from None
        return value

    def _check(self, value: Any) -> None:
        if self._validator.is_valid(value):
            return
        found: list[tuple[Path, str]] = []
        for error in self._validator.iter_errors(value):
            found.append(_told(error))
            if len(found) == MOST:
                break
        raise MisfitError(found)

    def _resolve_all(self, source: Source) -> None:
        """Every `$ref` of the schema leads somewhere, told now rather than at the first record."""
        from referencing.exceptions import Unresolvable

        resolver = self._validator._resolver  # noqa: SLF001 - the only way to ask without a value
        for path, reference in _refs(self._parsed, ()):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                place = json_text.place(source.text, path)
                line = f":{place[0]}" if place else ""
                raise SchemaError(f"{source.name}{line}: {reference} leads nowhere", place) from None

    def _sample(  # noqa: C901, PLR0911  # one case a keyword
        self, schema: Any, draws: Draws, field: str, depth: int
    ) -> Any:
        if depth > _DEEPEST:
            raise SerdeError("a value of this schema would be endless: it must hold itself")
        if not isinstance(schema, dict):
            return sample_words.text(draws, field)
        if "$ref" in schema:
            found = self._validator._resolver.lookup(schema["$ref"]).contents  # noqa: SLF001
            return self._sample(found, draws, field, depth + 1)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        for key in ("enum", "examples"):
            if schema.get(key):
                return schema[key][draws.below(len(schema[key]))]
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                branch = schema[key][0 if depth > 3 else draws.below(len(schema[key]))]
                return self._sample({**_without(schema, key), **branch}, draws, field, depth + 1)
        if schema.get("allOf"):
            return self._sample(_merged(schema), draws, field, depth + 1)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = kind[draws.below(len(kind))]
        return self._of_type(kind, schema, draws, field, depth)

    def _of_type(  # noqa: PLR0911  # one case a type
        self, kind: str, schema: dict[str, Any], draws: Draws, field: str, depth: int
    ) -> Any:
        match kind:
            case "object":
                required = schema.get("required", ())
                return {
                    name: self._sample(inner, draws, name, depth + 1)
                    for name, inner in schema.get("properties", {}).items()
                    if name in required or depth < 3
                }
            case "array":
                least = schema.get("minItems", 0 if depth > 3 else 1)
                count = min(max(least, 1 if depth <= 3 else 0), schema.get("maxItems", least + 3))
                return [self._sample(schema.get("items", {}), draws, field, depth + 1) for _ in range(count)]
            case "integer":
                return _within(schema, sample_words.whole(draws, field))
            case "number":
                return _within(schema, draws.below(100_000) / 100)
            case "boolean":
                return bool(draws.below(2))
            case "null":
                return None
        return _string(schema, draws, field)


class _Files:
    def __init__(self, source: Source) -> None:
        self._folder: File | None = source.folder
        self._beside = source.beside
        self._found: dict[str, Source] = {}

    def registry(self) -> Any:
        import referencing
        from referencing import Resource
        from referencing.exceptions import NoSuchResource
        from referencing.jsonschema import DRAFT202012

        make: Any = referencing.Registry  # attrs classes, whose arguments mypy does not see
        missing: Any = NoSuchResource

        def retrieve(uri: str) -> Any:
            if uri in self._beside:
                source = Source(self._beside[uri])
            elif self._folder is not None and "://" not in uri and (self._folder / uri).is_file():
                source = read_source(self._folder / uri)
            else:
                raise missing(ref=uri)
            self._found[uri] = source
            return Resource.from_contents(json_text.parsed(source.text), default_specification=DRAFT202012)

        return make(retrieve=retrieve)

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference(uri, source.text) for uri, source in self._found.items())


def _told(error: Any) -> tuple[Path, str]:
    return tuple(error.absolute_path), _short(error.message)


def _short(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= 200 else f"{text[:200]}…"


def _refs(schema: Any, path: Path) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    items: Any = (
        schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    )
    for key, inner in items:
        if key == "$ref" and isinstance(inner, str):
            found.append(((*path, key), inner))
        elif key not in {"const", "default", "enum", "examples"}:
            found += _refs(inner, (*path, key))
    return found


def _without(schema: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in keys}


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    merged = _without(schema, "allOf")
    for part in schema["allOf"]:
        if isinstance(part, dict):
            properties = {**merged.get("properties", {}), **part.get("properties", {})}
            required = [*merged.get("required", ()), *part.get("required", ())]
            merged = {**merged, **part, "properties": properties, "required": required}
    return merged


def _within(schema: dict[str, Any], number: float) -> float:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    whole = isinstance(number, int)
    if low is not None and number <= low:
        number = low + 1
    if high is not None and number >= high:
        floor = low if low is not None else min(0, high - 1)
        number = (floor + high) / 2 if not whole else int((floor + high) // 2)
    step = schema.get("multipleOf")
    return number - number % step if step and whole else number


def _string(schema: dict[str, Any], draws: Draws, field: str) -> str:
    match schema.get("format"):
        case "date-time":
            return sample_words.instant(draws)
        case "date":
            return sample_words.date(draws)
        case "time":
            return f"{sample_words.time_of_day(draws)}Z"
        case "uuid":
            return sample_words.uuid(draws)
        case "email":
            return f"user-{draws.below(1000)}@example.org"
    text = sample_words.text(draws, field)
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text) + 100)
    return str((text + "x" * (least - len(text)))[: max(most, least)])
