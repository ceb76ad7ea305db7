"""The engine process against librdkafka's own mock brokers: modes, pause, stop, full queues, sudden death."""

import asyncio
import os
import signal
import time
from typing import Any

import msgspec
import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, Consumer, TopicPartition

from tests.shared.engine_runs import PLAN, TOPIC, ended, nothing, started
from workbench.engine.client import EngineClient, PreviewClient
from workbench.engine.protocol import PREVIEW_CPU_S, Gate, Preview, Start
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.frame import Frame
from workbench.model.histogram import percentiles
from workbench.model.record import RecordPlan
from workbench.model.scenario import SendMode, TopicPlan
from workbench.partitioning import predict


@pytest.mark.parametrize("mode", ["async", "sync", "fire-and-forget"])
async def test_each_mode_delivers_every_record_and_reads_it_back(
    engine: EngineClient, mode: SendMode
) -> None:
    start = started(mode)
    frame, _ = await ended(engine, start)
    assert (frame.state, frame.sent, frame.acked, frame.in_flight) == ("done", 200, 200, 0)
    assert sum(frame.partitions) == 200
    assert sum(frame.partition_bytes) == frame.payload_bytes > 0
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
    """It pauses behind a gate: without one all may be sent before the pause is heard."""
    paused, frames, going = asyncio.Event(), [], []

    def on_frame(frame: Frame) -> None:
        frames.append(frame)
        if frame.state == "paused" and frame.in_flight == 0:
            paused.set()

    async def pause_and_go(number: int) -> None:
        await engine.pause()
        await engine.go(number)

    def on_reached(number: int, _frame: Frame) -> None:
        going.append(asyncio.ensure_future(pause_and_go(number)))

    gated = msgspec.structs.replace(started(count=400, rate=800), gates=(Gate(0, sent=100),))
    run = asyncio.create_task(engine.run(gated, on_frame, nothing, on_reached))
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
    told = [each.client for each in frames if each.client and each.client.records]
    assert {(each.waiting, each.records, each.records_max, each.fill) for each in told} == {(10, 10, 10, 1.0)}
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


@pytest.mark.parametrize("timestamp", ["1700000000000", "{{ 1700000000000 + 60000 * seq }}"])
async def test_a_record_carries_the_timestamp_of_its_plan(
    engine: EngineClient, mock_brokers: str, timestamp: str
) -> None:
    plan = RecordPlan(key="k", value="v", partition=3, timestamp=timestamp)
    before = Consumer({"bootstrap.servers": mock_brokers, "group.id": "t", "enable.auto.commit": False})
    start = before.get_watermark_offsets(TopicPartition(TOPIC, 3), timeout=10)[1]
    await ended(engine, started(count=4, record=plan, verify=False))
    before.assign([TopicPartition(TOPIC, 3, start)])
    read = await asyncio.to_thread(before.consume, 4, 10)
    before.close()
    step = 60_000 if "seq" in timestamp else 0
    wanted = [(TIMESTAMP_CREATE_TIME, 1_700_000_000_000 + step * seq) for seq in range(4)]
    assert [message.timestamp() for message in read] == wanted


async def test_a_timestamp_that_is_none_is_an_input_error(engine: EngineClient) -> None:
    with pytest.raises(InputError, match=r"record\.timestamp: “soon” is not a whole number"):
        await ended(engine, started(record=RecordPlan(timestamp="{{ 'soon' }}")))


class Gated:
    """Notes how the run stood at each gate, and opens it once the engine has had time to go wrong."""

    def __init__(self, engine: EngineClient) -> None:
        self.engine = engine
        self.at: dict[int, tuple[int, int, int]] = {}
        self.opening: list[asyncio.Task[None]] = []
        self.heard = asyncio.Event()
        self.newest: Frame
        self.target = 0
        self.overrun: list[tuple[int, int]] = []

    def on_frame(self, frame: Frame) -> None:
        self.newest = frame
        self.heard.set()

    def on_reached(self, number: int, frame: Frame) -> None:
        self.at[number] = (frame.sent, frame.acked, frame.failed)
        self.opening.append(asyncio.create_task(self._open(number, frame.sent)))

    async def _open(self, number: int, sent: int) -> None:
        if sent < self.target:  # behind the last record there is nothing to hold
            self.heard.clear()
            await self.heard.wait()  # a frame made while the gate is shut
            if self.newest.sent != sent:
                self.overrun.append((sent, self.newest.sent))
        await self.engine.go(number)

    async def run(self, start: Start, *gates: Gate) -> Frame:
        self.target = start.send.count
        ended = await self.engine.run(
            msgspec.structs.replace(start, gates=gates), self.on_frame, nothing, self.on_reached
        )
        await asyncio.gather(*self.opening)
        return ended


