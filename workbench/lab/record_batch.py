"""Record batches (magic 2) as bytes: the 61-byte header is read, the records are left as they are.

Layout and checks: Kafka's DefaultRecordBatch and LogValidator; what real 4.1.0 brokers refuse was tried.
"""

import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from crc32c import crc32c
from kio.schema.errors import ErrorCode

from workbench.lab.codecs import Malformed
from workbench.lab.records import (
    COMPRESSION,
    HEADER,
    LOG_APPEND_TIME,
    Record,
    readable,
    records,
)

_PREFIX = struct.Struct(">qii")  # the part that the broker rewrites; the CRC covers neither of it
_CRC_FROM = 21
_TRANSACTIONAL, _CONTROL = 0x10, 0x20
_ZSTD, _ZSTD_FROM = 4, 7
_MAGIC, _MAGIC_AT = 2, 16
_LENGTH = struct.Struct(">i")
_LOG_OVERHEAD, _LEAST_LENGTH = 12, 14  # Kafka's Records.LOG_OVERHEAD, LegacyRecord.RECORD_OVERHEAD_V0
_NO_LIMIT = 2**63 - 1
_READ_FIRST = 16  # records of a batch, a microsecond each
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
    """Why a broker does not take a batch: `reason`, and `text` as far as Kafka tells it the client."""

    def __init__(
        self, code: ErrorCode, reason: str, records: tuple[tuple[int, str], ...] = (), *, told: bool = False
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.text = reason if told or records else None
        self.records = records
        """Offenders: index in the batch and what is wrong with it."""


class Rules(NamedTuple):
    """The topic config that decides what a batch may be."""

    max_message_bytes: int = 1048588
    log_append_time: bool = False
    timestamp_after_max_ms: int = 3_600_000
    timestamp_before_max_ms: int = 2**63 - 1
    compacted: bool = False


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
            self.attributes & COMPRESSION,
            self.producer_id,
            self.producer_epoch,
            self.base_sequence,
            self.last_sequence,
            _PREFIX.pack(base_offset, len(self.raw) - 12, leader_epoch),
            self.raw,
        )


