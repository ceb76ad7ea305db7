"""How many bytes a record is in a batch of its own, before and after compression."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.model.record import MadeRecord

_BATCH_HEADER = 61
"""Of a record batch, magic 2 (KIP-98)."""
_SMALLEST_LEVEL, _GZIP = -1, 31
_LARGEST_MEASURED = 8 * 1024 * 1024


class BatchSize(NamedTuple):
    """A batch of one record, in bytes; `compressed` is None where it was not measured."""

    compression: str
    """Of Kafka's `compression.type`: none, gzip, snappy, lz4, zstd."""
    plain: int
    compressed: int | None


def batch_size(made: MadeRecord, compression: str) -> BatchSize:
    """Measured with this process's own codecs; librdkafka's may differ by a few bytes."""
    record = _record(made)
    plain = _BATCH_HEADER + len(record)
    if compression == "none" or len(record) > _LARGEST_MEASURED:
        return BatchSize(compression, plain, None)
    packed = _packed(record, compression)
    return BatchSize(compression, plain, None if packed is None else _BATCH_HEADER + len(packed))


def _record(made: MadeRecord) -> bytes:
    """The first record of a batch: no offset or timestamp delta (Kafka's message format, version 2)."""
    parts = [b"\0\0\0", _sized(made.key), _sized(made.value), _varint(len(made.headers))]
    for name, value in made.headers:
        parts += [_sized(name.encode("utf-8", "surrogatepass")), _sized(value)]
    body = b"".join(parts)
    return _varint(len(body)) + body


def _sized(data: bytes | None) -> bytes:
    return _varint(-1) if data is None else _varint(len(data)) + data


def _varint(value: int) -> bytes:
    """Zigzag, as Kafka and Protocol Buffers write signed numbers."""
    rest = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def _packed(data: bytes, compression: str) -> bytes | None:
    """None where there is no such codec here."""
    if compression == "gzip":
        squeeze = zlib.compressobj(_SMALLEST_LEVEL, wbits=_GZIP)
        return squeeze.compress(data) + squeeze.flush()
    import cramjam

    codecs: dict[str, Callable[[bytes], Any]] = {
        "snappy": cramjam.snappy.compress_raw,
        "lz4": cramjam.lz4.compress,
        "zstd": cramjam.zstd.compress,
    }
    codec = codecs.get(compression)
    return None if codec is None else bytes(codec(data))