@pytest.mark.parametrize("plan", [{"mode": "async"}, {"mode": "sync"}, {"mode": "async", "rate": 2000}, {"mode": "fire-and-forget", "verify": False}], ids=str)  # fmt: skip
async def test_sending_stands_still_at_each_count(engine: EngineClient, plan: dict[str, Any]) -> None:
    gated = Gated(engine)
    record = RecordPlan(value="the same") if plan.get("verify") is False else PLAN
    gates = (Gate(0), Gate(1, acked=1), Gate(2, acked=37), Gate(3, sent=40), Gate(4, sent=40, acked=60), Gate(5, acked=200))  # fmt: skip
    frame = await gated.run(started(record=record, **plan), *gates)
    assert (frame.state, frame.acked) == ("done", 200)
    assert gated.overrun == []
    assert {number: counts[0] for number, counts in gated.at.items()} == {
        0: 0,
        1: 1,
        2: 37,
        3: 40,
        4: 60,
        5: 200,
    }
    assert [gated.at[number][1] for number in (0, 1, 2, 4, 5)] == [0, 1, 37, 60, 200]
    assert frame.paused_s > 0
    if "rate" in plan:
        (p99,) = percentiles(frame.latency, (99,))
        assert p99 is not None
        assert p99 / 1000 < frame.paused_s, "what waits at a gate is not late"


async def test_records_that_fail_make_room_for_others_before_an_acked_gate(engine: EngineClient) -> None:
    gated = Gated(engine)
    big = RecordPlan(value="{{ 'x' * (2000 if seq % 4 == 1 else 1) }}")
    start = started(count=100, record=big, config={"message.max.bytes": "1000"})
    frame = await gated.run(start, Gate(0, acked=30), Gate(1, acked=99))
    assert (frame.acked, frame.rejected) == (75, 25)
    sent, acked, _failed = gated.at[0]
    assert acked == 30
    assert sent == 30 + 10, "the tenth of those refused was in vain"
    assert 1 not in gated.at


async def test_a_stop_breaks_a_gate(engine: EngineClient) -> None:
    at_gate = asyncio.Event()
    start = msgspec.structs.replace(started(count=1000), gates=(Gate(0, sent=20),))
    run = asyncio.create_task(engine.run(start, lambda _: None, nothing, lambda *_: at_gate.set()))
    await at_gate.wait()
    await engine.stop(5)
    frame = await run
    assert (frame.state, frame.sent, frame.acked) == ("stopped", 20, 20)


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


async def test_an_engine_beside_a_screen_gives_way() -> None:
    client = await EngineClient.start(niceness=5)
    try:
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, client.pid) == min(ours + 5, 19)
    finally:
        await client.close()


async def test_a_hung_engine_is_ended(mock_brokers: str) -> None:
    client = await EngineClient.start(silence_s=1.5)
    os.kill(client.pid, signal.SIGSTOP)
    try:
        with pytest.raises(EngineError, match="silent"):
            await client.connect(mock_brokers, {}, 10)
    finally:
        await client.close()


