"""The meter: callbacks in, frames out, both equations at every moment."""

import json
import time
from array import array
from dataclasses import dataclass

import pytest

from workbench.engine.delivery import Reports
from workbench.engine.merging import merged_clients
from workbench.engine.meter import FAILED, PENDING, REJECTED, Meter
from workbench.engine.places import Places
from workbench.engine.statistics import Statistics
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.histogram import bucket_of, us_of


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


def reports(
    partition: int, *offsets: int, first: int = 0, error: str = "", latency: float = 0.002, size: int = 5
) -> Reports:
    """Of records in load mode; bytes of each."""
    count = len(offsets)
    found = [(latency, count)]
    refused = Refused(error) if error else None
    return Reports(refused, partition, array("q", offsets), first, size * count, latency, found, b"kk")


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
    assert frame.partition_bytes == (0, 0, 10), "keys and values of what was delivered"
    assert [(e.code, e.where, e.count) for e in frame.errors] == [
        ("_MSG_TIMED_OUT", "client", 1),
        ("_BAD_RECORD", "serializer", 1),
    ]


def test_a_broker_s_error_is_told_from_the_client_s() -> None:
    m = meter()
    m.sent = 1
    m.on_delivery(0, 0.0, Refused("MSG_SIZE_TOO_LARGE"), Delivered(1, None))
    assert m.snapshot().errors[0].where == "broker"


def test_a_record_acked_without_an_offset_is_acked() -> None:
    """There is none where an idempotent batch was sent again and the broker knew it."""
    m = meter()
    m.sent = 2
    m.on_delivery(0, 0.0, None, Delivered(1, None))
    m.on_sampled_delivery(1, 0.0, None, Delivered(1, None))
    assert m.snapshot().acked == 2
    assert list(m.offsets[:2]) == [-1, -1]


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


