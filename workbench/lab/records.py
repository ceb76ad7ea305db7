"""The records within a batch, read as far as a broker reads them. Layout: Kafka's DefaultRecord."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from workbench.lab.codecs import Malformed, unpacked

HEADER = struct.Struct(">qiibIhiqqqhii")
"""A batch's: base offset, length, leader epoch, magic, CRC, attributes, last offset delta, base and max
timestamp, producer id, producer epoch, base sequence, count."""
COMPRESSION, LOG_APPEND_TIME = 0x07, 0x08
_INT, _LONG = 5, 10  # the longest varint and varlong


class Record(NamedTuple):
    timestamp: int
    has_key: bool


def readable(raw: bytes) -> bytes | memoryview | None:
    """A batch's records, unpacked; None where that is too much. Raises Malformed."""
    return unpacked(HEADER.unpack_from(raw)[5] & COMPRESSION, memoryview(raw)[HEADER.size :])


def records(raw: bytes, body: bytes | memoryview, most: int | None = None) -> Iterator[Record]:
    """The first `most` records of a batch, or all (None) and nothing behind them. Raises Malformed."""
    fields = HEADER.unpack_from(raw)
    appended, base, highest, count = fields[5] & LOG_APPEND_TIME, fields[7], fields[8], fields[12]
    at, end = 0, len(body)
    try:
        for _ in range(count if most is None else min(count, most)):
            size, at = varint(body, at, _INT)
            if size < 0 or at + size > end:
                raise Malformed(f"a record of {size} bytes where {end - at} are left")
            delta, has_key = _fields(body, at, at + size)
            at += size
            yield Record(highest if appended else base + delta, has_key)
    except IndexError:
        raise Malformed("Incorrect declared batch size, premature EOF reached") from None
    if at != end and (most is None or count <= most):
        raise Malformed("Incorrect declared batch size, records still remaining in file")


def _fields(body: bytes | memoryview, at: int, end: int) -> tuple[int, bool]:
    """A record's timestamp delta and whether it has a key; it must be just as long as it says."""
    delta, at = varint(body, at + 1, _LONG)
    _, at = varint(body, at, _INT)
    key, at = varint(body, at, _INT)
    value, at = varint(body, at + max(key, 0), _INT)
    headers, at = varint(body, at + max(value, 0), _INT)
    if not 0 <= headers <= end - at:
        raise Malformed(f"Found invalid number of record headers {headers}")
    for _ in range(headers):
        size, at = varint(body, at, _INT)
        if size < 0:
            raise Malformed(f"Found invalid header key size {size}")
        size, at = varint(body, at + size, _INT)
        at += max(size, 0)
    if at != end:
        raise Malformed("Invalid record size")
    return delta, key >= 0


def timestamps(raw: bytes) -> Iterator[int]:
    """Record timestamps in order; nothing where the records cannot be read."""
    fields = HEADER.unpack_from(raw)
    if fields[5] & LOG_APPEND_TIME:
        yield from (fields[8] for _ in range(fields[12]))
        return
    try:
        body = readable(raw)
        if body is not None:
            yield from (record.timestamp for record in records(raw, body))
    except Malformed:
        return


def varint(data: bytes | memoryview, at: int, longest: int) -> tuple[int, int]:
    """A zigzag varint and where it ends. Raises Malformed, IndexError."""
    value = shift = 0
    for _ in range(longest):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise Malformed("a varint that is too long")
