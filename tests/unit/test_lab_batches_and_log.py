"""Record batches, the log, idempotence: what a partition takes, keeps and refuses."""

import gzip
import resource
import struct
import time

import pytest
from crc32c import crc32c
from kio.schema.errors import ErrorCode

from tests.shared.record_batch_cases import packed, xerial
from workbench.lab.codecs import unpacked
from workbench.lab.log import Log, OutOfRange
from workbench.lab.producer_state import ProducerState
from workbench.lab.record_batch import Rejected, Rules, check
from workbench.lab.records import HEADER, timestamps

NOW = int(time.time() * 1000)


def varint(value):
    value = (value << 1) ^ (value >> 63)
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def raw_batch(
    times=(NOW,), *, base=0, magic=2, attributes=0, pid=-1, epoch=-1, seq=-1, last_delta=None, size=0
):
    """A batch as a producer sends it; one record a timestamp, each with `size` bytes of value."""
    records = b""
    for index, at in enumerate(times):
        body = (
            b"\0"
            + varint(at - times[0])
            + varint(index)
            + varint(-1)
            + varint(size)
            + bytes(size)
            + varint(0)
        )
        records += varint(len(body)) + body
    if attributes & 7 == 1:
        records = gzip.compress(records)
    last = len(times) - 1 if last_delta is None else last_delta
    head = HEADER.pack(
        base,
        49 + len(records),
        -1,
        magic,
        0,
        attributes,
        last,
        times[0],
        max(times),
        pid,
        epoch,
        seq,
        len(times),
    )
    raw = bytearray(head + records)
    struct.pack_into(">I", raw, 17, crc32c(bytes(raw[21:])))
    return bytes(raw)


def stored(log, *times, epoch=0, **more):
    batch = check(raw_batch(times or (NOW,), **more), Rules(), "t-0").at(log.end, epoch)
    log.append(batch)
    return batch


DEFAULTS = Rules()


def refusal(raw, rules=DEFAULTS):
    with pytest.raises(Rejected) as caught:
        check(raw, rules, "t-0")
    return caught.value.code


