import random

import msgspec
import pytest

from workbench.insight.live import Live
from workbench.insight.window import TimeWindow
from workbench.model.events import Event
from workbench.model.frame import ErrorCount, Frame, Sample
from workbench.model.histogram import bucket_of

START = 1000.0


def frame(seconds: float, state: str = "sending", **totals: object) -> Frame:
    fields: dict[str, object] = {
        "run_id": "r1", "at": START + seconds, "started_at": START, "state": state, "target": 1000,
    } | totals  # fmt: skip
    return msgspec.convert(fields, Frame)


def sample(seq: int, partition: int | None = 0, error: str | None = None) -> Sample:
    return Sample(seq, START, START + 0.005, partition, None if error else seq, error)


def busy_run(partitions: int = 6, rate: int = 2000, seconds: float = 3.0) -> list[Frame]:
    chance, counts, frames = random.Random(3), [0] * partitions, []
    histogram: dict[int, int] = {}
    ticks = round(seconds * 15)
    for tick in range(1, ticks + 1):
        for _ in range(rate // 15):
            counts[chance.randrange(partitions)] += 1
            bucket = bucket_of(int(chance.lognormvariate(8, 0.5)))
            histogram[bucket] = histogram.get(bucket, 0) + 1
        acked = sum(counts)
        frames.append(
            frame(
                tick / 15, "done" if tick == ticks else "sending", target=rate // 15 * ticks,
                sent=acked + (0 if tick == ticks else 20), acked=acked, partitions=tuple(counts),
                latency=dict(histogram), latency_max_us=50_000,
                samples=tuple(sample(seq) for seq in range(max(0, tick * 3 - 8), tick * 3)), sampled=tick * 3,
            )
        )  # fmt: skip
    return frames


def test_totals_survive_dropped_repeated_and_late_frames() -> None:
    frames = busy_run()
    chance = random.Random(5)
    whole = Live()
    for one in frames:
        whole.feed(one)
    torn = Live()
    for index, one in enumerate(frames[:-1]):
        if chance.random() < 0.4:
            torn.feed(one)
            assert torn.feed(one) is None
            if index:
                assert torn.feed(frames[index - 1]) is None
    torn.feed(frames[-1])
    for live in (whole, torn):
        insight = live.insight
        assert insight is not None
        assert insight.ended
        columns = insight.columns(26)
        by_partition = [sum(counts) for counts in zip(*(s.counts for s in columns.slices), strict=True)]
        assert tuple(by_partition) == frames[-1].partitions
        assert sum(share.count for share in insight.shares) == frames[-1].acked
        assert sum(share.share for share in insight.shares) == pytest.approx(1)


def test_frames_of_another_run_and_after_the_end_are_not_taken() -> None:
    live = Live()
    assert live.feed(frame(0.1)) is not None
    assert live.feed(frame(0.2, run_id="other")) is None
    assert live.feed(frame(0.2, "done")) is not None
    assert live.feed(frame(0.3, "draining")) is None


def test_the_end_is_taken_though_it_is_told_with_an_earlier_time() -> None:
    live = Live()
    live.feed(frame(1.0, "draining", sent=10, acked=9, partitions=(9,)))
    insight = live.feed(frame(0.98, "done", sent=10, acked=10, partitions=(10,)))
    assert insight is not None
    assert insight.ended
    assert sum(piece.total for piece in insight.columns(26).slices) == 10


def test_frames_after_the_last_report_add_no_silence_to_the_plot() -> None:
    live = Live()
    live.feed(frame(1.0, sent=10, acked=10, partitions=(10,)))
    live.feed(frame(1.6, "draining", sent=10, acked=10, partitions=(10,)))
    insight = live.feed(frame(1.01, "done", sent=10, acked=10, partitions=(10,)))
    assert insight is not None
    for width in (8, 26, 60):
        columns = insight.columns(width)
        assert columns.end_s == pytest.approx(1.01)
        assert columns.slices[-1].index * columns.slice_s < 1.01


def test_the_clock_starts_with_the_first_record_not_with_the_client() -> None:
    live = Live()
    live.feed(frame(5.0, "starting"))
    insight = live.feed(
        frame(0.1, "done", started_at=START + 6, at=START + 6.1, sent=4, acked=4, partitions=(4,))
    )
    assert insight is not None
    assert insight.columns(26).end_s == pytest.approx(0.1)


def test_the_warm_up_is_in_the_counts_but_in_no_rate_and_no_slice() -> None:
    live = Live()
    live.feed(frame(1.0, "warm-up", sent=40, acked=40, partitions=(40, 0)))
    warm = {"measured_from": START + 2, "warm_up": 41}
    insight = live.feed(frame(4.0, "done", sent=241, acked=241, partitions=(141, 100), **warm))
    assert insight is not None
    assert insight.rate == pytest.approx(100)
    assert [share.count for share in insight.shares] == [141, 100]
    columns = insight.columns(26)
    assert columns.end_s == pytest.approx(2.0)
    assert sum(piece.total for piece in columns.slices) == 201


def test_a_run_of_nothing_but_warm_up_is_shown_whole() -> None:
    live = Live()
    live.feed(frame(0.1, "warm-up", target=1))
    insight = live.feed(
        frame(0.2, "done", target=1, sent=1, acked=1, partitions=(1,), measured_from=START + 0.2, warm_up=1)
    )
    assert insight is not None
    assert insight.rate == pytest.approx(5)
    assert sum(piece.total for piece in insight.columns(26).slices) == 1


def test_an_empty_run() -> None:
    insight = Live().feed(frame(0, "starting", target=0))
    assert insight is not None
    assert (insight.shares, insight.skew, insight.eta_s, insight.max_ms) == ((), None, None, None)
    assert insight.percentiles == (None, None, None)
    assert insight.done_share == 0
    assert insight.busiest is None
    assert insight.sampled_one_in is None
    assert len(insight.columns(26)) == 0


def test_one_record() -> None:
    insight = Live().feed(
        frame(0.004, "done", target=1, sent=1, acked=1, partitions=(0, 1), latency={bucket_of(3000): 1},
              latency_max_us=3000, samples=(sample(0, 1),), sampled=1)
    )  # fmt: skip
    assert insight is not None
    assert insight.skew == 2.0
    assert insight.busiest is not None
    assert insight.busiest.partition == 1
    assert insight.percentiles[0] == pytest.approx(3.0, rel=0.001)
    assert [piece.counts for piece in insight.columns(26).slices] == [(0, 1)]
    assert insight.done_share == 1
    assert insight.sampled_one_in == 1


def test_five_hundred_partitions() -> None:
    live = Live()
    for one in busy_run(partitions=500, rate=30_000, seconds=1):
        live.feed(one)
    assert live.insight is not None
    assert len(live.insight.shares) == 500
    assert all(len(piece.counts) == 500 for piece in live.insight.columns(26).slices)


def test_rates_look_at_the_last_second_and_at_the_whole_once_it_is_over() -> None:
    live = Live()
    for tick in range(1, 31):
        acked = 100 * min(tick, 10) + 10 * max(0, tick - 10)
        live.feed(frame(tick / 10, acked=acked, sent=acked, partitions=(acked,), target=10_000))
    assert live.insight is not None
    assert live.insight.rate == pytest.approx(100)
    done = live.feed(frame(4, "done", acked=1200, sent=1200, partitions=(1200,), target=1200))
    assert done is not None
    assert done.rate == pytest.approx(300)
    assert done.eta_s is None


def test_the_remaining_time_counts_what_has_no_report_yet() -> None:
    live = Live()
    live.feed(frame(1, sent=250, acked=150, failed=40, rejected=10, partitions=(150,)))
    insight = live.feed(frame(2, sent=450, acked=300, failed=80, rejected=20, partitions=(300,)))
    assert insight is not None
    assert insight.frame.in_flight == 50
    assert insight.eta_s == pytest.approx((1000 - 400) / 200)
    assert insight.to_go == 550
    assert insight.done_share == pytest.approx(0.4)
    paused = live.feed(frame(3, "paused", sent=450, acked=350, failed=80, rejected=20, partitions=(350,)))
    assert paused is not None
    assert paused.eta_s is None


def test_nothing_moves_nothing_is_promised() -> None:
    live = Live()
    live.feed(frame(1, sent=100))
    insight = live.feed(frame(9, sent=100))
    assert insight is not None
    assert (insight.rate, insight.eta_s) == (0.0, None)


def test_a_standstill_promises_nothing_long_before_the_rate_has_forgotten_what_moved() -> None:
    live = Live()
    for tick in range(1, 51):
        live.feed(frame(tick / 10, sent=10 * tick, acked=10 * tick, target=100_000))
    hesitates = live.feed(frame(6, sent=600, acked=500, target=100_000))
    assert hesitates is not None
    assert hesitates.eta_s == pytest.approx(99_500 / 80)
    stands = live.feed(frame(7.5, sent=750, acked=500, target=100_000))
    assert stands is not None
    assert stands.eta_s is None


def test_a_run_that_is_slow_on_purpose_does_not_stand_still() -> None:
    live = Live()
    for acked in range(1, 6):
        live.feed(frame(2 * acked, sent=acked, acked=acked, target=10))
    insight = live.feed(frame(12, sent=6, acked=5, target=10))
    assert insight is not None
    assert insight.eta_s is not None


def test_acks_0_is_delivered_but_unconfirmed() -> None:
    insight = Live().feed(frame(0.5, "done", sent=100, unconfirmed=100, partitions=(60, 40)))
    assert insight is not None
    assert insight.unconfirmed
    assert insight.delivered == 100
    assert insight.rate == pytest.approx(200)


def test_a_run_of_failures_only() -> None:
    error = ErrorCount("_MSG_TIMED_OUT", "client", 1000, "Local: Message timed out")
    insight = Live().feed(
        frame(2, "done", sent=1000, failed=1000, partitions=(0, 0), errors=(msgspec.to_builtins(error),))
    )
    assert insight is not None
    assert insight.skew is None
    assert insight.done_share == 1
    assert sum(piece.failed for piece in insight.columns(26).slices) == 1000
    assert [event.kind for event in insight.events] == ["failed"]


def test_samples_are_taken_once_newest_first() -> None:
    live = Live()
    live.feed(frame(0.1, samples=(sample(0), sample(1)), sampled=2))
    live.feed(frame(0.2, samples=(sample(0), sample(1), sample(2)), sampled=3))
    insight = live.feed(frame(0.3, samples=(sample(7), sample(8), sample(9)), sampled=10))
    assert insight is not None
    assert [one.seq for one in insight.samples] == [9, 8, 7, 2, 1, 0]


def test_silence_is_told_from_chance() -> None:
    insight = Live().feed(frame(1, sent=100, acked=100, partitions=(50, 50, 0)))
    assert insight is not None
    assert insight.silent(0, 0, 10)
    assert not insight.silent(0, 0, 9)
    assert not insight.silent(0, 1, 1000)
    assert not insight.silent(2, 0, 1000), "a partition that no key leads to"
    assert not insight.silent(7, 0, 1000)


def test_events_say_when_it_began_and_how_many_it_hit() -> None:
    live = Live(wall_offset=5000.0)
    timed_out = ["_MSG_TIMED_OUT", "client", 1, ""]
    live.feed(frame(1, sent=9, failed=1, errors=(timed_out,)))
    rejected = ["_QUEUE_FULL", "send()", 2, ""]
    live.feed(
        frame(
            2,
            "paused",
            sent=20,
            failed=12,
            rejected=2,
            errors=(["_MSG_TIMED_OUT", "client", 12, ""], rejected),
        )
    )
    insight = live.feed(
        frame(3, sent=20, failed=12, rejected=2, errors=(["_MSG_TIMED_OUT", "client", 12, ""], rejected))
    )
    assert insight is not None
    assert [(event.at, event.kind, event.severity, event.what) for event in insight.events] == [
        (6001.0, "failed", "bad", "_MSG_TIMED_OUT"),
        (6002.0, "rejected", "bad", "_QUEUE_FULL"),
    ]
    assert insight.events[0].consequence == "12 records: delivery.timeout.ms ran out: maybe stored"
    assert insight.events[1].consequence == "2 records: no room in the queue for max.block.ms: never sent"
    assert [(event.at, event.kind) for event in insight.marks] == [
        (6001.0, "failed"), (6002.0, "rejected"), (6002.0, "paused"), (6003.0, "resumed"),
    ]  # fmt: skip


def test_an_error_without_a_known_meaning_claims_nothing() -> None:
    error = ["SOMETHING_NEW", "broker", 1, ""]
    insight = Live().feed(frame(1, sent=1, failed=1, errors=(error,)))
    assert insight is not None
    assert insight.events[0].consequence == "1 record: maybe stored"


def test_the_end_of_a_producer_is_one_event_with_the_clients_words() -> None:
    errors = (["OUT_OF_ORDER_SEQUENCE_NUMBER", "producer", 1, "why"], ["_FATAL", "send()", 3, ""])
    insight = Live().feed(frame(1, sent=4, rejected=3, failed=1, errors=errors))
    assert insight is not None
    assert [(event.kind, event.where, event.consequence) for event in insight.events] == [
        ("fatal", "producer", "it can send no more: why"),
        ("rejected", "send()", "3 records: the producer can send no more: a new run makes a new one"),
    ]


def test_with_a_rate_both_latencies_are_told() -> None:
    live = Live(100.0)
    paced = live.feed(
        frame(1.0, sent=2, acked=2, partitions=(2,), latency={9000: 2}, latency_from_send={2000: 2})
    )
    assert paced is not None
    assert paced.from_send is not None
    assert paced.from_send[0] == 2.0 < paced.percentiles[0]
    plain = Live().feed(frame(1.0, sent=2, acked=2, partitions=(2,), latency={2000: 2}))
    assert plain is not None
    assert plain.from_send is None


def test_bytes_are_cut_into_slices_as_records_are() -> None:
    live = Live()
    for tick in range(1, 5):
        live.feed(frame(tick / 10, partitions=(tick, 0), partition_bytes=(tick * 100, 0), acked=tick))
    assert live.insight is not None
    slices = live.insight.columns(9, TimeWindow(0.1)).slices
    assert [piece.bytes for piece in slices] == [(100, 0)] * 4
    unknown = Live()
    unknown.feed(frame(1.0, partitions=(5,), acked=5))
    assert unknown.insight is not None
    assert {piece.bytes for piece in unknown.insight.columns(9).slices} == {()}


def test_keys_are_those_of_samples_delivered_there_and_then() -> None:
    def keyed(seq: int, at: float, partition: int | None, key: bytes | None, **more: object) -> Sample:
        fields = {
            "seq": seq,
            "sent_at": START,
            "reported_at": START + at,
            "partition": partition,
            "offset": seq,
        }
        return msgspec.structs.replace(sample(seq), **{**fields, "key": key, **more})

    live = Live()
    told = (
        keyed(0, 0.1, 0, b"before"), keyed(1, 0.2, 0, b"a"), keyed(2, 0.25, 1, b"b"), keyed(3, 0.29, 2, None),
        keyed(4, 0.28, 0, b"a"), keyed(5, 0.27, 0, b"not", error="_MSG_TIMED_OUT"),
        keyed(6, 0.27, 0, b"not", warm_up=True), keyed(7, 0.31, 0, b"after"),
    )  # fmt: skip
    live.feed(frame(0.2, samples=told[:3], sampled=3))
    live.feed(frame(0.4, samples=told[1:], sampled=8))
    assert live.insight is not None
    assert live.insight.keys_seen(range(2), 0.2, 0.3) == {b"a": 2, b"b": 1}
    assert live.insight.keys_seen(range(2, 9), 0.2, 0.3) == {None: 1}


def test_what_holds_from_the_start_is_marked_in_the_first_column_with_and_without_a_warm_up() -> None:
    change = Event(50.0, "config change", "info", "", "linger.ms 5 → 100")
    for measured_from in (0.0, START + 0.5):
        live = Live(wall_offset=7.0)
        live.mark_start(change)
        live.feed(frame(1.0, measured_from=measured_from, sent=9, acked=9, partitions=(9,)))
        insight = live.feed(frame(3.0, measured_from=measured_from, sent=90, acked=90, partitions=(90,)))
        assert insight is not None
        assert insight.marks == (msgspec.structs.replace(change, at=insight.clock_wall),)
        assert insight.events == (), "it is the session's to tell"
        assert insight.columns(20).cell_of(insight.marks[0].at - insight.clock_wall) == 0
