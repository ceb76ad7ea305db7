"""The meter: callbacks in, frames out, both equations at every moment."""

from dataclasses import dataclass

import pytest

from workbench.engine.meter import FAILED, PENDING, REJECTED, Meter
from workbench.engine.statistics import Statistics


@dataclass
class Delivered:
    where: int | None = 0
    at: int | None = 0

    def partition(self) -> int | None:
        return self.where

    def offset(self) -> int | None:
        return self.at

    def key(self) -> bytes | None:
        return b"kk"

    def value(self) -> bytes | None:
        return b"vvv"

    def latency(self) -> float | None:
        return 0.002


@dataclass
class Refused:
    code: str

    def name(self) -> str:
        return self.code

    def str(self) -> str:
        return f"text of {self.code}"


def meter(count: int = 10, *, confirmed: bool = True) -> Meter:
    made = Meter("run", count, 3, confirmed=confirmed)
    made.start()
    return made


def test_acked_failed_rejected_and_in_flight_add_up() -> None:
    m = meter()
    m.sent, m.offered_bytes = 5, 25
    m.on_delivery(0, 0.0, None, Delivered(2, 7))
    m.on_delivery(1, 0.0, None, Delivered(2, 8))
    m.on_delivery(2, 0.0, Refused("_MSG_TIMED_OUT"), Delivered(1, None))
    m.reject(3, "serializer", "_BAD_RECORD", "value: not JSON")
    frame = m.snapshot()
    assert (frame.sent, frame.acked, frame.failed, frame.rejected, frame.in_flight) == (5, 2, 1, 1, 1)
    assert frame.partitions == (0, 0, 2)
    assert list(m.outcomes[:5]) == [2, 2, FAILED, REJECTED, PENDING]
    assert list(m.offsets[:2]) == [7, 8]
    assert frame.payload_bytes == 20
    assert [(e.code, e.where, e.count) for e in frame.errors] == [
        ("_MSG_TIMED_OUT", "client", 1),
        ("_BAD_RECORD", "serializer", 1),
    ]


def test_a_broker_s_error_is_told_from_the_client_s() -> None:
    m = meter()
    m.sent = 1
    m.on_delivery(0, 0.0, Refused("MSG_SIZE_TOO_LARGE"), Delivered(1, None))
    assert m.snapshot().errors[0].where == "broker"


def test_without_acks_nothing_is_acked_and_no_offset_shown() -> None:
    m = meter(confirmed=False)
    m.sent = 2
    m.on_delivery(0, 0.0, None, Delivered(0, None))
    m.on_sampled_delivery(1, 0.0, None, Delivered(0, None))
    frame = m.snapshot()
    assert (frame.acked, frame.unconfirmed, frame.in_flight) == (0, 2, 0)
    assert frame.samples[-1].offset is None


def test_warm_up_is_in_the_ledger_and_not_in_the_latency() -> None:
    m = meter()
    m.sent = 2
    m.on_warm_up_delivery(0, 0.0, None, Delivered(1, 3))
    assert m.snapshot().latency == {}
    m.on_delivery(1, 0.0, None, Delivered(1, 4))
    frame = m.snapshot()
    assert frame.acked == 2
    assert sum(frame.latency.values()) == 1
    assert frame.samples[0].warm_up


def test_every_latency_is_counted_once_however_often_a_frame_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    m = meter(30)
    m.sent = 30
    for seq in range(30):
        m.on_delivery(seq, now - 0.001 * (seq + 1), None, Delivered(0, seq))
        if seq % 7 == 0:
            m.snapshot()
    frame = m.snapshot()
    assert sum(frame.latency.values()) == 30
    assert frame.latency_max_us == 30_000
    assert m.snapshot().latency == frame.latency


def test_latency_is_the_client_s_own_unless_a_send_time_was_intended() -> None:
    m = meter()
    m.sent = 2
    m.on_delivery(0, None, None, Delivered(0, 1))
    m.on_any_delivery(None, Delivered(0, 2))
    frame = m.snapshot()
    assert frame.latency == {2000: 2}
    assert frame.acked == 2


def test_a_meter_that_remembers_nothing_still_counts_everything() -> None:
    m = Meter("run", 10, 3, confirmed=True, remembered=False)
    m.sent, m.bytes_per_record = 4, 10
    m.on_any_delivery(None, Delivered(2, 7))
    m.on_any_delivery(Refused("_MSG_TIMED_OUT"), Delivered(1, None))
    m.reject(2, "send()", "MSG_SIZE_TOO_LARGE", "too large")
    m.on_warm_up_delivery(3, None, None, Delivered(0, 0))
    frame = m.snapshot()
    assert (frame.sent, frame.acked, frame.failed, frame.rejected, frame.in_flight) == (4, 2, 1, 1, 0)
    assert frame.payload_bytes == 3 * 10 - 5
    assert len(m.outcomes) == 0


def test_samples_are_the_newest_and_their_total_is_told() -> None:
    m = meter(200)
    m.sent = 200
    for seq in range(200):
        m.on_sampled_delivery(seq, 0.0, None, Delivered(0, seq))
    frame = m.snapshot()
    assert frame.sampled == 200
    assert [s.seq for s in frame.samples] == list(range(136, 200))


def test_an_end_is_the_same_moment_in_every_later_frame() -> None:
    m = meter()
    m.end("done", 123.0)
    assert [m.snapshot().at, m.snapshot().at] == [123.0, 123.0]
    assert m.snapshot().state == "done"


def test_statistics_add_up_windows_and_take_requests_as_they_are() -> None:
    statistics = Statistics()
    document = (
        '{"brokers": {"a": {"req": {"Produce": %d, "Metadata": 9}}, "b": {"req": {"Produce": 1}}},'
        ' "topics": {"t": {"batchcnt": {"cnt": 2, "sum": 30, "avg": 15}, "batchsize": {"cnt": 2, "sum": 4000}}}}'
    )
    statistics.take(document % 4)
    statistics.take(document % 6)
    batches = statistics.batches
    assert (batches.count, batches.records, batches.bytes, batches.requests) == (4, 60, 8000, 7)