def check(sent: bytes, rules: Rules, where: str) -> Checked:
    """Check what a producer sent for one partition (`where`: topic-partition, for the text).

    Raises Rejected as a real broker answers.
    """
    raw = _only_batch(sent)
    base, _, _, _, crc, attributes, last_delta, base_ts, max_ts, pid, epoch, seq, count = HEADER.unpack_from(
        raw
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
    if attributes & COMPRESSION > _ZSTD:  # Kafka stumbles over it
        raise Rejected(
            ErrorCode.unknown_server_error, f"Unknown compression type id: {attributes & COMPRESSION}"
        )
    if count <= 0 or last_delta + 1 != count:
        raise Rejected(
            ErrorCode.invalid_record,
            f"Inconsistent batch offset range in append to {where}: last delta {last_delta}, count {count}",
        )
    if attributes & (_CONTROL | _TRANSACTIONAL):
        raise Rejected(ErrorCode.invalid_record, "The lab takes neither control nor transactional batches")
    if pid >= 0 > seq:
        raise Rejected(ErrorCode.invalid_record, f"Invalid sequence number {seq} in append to {where}")
    checked = Checked(raw, attributes, last_delta, base_ts, max_ts, pid, epoch, seq)
    return _stamped(checked, _check_records(checked, rules, where), rules)


def _only_batch(sent: bytes) -> bytes:
    """What Kafka's ByteBufferLogInputStream and ProduceRequest.validateRecords make of the bytes.

    A part of another batch behind the first is dropped without a word.
    """
    size = _whole(sent, 0)
    if not size:
        raise Rejected(ErrorCode.invalid_record, "Produce requests must have at least one whole batch")
    if sent[_MAGIC_AT] < _MAGIC:
        raise Rejected(ErrorCode.invalid_record, "Produce requests take only magic 2")
    if len(sent) == size:
        whole = sent
    elif _whole(sent, size):
        raise Rejected(ErrorCode.invalid_record, "Produce requests must have exactly one batch a partition")
    else:
        whole = sent[:size]
    if size < HEADER.size:
        raise Rejected(ErrorCode.corrupt_message, f"a batch of {size} bytes is smaller than its header")
    return whole


def _whole(sent: bytes, at: int) -> int:
    """The size of the batch that begins there; 0 where not all of it is there. Raises Rejected."""
    left = len(sent) - at
    if left < _LOG_OVERHEAD:
        return 0
    (length,) = _LENGTH.unpack_from(sent, at + 8)
    if length < _LEAST_LENGTH:
        text = f"Record size {length} is less than the minimum record overhead ({_LEAST_LENGTH})"
        raise Rejected(ErrorCode.corrupt_message, text, told=True)
    if left <= _MAGIC_AT:
        return 0
    if (magic := sent[at + _MAGIC_AT]) > _MAGIC:
        text = f"Invalid magic found in record: {magic - 256 if magic > 127 else magic}"
        raise Rejected(ErrorCode.corrupt_message, text, told=True)
    return length + _LOG_OVERHEAD if length + _LOG_OVERHEAD <= left else 0


def need_known_codec(sent: bytes, version: int) -> None:
    """Raises Rejected for zstd in a Produce request before version 7, as ProduceRequest.validateRecords."""
    if (
        version < _ZSTD_FROM
        and len(sent) >= HEADER.size
        and HEADER.unpack_from(sent)[5] & COMPRESSION == _ZSTD
    ):
        raise Rejected(
            ErrorCode.unsupported_compression_type,
            f"Produce requests with version {version} are not allowed to use ZStandard compression",
        )


def _check_records(checked: Checked, rules: Rules, where: str) -> int:
    """Keys and timestamps; returns the highest timestamp as far as it is known.

    Kafka reads every record of every batch. Here that is done where the topic or the header's timestamps
    ask for it; else the first ones of a batch that is not compressed are read, so that a client which
    cannot write records hears of it.
    """
    now = int(time.time() * 1000)
    low, high = now - rules.timestamp_before_max_ms, now + rules.timestamp_after_max_ms
    appended = checked.attributes & LOG_APPEND_TIME
    in_time = rules.log_append_time or (
        checked.max_timestamp <= high and rules.timestamp_before_max_ms == _NO_LIMIT and not appended
    )
    every = rules.compacted or not in_time or (rules.log_append_time and appended)
    if not every and checked.attributes & COMPRESSION:
        return checked.max_timestamp
    offenders: list[tuple[int, str]] = []
    wrong_time, highest = False, -1
    for index, record in enumerate(_read(checked.raw, None if every else _READ_FIRST)):
        highest = max(highest, record.timestamp)
        if rules.compacted and not record.has_key:
            text = f"Compacted topic cannot accept message without key in topic partition {where}"
        elif rules.log_append_time and appended:
            text, wrong_time = "Producer should not set timestamp type to LogAppendTime.", True
        elif not rules.log_append_time and record.timestamp != -1 and not low <= record.timestamp <= high:
            text, wrong_time = _out_of_range(record.timestamp, index, low, high), True
        else:
            continue
        offenders.append((index, text))
    if offenders:
        raise _offence(offenders, wrong_time)
    return highest if every and highest >= 0 else checked.max_timestamp


def _read(raw: bytes, most: int | None) -> Iterator[Record]:
    """Raises Rejected; nothing for a batch that is too large to be unpacked here."""
    try:
        body = readable(raw)
        if body is not None:
            yield from records(raw, body, most)
    except Malformed as error:
        raise Rejected(error.code, str(error)) from error


def _out_of_range(timestamp: int, index: int, low: int, high: int) -> str:
    return (
        f"Timestamp {timestamp} of message with offset {index} is out of range. "
        f"The timestamp should be within [{low}, {high}]"
    )


def _offence(offenders: list[tuple[int, str]], wrong_time: bool) -> Rejected:
    if wrong_time:
        text = "One or more records have been rejected due to invalid timestamp"
        return Rejected(ErrorCode.invalid_timestamp, text, tuple(offenders))
    shown = ", ".join(f"RecordError(batchIndex={index}, message='{why}')" for index, why in offenders[:3])
    return Rejected(
        ErrorCode.invalid_record,
        f"One or more records have been rejected due to {len(offenders)} record errors in total, "
        f"and only showing the first three errors at most: [{shown}]",
        tuple(offenders),
    )


def _stamped(checked: Checked, highest: int, rules: Rules) -> Checked:
    """Timestamp type and maximum as the broker sets them; base timestamp and records stay as they are."""
    attributes = checked.attributes & ~LOG_APPEND_TIME
    if rules.log_append_time:
        attributes, highest = attributes | LOG_APPEND_TIME, int(time.time() * 1000)
    if (attributes, highest) == (checked.attributes, checked.max_timestamp):
        return checked
    raw = bytearray(checked.raw)
    struct.pack_into(">h", raw, _CRC_FROM, attributes)
    struct.pack_into(">q", raw, 35, highest)
    struct.pack_into(">I", raw, 17, crc32c(memoryview(raw)[_CRC_FROM:]))
    return checked._replace(raw=bytes(raw), attributes=attributes, max_timestamp=highest)