class TestBatch:
    def test_the_broker_rewrites_base_offset_and_epoch_only(self):
        raw = raw_batch((NOW, NOW, NOW))
        batch = check(raw, Rules(), "t-0").at(41, 7)
        out = b"".join(batch.chunks())
        assert struct.unpack_from(">qii", out) == (41, len(raw) - 12, 7)
        assert out[16:] == raw[16:]
        assert batch.next_offset == 44

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b"", ErrorCode.invalid_record),
            (raw_batch()[:60], ErrorCode.invalid_record),
            (raw_batch()[:-1], ErrorCode.invalid_record),
            (raw_batch() + raw_batch(), ErrorCode.invalid_record),
            (raw_batch(magic=1), ErrorCode.invalid_record),
            (raw_batch(base=5), ErrorCode.invalid_record),
            (raw_batch(last_delta=3), ErrorCode.invalid_record),
            (raw_batch(attributes=0x20), ErrorCode.invalid_record),
            (raw_batch(attributes=0x10), ErrorCode.invalid_record),
            (raw_batch()[:-1] + b"\x09", ErrorCode.corrupt_message),
        ],
    )
    def test_what_real_brokers_refuse(self, raw, code):
        assert refusal(raw) == code

    def test_too_large(self):
        assert refusal(raw_batch(size=2000), Rules(max_message_bytes=1000)) == ErrorCode.message_too_large
        raw = raw_batch(size=2000)
        assert check(raw, Rules(max_message_bytes=len(raw)), "t-0").raw is raw

    def test_a_timestamp_too_far_ahead_names_the_offender(self):
        raw = raw_batch((NOW, NOW + 7_200_000, NOW))
        with pytest.raises(Rejected) as caught:
            check(raw, Rules(), "t-0")
        assert caught.value.code == ErrorCode.invalid_timestamp
        assert [index for index, _ in caught.value.records] == [1]
        assert str(NOW + 7_200_000) in caught.value.records[0][1]

    def test_an_old_timestamp_is_taken_unless_the_topic_says_otherwise(self):
        check(raw_batch((1, 2)), Rules(), "t-0")
        assert refusal(raw_batch((1, 2)), Rules(timestamp_before_max_ms=1000)) == ErrorCode.invalid_timestamp

    def test_log_append_time_stamps_and_keeps_the_crc_true(self):
        checked = check(raw_batch((5, 6)), Rules(log_append_time=True), "t-0")
        assert checked.max_timestamp >= NOW
        assert list(timestamps(checked.raw)) == [checked.max_timestamp] * 2
        again = check(checked.raw, Rules(), "t-0")
        assert again.base_timestamp == 5

    @pytest.mark.parametrize("attributes", [0, 1])
    def test_timestamps_uncompressed_and_gzip(self, attributes):
        assert list(timestamps(raw_batch((10, 30, 20), attributes=attributes))) == [10, 30, 20]

    def test_timestamps_of_what_cannot_be_unpacked_are_not_known(self):
        assert list(timestamps(raw_batch((10, 30), attributes=3))) == []

    @pytest.mark.parametrize("codec", [1, 2, 3, 4])
    def test_what_would_unpack_to_too_much_is_left_packed_and_takes_no_memory(self, codec):
        bomb = memoryview(packed(bytes(50_000_000), codec))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert unpacked(codec, bomb, 2_000_000) is None
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown_kb < 10_000
        assert unpacked(codec, memoryview(packed(b"as it was", codec)), 9) == b"as it was"

    def test_frames_of_snappy_are_counted_together(self):
        body = bytes(range(256)) * 100
        assert unpacked(2, memoryview(xerial(body, 1000)), len(body)) == body
        assert unpacked(2, memoryview(xerial(body, 1000)), len(body) - 1) is None


