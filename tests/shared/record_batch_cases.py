"""Record batches that no honest client sends, and what Apache Kafka 4.1.0 answers to each.

`tests/apache/test_apache_record_batches.py` asks Apache Kafka, `tests/lab/test_lab_record_batches.py` the lab.
"""

import gzip
import struct
import time
from typing import NamedTuple

import cramjam
from crc32c import crc32c

HEADER = struct.Struct(">qiibIhiqqqhii")
NOW = int(time.time() * 1000)
HOUR = 3_600_000
TOPICS = {
    "plain": {},
    "compacted": {"cleanup.policy": "compact"},
    "small": {"max.message.bytes": "1000"},
    "appended": {"message.timestamp.type": "LogAppendTime"},
    "recent": {"message.timestamp.before.max.ms": str(HOUR)},
}


def varint(value):
    value = (value << 1) ^ (value >> 63)
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def sized(data):
    return varint(-1) if data is None else varint(len(data)) + data


def record(delta=0, *, key=b"k", value=b"v", time_delta=0, attributes=0, headers=b"\0", length=None):
    body = bytes([attributes]) + varint(time_delta) + varint(delta) + sized(key) + sized(value) + headers
    return varint(len(body) if length is None else length) + body


def lz4(body, *, linked=False):
    """A frame; of blocks that need the ones before them, if `linked`."""
    packer = cramjam.lz4.Compressor(block_linked=linked)
    packer.compress(body)
    return bytes(packer.finish())


def packed(body, codec):
    """As librdkafka packs it: snappy as one block, lz4 as a frame."""
    return {
        1: gzip.compress,
        2: lambda data: bytes(cramjam.snappy.compress_raw(data)),
        3: lz4,
        4: lambda data: bytes(cramjam.zstd.compress(data)),
    }.get(codec, bytes)(body)


def xerial(body, size):
    """As snappy-java packs it, in blocks of `size` bytes."""
    frames = b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)
    for at in range(0, len(body), size):
        block = bytes(cramjam.snappy.compress_raw(body[at : at + size]))
        frames += struct.pack(">i", len(block)) + block
    return frames


def batch(records=None, **fields):
    """A batch with a true CRC; `fields` overwrite the header's."""
    records = [record()] if records is None else records
    body = records if isinstance(records, bytes) else b"".join(records)
    body = packed(body, fields.get("attributes", 0) & 7) if not isinstance(records, bytes) else body
    count = 1 if isinstance(records, bytes) else len(records)
    head = {
        "base": 0,
        "length": 49 + len(body),
        "epoch": -1,
        "magic": 2,
        "crc": 0,
        "attributes": 0,
        "last_delta": count - 1,
        "base_time": NOW,
        "max_time": NOW,
        "producer_id": -1,
        "producer_epoch": -1,
        "sequence": -1,
        "count": count,
    } | fields
    raw = bytearray(HEADER.pack(*head.values()) + body)
    if "crc" not in fields:
        struct.pack_into(">I", raw, 17, crc32c(bytes(raw[21:])))
    return bytes(raw)


class Case(NamedTuple):
    records: bytes
    code: int
    """Of the partition's answer."""
    words: str = ""
    """In its message."""
    topic: str = "plain"
    at: tuple[int, ...] = ()
    """The records that are named, by their index in the batch."""
    version: int = 9
    """Of Produce."""
    count: int = 1
    """How many offsets it takes, where it is taken."""
    lab: int | None = None
    """The lab's code where it is another: it unpacks nothing that it need not read."""


NONE, CORRUPT, TOO_LARGE, TIME, ORDER, CODEC, INVALID, SERVER = 0, 2, 10, 32, 45, 76, 87, -1
TWO, THREE = [record(0), record(1)], [record(0), record(1), record(2)]

