"""What stands before a body: Confluent's wire format, Avro's single-object encoding, container files.

Confluent's: a magic byte 0, the schema's id (4 bytes, big-endian), for Protobuf the message's indexes, the
body. Single-object (Avro 1.12): C3 01, the fingerprint (8 bytes, little-endian), the body.
"""

import contextlib
import time
from collections.abc import Callable

from workbench.model.record import BytesPart, serializer_name
from workbench.serde import json_text
from workbench.serde.errors import RegistryError, SchemaError, SerdeError
from workbench.serde.misfits import MisfitError
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import Reference, Schema, Source, encoder, misfitting
from workbench.serde.setting import Setting

SINGLE_OBJECT = b"\xc3\x01"
_AGAIN_S = 1.0
"""A registry that failed is asked again after so long; meanwhile records are rejected with its reason."""


def with_schema_id(language: str, setting: Setting) -> Callable[[str], bytes]:
    """The registry is asked when the first record is serialized, as Java's serializers do."""
    registry = setting.registry
    if registry is None:
        raise SchemaError(
            "only the schema's id is in the record, and there is no registry; give [registry] url"
        )
    if setting.source is None and not registry.use_latest:
        raise SchemaError(
            f"a schema is needed; give {setting.part}_schema_file, or [registry] use_latest_version = true"
        )
    own = None if setting.source is None else languages.load(language, setting.source, setting.type)
    return _Confluent(language, setting, own)


def single_object(schema: Schema) -> Callable[[str], bytes]:
    encode = encoder(schema)
    start = SINGLE_OBJECT + languages.fingerprint(schema)
    return lambda text: start + encode(text)


def container(schema: Schema) -> Callable[[str], bytes]:
    """A whole container file a record, its schema inside."""

    def make(text: str) -> bytes:
        try:
            return languages.container(schema, json_text.parsed(text))
        except MisfitError as error:
            raise misfitting(text, error) from None
        except RecursionError:
            raise SerdeError("nested too deep to be serialized") from None

    return make


class _Confluent:
    def __init__(self, language: str, setting: Setting, schema: Schema | None) -> None:
        self._language, self._setting = language, setting
        self._schema = schema
        self._make: Callable[[str], bytes] | None = None
        self._start = b""
        self._failure: RegistryError | None = None
        self._again_at = 0.0

    def __call__(self, text: str) -> bytes:
        make = self._make
        if make is None:
            make = self._asked()
        return self._start + make(text)

    def prepare(self) -> None:
        """Ask for the id where it is not known yet; a failure is told by the next record."""
        if self._make is None:
            with contextlib.suppress(SerdeError):
                self._asked()

    def _asked(self) -> Callable[[str], bytes]:
        if self._failure is not None and time.monotonic() < self._again_at:
            raise self._failure
        began = time.monotonic()
        self._failure = RegistryError("the schema registry takes longer than the record may", is_away=True)
        try:
            id_, schema = self._resolved()
        except RegistryError as error:
            self._failure = error
            raise
        finally:  # whoever guards the record may end this too
            now = time.monotonic()
            self._again_at = now + max(_AGAIN_S, 2 * (now - began))
        self._start = b"\x00" + id_.to_bytes(4, "big") + languages.indexes(schema)
        self._make = encoder(schema)
        return self._make

    def _resolved(self) -> tuple[int, Schema]:
        setting, schema = self._setting, self._schema
        registry = setting.registry
        assert registry is not None
        if not registry.use_latest:
            assert schema is not None
            subject = _subject(registry.strategy, setting, schema.name)
            return registry.id_of(subject, schema.language, schema.text, schema.references), schema
        latest = registry.latest(_subject(registry.strategy, setting, schema.name if schema else ""))
        if latest.language != self._language:
            raise SchemaError(f"the registry's latest schema is {latest.language}, not {self._language}")
        source = Source(latest.text, None, "the registry's schema", _flat(latest.references))
        return latest.id, languages.load(self._language, source, setting.type)


def _flat(references: tuple[Reference, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for reference in references:
        found |= {reference.name: reference.text, **_flat(reference.references)}
    return found


def _subject(strategy: str, setting: Setting, name: str) -> str:
    """Java's TopicNameStrategy, RecordNameStrategy and TopicRecordNameStrategy."""
    if strategy == "topic":
        return f"{setting.topic}-{setting.part}"
    if not name:
        raise SchemaError(f'subject_name_strategy = "{strategy}" needs a schema with a name')
    return name if strategy == "record" else f"{setting.topic}-{name}"


def parts(serializer: str, data: bytes | None) -> tuple[BytesPart, ...]:
    """What the bytes of a serializer are, in order; () where they are all body."""
    if not data:
        return ()
    name = serializer_name(serializer)
    if name in {"avro", "json-schema", "protobuf"}:
        made = [BytesPart("magic byte", 0, 1), BytesPart("schema id", 1, 4)]
        at = 5
        if name == "protobuf":
            at += languages.indexes_length(data[5:])
            made.append(BytesPart("message indexes", 5, at - 5))
        return (*made, BytesPart("body", at, len(data) - at))
    if name == "avro-single-object":
        return (
            BytesPart("marker", 0, 2),
            BytesPart("fingerprint", 2, 8),
            BytesPart("body", 10, len(data) - 10),
        )
    return ()
