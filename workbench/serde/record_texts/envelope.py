"""A record as one JSON object: `{"key": …, "value": …, "headers": …}`, and what kcat -J prints.

A string is text as it is, an object, list, number or boolean is that JSON as it is written, null is null;
bytes that are no text stand under `key_base64` and `value_base64`. Headers are pairs, `[["name", "value"],
["trace", null]]`; an object, kcat's flat list and lists of objects are read too. `topic`, `partition` and
`timestamp` (epoch milliseconds) may stand beside them, `key_serializer` and `value_serializer` as well.
"""

import base64
import binascii
from typing import Any

import msgspec

from workbench.model.record import SERIALIZER_NAMES, Header, RecordPlan, serializer_name
from workbench.serde.record_texts.told import FormatError, Told

_RECORD = frozenset({"key", "value", "payload", "headers", "key_base64", "value_base64"})
_SCHEMAS = ("key_schema_file", "value_schema_file", "key_type", "value_type")
_BESIDE = frozenset({"topic", "partition", "timestamp", "key_serializer", "value_serializer", *_SCHEMAS})
_KCAT = frozenset({"offset", "tstype", "ts", "broker", "keylen", "payloadlen"})
_READ = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ANY = msgspec.json.Decoder()


class Found(msgspec.Struct, frozen=True):
    record: RecordPlan
    topic: str | None = None


def of_record(told: Told) -> str:
    """JSON objects and lists stand in it as they are, everything else as text; no space is lost."""
    fields: list[tuple[str, bytes]] = []
    if told.topic:
        fields.append(("topic", _json(told.topic)))
    for name, number in (("partition", told.partition), ("timestamp", told.timestamp)):
        if number is not None:
            fields.append((name, _json(number)))
    fields.append(_field("key", told.key, nested=False))
    fields.append(_field("value", told.value, nested=True))
    if told.headers:
        pairs = [[name, None if data is None else _text_or_base64(data)] for name, data in told.headers]
        fields.append(("headers", _json(pairs)))
    return _object(fields)


def of_plan(record: RecordPlan, topic: str) -> str:
    """Templates and all: what `read` makes the same plan of, but for a value from a file."""
    fields = [("topic", _json(topic))]
    if record.partition is not None:
        fields.append(("partition", _json(record.partition)))
    if record.timestamp is not None:
        fields.append(("timestamp", _json(record.timestamp)))
    for part, text, name in (
        ("key", record.key, record.key_serializer), ("value", record.value, record.value_serializer),
    ):  # fmt: skip
        fields += [(part, _json(text)), (f"{part}_serializer", _json(name))]
    fields += [(name, _json(text)) for name in _SCHEMAS if (text := getattr(record, name)) is not None]
    fields.append(("headers", _json([list(header) for header in record.headers])))
    return _object(fields)


def looks_like(text: str) -> bool:
    """Whether it is such an object, and not only JSON: it says what a record has beside its value."""
    if text.lstrip()[:1] != "{":
        return False
    try:
        names = _READ.decode(text.encode("utf-8", "replace")).keys()
    except (msgspec.MsgspecError, RecursionError):
        return False
    known = names <= _RECORD | _BESIDE | _KCAT
    return known and bool(names & {"value", "payload", "value_base64"}) and bool(names - {"value", "payload"})


def read(text: str) -> Found:
    """Raises FormatError with what is wrong in it."""
    try:
        fields = _READ.decode(text.encode())
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise FormatError(f"not a JSON object: {error}") from None
    if unknown := sorted(fields.keys() - _RECORD - _BESIDE - _KCAT):
        raise FormatError(f"{unknown[0]}: an envelope has key, value, headers, topic, partition, timestamp")
    if "payload" in fields:
        fields.setdefault("value", fields["payload"])
    key, key_serializer = _part(fields, "key")
    value, value_serializer = _part(fields, "value")
    record = RecordPlan(
        key=key,
        key_serializer=key_serializer,
        value=value,
        value_serializer=value_serializer,
        headers=_headers(_plain(fields.get("headers"))),
        partition=_whole(fields, "partition") if "offset" not in fields else None,  # kcat: where it was
        timestamp=_timestamp(fields),
        **{name: _text(fields, name) for name in _SCHEMAS},
    )
    topic = _plain(fields.get("topic"))
    if topic is not None and not isinstance(topic, str):
        raise FormatError("topic: must be text")
    return Found(record, topic)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _object(fields: list[tuple[str, bytes]]) -> str:
    return "{" + ", ".join(f'"{name}": {data.decode()}' for name, data in fields) + "}"


