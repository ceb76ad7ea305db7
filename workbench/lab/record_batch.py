"""Record batches (magic 2) as bytes: the 61-byte header is read, the records are left as they are.

Layout and checks: Kafka's DefaultRecordBatch and LogValidator; what real 4.1.0 brokers refuse was tried.
"""

import struct
import time
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from crc32c import crc32c
from kio.schema.errors import ErrorCode

HEADER = struct.Struct(">qiibIhiqqqhii")
"""base offset, length, leader epoch, magic, CRC, attributes, last offset delta, base and max timestamp,
producer id, producer epoch, base sequence, count."""
_PREFIX = struct.Struct(">qii")  # the part that the broker rewrites; the CRC covers neither of it
_CRC_FROM = 21
_COMPRESSION, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20
_GZIP = 1
_OVERHEAD = 512  # what a batch costs in Python objects beyond its bytes, roughly
SEQUENCES = 2**31


class Batch(msgspec.Struct, frozen=True, gc=False):
    """A batch with its place in the log. Replicas share it by reference."""

    base_offset: int
    next_offset: int
    leader_epoch: int
    max_timestamp: int
    base_timestamp: int
    compression: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    last_sequence: int
    prefix: bytes
    """The rewritten first 16 bytes; the rest is `raw` from there on."""
    raw: bytes

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(self.raw)

    @property
    def cost(self) -> int:
        """Bytes in memory, roughly."""
        return len(self.raw) + _OVERHEAD

    def chunks(self) -> tuple[bytes, memoryview]:
        return self.prefix, memoryview(self.raw)[_PREFIX.size :]


class Rejected(Exception):  # noqa: N818 (an answer, not a fault of ours)
    """Why a broker does not take a batch."""

    def __init__(self, code: ErrorCode, text: str, records: tuple[tuple[int, str], ...] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.records = records
        """Offenders: index in the batch and what is wrong with it."""


class Rules(NamedTuple):
    """The topic config that decides what a batch may be."""

    max_message_bytes: int = 1048588
    log_append_time: bool = False
    timestamp_after_max_ms: int = 3_600_000
    timestamp_before_max_ms: int = 2**63 - 1


class Checked(NamedTuple):
    """A batch that may be appended; `at` gives it a place."""

    raw: bytes
    attributes: int
    last_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int

    @property
    def last_sequence(self) -> int:
        return (self.base_sequence + self.last_delta) % SEQUENCES

    def at(self, base_offset: int, leader_epoch: int) -> Batch:
        return Batch(
            base_offset,
            base_offset + self.last_delta + 1,
            leader_epoch,
            self.max_timestamp,
            self.base_timestamp,
            self.attributes & _COMPRESSION,
            self.producer_id,
            self.producer_epoch,
            self.base_sequence,
            self.last_sequence,
            _PREFIX.pack(base_offset, len(self.raw) - 12, leader_epoch),
            self.raw,
        )


def check(raw: bytes, rules: Rules, where: str) -> Checked:
    """Check what a producer sent for one partition (`where`: topic-partition, for the text).

    Raises Rejected as a real broker answers.
    """
    if len(raw) < HEADER.size:
        raise Rejected(
            ErrorCode.invalid_record, "Produce requests with less than one whole batch are invalid"
        )
    base, length, _, magic, crc, attributes, last_delta, base_ts, max_ts, pid, epoch, seq, count = (
        HEADER.unpack_from(raw)
    )
    if magic != 2:
        raise Rejected(ErrorCode.invalid_record, f"Produce requests take only magic 2, not {magic}")
    if length + 12 != len(raw):
        raise Rejected(
            ErrorCode.invalid_record,
            "Produce requests with version 3 and above must have exactly one whole batch a partition",
        )
    if base != 0:
        raise Rejected(
            ErrorCode.invalid_record,
            f"The baseOffset of the record batch in the append to {where} should be 0, but it is {base}",
        )
    if len(raw) > rules.max_message_bytes:
        raise Rejected(
            ErrorCode.message_too_large,
            f"The record batch size in the append to {where} is {len(raw)} bytes which exceeds the maximum "
            f"configured value of {rules.max_message_bytes}.",
        )
    if crc32c(memoryview(raw)[_CRC_FROM:]) != crc:
        raise Rejected(ErrorCode.corrupt_message, f"Record is corrupt in append to {where} (bad CRC)")
    if count <= 0 or last_delta + 1 != count:
        raise Rejected(
            ErrorCode.invalid_record,
            f"Inconsistent batch offset range in append to {where}: last delta {last_delta}, count {count}",
        )
    if attributes & (_CONTROL | _TRANSACTIONAL):
        raise Rejected(ErrorCode.invalid_record, "The lab takes neither control nor transactional batches")
    checked = Checked(raw, attributes, last_delta, base_ts, max_ts, pid, epoch, seq)
    if rules.log_append_time:
        return _stamped(checked)
    _check_time(checked, rules)
    return checked


def _stamped(checked: Checked) -> Checked:
    """The broker's time as the batch's maximum; base timestamp and records stay as they are."""
    now = int(time.time() * 1000)
    raw = bytearray(checked.raw)
    attributes = checked.attributes | _LOG_APPEND_TIME
    struct.pack_into(">h", raw, _CRC_FROM, attributes)
    struct.pack_into(">q", raw, 35, now)
    struct.pack_into(">I", raw, 17, crc32c(memoryview(raw)[_CRC_FROM:]))
    return checked._replace(raw=bytes(raw), attributes=attributes, max_timestamp=now)


def _check_time(checked: Checked, rules: Rules) -> None:
    now = int(time.time() * 1000)
    low, high = now - rules.timestamp_before_max_ms, now + rules.timestamp_after_max_ms
    if checked.max_timestamp <= high and checked.base_timestamp >= low:
        return
    text = "Timestamp {} of message with offset {} is out of range. The timestamp should be within [{}, {}]"
    offenders = tuple(
        (index, text.format(timestamp, index, low, high))
        for index, timestamp in enumerate(timestamps(checked.raw))
        if not low <= timestamp <= high
    )
    if checked.max_timestamp > high or offenders:
        raise Rejected(
            ErrorCode.invalid_timestamp,
            "One or more records have been rejected due to invalid timestamp",
            offenders,
        )


def timestamps(raw: bytes) -> Iterator[int]:
    """Record timestamps in order; nothing for a codec that is not in the standard library."""
    attributes, base_ts, max_ts, count = _timing(raw)
    if attributes & _LOG_APPEND_TIME:
        yield from (max_ts for _ in range(count))
        return
    codec = attributes & _COMPRESSION
    if codec not in {0, _GZIP}:
        return
    body = raw[HEADER.size :] if codec == 0 else zlib.decompress(raw[HEADER.size :], wbits=31)
    at = 0
    for _ in range(count):
        length, at = _varint(body, at)
        delta, _ = _varint(body, at + 1)  # one byte of attributes first
        yield base_ts + delta
        at += length


def _timing(raw: bytes) -> tuple[int, int, int, int]:
    fields = HEADER.unpack_from(raw)
    return fields[5], fields[7], fields[8], fields[12]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag varint and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