CASES = {
    "whole": Case(batch(), NONE),
    "many records": Case(batch([record(number) for number in range(100)]), NONE, count=100),
    "a bad record behind many": Case(
        batch([record(number) for number in range(99)] + [record(99, length=3)]), INVALID, count=100, lab=NONE
    ),
    "three records": Case(batch(THREE), NONE, count=3),
    "null key and value": Case(batch([record(key=None, value=None)]), NONE),
    "headers": Case(batch([record(headers=varint(1) + sized(b"h") + sized(None))]), NONE),
    "gzip": Case(batch(THREE, attributes=1), NONE, count=3),
    "empty": Case(b"", INVALID),
    "shorter than a header": Case(batch()[:60], INVALID),
    "shorter than a length": Case(batch()[:11], INVALID),
    "truncated": Case(batch()[:-1], INVALID),
    "two batches": Case(batch() + batch(), INVALID),
    "half a batch more": Case(batch() + batch()[:40], NONE),
    "some bytes more": Case(batch() + b"12345", NONE),
    "length below the least": Case(batch(length=3), CORRUPT),
    "negative length": Case(batch(length=-5), CORRUPT),
    "length too short": Case(batch(length=55), CORRUPT),
    "length of a header less": Case(batch(length=30), CORRUPT),
    "length too long": Case(batch(length=5000), INVALID),
    "magic 0": Case(batch(magic=0), INVALID),
    "magic 1": Case(batch(magic=1), INVALID),
    "magic 3": Case(batch(magic=3), CORRUPT),
    "magic -1": Case(batch(magic=-1), CORRUPT),
    "base offset": Case(batch(base=3), INVALID),
    "CRC": Case(batch(crc=1), CORRUPT),
    "a bit of a record": Case(batch()[:-2] + b"\x01\x00", CORRUPT),
    "CRC and too large": Case(batch([record(value=bytes(2000))], crc=1), TOO_LARGE, topic="small"),
    "too large": Case(batch([record(value=bytes(2000))]), TOO_LARGE, topic="small"),
    "base offset and too large": Case(batch([record(value=bytes(2000))], base=1), INVALID, topic="small"),
    "last delta above the count": Case(batch(TWO, last_delta=2), INVALID),
    "last delta below the count": Case(batch(TWO, last_delta=0), INVALID),
    "negative last delta": Case(batch(TWO, last_delta=-1), INVALID),
    "count 0": Case(batch([record()], count=0, last_delta=-1), INVALID),
    "negative count": Case(batch([record()], count=-1), INVALID),
    "more records than counted": Case(batch(TWO, count=1, last_delta=0), INVALID),
    "fewer records than counted": Case(batch(TWO, count=3, last_delta=2), INVALID),
    "control": Case(batch(attributes=0x20), INVALID),
    "producer id without a sequence": Case(batch(producer_id=5, producer_epoch=0), INVALID),
    # KIP-360: of a producer that a partition knows nothing of, any sequence is the first
    "an unknown producer's seventh batch": Case(batch(producer_id=77, producer_epoch=0, sequence=7), NONE),
    "its sixth behind it": Case(batch(producer_id=77, producer_epoch=0, sequence=1), ORDER),
    "codec 5": Case(batch(attributes=5), SERVER),
    "codec 7": Case(batch(attributes=7), SERVER),
    "zstd in an old Produce": Case(batch(attributes=4), CODEC, version=6),
    "not gzip at all, far ahead": Case(
        batch(b"this is not gzip", attributes=1, max_time=NOW + 2 * HOUR), SERVER
    ),
    "no records in gzip, far ahead": Case(
        batch(gzip.compress(b"no records"), attributes=1, max_time=NOW + 2 * HOUR), INVALID
    ),
    "gzip that is cut off, on compacted": Case(
        batch(gzip.compress(b"".join(THREE))[:-12], attributes=1, count=3, last_delta=2),
        SERVER,
        topic="compacted",
    ),
    "lz4 of linked blocks, on compacted": Case(
        batch(lz4(b"".join(THREE), linked=True), attributes=3, count=3, last_delta=2),
        SERVER,
        topic="compacted",
    ),
    "not snappy at all, far ahead": Case(
        batch(b"this is not snappy", attributes=2, max_time=NOW + 2 * HOUR), SERVER
    ),
    "not lz4 at all, far ahead": Case(
        batch(b"this is not lz4 by any means", attributes=3, max_time=NOW + 2 * HOUR), SERVER
    ),
    "not zstd at all, far ahead": Case(
        batch(b"this is not zstd by any means", attributes=4, max_time=NOW + 2 * HOUR), SERVER
    ),
    "snappy that is cut off, on compacted": Case(
        batch(xerial(b"".join(THREE), 8)[:-2], attributes=2, count=3, last_delta=2), SERVER, topic="compacted"
    ),
    "lz4 that is cut off, on compacted": Case(
        batch(packed(b"".join(THREE), 3)[:-9], attributes=3, count=3, last_delta=2), SERVER, topic="compacted"
    ),
    "zstd that is cut off, on compacted": Case(
        batch(packed(b"".join(THREE), 4)[:-2], attributes=4, count=3, last_delta=2), SERVER, topic="compacted"
    ),
    "not snappy at all": Case(batch(b"this is not snappy", attributes=2), SERVER, lab=NONE),
    "append time set by the client": Case(batch(attributes=8), NONE),
    "zeros for records": Case(batch(bytes(20)), INVALID),
    "record length too long": Case(batch([record(length=100)]), INVALID),
    "record length too short": Case(batch([record(length=3)]), INVALID),
    "negative record length": Case(batch([record(length=-3)]), INVALID),
    "key length too long": Case(batch([varint(7) + b"\0\0\0" + varint(50) + b"abc"]), INVALID),
    "negative header count": Case(batch([record(headers=varint(-1))]), INVALID),
    "headers missing": Case(batch([record(headers=varint(3))]), INVALID),
    "null header key": Case(batch([record(headers=varint(1) + varint(-1) + varint(-1))]), INVALID),
    "offset deltas that jump": Case(batch([record(0), record(5)]), NONE, count=2),
    "old": Case(batch(base_time=1, max_time=1), NONE),
    "no timestamp": Case(batch(base_time=-1, max_time=-1), NONE),
    "too far ahead": Case(
        batch(base_time=NOW + 2 * HOUR, max_time=NOW + 2 * HOUR), TIME, "rejected", at=(0,)
    ),
    "one too far ahead": Case(
        batch([record(0), record(1, time_delta=2 * HOUR), record(2)], max_time=NOW + 2 * HOUR),
        TIME,
        "One or more records have been rejected due to invalid timestamp",
        at=(1,),
    ),
    "one too far ahead, hidden by the header": Case(
        batch([record(0), record(1, time_delta=2 * HOUR)]), TIME, at=(1,)
    ),
    "one too far ahead in gzip": Case(
        batch([record(0), record(1, time_delta=2 * HOUR)], attributes=1, max_time=NOW + 2 * HOUR),
        TIME,
        at=(1,),
    ),
    "max timestamp that no record has": Case(batch(max_time=NOW + 2 * HOUR), NONE),
    "too far ahead, stamped by the broker": Case(
        batch(base_time=NOW + 2 * HOUR, max_time=NOW + 2 * HOUR), NONE, topic="appended"
    ),
    "append time where the broker stamps": Case(batch(TWO, attributes=8), TIME, topic="appended", at=(0, 1)),
    "too old": Case(batch(base_time=1, max_time=1), TIME, topic="recent", at=(0,)),
    "one too old": Case(batch([record(0), record(1, time_delta=-2 * HOUR)]), TIME, topic="recent", at=(1,)),
    "no timestamp where old ones are refused": Case(batch(base_time=-1, max_time=-1), NONE, topic="recent"),
    "null key on compacted": Case(batch([record(key=None)]), INVALID, topic="compacted", at=(0,)),
    "empty key on compacted": Case(batch([record(key=b"")]), NONE, topic="compacted"),
    "one null key on compacted": Case(
        batch([record(0), record(1, key=None), record(2), record(3, key=None)]),
        INVALID,
        "2 record errors",
        topic="compacted",
        at=(1, 3),
    ),
    **{
        f"null key on compacted, {name}": Case(
            batch([record(0), record(1, key=None)], attributes=codec), INVALID, topic="compacted", at=(1,)
        )
        for codec, name in enumerate(("gzip", "snappy", "lz4", "zstd"), start=1)
    },
    "null key on compacted, snappy in frames": Case(
        batch(xerial(b"".join([record(0), record(1, key=None)]), 5), attributes=2, count=2, last_delta=1),
        INVALID,
        topic="compacted",
        at=(1,),
    ),
    **{
        f"keys on compacted, {name}": Case(batch(THREE, attributes=codec), NONE, topic="compacted", count=3)
        for codec, name in enumerate(("gzip", "snappy", "lz4", "zstd"), start=1)
    },
    "null key and far ahead on compacted": Case(
        batch([record(0, key=None), record(1, time_delta=2 * HOUR)], max_time=NOW + 2 * HOUR),
        TIME,
        topic="compacted",
        at=(0, 1),
    ),
}
