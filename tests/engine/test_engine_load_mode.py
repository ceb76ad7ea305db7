"""Load mode on librdkafka's own mock brokers: every record accounted for, whatever happens to it."""

import asyncio
from collections import Counter

import pytest
from confluent_kafka import Consumer, TopicPartition
from msgspec.structs import replace

from tests.shared.engine_runs import TOPIC, ended, nothing, started
from workbench.engine.client import EngineClient
from workbench.engine.protocol import Gate, Start
from workbench.model.frame import Frame
from workbench.model.record import RecordPlan

SAME = RecordPlan(key="k", value="v" * 100)
EACH = RecordPlan(key="user-{{ seq % 7 }}", value="{{ seq }}" + "-" * 90)


def load(count: int = 5000, record: RecordPlan = SAME, batch: int = 700, **more: object) -> Start:
    return started(count=count, record=record, batch=batch, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("record", [SAME, EACH], ids=["the same record", "each its own"])
async def test_every_record_is_delivered_and_read_back_by_its_place(
    engine: EngineClient, record: RecordPlan
) -> None:
    frames: list[Frame] = []
    start = load(record=record)
    frame = await engine.run(start, frames.append, nothing)
    assert (frame.state, frame.sent, frame.acked, frame.in_flight) == ("done", 5000, 5000, 0)
    assert sum(frame.partitions) == 5000
    assert sum(frame.latency.values()) == 4999  # one was warm-up
    assert frame.batches.records == 5000
    assert all(one.in_flight >= 0 for one in frames)
    size = 101 if record is SAME else 96 + sum(len(str(n)) for n in range(5000)) / 5000
    assert frame.payload_bytes == round(5000 * size)
    assert sum(frame.partition_bytes) == frame.payload_bytes
    assert frame.sampled >= 2
    proof = await engine.read_back(start.run_id, 20)
    assert proof.found is not None, proof.reason
    assert (proof.found.stored, proof.found.acked_stored, proof.found.lost) == (5000, 5000, 0)
    assert (proof.found.unreported, proof.found.duplicated, proof.found.reordered) == (0, 0, None)
    assert proof.found.partitions == frame.partitions


@pytest.mark.parametrize("ring", [31, 700, 0])
async def test_a_ring_is_sent_over_and_over_whatever_is_offered_at_a_time(
    engine: EngineClient, mock_brokers: str, ring: int
) -> None:
    consumer = Consumer(
        {"bootstrap.servers": mock_brokers, "group.id": "none", "auto.offset.reset": "earliest"}
    )
    starts = [consumer.get_watermark_offsets(TopicPartition(TOPIC, p), timeout=10)[1] for p in range(4)]
    frame, _ = await ended(engine, load(1000, EACH, 70, ring=ring, verify=False))
    assert (frame.acked, frame.ring) == (1000, min(ring, 700))
    found: list[bytes | None] = []
    consumer.assign([TopicPartition(TOPIC, p, start) for p, start in enumerate(starts)])
    while len(found) < 1000:
        found += [message.value() for message in consumer.consume(1000 - len(found), 10)]
    consumer.close()
    sent = [b"%d" % (n % ring if ring else n) + b"-" * 90 for n in range(1000)]
    assert Counter(found) == Counter(sent)
    assert frame.payload_bytes == sum(frame.partition_bytes) == sum(map(len, sent)) + 6000


@pytest.mark.parametrize("record", [SAME, EACH], ids=["the same record", "each its own"])
async def test_all_go_to_the_partition_that_is_named(engine: EngineClient, record: RecordPlan) -> None:
    frame, _ = await ended(engine, load(record=replace(record, partition=2), verify=False))
    assert frame.partitions == (0, 0, 5000, 0)


@pytest.mark.parametrize("record", [SAME, EACH], ids=["the same record", "each its own"])
async def test_a_queue_that_is_too_small_makes_it_wait(engine: EngineClient, record: RecordPlan) -> None:
    config = {"queue.buffering.max.messages": "50"}
    frame, _ = await ended(engine, load(600, record, config=config, verify=False))
    assert (frame.acked, frame.rejected) == (600, 0)


@pytest.mark.parametrize("record", [SAME, EACH], ids=["the same record", "each its own"])
async def test_what_finds_no_room_in_time_is_rejected(engine: EngineClient, record: RecordPlan) -> None:
    """Only so many bytes are queued, and they leave after a minute: the rest cannot be taken."""
    config = {"queue.buffering.max.kbytes": "1", "linger.ms": "60000", "batch.num.messages": "10000"}
    stopping = asyncio.Event()

    def on_frame(frame: Frame) -> None:
        if frame.sent == frame.target:
            stopping.set()

    start = load(400, record, batch=200, config=config, max_block_ms=50, warm_up=0)
    run = asyncio.create_task(engine.run(start, on_frame, nothing))
    await stopping.wait()
    await engine.stop(0)
    frame = await run
    assert frame.rejected > 100
    assert frame.sent == 400 == frame.rejected + frame.failed + frame.acked
    assert {(e.code, e.where) for e in frame.errors} == {
        ("_QUEUE_FULL", "send()"),
        ("_PURGE_QUEUE", "client"),
    }
    assert frame.payload_bytes == 0, "none of them is with the client or the broker"
    proof = await engine.read_back(start.run_id, 20)
    assert proof.found is not None, proof.reason
    assert (proof.found.stored, proof.found.stored_though_failed) == (0, 0)


async def test_those_too_large_are_rejected_one_by_one(engine: EngineClient) -> None:
    record = RecordPlan(value="{{ 'x' * (2000 if seq % 10 == 3 else 10) }}")
    frame, _ = await ended(engine, load(1000, record, 100, config={"message.max.bytes": "1000"}))
    assert (frame.acked, frame.rejected) == (900, 100)
    assert [(e.code, e.where, e.count) for e in frame.errors] == [("MSG_SIZE_TOO_LARGE", "send()", 100)]
    assert frame.payload_bytes == 9000


async def test_a_record_that_cannot_be_made_is_rejected(engine: EngineClient) -> None:
    record = RecordPlan(value="{{ seq }}{% if seq % 2 %}x{% endif %}", value_serializer="integer")
    frame, _ = await ended(engine, load(200, record, 50))
    assert (frame.rejected, frame.acked) == (100, 100)


async def test_it_stands_still_at_counts_and_is_stopped(engine: EngineClient) -> None:
    reached: list[tuple[int, int, int]] = []

    def on_reached(number: int, frame: Frame) -> None:
        reached.append((number, frame.sent, frame.acked))
        task = engine.go(number) if number == 0 else engine.stop(5)
        going.append(asyncio.ensure_future(task))

    going: list[asyncio.Future[None]] = []
    start = load(100_000)
    gated = replace(start, gates=(Gate(0, acked=900), Gate(1, sent=2000)))
    frame = await engine.run(gated, lambda _frame: None, nothing, on_reached)
    assert reached[0] == (0, 900, 900)
    assert reached[1][:2] == (1, 2000)
    assert (frame.state, frame.sent, frame.acked) == ("stopped", 2000, 2000)


async def test_a_paused_load_stands_still_and_goes_on(engine: EngineClient) -> None:
    """It pauses behind a gate: without one all may be sent before the pause is heard."""
    paused = asyncio.Event()
    going: list[asyncio.Future[None]] = []

    def on_frame(frame: Frame) -> None:
        if frame.state == "paused" and frame.in_flight == 0:
            paused.set()

    async def pause_and_go(number: int) -> None:
        await engine.pause()
        await engine.go(number)

    def on_reached(number: int, _frame: Frame) -> None:
        going.append(asyncio.ensure_future(pause_and_go(number)))

    gated = replace(load(20_000), gates=(Gate(0, sent=2000),))
    run = asyncio.create_task(engine.run(gated, on_frame, nothing, on_reached))
    await paused.wait()
    await engine.resume()
    frame = await run
    assert (frame.state, frame.acked) == ("done", 20_000)
    assert frame.paused_s > 0
