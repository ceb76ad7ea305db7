"""The schema languages by name; each is loaded when first used, in the child that serializes."""

from typing import TYPE_CHECKING, Any, cast

from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MisfitError
from workbench.serde.schemas.schema import Schema, Source

if TYPE_CHECKING:
    from workbench.serde.schemas.avro import AvroSchema
    from workbench.serde.schemas.protobuf import ProtobufSchema
    from workbench.serde.schemas.thrift import ThriftSchema

SUFFIXES = {".avsc": "AVRO", ".json": "JSON", ".proto": "PROTOBUF", ".thrift": "THRIFT"}


def load(language: str, source: Source, type_: str = "") -> Schema:
    """Raises SchemaError with the place in the schema's text."""
    try:
        return _loaded(language, source, type_)
    except SerdeError:
        raise
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        # the libraries raise what their parts raise, and no schema may end the engine
        told = " ".join(str(error).split())[:200]
        raise SchemaError(f"{source.name}: no {language} schema: {type(error).__name__}: {told}") from error


def _loaded(language: str, source: Source, type_: str) -> Schema:
    match language:
        case "AVRO":
            from workbench.serde.schemas.avro import AvroSchema

            return AvroSchema(source, type_)
        case "JSON":
            from workbench.serde.schemas.json_schema import JsonSchema

            return JsonSchema(source)
        case "PROTOBUF":
            from workbench.serde.schemas.protobuf import ProtobufSchema

            return ProtobufSchema(source, type_)
        case "THRIFT":
            from workbench.serde.schemas.thrift import ThriftSchema

            return ThriftSchema(source, type_)
    raise SchemaError(f"{language} is no schema language kwb knows; there are {', '.join(SUFFIXES.values())}")


def language_of(file: str) -> str:
    """By the file's ending. Raises SchemaError."""
    for suffix, language in SUFFIXES.items():
        if file.lower().endswith(suffix):
            return language
    raise SchemaError(f"{file}: a schema file ends in {', '.join(SUFFIXES)}")


def fingerprint(schema: Schema) -> bytes:
    return cast("AvroSchema", schema).fingerprint()


def container(schema: Schema, value: Any) -> bytes:
    """One record's container file. Raises MisfitError."""
    return cast("AvroSchema", schema).container([value])


def containers(schema: Schema, values: list[Any]) -> bytes:
    """A container file of many, compressed. Raises SerdeError."""
    try:
        return cast("AvroSchema", schema).container(values, "deflate")
    except MisfitError as error:
        raise SerdeError(str(error)) from None


def compact(schema: Schema) -> "ThriftSchema":
    """The same struct in Thrift's compact protocol."""
    return cast("ThriftSchema", schema).compact()


def indexes(schema: Schema) -> bytes:
    """Where the message stands in its file, for Confluent's wire format; b"" but for Protobuf."""
    if schema.language != "PROTOBUF":
        return b""
    return packed_indexes(cast("ProtobufSchema", schema).indexes)


def packed_indexes(path: tuple[int, ...]) -> bytes:
    """Zigzag varints: how many, then each; the first message of a file is a single 0."""
    if path == (0,):
        return b"\x00"
    return b"".join(_varint(number << 1) for number in (len(path), *path))


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def indexes_length(data: bytes) -> int:
    """How many of the bytes are message indexes."""
    at, left = 0, 1
    first = True
    while left and at < len(data):
        number = shift = 0
        while at < len(data):
            byte = data[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        left -= 1
        if first:
            left, first = number >> 1, False
    return at