class TestLog:
    def test_reads_whole_batches_from_the_one_that_contains_the_offset(self):
        log = Log()
        first, second, third = (stored(log, NOW, NOW, NOW) for _ in range(3))
        assert log.end == 9
        assert log.read(0, 10**6, 9) == [first, second, third]
        assert log.read(4, 10**6, 9) == [second, third]
        assert log.read(4, 10**6, 6) == [second]
        assert log.read(9, 10**6, 9) == []

    def test_nothing_that_is_not_wholly_below_the_limit(self):
        log = Log()
        stored(log, NOW, NOW, NOW)
        assert log.read(0, 10**6, 2) == []

    def test_the_first_batch_comes_even_where_it_is_too_large(self):
        log = Log()
        first, second = stored(log), stored(log)
        assert log.read(0, 1, 2) == [first]
        assert log.read(0, 1, 2, at_least_one=False) == []
        assert log.read(0, first.size + second.size, 2) == [first, second]

    @pytest.mark.parametrize("offset", [-1, 1, 5])
    def test_out_of_range(self, offset):
        log = Log()
        for _ in range(4):
            stored(log)
        log.trim(2)
        with pytest.raises(OutOfRange):
            log.read(offset, 10**6, 4)

    def test_trimming_frees_memory_and_moves_the_start(self):
        log = Log()
        for _ in range(10):
            stored(log, NOW, NOW, size=1000)
        before = log.cost
        offset = log.offset_to_free(before // 2, below=20)
        freed = log.trim(offset)
        assert freed >= before // 2
        assert log.cost == before - freed
        assert log.start == offset > 0
        assert log.end == 20
        assert [batch.base_offset for batch in log.read(offset, 10**6, 20)] == list(range(offset, 20, 2))

    def test_nothing_at_or_above_the_high_watermark_is_freed(self):
        log = Log()
        for _ in range(4):
            stored(log, NOW, NOW)
        assert log.offset_to_free(10**9, below=5) == 4
        assert log.offset_older_than(NOW + 1, below=5) == 4
        assert log.offset_older_than(NOW, below=8) == 0

    def test_the_first_record_since_a_timestamp(self):
        log = Log()
        stored(log, 100, 110)
        stored(log, 120, 150, 140)
        assert log.first_since(0, 5) == (0, 100, 0)
        assert log.first_since(105, 5) == (1, 110, 0)
        assert log.first_since(130, 5) == (3, 150, 0)
        assert log.first_since(151, 5) is None
        assert log.first_since(120, 2) is None
        assert log.newest(5) == (3, 150, 0)
        assert log.newest(2) == (1, 110, 0)
        assert log.newest(0) is None

    def test_where_epochs_end(self):
        log = Log()
        assert log.last_epoch == -1
        assert log.end_of_epoch(0) == (-1, -1)
        for epoch in (0, 0, 3):
            stored(log, epoch=epoch)
        assert log.last_epoch == 3
        assert log.end_of_epoch(0) == (0, 2)
        assert log.end_of_epoch(2) == (0, 2)
        assert log.end_of_epoch(3) == (3, 3)
        assert log.end_of_epoch(9) == (-1, -1)

    def test_a_batch_must_continue_the_log(self):
        log = Log()
        batch = check(raw_batch(), Rules(), "t-0").at(3, 0)
        with pytest.raises(ValueError, match="ends at 0"):
            log.append(batch)


class TestIdempotence:
    """As seen on Apache Kafka 4.1.0."""

    def send(self, state, log, seq, count=1, *, epoch=0, pid=7):
        checked = check(raw_batch((NOW,) * count, pid=pid, epoch=epoch, seq=seq), Rules(), "t-0")
        original = state.duplicate_of(checked)
        if original is None:
            batch = checked.at(log.end, 0)
            log.append(batch)
            state.appended(batch)
            return batch.base_offset
        return f"duplicate of {original}"

    def refused(self, *args, **more):
        with pytest.raises(Rejected) as caught:
            self.send(*args, **more)
        return caught.value.code

    def test_each_of_the_last_five_batches_is_recognised(self):
        state, log = ProducerState(), Log()
        for turn in range(6):
            assert self.send(state, log, turn * 2, 2) == turn * 2
        for turn in range(1, 6):
            assert self.send(state, log, turn * 2, 2) == f"duplicate of {turn * 2}"
        assert self.refused(state, log, 0, 2) == ErrorCode.out_of_order_sequence_number
        assert log.end == 12

    def test_gap_and_overlap(self):
        state, log = ProducerState(), Log()
        self.send(state, log, 0, 3)
        assert self.refused(state, log, 4) == ErrorCode.out_of_order_sequence_number
        assert self.refused(state, log, 1, 3) == ErrorCode.out_of_order_sequence_number
        assert self.send(state, log, 3) == 3

    def test_an_unknown_producer_may_begin_anywhere(self):
        state, log = ProducerState(), Log()
        assert self.send(state, log, 99) == 0
        assert self.send(state, log, 100) == 1
        assert self.send(state, log, 5, pid=8) == 2

    def test_epochs(self):
        state, log = ProducerState(), Log()
        self.send(state, log, 0, epoch=3)
        assert self.refused(state, log, 1, epoch=2) == ErrorCode.invalid_producer_epoch
        assert self.refused(state, log, 1, epoch=4) == ErrorCode.out_of_order_sequence_number
        assert self.send(state, log, 0, epoch=4) == 1

    def test_sequences_wrap(self):
        state, log = ProducerState(), Log()
        self.send(state, log, 2**31 - 2, 3)
        assert self.send(state, log, 2**31 - 2, 3) == "duplicate of 0"
        assert self.send(state, log, 1) == 3

    def test_without_a_producer_id_nothing_is_a_duplicate(self):
        state, log = ProducerState(), Log()
        assert self.send(state, log, -1, pid=-1, epoch=-1) == 0
        assert self.send(state, log, -1, pid=-1, epoch=-1) == 1
