"""What the records of a run are made of: templates, serializer names, headers."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

SERIALIZER_NAMES: tuple[str, ...] = (
    "bytes",
    "string",
    "integer",
    "json",
    "long",
    "short",
    "float",
    "double",
    "boolean",
    "uuid",
    "void",
    "json-schema",
    "avro",
    "avro-single-object",
    "avro-binary",
    "avro-file",
    "protobuf",
    "protobuf-binary",
    "thrift-binary",
    "thrift-compact",
)
"""What a scenario may name; `serde` has a serializer for each."""

WITH_SCHEMA: Mapping[str, str] = {
    "json": "JSON",
    "json-schema": "JSON",
    "avro": "AVRO",
    "avro-single-object": "AVRO",
    "avro-binary": "AVRO",
    "avro-file": "AVRO",
    "protobuf": "PROTOBUF",
    "protobuf-binary": "PROTOBUF",
    "thrift-binary": "THRIFT",
    "thrift-compact": "THRIFT",
}
"""Serializers that take a schema file (json may do without), and the language of it."""

WITH_REGISTRY: frozenset[str] = frozenset({"avro", "json-schema", "protobuf"})
"""Those in Confluent's wire format: the record carries the schema's id in a registry."""

_APACHE = "org.apache.kafka.common.serialization"
_CONFLUENT = "io.confluent.kafka.serializers"
JAVA_CLASSES: Mapping[str, str] = {
    "bytes": f"{_APACHE}.ByteArraySerializer",
    "string": f"{_APACHE}.StringSerializer",
    "integer": f"{_APACHE}.IntegerSerializer",
    "json": "org.apache.kafka.connect.json.JsonSerializer",
    "long": f"{_APACHE}.LongSerializer",
    "short": f"{_APACHE}.ShortSerializer",
    "float": f"{_APACHE}.FloatSerializer",
    "double": f"{_APACHE}.DoubleSerializer",
    "boolean": f"{_APACHE}.BooleanSerializer",
    "uuid": f"{_APACHE}.UUIDSerializer",
    "void": f"{_APACHE}.VoidSerializer",
    "json-schema": f"{_CONFLUENT}.json.KafkaJsonSchemaSerializer",
    "avro": f"{_CONFLUENT}.KafkaAvroSerializer",
    "protobuf": f"{_CONFLUENT}.protobuf.KafkaProtobufSerializer",
}
"""Which of Java's classes writes the same bytes; the others have none that everybody has."""

JAVA_SERIALIZERS: Mapping[str, str] = {
    **{java.rpartition(".")[2]: name for name, java in JAVA_CLASSES.items()},
    "BytesSerializer": "bytes",
    "ByteBufferSerializer": "bytes",
    "KafkaJsonSerializer": "json",
}
"""Java's classes, without their packages, and our names for them."""


def serializer_name(text: str) -> str:
    """Our name for a Java class, with or without its package; any other text as it is."""
    return JAVA_SERIALIZERS.get(text.strip().rpartition(".")[2], text)


class Header(NamedTuple):
    """A record header. Names may repeat; a value may be empty or null (KIP-82)."""

    name: str
    value: str | None


class RecordPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How each ProducerRecord of a run is made.

    `key` and `value` are templates; None is a null key or a tombstone, "" is empty.
    `value_file` names a file whose text (or, for the bytes serializer, bytes) is the value.
    """

    key: str | None = None
    key_serializer: str = "string"
    value: str | None = None
    value_file: str | None = None
    value_serializer: str = "string"
    rows_file: str | None = None
    """CSV, JSON lines or an Avro container file: `row` in templates is the row of the record's number."""
    key_schema_file: str | None = None
    value_schema_file: str | None = None
    """The schema for serializers that take one (`WITH_SCHEMA`): .avsc, .proto, .thrift, .json."""
    key_type: str | None = None
    value_type: str | None = None
    """Which record, message or struct of the schema file; None: the first message of a .proto, the last
    struct of a .thrift, the whole of an .avsc."""
    headers: tuple[Header, ...] = ()
    partition: int | None = None
    timestamp: str | None = None
    """A template of the CreateTime in epoch milliseconds; None: the client's clock at produce()."""


SubjectNameStrategy = Literal["topic", "record", "topic-record"]


class RegistryPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Confluent-compatible schema registry, and what is done with it; Java's defaults."""

    url: str | None = None
    """http(s)://host:port, several with commas; mock:// is one in the engine's memory. None: mock:// on the
    lab, and none elsewhere."""
    auto_register: bool = True
    """Register the schema under its subject; false: it must be there already."""
    use_latest_version: bool = False
    """Serialize with the subject's latest schema instead of the file's; for that auto_register is false."""
    subject_name_strategy: SubjectNameStrategy = "topic"
    normalize: bool = False
    timeout_ms: int = 5000
    """Of all that is asked for one schema, tries among it; then the record is rejected."""
    config: dict[str, str] = {}
    """basic.auth.user.info, ssl.ca.location, bearer.auth.token … as confluent-kafka's client names them."""


class BytesPart(NamedTuple):
    """What some bytes of a key or value are: `length` of them from `start` on.

    `name` is the format's own word: "magic byte", "schema id", "message indexes", "body".
    """

    name: str
    start: int
    length: int


class Problem(NamedTuple):
    """What is wrong in a text that is to become a key or value.

    Line and column count from 1; `field` is a path such as `items[2].price`, "" where it is the whole.
    """

    line: int
    column: int
    field: str
    text: str


class MadeRecord(msgspec.Struct, frozen=True):
    """One record as the client will be given it: a preview for the composer.

    `error` says why it cannot be made (template, serializer), and `where` in which part
    ("key", "value", "headers", "timestamp"); the bytes are None then.
    """

    seq: int
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    error: str | None = None
    where: str | None = None
    timestamp: int | None = None
    """CreateTime, epoch milliseconds; None: the client's clock."""
    partition: int | None = None
    """What a partitioner of a person's own answers for it, where it could be asked."""
    not_placed: str | None = None
    """Why its answer is no partition."""
    problems: tuple[Problem, ...] = ()
    """Where in the plan's own text, templates and all, `error` comes from; () where that is not known."""
    key_parts: tuple[BytesPart, ...] = ()
    """In order and without gaps, where the serializer's bytes have parts; () where they are all body."""
    value_parts: tuple[BytesPart, ...] = ()
