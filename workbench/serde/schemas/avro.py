"""Avro schemas (1.12): JSON in their own text, fastavro for the binary encoding, values as plain JSON.

A value is written as JSON the way one would without knowing Avro, and Avro's own JSON encoding is taken
too: a union's value alone or as {"branch": value}; bytes and fixed as text of U+0000 to U+00FF.
"""

import io
from collections import Counter
from typing import Any

from workbench.serde import json_text
from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.schemas.avro_json import Converters
from workbench.serde.schemas.avro_plain import plain
from workbench.serde.schemas.avro_sample import Sampler
from workbench.serde.schemas.avro_sound import named_types, unsound
from workbench.serde.schemas.field_facts import FieldFact, avro_fields
from workbench.serde.schemas.schema import Draws, Reference, Source, no_deeper, read_source

_MOST_ASKED = 1000
"""Times one name is looked up: once for each file that mentions it, and without end where files hold
each other. Some 15,000 deep fastavro would end the process."""


class AvroSchema:
    """A record, or any other type that a schema file describes."""

    language = "AVRO"

    def __init__(self, source: Source, type_: str = "") -> None:
        """`type_`: the name of a type within, instead of the whole. Raises SchemaError."""
        self.text = source.text
        self._files = _Files(source)
        raw = _parsed(source)
        with no_deeper():
            self.parsed = self._parse(raw, source)
            if wrong := unsound(self.parsed):
                raise _fault(source, wrong.word, wrong.reason)
            named = named_types(self.parsed)
            if type_:
                self.parsed = _one_of(named, type_, source)
            self.references = self._files.references
            self.name = str(self.parsed.get("name", "")) if isinstance(self.parsed, dict) else ""
            self._convert = Converters(named).of(self.parsed)
        self._named = named
        self._sampler = Sampler(named)

    def encode(self, value: Any) -> bytes:
        """Avro's binary encoding, nothing before it."""
        import fastavro

        out = io.BytesIO()
        datum = self._convert(value)
        try:
            fastavro.schemaless_writer(out, self.parsed, datum)
        except (ValueError, TypeError, OverflowError) as error:  # what only the encoding itself can tell
            raise SerdeError(f"Avro: {error}") from None
        return out.getvalue()

    def decode(self, body: bytes, reader: "AvroSchema | None" = None) -> Any:
        """As JSON; with `reader`, resolved to what that schema makes of it. Raises SerdeError."""
        import fastavro

        stream = io.BytesIO(body)
        try:
            value = fastavro.schemaless_reader(stream, self.parsed, reader.parsed if reader else None)
        except Exception as error:  # noqa: BLE001 - fastavro raises what its parts raise
            raise SerdeError(f"Avro: {_one_line(error)}") from None
        if stream.read(1):
            raise SerdeError("Avro: bytes are left over behind the value")
        return plain(value)

    def container(self, values: list[Any], codec: str = "null") -> bytes:
        """An object container file with the schema inside. Raises MisfitError."""
        import fastavro

        out = io.BytesIO()
        fastavro.writer(out, self.parsed, [self._convert(value) for value in values], codec=codec)
        return out.getvalue()

    def fingerprint(self) -> bytes:
        """CRC-64-AVRO of the Parsing Canonical Form, little-endian: what single-object encoding carries."""
        from fastavro.schema import fingerprint, to_parsing_canonical_form

        return bytes.fromhex(fingerprint(to_parsing_canonical_form(self.parsed), "CRC-64-AVRO"))

    def fields(self) -> list[FieldFact]:
        return avro_fields(self.parsed, self._named)

    def sample(self, draws: Draws) -> Any:
        return self._sampler.sample(self.parsed, draws)

    def _parse(self, raw: Any, source: Source) -> Any:
        """Parsed with what it refers to written out where it is first named, so that it stands alone."""
        from fastavro.repository.base import AbstractSchemaRepository, SchemaRepositoryError
        from fastavro.schema import SchemaParseException, UnknownType, load_schema

        files, whole = self._files, [raw]
        unknown: Any = UnknownType

        class Beside(AbstractSchemaRepository):
            def load(self, name: Any) -> Any:
                if whole:
                    return whole.pop()
                if name == "":
                    raise _fault(source, "", "a type has no name")
                if not isinstance(name, str):
                    raise unknown(str(name.get("type", name) if isinstance(name, dict) else name))
                found = files.load(name)
                if found is None:
                    raise SchemaRepositoryError(name)
                return found

        try:
            return load_schema("", repo=Beside(), _write_hint=False)
        except SchemaError:
            raise
        except UnknownType as error:
            looked = f"; there is no {error.name}.avsc beside it" if source.folder else ""
            raise _fault(source, error.name, f"the type {error.name} is not known{looked}") from None
        except SchemaParseException as error:
            raise _fault(source, "", _one_line(error)) from None
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            what = f"lacks {error}" if isinstance(error, KeyError) else _one_line(error)
            raise _fault(source, "", f"no Avro schema: {what}") from None


