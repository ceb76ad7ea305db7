"""The serializers by the names that scenarios and the composer use."""

from collections.abc import Callable, Mapping

from workbench.model.record import WITH_REGISTRY, WITH_SCHEMA, serializer_name
from workbench.serde import bytes_serializer, json_serializer, primitives, string_serializer, whole_numbers
from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.own_serializer import own_serializer
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import encoder
from workbench.serde.setting import Setting
from workbench.serde.wire import container, single_object, with_schema_id

Serializer = Callable[[str], bytes | None]
"""From rendered text to bytes, or null. Raises SerdeError."""

_PLAIN: Mapping[str, Serializer] = {
    "bytes": bytes_serializer.serialize,
    "string": string_serializer.serialize,
    "integer": whole_numbers.integer,
    "json": json_serializer.serialize,
    "long": whole_numbers.long,
    "short": whole_numbers.short,
    "float": primitives.float_,
    "double": primitives.double,
    "boolean": primitives.boolean,
    "uuid": primitives.uuid_,
    "void": primitives.void,
}
_NO_SETTING = Setting()


def names() -> tuple[str, ...]:
    return (*_PLAIN, *(name for name in WITH_SCHEMA if name not in _PLAIN))


def serializer(name: str, setting: Setting = _NO_SETTING) -> Serializer:  # noqa: PLR0911  # one case a kind
    """Java's class names are taken too. Raises SerdeError where there is none of that name.

    SchemaError, a SerdeError, where it needs a schema and that is missing or cannot be read.
    """
    name = serializer_name(name)
    if name in _PLAIN and (name != "json" or setting.source is None):
        return _PLAIN[name]
    if setting.own is not None:
        return own_serializer(name, setting)
    if name not in WITH_SCHEMA:
        raise SerdeError(f"no serializer is called {name}; there are {', '.join(names())}")
    language = WITH_SCHEMA[name]
    if name in WITH_REGISTRY:
        return with_schema_id(language, setting)
    if setting.source is None:
        raise SchemaError(f"{name} takes a schema; give {setting.part}_schema_file")
    schema = languages.load(language, setting.source, setting.type)
    match name:
        case "avro-single-object":
            return single_object(schema)
        case "avro-file":
            return container(schema)
        case "thrift-compact":
            return encoder(languages.compact(schema))
        case "json":
            return _checked(encoder(schema))
    return encoder(schema)


def _checked(check: Serializer) -> Serializer:
    """JSON that fits a schema, sent as it was written."""

    def serialize(text: str) -> bytes:
        check(text)
        return string_serializer.serialize(text)

    return serialize
