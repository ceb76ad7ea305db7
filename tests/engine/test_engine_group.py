"""Several engines as one: totals added up exactly, keys divided, one death ends the run."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.shared.engine_runs import ended, nothing, started
from workbench.engine.group import Engines
from workbench.engine.loading import Loaded
from workbench.engine.making import Making
from workbench.engine.merging import Merging, merged_proof
from workbench.engine.meter import Meter
from workbench.engine.protocol import Found, Gate, ReadBackDone, Share, Start
from workbench.errors import EngineError
from workbench.model.frame import Batches, ErrorCount, Frame, Sample
from workbench.model.histogram import bucket_of, percentiles
from workbench.model.record import RecordPlan
from workbench.model.report import Example

NULL_KEYS = RecordPlan(value="v" * 50)
EACH = RecordPlan(key="user-{{ seq % 20 }}", value="{{ seq }}")


@pytest.fixture
async def engines(mock_brokers: str) -> AsyncIterator[Engines]:
    made = await Engines.start()
    await made.connect(mock_brokers, {}, 10)
    yield made
    await made.close()


def two(record: RecordPlan, count: int = 400, **more: object) -> Start:
    return started(count=count, record=record, engines=2, **more)  # type: ignore[arg-type]


def frame(**more: object) -> Frame:
    return Frame("r", 10.0, 1.0, **{"state": "sending", "target": 100, **more})  # type: ignore[arg-type]


def merged(*frames: Frame) -> Frame:
    merging = Merging()
    for number, one in enumerate(frames):
        merging.take(number, one)
    return merging.frame()


def test_counts_errors_and_batches_are_added_up() -> None:
    one = frame(sent=30, acked=20, failed=1, partitions=(20,), errors=(ErrorCount("A", "broker", 1, "a"),), batches=Batches(2, 20, 900, 2))  # fmt: skip
    other = frame(sent=9, acked=5, rejected=2, failed=2, partitions=(1, 4), errors=(ErrorCount("A", "broker", 2, "b"), ErrorCount("B", "send()", 2)), batches=Batches(1, 5, 90, None))  # fmt: skip
    both = merged(one, other)
    assert (both.sent, both.acked, both.rejected, both.failed, both.in_flight) == (39, 25, 2, 3, 9)
    assert both.partitions == (21, 4)
    assert both.errors == (ErrorCount("A", "broker", 3, "a"), ErrorCount("B", "send()", 2, ""))
    assert both.batches == Batches(3, 25, 990, None), "what one does not know is not known"
    assert both.target == 100


def test_percentiles_of_merged_histograms_are_those_of_all_records() -> None:
    draw = random.Random(4)
    shares = [[draw.randrange(1, 10**6) for _ in range(900)] for _ in range(3)]

    def counted(values: list[int]) -> dict[int, int]:
        histogram: dict[int, int] = {}
        for us in values:
            histogram[bucket_of(us)] = histogram.get(bucket_of(us), 0) + 1
        return histogram

    of_each = [frame(latency=counted(values), latency_max_us=max(values)) for values in shares]
    every = [us for values in shares for us in values]
    assert percentiles(merged(*of_each).latency, (50, 95, 99.9)) == percentiles(
        counted(every), (50, 95, 99.9)
    )
    assert merged(*of_each).latency_max_us == max(every)


def test_a_state_is_the_least_advanced_and_rates_wait_for_every_warm_up() -> None:
    assert merged(frame(state="done"), frame(state="draining")).state == "draining"
    assert merged(frame(state="done"), frame(state="stopped")).state == "stopped"
    assert merged(frame(state="done"), frame(state="done")).state == "done"
    assert merged(frame(measured_from=3.0), frame(state="warm-up")).measured_from == 0
    assert merged(frame(measured_from=3.0), frame(measured_from=2.0)).measured_from == 2


def test_each_sample_is_told_once() -> None:
    def sampled(total: int) -> Frame:
        return frame(
            sampled=total, samples=tuple(Sample(n, 0, 1, 0, n) for n in range(max(0, total - 64), total))
        )

    merging = Merging()
    for number, total in ((0, 2), (1, 1), (0, 2), (1, 3)):
        merging.take(number, sampled(total))
    assert [sample.seq for sample in merging.frame().samples] == [0, 1, 0, 1, 2]
    assert merging.frame().sampled == 5


def test_proofs_are_added_up_and_one_that_is_missing_leaves_it_unfinished() -> None:
    lost = tuple(Example("lost", 0, n, None, n) for n in range(2))
    one = Found(5, 4, 2, 0, 0, 0, 1, 0, 0, 0, (5,), 0, lost)
    other = Found(3, 3, 2, 0, 0, 0, 0, 0, 1, 2, (1, 2), None, lost)
    both = merged_proof([ReadBackDone(1, one), ReadBackDone(2, other)]).found
    assert both is not None
    assert (both.stored, both.lost, both.duplicated, both.reordered, both.moved_keys) == (8, 4, 1, 2, None)
    assert both.partitions == (6, 2)
    assert len(both.examples) == 3
    assert merged_proof([ReadBackDone(1, one), ReadBackDone(2, None, "why")]).reason == "why"


@pytest.mark.parametrize("record", [NULL_KEYS, EACH], ids=["null keys", "keys"])
@pytest.mark.parametrize("batch", [None, 30])
async def test_the_records_are_shared_and_proved_together(
    engines: Engines, record: RecordPlan, batch: int | None
) -> None:
    start = two(record, batch=batch)
    last = await engines.run(start, lambda _frame: None, nothing)
    assert (last.state, last.sent, last.acked, last.in_flight) == ("done", 400, 400, 0)
    assert last.batches.records == 400
    assert sum(last.partition_bytes) == last.payload_bytes
    assert sum(last.latency.values()) == 398  # each engine has a warm-up
    proof = await engines.read_back(start.run_id, 20)
    assert proof.found is not None, proof.reason
    assert (proof.found.stored, proof.found.acked_stored, proof.found.lost) == (400, 400, 0)
    assert (proof.found.duplicated, proof.found.moved_keys) == (0, 0)
    assert proof.found.partitions == last.partitions
    assert (await engines.keys()).why_not  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "record", [NULL_KEYS, EACH, RecordPlan(key="{% if seq == 3 %}{{ 1 // 0 }}{% endif %}k")]
)
def test_every_record_is_one_engine_s_and_every_key_too(record: RecordPlan) -> None:
    start = two(record, 60)
    shares = []
    for number in range(3):
        meter = Meter("r", 60, 4, confirmed=True)
        making = Making(replace(start, share=Share(number, 3)), meter, Loaded(()))
        shares.append(list(making.numbers(60)))
    assert sorted(seq for share in shares for seq in share) == list(range(60))
    assert all(share == sorted(share) for share in shares)
    keys = [{seq % 20 for seq in share} for share in shares]
    if record is EACH:
        assert sum(map(len, keys)) == 20
    if record is NULL_KEYS:
        assert list(map(len, shares)) == [20, 20, 20]


async def test_a_gate_before_the_first_record_and_a_stop_are_for_all(engines: Engines) -> None:
    reached = []

    def on_reached(number: int, at: Frame) -> None:
        reached.append((number, at.sent))
        going.append(asyncio.ensure_future(engines.go(number)))

    def on_frame(at: Frame) -> None:
        if at.acked > 10 and len(going) == 1:
            going.append(asyncio.ensure_future(engines.stop(5)))

    going: list[asyncio.Future[None]] = []
    start = replace(two(NULL_KEYS, 100_000, rate=500), gates=(Gate(0),))
    last = await engines.run(start, on_frame, nothing, on_reached)
    assert reached == [(0, 0)]
    assert (last.state, last.in_flight) == ("stopped", 0)
    assert 10 < last.acked < 100_000


async def test_one_that_dies_ends_the_run_and_the_others(engines: Engines) -> None:
    def on_frame(at: Frame) -> None:
        if at.acked > 10 and not engines.is_lost:
            os.kill(engines.pid, signal.SIGKILL)

    with pytest.raises(EngineError, match=r"ended by signal 9 \(one of 2;"):
        await engines.run(two(NULL_KEYS, 100_000, rate=500), on_frame, nothing)
    assert engines.is_lost
    assert all(engine.is_lost for engine in engines._all)


async def test_after_a_run_the_first_is_left_and_runs_alone(engines: Engines) -> None:
    await engines.run(two(NULL_KEYS, 40), lambda _frame: None, nothing)
    await engines.dismiss()
    assert not engines.is_lost
    last, _ = await ended(engines, started(count=30))  # type: ignore[arg-type]
    assert last.acked == 30
