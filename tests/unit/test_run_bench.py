"""The conductor on the real lab: what was asked too early counts, a dead engine is replaced."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from workbench.clusters.lab import LabCluster
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.events import Event
from workbench.model.frame import Frame
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

SCENARIO = Scenario(
    title="t", record=RecordPlan(key="k{{ seq % 9 }}", value="v"), send=SendPlan(count=500, rate=None)
)


def nothing(_frame: Frame) -> None:
    pass


class Opened:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.bench = Bench(LabCluster(), self.events.append)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    made = Opened()
    await made.bench.open()
    yield made
    await made.bench.close()


async def test_a_run_is_proved_and_told(opened: Opened) -> None:
    frames: list[Frame] = []
    report = await opened.bench.run(SCENARIO, frames.append)
    assert (report.ledger.acked, report.ledger.stored, report.ledger.lost) == (500, 500, 0)
    assert report.ledger.broken_equations() == []
    assert frames[-1].state == "done"
    assert opened.kinds() == ["cluster ready", "run started", "run done", "verified"]


async def test_a_second_run_counts_only_its_own_records(opened: Opened) -> None:
    first = await opened.bench.run(SCENARIO, nothing)
    second = await opened.bench.run(SCENARIO, nothing)
    assert first.ledger == second.ledger
    assert second.ledger.stored == 500


async def test_a_stop_that_comes_before_the_first_record_counts(opened: Opened) -> None:
    run = asyncio.create_task(
        opened.bench.run(replace(SCENARIO, send=SendPlan(count=10**6, rate=100)), nothing)
    )
    await asyncio.sleep(0)  # let it begin
    assert opened.bench.running
    await opened.bench.stop()
    report = await run
    assert report.state == "stopped"
    assert report.ledger.sent < 10**6


async def test_a_dead_engine_is_said_and_the_next_run_has_a_new_one(opened: Opened) -> None:
    frames: list[Frame] = []
    sending = asyncio.Event()

    def on_frame(frame: Frame) -> None:
        frames.append(frame)
        if frame.acked > 5:
            sending.set()

    run = asyncio.create_task(
        opened.bench.run(replace(SCENARIO, send=SendPlan(count=10**6, rate=200)), on_frame)
    )
    await sending.wait()
    assert opened.bench.engine_pid is not None
    os.kill(opened.bench.engine_pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="signal 9"):
        await run
    assert frames[-1].state == "died"
    assert opened.kinds()[-1] == "engine died"
    assert (await opened.bench.run(SCENARIO, nothing)).ledger.stored == 500


async def test_a_topic_that_is_another_is_refused(opened: Opened) -> None:
    await opened.bench.ensure_topic(SCENARIO)
    wider = replace(SCENARIO, topic=TopicPlan(partitions=7))
    with pytest.raises(InputError, match="exists with 6 partitions, not 7"):
        await opened.bench.ensure_topic(wider)
    stricter = replace(SCENARIO, topic=TopicPlan(config={"min.insync.replicas": "2"}))
    with pytest.raises(InputError, match=r"min\.insync\.replicas=1, not 2"):
        await opened.bench.ensure_topic(stricter)


async def test_a_missing_topic_that_may_not_be_created_is_refused(opened: Opened) -> None:
    plan = TopicPlan(name="nobody-made-it", create=False)
    with pytest.raises(InputError, match="does not exist"):
        await opened.bench.run(replace(SCENARIO, topic=plan), nothing)
    assert (await opened.bench.run(SCENARIO, nothing)).ledger.stored == 500


async def test_a_preview_is_the_record_that_the_run_sends(opened: Opened) -> None:
    made = await opened.bench.preview(SCENARIO, 12)
    assert (made.key, made.value, made.error) == (b"k3", b"v", None)


async def test_a_dead_lab_is_said_at_once_and_opened_anew(opened: Opened) -> None:
    died = asyncio.Event()
    opened.bench._on_event = lambda event: (
        opened.events.append(event),
        event.kind == "cluster died" and died.set(),
    )
    lab = opened.bench.cluster
    assert isinstance(lab, LabCluster)
    assert lab._child is not None
    os.kill(lab._child.pid, signal.SIGKILL)
    await died.wait()
    assert opened.events[-1].what == "the lab's process was ended by signal 9"
    assert opened.bench.view is None
    await opened.bench.open()
    assert (await opened.bench.run(SCENARIO, nothing)).ledger.stored == 500


async def test_a_lab_that_dies_in_a_run_ends_it_and_the_next_one_works(opened: Opened) -> None:
    sending = asyncio.Event()
    many = replace(SCENARIO, send=SendPlan(count=10**6, rate=200))
    run = asyncio.create_task(opened.bench.run(many, lambda f: sending.set() if f.acked > 5 else None))
    await sending.wait()
    lab = opened.bench.cluster
    assert isinstance(lab, LabCluster)
    assert lab._child is not None
    os.kill(lab._child.pid, signal.SIGKILL)
    with pytest.raises(ClusterError, match="was ended by signal 9"):
        await run
    assert opened.kinds().count("cluster died") == 1
    await opened.bench.open()
    assert (await opened.bench.run(SCENARIO, nothing)).ledger.stored == 500


async def test_a_partition_that_is_not_there_is_refused(opened: Opened) -> None:
    aside = replace(SCENARIO, record=RecordPlan(value="v", partition=6))
    with pytest.raises(InputError, match="6 is not there; topic 'orders' has 0 to 5"):
        await opened.bench.run(aside, nothing)
