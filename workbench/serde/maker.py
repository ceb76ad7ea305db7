"""Record after record from a plan: templates rendered, serializers applied, constants made once."""

from collections.abc import Callable, Mapping
from typing import Literal

from workbench.model.record import WITH_SCHEMA, Header, RecordPlan
from workbench.serde import string_serializer
from workbench.serde.beside import beside_of
from workbench.serde.errors import Part, RecordError, RegistryError, SerdeError, TemplateError
from workbench.serde.producer_record import Payload, ProducerRecord
from workbench.serde.registry import Serializer, serializer
from workbench.serde.schemas.schema import read_source
from workbench.serde.setting import SchemaIds, Setting
from workbench.serde.templates import compile_template
from workbench.serde.timestamp import epoch_ms

__all__ = ["RecordError", "RecordMaker"]

Headers = list[tuple[str, bytes | None]]
Side = Literal["key", "value"]
_SIDES: tuple[Side, ...] = ("key", "value")
_NO_CODE: Mapping[str, object] = {}


class RecordMaker:
    """Makes the record with any sequence number, in any order, always the same (but for `now`).

    In Java's order a record is made in two steps, `draft` and `serialize`, with its interceptors between
    them; `make` is both, and cheaper. `value_bytes` stands for the value where the plan's `value_file` is
    for the bytes serializer; text of a value file has been put into `plan.value`. For one thread. Raises
    RecordError at once for what no record could get past: an unknown serializer, a template's syntax, a
    constant refused.
    """

    def __init__(
        self,
        plan: RecordPlan,
        seed: int,
        run_id: str,
        value_bytes: bytes | None = None,
        *,
        topic: str = "",
        registry: SchemaIds | None = None,
        own: Mapping[str, object] = _NO_CODE,
    ) -> None:
        """`own`: serializers of a person's own by the key that names them ("record.value_serializer")."""
        self._seed, self._run_id = seed, run_id
        self._topic, self._partition = topic, plan.partition
        self._beside = beside_of(plan)
        key, value = (part_serializer(part, plan, topic, registry, own) for part in _SIDES)
        self._key = self._part("key", plan.key, key)
        if plan.key is not None:
            self._beside.key = lambda seq: str(self._key.drafted("key", seq))
        if value_bytes is None:
            self._value = self._part("value", plan.value, value)
        else:
            self._value = _Part(value_bytes, value_bytes, value)
        made = [(header.name, self._header(at, header)) for at, header in enumerate(plan.headers)]
        self._headers: Headers = [(name, part.constant) for name, part in made]
        self._make_headers = [(at, name, part) for at, (name, part) in enumerate(made) if part.render]
        self._timestamp, self._make_timestamp = self._timing(plan.timestamp)
        self.is_constant = not (
            self._key.render or self._value.render or self._make_headers or self._make_timestamp
        )
        """Every record is the same, and costs nothing to make."""
        self.one_key: tuple[bytes | None] | None = None if self._key.render else (self._key.constant,)
        """The key of all records, where all have the same."""

    def make(self, seq: int) -> tuple[bytes | None, bytes | None, Headers]:
        """Key, value and headers; the list is the caller's own. Raises RecordError."""
        key = self._key.constant if self._key.render is None else self._key.made("key", seq)
        value = self._value.constant if self._value.render is None else self._value.made("value", seq)
        return key, value, self._headers_of(seq)

    def key(self, seq: int) -> bytes | None:
        """The key alone. Raises RecordError."""
        return self._key.constant if self._key.render is None else self._key.made("key", seq)

    def prepare(self) -> None:
        """Ask the schema registry now, rather than while the first record is made; a failure is told then."""
        for part in (self._key, self._value):
            part.prepare()

    def draft(self, seq: int) -> ProducerRecord:
        """The record before its serializers; the caller's own. Raises RecordError."""
        key, value = self._key.drafted("key", seq), self._value.drafted("value", seq)
        timestamp = self.timestamp(seq) or None
        return ProducerRecord(self._topic, key, value, self._headers_of(seq), self._partition, timestamp)

    def serialize(self, record: ProducerRecord) -> tuple[bytes | None, bytes | None, Headers]:
        """Key, value and headers of a draft, whatever became of it since. Raises RecordError."""
        key = self._key.serialized("key", record.key)
        return key, self._value.serialized("value", record.value), record.headers

    def timestamp(self, seq: int) -> int:
        """CreateTime in epoch milliseconds; 0: the client's clock. Raises RecordError."""
        return self._timestamp if self._make_timestamp is None else self._make_timestamp(seq)

    def _timing(self, text: str | None) -> tuple[int, Callable[[int], int] | None]:
        if text is None:
            return 0, None
        part = self._part("timestamp", text, string_serializer.serialize)
        if part.render is None:
            return _epoch_ms((part.constant or b"").decode()), None
        return 0, lambda seq: _epoch_ms((part.made("timestamp", seq) or b"").decode())

    def _headers_of(self, seq: int) -> Headers:
        headers = self._headers[:]
        for at, name, part in self._make_headers:
            headers[at] = (name, part.made("headers", seq))
        return headers

    def _header(self, at: int, header: Header) -> "_Part":
        return self._part("headers", header.value, string_serializer.serialize, f"headers/{at}")

    def _part(self, where: Part, text: str | None, serialize: Serializer, draws: str = "") -> "_Part":
        if text is None:
            return _Part(None, None, serialize)
        try:
            beside = self._beside(where)
            template = compile_template(text, self._seed, self._run_id, draws or where, beside)
            if template.is_constant and getattr(serialize, "is_own", False):  # it may count, or hang
                return _Part(text, None, serialize, lambda _: text)
            if template.is_constant:
                return _Part(text, serialize(text), serialize)
        except RegistryError:  # one that is away may come back: told of each record
            return _Part(text, None, serialize, lambda _: text)
        except (SerdeError, TemplateError) as error:
            raise RecordError.of(where, error) from None
        return _Part(text, None, serialize, template.render)


