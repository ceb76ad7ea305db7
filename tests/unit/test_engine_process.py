"""The engine process against librdkafka's own mock brokers: modes, pause, stop, full queues, sudden death."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from confluent_kafka import Producer

from workbench.engine.client import EngineClient, PreviewClient
from workbench.engine.protocol import Start
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.frame import Frame
from workbench.model.histogram import percentiles
from workbench.model.record import Header, RecordPlan
from workbench.model.scenario import SendMode, SendPlan, TopicPlan

TOPIC = "engine-test"
PLAN = RecordPlan(key="user-{{ seq % 20 }}", value="{{ seq }}", headers=(Header("h", None), Header("h", "")))


@pytest.fixture(scope="module")
def mock_brokers() -> Iterator[str]:
    """Three brokers inside librdkafka; they create topics of four partitions when asked about them."""
    owner = Producer({"test.mock.num.brokers": 3, "bootstrap.servers": "replaced", "log_level": 0})
    found = owner.list_topics(TOPIC, timeout=10)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found.brokers.values())
    del owner


@pytest.fixture
async def engine(mock_brokers: str) -> AsyncIterator[EngineClient]:
    client = await EngineClient.start()
    await client.connect(mock_brokers, {}, 10)
    yield client
    await client.close()


def started(
    mode: SendMode = "async",
    count: int = 200,
    config: dict[str, str] | None = None,
    record: RecordPlan = PLAN,
    max_block_ms: int = 60_000,
    **send: object,
) -> Start:
    plan = SendPlan(mode=mode, count=count, **send)  # type: ignore[arg-type]
    return Start(
        0, os.urandom(4).hex(), TOPIC, 4, {"linger.ms": "1", **(config or {})}, max_block_ms, record, plan, 7
    )


async def nothing() -> None:
    pass


async def ended(engine: EngineClient, start: Start) -> tuple[Frame, list[Frame]]:
    frames: list[Frame] = []
    return await engine.run(start, frames.append, nothing), frames


@pytest.mark.parametrize("mode", ["async", "sync", "fire-and-forget"])
async def test_each_mode_delivers_every_record_and_reads_it_back(
    engine: EngineClient, mode: SendMode
) -> None:
    start = started(mode)
    frame, _ = await ended(engine, start)
    assert (frame.state, frame.sent, frame.acked, frame.in_flight) == ("done", 200, 200, 0)
    assert sum(frame.partitions) == 200
    assert sum(frame.latency.values()) == 199  # one was warm-up
    proof = await engine.read_back(start.run_id, 20)
    assert proof.found is not None, proof.reason
    assert (proof.found.stored, proof.found.acked_stored, proof.found.lost) == (200, 200, 0)
    assert (proof.found.duplicated, proof.found.reordered, proof.found.moved_keys) == (0, 0, 0)
    assert proof.found.partitions == frame.partitions


async def test_a_synchronous_send_waits_for_each_record(engine: EngineClient) -> None:
    frame, _ = await ended(engine, started("sync", 50))
    assert frame.batches.requests is not None
    assert frame.batches.requests >= 50, "every record travelled alone"
    assert frame.batches.records == frame.batches.count == 50


async def test_without_acks_nothing_is_confirmed_and_the_log_tells(engine: EngineClient) -> None:
    start = started(config={"acks": "0"})
    frame, _ = await ended(engine, start)
    assert (frame.acked, frame.unconfirmed) == (0, 200)
    proof = await engine.read_back(start.run_id, 20)
    assert proof.found is not None
    assert (proof.found.acked_stored, proof.found.unconfirmed_stored, proof.found.vanished) == (0, 200, 0)


async def test_a_paused_run_stands_still_and_goes_on(engine: EngineClient) -> None:
    sending, paused, frames = asyncio.Event(), asyncio.Event(), []

    def on_frame(frame: Frame) -> None:
        frames.append(frame)
        if frame.state == "sending":
            sending.set()
        if frame.state == "paused" and frame.in_flight == 0:
            paused.set()

    run = asyncio.create_task(engine.run(started(count=400, rate=800), on_frame, nothing))
    await sending.wait()
    await engine.pause()
    await paused.wait()
    still = frames[-1].sent
    paused.clear()
    await paused.wait()
    assert frames[-1].sent == still < 400
    await engine.resume()
    frame = await run
    assert (frame.state, frame.acked) == ("done", 400)
    assert frame.paused_s > 0
    measured = frame.at - frame.measured_from
    assert 400 / (measured - frame.paused_s) <= 805, "the rate leaves the pause out and keeps to the plan"
    (p99,) = percentiles(frame.latency, (99,))
    assert p99 is not None
    assert frame.at - frame.started_at > p99 / 1000, (
        "the pause is not counted as latency of every later record"
    )


async def test_a_stopped_run_accounts_for_what_it_sent(engine: EngineClient) -> None:
    sending = asyncio.Event()
    run = asyncio.create_task(
        engine.run(
            started(count=100_000, rate=500), lambda f: sending.set() if f.acked > 20 else None, nothing
        )
    )
    await sending.wait()
    await engine.stop(5)
    frame = await run
    assert frame.state == "stopped"
    assert 20 < frame.sent < 100_000
    assert (frame.acked, frame.in_flight) == (frame.sent, 0)


async def test_stop_while_paused_ends_the_run(engine: EngineClient) -> None:
    sending, paused = asyncio.Event(), asyncio.Event()

    def on_frame(frame: Frame) -> None:
        sending.set()
        if frame.state == "paused":
            paused.set()

    run = asyncio.create_task(engine.run(started(count=10_000, rate=200), on_frame, nothing))
    await sending.wait()
    await engine.pause()
    await paused.wait()
    await engine.stop(5)
    assert (await run).state == "stopped"


async def test_a_full_queue_blocks_and_then_rejects(engine: EngineClient) -> None:
    tight = {"queue.buffering.max.messages": "10", "linger.ms": "900000", "message.timeout.ms": "1000000"}
    tight["batch.num.messages"] = "10000"
    start = started(count=30, config=tight, max_block_ms=50, warm_up=0)
    frames: list[Frame] = []
    rejected = asyncio.Event()
    run = asyncio.create_task(
        engine.run(start, lambda f: (frames.append(f), rejected.set() if f.rejected >= 20 else None), nothing)
    )
    await rejected.wait()
    await engine.stop(0)
    frame = await run
    assert (frame.sent, frame.rejected, frame.failed, frame.in_flight) == (30, 20, 10, 0)
    assert {(e.code, e.where): e.count for e in frame.errors} == {
        ("_QUEUE_FULL", "send()"): 20,
        ("_PURGE_QUEUE", "client"): 10,
    }


async def test_a_record_that_cannot_be_made_is_rejected_and_the_run_goes_on(engine: EngineClient) -> None:
    record = RecordPlan(value="{{ seq }}{% if seq % 2 %}x{% endif %}", value_serializer="integer")
    frame, _ = await ended(engine, started(count=20, record=record))
    assert (frame.rejected, frame.acked) == (10, 10)
    assert [(e.where, e.count) for e in frame.errors] == [("serializer", 10)]


async def test_a_template_that_runs_for_ever_is_rejected_in_time(engine: EngineClient) -> None:
    slow = "{% if seq == 1 %}{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}{% endif %}x"
    frame, _ = await ended(engine, started(count=5, record=RecordPlan(value=slow), record_timeout_ms=200))
    assert (frame.rejected, frame.acked) == (1, 4)
    assert frame.errors[0].code == "_RECORD_TIMEOUT"


async def test_a_config_the_client_refuses_is_an_input_error(engine: EngineClient) -> None:
    with pytest.raises(InputError, match="acks"):
        await ended(engine, started(config={"enable.idempotence": "true", "acks": "1"}))
    frame, _ = await ended(engine, started(count=3))
    assert frame.acked == 3, "the engine is as good as before"


async def test_a_template_with_a_syntax_error_is_an_input_error(engine: EngineClient) -> None:
    with pytest.raises(InputError, match=r"record\.value"):
        await ended(engine, started(record=RecordPlan(value="{{ seq")))


async def test_the_fixed_partition_takes_them_all(engine: EngineClient) -> None:
    frame, _ = await ended(engine, started(count=30, record=RecordPlan(key="k", value="v", partition=2)))
    assert frame.partitions == (0, 0, 30, 0)


async def test_a_killed_engine_fails_the_run_with_its_signal(engine: EngineClient) -> None:
    sending = asyncio.Event()
    run = asyncio.create_task(engine.run(started(count=100_000, rate=100), lambda _: sending.set(), nothing))
    await sending.wait()
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="signal 9"):
        await run
    with pytest.raises(EngineError):
        await engine.describe(TOPIC)
    assert engine.is_lost


async def test_a_hung_engine_is_ended(mock_brokers: str) -> None:
    client = await EngineClient.start(silence_s=1.5)
    os.kill(client.pid, signal.SIGSTOP)
    try:
        with pytest.raises(EngineError, match="silent"):
            await client.connect(mock_brokers, {}, 10)
    finally:
        await client.close()


async def test_a_cluster_that_is_not_there_is_said_in_time() -> None:
    client = await EngineClient.start()
    try:
        with pytest.raises(ClusterError, match=r"no Kafka broker answered at 127\.0\.0\.1:1 within 1 s"):
            await client.connect("127.0.0.1:1", {}, 1)
        with pytest.raises(ClusterError, match="not connected"):
            await client.create(TopicPlan())
    finally:
        await client.close()


async def test_a_preview_makes_the_record_and_survives_what_is_too_slow_or_too_large() -> None:
    previews = PreviewClient()
    try:
        made = await previews.preview(PLAN, 7, 41, "r")
        assert (made.key, made.value, made.headers) == (b"user-1", b"41", (("h", None), ("h", b"")))
        endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
        assert "longer than 1 s" in str((await previews.preview(RecordPlan(value=endless), 7, 0, "r")).error)
        huge = await previews.preview(RecordPlan(value="{{ 'x' * 10**10 }}"), 7, 0, "r")
        assert huge.error is not None
        assert (await previews.preview(PLAN, 7, 42, "r")).value == b"42"
    finally:
        await previews.close()
