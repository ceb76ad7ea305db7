"""What the records of a run are made of: templates, serializer names, headers."""

from typing import NamedTuple

import msgspec

SERIALIZER_NAMES: tuple[str, ...] = ("bytes", "string", "integer", "json")
"""What a scenario may name; `serde` has a serializer for each."""


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
    headers: tuple[Header, ...] = ()
    partition: int | None = None


class MadeRecord(msgspec.Struct, frozen=True):
    """One record as the client will be given it: a preview for the composer.

    `error` says why it cannot be made (template, serializer), and `where` in which part
    ("key", "value", "headers"); the bytes are None then.
    """

    seq: int
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    error: str | None = None
    where: str | None = None