async def test_who_stood_still_itself_does_not_take_the_engine_for_hung(mock_brokers: str) -> None:
    """The terminal's ^Z, a debugger, a machine with too much to do: the heartbeats lie in the pipe."""
    client = await EngineClient.start(silence_s=1.5)
    try:
        time.sleep(2)  # noqa: ASYNC251 (the standstill itself is what it is about)
        await client.connect(mock_brokers, {}, 10)
        assert not client.is_lost
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
        made = await previews.preview(Preview(0, PLAN, 7, 41, "r"))
        assert (made.key, made.value, made.headers) == (b"user-1", b"41", (("h", None), ("h", b"")))
        endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
        assert "longer than 1 s" in str(
            (await previews.preview(Preview(0, RecordPlan(value=endless), 7, 0, "r"))).error
        )
        huge = await previews.preview(Preview(0, RecordPlan(value="{{ 'x' * 10**10 }}"), 7, 0, "r"))
        assert huge.error is not None
        assert (await previews.preview(Preview(0, PLAN, 7, 42, "r"))).value == b"42"
    finally:
        await previews.close()


async def test_a_preview_is_not_blamed_for_what_others_take_of_the_processor() -> None:
    """It stands still for longer than it may compute, as on a busy machine, and makes the record all the same."""
    previews = PreviewClient(patience_s=50)
    try:
        child = await previews._ready()
        child.signal(signal.SIGSTOP)
        asking = asyncio.create_task(previews.preview(Preview(0, PLAN, 7, 41, "r")))
        await asyncio.sleep(1.2 * PREVIEW_CPU_S)  # the time itself is what it is about
        child.signal(signal.SIGCONT)
        assert (await asking).value == b"41"
    finally:
        await previews.close()


async def test_one_that_waits_for_ever_is_ended_by_the_clock() -> None:
    previews = PreviewClient(patience_s=0.1)
    try:
        (await previews._ready()).signal(signal.SIGSTOP)
        made = await previews.preview(Preview(0, PLAN, 7, 41, "r"))
        assert made.error == "takes longer than 0.1 s to make"
    finally:
        await previews.close()


async def test_keys_are_told_during_the_run_and_after_it_and_counted_where_the_client_put_them(
    engine: EngineClient,
) -> None:
    assert await engine.keys() is None
    start = started(count=400, rate=2000, config={"partitioner": "murmur2_random"})
    sending = asyncio.Event()
    run = asyncio.create_task(engine.run(start, lambda frame: frame.acked > 40 and sending.set(), nothing))
    await sending.wait()
    during = await engine.keys()
    frame = await run
    totals = await engine.keys()
    assert during is not None
    assert totals is not None
    assert during.keys == totals.keys[: len(during.keys)]
    assert sum(records for *_, records in during.counts) <= 400 == frame.acked
    where = {totals.keys[number]: partition for number, partition, _ in totals.counts}
    assert where == {(key := f"user-{n}".encode()): predict("murmur2_random", key, 4) for n in range(20)}
    assert [records for *_, records in totals.counts] == [20] * 20
    assert sum(length for _, length in totals.order) == 399  # one was warm-up


async def test_a_callback_that_blocks_starves_the_acks(engine: EngineClient) -> None:
    frame, _ = await ended(engine, started(count=21, callback_delay_ms=20))
    assert frame.acked == 21
    assert frame.latency_max_us >= 19 * 20_000, "the last report waited for every callback before it"


async def test_a_stop_does_not_wait_for_callbacks_that_block(engine: EngineClient) -> None:
    waiting = asyncio.Event()

    def on_frame(frame: Frame) -> None:
        if frame.sent == 10:
            waiting.set()

    run = asyncio.create_task(engine.run(started(count=10, callback_delay_ms=60_000), on_frame, nothing))
    await waiting.wait()
    await engine.stop(5)
    frame = await run
    assert (frame.state, frame.acked) == ("stopped", 10)


async def test_with_a_rate_both_latencies_are_told(engine: EngineClient) -> None:
    """A callback that blocks 20 ms a record holds up sends that are due each 5 ms."""
    frame, _ = await ended(engine, started("sync", count=21, rate=200, callback_delay_ms=20))
    due, sent = (percentiles(one, (99,))[0] for one in (frame.latency, frame.latency_from_send))
    assert sum(frame.latency.values()) == sum(frame.latency_from_send.values()) == 20
    assert due is not None
    assert sent is not None
    assert due >= 19 * 15, "from the moment a record was due, the stall shows"
    assert sent < due