def test_latencies_do_not_pile_up_where_nobody_takes_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while the parent is stopped and reads nothing."""
    monkeypatch.setattr("workbench.engine.meter._LEFT_TO_SNAPSHOTS", 100)
    m = Meter("run", 0, 1, confirmed=True, remembered=False, places=Places(1))
    m.sent = 120
    m.warmed_up()
    for offset in range(60):
        m.on_any_delivery(None, Delivered(0, offset))
        m.take(reports(0, offset, latency=0.002))
        if offset == 40:
            m.on_statistics("{}")
            assert len(m._latencies) == 82, "the next frame's work"
    m.on_statistics("{}")
    assert len(m._latencies) == 0
    frame = m.snapshot()
    assert (frame.latency, frame.acked, m.places.runs() if m.places else None) == (
        {2000: 120},
        120,
        [[(0, 60)]],
    )


def test_latency_is_the_client_s_own_unless_a_send_time_was_intended() -> None:
    m = meter()
    m.sent = 2
    m.on_delivery(0, None, None, Delivered(0, 1))
    m.on_any_delivery(None, Delivered(0, 2))
    frame = m.snapshot()
    assert frame.latency == {2000: 2}
    assert frame.acked == 2


def test_with_an_intended_send_time_both_latencies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    m = meter()
    m.sent = 1
    m.on_delivery(0, 99.5, None, Delivered(0, 1))
    frame = m.snapshot()
    assert list(map(us_of, frame.latency)) == [pytest.approx(500_000, rel=1e-3)]
    assert (frame.latency_from_send, frame.latency_from_send_max_us) == ({2000: 1}, 2000)


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
    assert frame.partition_bytes == (10, 0, 10)
    assert len(m.outcomes) == 0


def test_samples_are_the_newest_and_their_total_is_told() -> None:
    m = meter(200)
    m.sent = 200
    for seq in range(200):
        m.on_sampled_delivery(seq, 0.0, None, Delivered(0, seq))
    frame = m.snapshot()
    assert frame.sampled == 200
    assert [s.seq for s in frame.samples] == list(range(136, 200))
    assert {s.key for s in frame.samples} == {b"kk"}


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


def test_statistics_tell_the_inside_of_the_client() -> None:
    broker = {"nodeid": 2, "state": "UP", "waitresp_cnt": 3, "waitresp_msg_cnt": 40, "outbuf_cnt": 1,
              "outbuf_msg_cnt": 5, "txretries": 7, "int_latency": {"cnt": 10, "sum": 20_000},
              "outbuf_latency": {"cnt": 2, "sum": 200}, "rtt": {"cnt": 2, "sum": 8000}}  # fmt: skip
    quiet = {"nodeid": 1, "state": "DOWN", "int_latency": {"cnt": 30, "sum": 30_000}}
    partitions = {
        "10": {"partition": 10, "msgs": 101, "txmsgs": 100},
        "9": {"partition": 9, "msgs": 100, "txmsgs": 76, "msgs_inflight": 45},
        "-1": {"partition": -1, "msgq_cnt": 6},
    }
    document = json.dumps({
        "ts": round(time.monotonic() * 1e6) - 500_000, "msg_cnt": 80, "msg_max": 100, "msg_size": 1, "msg_size_max": 1000,
        "tx_bytes": 4321, "brokers": {"x": broker, "y": quiet, "boot": {"nodeid": -1, "state": "UP"}},
        "topics": {"t": {"batchcnt": {"cnt": 2, "sum": 30}, "batchsize": {"cnt": 2, "sum": 4000}, "partitions": partitions}},
    })  # fmt: skip
    statistics = Statistics()
    statistics.take(document)
    statistics.take(document)
    client = statistics.client
    assert client is not None
    assert (client.queued, client.travelling, client.unassigned) == ((24, 1), (45, 0), 6)
    assert (client.waiting, client.in_flight, client.reports) == (31, 45, 4), "all 80 are somewhere"
    assert client.fill == 0.8
    assert 0.5 <= client.late_s < 60
    assert [(each.broker, each.round_trip_ms) for each in client.brokers] == [(1, None), (2, 4.0)]
    assert client.brokers[1] == BrokerFlight(2, "UP", 3, 40, 1, 5, 4.0, 7)
    assert (client.batch_records, client.batch_bytes) == (15, 2000)
    assert client.waits == Waits(80, 100.0, 20, 2.0, 80.0), (
        "a broker without an answer weighs in no round trip"
    )
    assert statistics.batches.wire_bytes == 4321


def test_what_waits_is_counted_anew_when_the_client_is_empty() -> None:
    def document(held: int, msgs: int, txmsgs: int) -> str:
        partition = {"partition": 0, "msgs": msgs, "txmsgs": txmsgs}
        return json.dumps({"msg_cnt": held, "topics": {"t": {"partitions": {"0": partition}}}})

    statistics = Statistics()
    waited = []
    for told in ((0, 50, 60), (7, 60, 63), (5, 70, 60)):  # ten were sent twice before; then ten timed out
        statistics.take(document(*told))
        assert statistics.client is not None
        waited.append(statistics.client.waiting)
    assert waited == [0, 7, 5], "never more than the client holds"


def test_partitions_that_are_added_while_a_run_is_on_are_counted():
    m = Meter("run", 10, 2, confirmed=True)
    for seq, partition in enumerate((0, 5, 3)):
        m.on_delivery(seq, None, None, Delivered(partition, seq))
    m.on_any_delivery(None, Delivered(6, 0))
    m.on_warm_up_delivery(4, None, None, Delivered(7, 0))
    assert m.snapshot().partitions == (1, 0, 0, 1, 0, 1, 1, 1)


def test_clients_of_several_engines_are_one() -> None:
    def client(at: float, requests: int, turn: float | None, queued: tuple[int, ...]) -> ClientState:
        flight = BrokerFlight(2, "UP" if turn else "DOWN", requests, 10, 1, 5, turn, 3)
        return ClientState(
            at,
            at / 10,
            50,
            100,
            500,
            1000,
            queued,
            (4,),
            1,
            (flight,),
            20.0,
            None,
            Waits(10, 30.0, 5, 1.0, 9.0),
        )

    one = merged_clients([client(1.0, 2, 4.0, (3,)), client(2.0, 3, None, (1, 7))])
    assert one is not None
    assert (one.at, one.late_s, one.records, one.records_max, one.fill) == (2.0, 0.2, 100, 200, 0.5)
    assert (one.queued, one.travelling, one.unassigned) == ((4, 7), (8,), 2)
    assert one.brokers == (BrokerFlight(2, "DOWN", 5, 20, 2, 10, 4.0, 6),)
    assert (one.batch_records, one.batch_bytes, one.waits) == (20.0, None, Waits(20, 60.0, 10, 2.0, 18.0))
    assert merged_clients([]) is None


def test_bytes_are_counted_in_a_partition_that_is_added() -> None:
    m = meter()
    m.sent = 3
    m.on_delivery(0, None, None, Delivered(5, 0))
    m.on_warm_up_delivery(1, None, None, Delivered(6, 0))
    m.on_delivery(2, None, None, Delivered(6, 1))
    assert m.snapshot().partition_bytes == (0, 0, 0, 0, 0, 5, 10)


def test_reports_of_load_mode_are_counted_many_at_a_time() -> None:
    m = Meter("run", 20, 2, confirmed=True, remembered=False, places=Places(2))
    m.start()
    m.sent, m.offered_bytes = 11, 55
    m.take(reports(1, 4))
    m.warmed_up()
    m.take(reports(1, 5, 6, 7, first=1))
    m.take(reports(3, 0, 1, first=4, latency=0.03))
    m.take(reports(0, -1001, first=6))
    m.take(reports(1, -1001, -1001, first=7, error="_MSG_TIMED_OUT"))
    m.take(reports(-1, -1001, first=9, error="NOT_ENOUGH_REPLICAS"))
    frame = m.snapshot()
    assert (frame.acked, frame.failed, frame.in_flight) == (7, 3, 1)
    assert frame.partitions == (1, 4, 0, 2)
    assert frame.partition_bytes == (5, 20, 0, 10)
    assert (frame.warm_up, frame.warm_up_bytes) == (1, 55)
    assert frame.payload_bytes == 55 - 15
    assert frame.latency == {bucket_of(2000): 4, bucket_of(30_000): 2}
    assert frame.latency_max_us == 30_000
    assert [(e.code, e.where, e.count) for e in frame.errors] == [
        ("_MSG_TIMED_OUT", "client", 2),
        ("NOT_ENOUGH_REPLICAS", "broker", 1),
    ]
    assert m.places is not None
    assert m.places.runs() == [[], [(4, 8)], [], [(0, 2)]]
    assert m.places.without == [1, 0, 0, 0]
    warm, first, *_, unplaced = frame.samples
    assert (warm.seq, warm.partition, warm.offset, warm.warm_up, warm.key) == (0, 1, 4, True, b"kk")
    assert (first.seq, first.partition, first.offset, first.warm_up) == (1, 1, 5, False)
    assert round(first.reported_at - first.sent_at, 6) == 0.002
    assert (unplaced.seq, unplaced.partition, unplaced.error) == (9, None, "NOT_ENOUGH_REPLICAS")


def test_a_failure_of_many_records_at_once_is_sampled_too() -> None:
    m = Meter("run", 0, 1, confirmed=True, remembered=False)
    m.take(reports(0, *[-1001] * 500, error="_PURGE_QUEUE"))
    m.take(reports(0, *[-1001] * 500, first=500, error="_PURGE_QUEUE"))
    frame = m.snapshot()
    assert frame.failed == 1000
    assert [(sample.seq, sample.error) for sample in frame.samples] == [(0, "_PURGE_QUEUE")]


def test_a_callback_that_lingers_lingers_for_load_mode_too_but_not_in_the_warm_up() -> None:
    lingered: list[int] = []
    m = Meter("run", 5, 1, confirmed=True, remembered=False, linger=lambda: lingered.append(m.reported))
    m.take(reports(0, 0))
    m.warmed_up()
    m.take(reports(0, 1))
    m.take(reports(0, -1001, error="_MSG_TIMED_OUT"))
    assert lingered == [2, 3], "each when it is counted"