class _Files:
    """The files that a schema refers to by name, `shop.Customer.avsc` or `Customer.avsc` beside it."""

    def __init__(self, source: Source) -> None:
        self._folder, self._beside = source.folder, source.beside
        self._found: dict[str, Source] = {}
        self._asked: Counter[str] = Counter()

    def load(self, name: str) -> Any | None:
        source = self._source_of(name)
        if source is None:
            return None
        self._found[name] = source
        self._asked[name] += 1
        if self._asked[name] > _MOST_ASKED:
            raise SchemaError(
                f"{source.name}: by way of other files, {name} holds itself; write them in one file"
            )
        raw = _parsed(source)
        if (there := _full_name(raw)) != name:
            raise SchemaError(f"{source.name}: has {there or 'no name'}, where {name} is looked for")
        return raw

    def _source_of(self, name: str) -> Source | None:
        if name in self._beside:
            return Source(self._beside[name], self._folder, name, self._beside)
        if self._folder is None:
            return None
        paths = (self._folder / file for file in (f"{name}.avsc", f"{name.rpartition('.')[2]}.avsc"))
        return next((read_source(path) for path in paths if path.is_file()), None)

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(
            Reference(name, source.text, AvroSchema(source).references)
            for name, source in self._found.items()
            if not any(_mentions(other.text, name) for key, other in self._found.items() if key != name)
        )


def _full_name(raw: Any) -> str:
    """Of what a file holds, where that is one type with a name."""
    if not isinstance(raw, dict):
        return ""
    name, namespace = raw.get("name"), raw.get("namespace")
    if not isinstance(name, str):
        return ""
    return f"{namespace}.{name}" if isinstance(namespace, str) and namespace and "." not in name else name


def _mentions(text: str, name: str) -> bool:
    return f'"{name}"' in text


def _parsed(source: Source) -> Any:
    text = source.text.strip()
    if text and text[0] not in '{["':
        return text if text.replace(".", "").replace("_", "").isalnum() else _no_json(source)
    try:
        return json_text.parsed(source.text)
    except SchemaError:
        raise
    except SerdeError as error:
        raise SchemaError(f"{source.name}: {error}", error.place) from None


def _no_json(source: Source) -> Any:
    raise SchemaError(f"{source.name}: an Avro schema is JSON: an object, a list or a type's name", (1, 1))


def _one_of(named: dict[str, Any], type_: str, source: Source) -> Any:
    short = [name for name in named if name.rpartition(".")[2] == type_]
    name = type_ if type_ in named else short[0] if short else None
    if name is None:
        raise SchemaError(
            f"{source.name}: has no type {type_}; there are {', '.join(named) or 'none with a name'}"
        )
    from fastavro.schema import parse_schema

    # written out, since what stands before it in the file is gone
    return parse_schema(_whole(named[name], named, set()), _write_hint=False)


def _whole(schema: Any, named: dict[str, Any], seen: set[str]) -> Any:
    """The same schema with each named type written out where it is first met."""
    if isinstance(schema, str):
        if schema in named and schema not in seen:
            return _whole(named[schema], named, seen)
        return schema
    if isinstance(schema, list):
        return [_whole(branch, named, seen) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    if "name" in schema and "type" in schema and schema["type"] in {"record", "enum", "fixed", "error"}:
        seen.add(schema["name"])
    result = {key: value for key, value in schema.items() if not key.startswith("__")}
    for key in ("items", "values"):
        if key in result:
            result[key] = _whole(result[key], named, seen)
    if isinstance(result.get("type"), dict | list) or result.get("type") in named:
        result["type"] = _whole(result["type"], named, seen)
    if "fields" in result:
        result["fields"] = [
            {**field, "type": _whole(field["type"], named, seen)} for field in result["fields"]
        ]
    return result


def _fault(source: Source, word: str, reason: str) -> SchemaError:
    """At the line of the word that is wrong, where it stands in the text."""
    at = source.text.find(f'"{word.rpartition(".")[2]}"') if word else -1
    place = json_text.line_and_column(source.text, at) if at >= 0 else None
    line = f":{place[0]}" if place else ""
    return SchemaError(f"{source.name}{line}: {reason}", place)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
