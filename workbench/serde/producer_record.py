"""A record between its templates and its serializers: what interceptors see, as Java's ProducerRecord."""

from dataclasses import dataclass, field
from typing import NamedTuple

Payload = str | bytes | None
"""A rendered text, which a serializer makes bytes of; bytes as they are; or null."""


@dataclass(slots=True)
class ProducerRecord:
    """`partition` is None where a partitioner decides. Header values are bytes already, or null."""

    topic: str
    key: Payload
    value: Payload
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    partition: int | None = None
    timestamp: int | None = None
    """Epoch milliseconds; None: the client's clock."""


class RecordMetadata(NamedTuple):
    """What became of a record, as interceptors hear it. -1: not known, or there is none."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """CreateTime or LogAppendTime, epoch milliseconds."""