def part_serializer(
    part: Side, plan: RecordPlan, topic: str, registry: SchemaIds | None, own: Mapping[str, object]
) -> Serializer:
    """The plan's serializer of the key or the value. Raises RecordError."""
    is_key = part == "key"
    text, file = (plan.key, plan.key_schema_file) if is_key else (plan.value, plan.value_schema_file)
    name, type_ = (plan.key_serializer, plan.key_type) if is_key else (plan.value_serializer, plan.value_type)
    if text is None and name in WITH_SCHEMA:
        return _never  # null needs no schema
    try:
        source = None if file is None else read_source(file)
        named = own.get(f"record.{part}_serializer")
        return serializer(name, Setting(part, topic, source, type_ or "", registry, named))
    except SerdeError as error:
        raise RecordError.of(part, error) from None


def _never(_text: str) -> bytes:
    raise SerdeError("there was no text when the record was planned")


def _epoch_ms(text: str) -> int:
    try:
        return epoch_ms(text)
    except SerdeError as error:
        raise RecordError.of("timestamp", error) from None


class _Part:
    """A key, a value or a header's value: `render` is None where every record has the same `constant`."""

    __slots__ = ("_serialize", "_text", "constant", "render")

    def __init__(
        self,
        text: Payload,
        constant: bytes | None,
        serialize: Serializer,
        render: Callable[[int], str] | None = None,
    ) -> None:
        self.constant, self.render = constant, render
        self._text = text
        self._serialize = serialize

    def made(self, where: Part, seq: int) -> bytes | None:
        assert self.render is not None
        try:
            return self._serialize(self.render(seq))
        except (SerdeError, TemplateError) as error:
            raise RecordError.of(where, error) from None

    def prepare(self) -> None:
        prepare = getattr(self._serialize, "prepare", None)
        if prepare is not None and self.render is not None:
            prepare()

    def drafted(self, where: Part, seq: int) -> Payload:
        if self.render is None:
            return self._text
        try:
            return self.render(seq)
        except TemplateError as error:
            raise RecordError.of(where, error) from None

    def serialized(self, where: Part, payload: Payload) -> bytes | None:
        """Bytes go on as they are; a constant's text that nobody changed costs nothing."""
        if not isinstance(payload, str):
            return payload
        if payload is self._text and self.render is None:
            return self.constant
        try:
            return self._serialize(payload)
        except SerdeError as error:
            raise RecordError.of(where, error) from None