def _field(name: str, data: bytes | None, *, nested: bool) -> tuple[str, bytes]:
    if data is None:
        return name, b"null"
    if nested and data[:1] in b"{[" and data and _is_json(data):
        return name, data
    try:
        return name, _json(data.decode())
    except UnicodeDecodeError:
        return f"{name}_base64", _json(base64.b64encode(data).decode())


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
        data.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _text_or_base64(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise FormatError("a header's value is not UTF-8 text, and an envelope's are text") from None


def _part(fields: dict[str, msgspec.Raw], part: str) -> tuple[str | None, str]:
    """Text and serializer."""
    serializer = _plain(fields.get(f"{part}_serializer"))
    if serializer is not None:
        serializer = serializer_name(str(serializer))
        if serializer not in SERIALIZER_NAMES and ":" not in serializer:
            known = ", ".join(SERIALIZER_NAMES)
            raise FormatError(f"{part}_serializer: {serializer!r} is not known; there are {known}")
    raw = fields.get(f"{part}_base64")
    if raw is not None:
        return f"base64:{_base64(raw, part)}", "bytes"
    raw = fields.get(part)
    text = b"null" if raw is None else bytes(raw).strip()
    if text == b"null":
        return None, serializer or "string"
    if text[:1] == b'"':
        return str(_ANY.decode(text)), serializer or "string"
    return text.decode(), serializer or "json"


def _base64(raw: msgspec.Raw, part: str) -> str:
    text = _plain(raw)
    try:
        if not isinstance(text, str):
            raise FormatError(f"{part}_base64: must be text")
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"{part}_base64: {error}") from None
    return text


def _plain(raw: msgspec.Raw | None) -> Any:
    return None if raw is None else _ANY.decode(raw)


def _text(fields: dict[str, msgspec.Raw], name: str) -> str | None:
    value = _plain(fields.get(name))
    if not (value is None or isinstance(value, str)):
        raise FormatError(f"{name}: must be text")
    return value


def _whole(fields: dict[str, msgspec.Raw], name: str) -> int | None:
    value = _plain(fields.get(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FormatError(f"{name}: must be a whole number from 0")
    return value


def _timestamp(fields: dict[str, msgspec.Raw]) -> str | None:
    value = _plain(fields.get("timestamp"))
    if value is None and "ts" in fields and _plain(fields.get("tstype")) == "create":
        value = _plain(fields["ts"])
    if value is None or value == -1:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise FormatError("timestamp: must be epoch milliseconds, or a template of them in quotes")
    return str(value)


def _headers(value: Any) -> tuple[Header, ...]:
    if value is None:
        return ()
    if isinstance(value, dict):
        pairs = list(value.items())
    elif not isinstance(value, list):
        raise FormatError('headers: must be pairs, [["name", "value"], …]')
    elif value and not isinstance(value[0], list | dict):
        pairs = list(zip(value[::2], [*value[1::2], *([None] if len(value) % 2 else [])], strict=True))
    else:
        pairs = [_pair(item) for item in value]
    for name, data in pairs:
        if not isinstance(name, str) or not (data is None or isinstance(data, str)):
            raise FormatError(f"headers: {name!r} is not a name with text or null")
    return tuple(Header(name, data) for name, data in pairs)


def _pair(item: Any) -> tuple[Any, Any]:
    if isinstance(item, list) and 1 <= len(item) <= 2:
        return item[0], item[1] if len(item) == 2 else None
    if isinstance(item, dict):
        name = item.get("name", item.get("key"))
        return name, item.get("value")
    raise FormatError(f"headers: {str(item)[:40]} is not a pair of name and value")
