"""Runs with faults on the real lab: however they end, nothing stays frozen or dead, and the proof is true."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
from confluent_kafka import Consumer, TopicPartition
from msgspec.structs import replace

from workbench.clusters.lab import LabCluster
from workbench.errors import EngineError
from workbench.model.events import Event
from workbench.model.fault import After, Fault
from workbench.model.frame import Frame
from workbench.model.record import RecordPlan
from workbench.model.scenario import ClusterPlan, Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

QUICK = {
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
    "replica.fetch.backoff.ms": "100",
}
SCENARIO = Scenario(
    title="t",
    cluster=ClusterPlan(config=QUICK),
    topic=TopicPlan(name="t", partitions=1),
    producer={"acks": "all", "linger.ms": "0"},
    record=RecordPlan(key="k{{ seq % 9 }}", value="v"),
    send=SendPlan(count=60, verify_timeout_s=6),
)
ALL_FROZEN = (
    Fault("freeze", After(acked=10), "followers"),
    Fault("freeze", After(acked=10, fault=1), "leader"),
    Fault("thaw", After(sent=60, fault=2, seconds=3000)),
)


def nothing(_frame: Frame) -> None:
    pass


class Opened:
    """A bench on a lab; `frozen` is set when the second fault of a run has been done."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.frozen = asyncio.Event()
        self.lab = LabCluster(config=QUICK)
        self.bench = Bench(self.lab, self.hear)

    def hear(self, event: Event) -> None:
        self.events.append(event)

    def watch(self, frame: Frame) -> None:
        if frame.acked == 10 and frame.sent > 10:
            self.frozen.set()

    async def conditions(self) -> set[str]:
        return {broker.condition for broker in (await self.lab.describe()).brokers}


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    made = Opened()
    await made.bench.open()
    yield made
    await made.bench.close()


async def test_a_stop_thaws_what_is_frozen_before_it_asks_what_became_of_the_records(opened: Opened) -> None:
    run = asyncio.create_task(opened.bench.run(replace(SCENARIO, faults=ALL_FROZEN), opened.watch))
    await opened.frozen.wait()
    await opened.bench.stop(0.2)
    report = await run
    assert (report.state, report.verify.state) == ("stopped", "verified")
    assert report.ledger.acked >= 10
    assert report.ledger.lost == 0
    assert report.faults[2].problem == "never done: the run was stopped"
    assert await opened.conditions() == {"running"}


async def test_a_cancelled_run_leaves_nothing_frozen_and_the_next_one_works(opened: Opened) -> None:
    run = asyncio.create_task(opened.bench.run(replace(SCENARIO, faults=ALL_FROZEN), opened.watch))
    await opened.frozen.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert await opened.conditions() == {"running"}


async def test_a_dead_engine_leaves_nothing_frozen_and_the_next_run_works(opened: Opened) -> None:
    run = asyncio.create_task(opened.bench.run(replace(SCENARIO, faults=ALL_FROZEN), opened.watch))
    await opened.frozen.wait()
    assert opened.bench.engine_pid is not None
    os.kill(opened.bench.engine_pid, signal.SIGKILL)
    with pytest.raises(EngineError):
        await run
    assert await opened.conditions() == {"running"}
    report = await opened.bench.run(SCENARIO, nothing)
    assert (report.ledger.stored, report.ledger.lost) == (60, 0)


async def test_what_was_killed_is_back_for_the_next_run(opened: Opened) -> None:
    killed = replace(SCENARIO, faults=(Fault("kill", After(acked=30), "leader"),))
    first = await opened.bench.run(killed, nothing)
    assert (first.ledger.acked, first.ledger.lost, first.leader_changes) == (60, 0, 1)
    assert first.partitions[0].leaders[0] == first.faults[0].brokers[0]
    second = await opened.bench.run(killed, nothing)
    assert (second.ledger.acked, second.ledger.lost, second.leader_changes) == (60, 0, 1)
    assert second.faults[0].brokers == (first.partitions[0].leaders[1],), "it led when the second run began"


async def test_without_a_leader_at_the_end_what_was_lost_is_not_known(opened: Opened) -> None:
    alone = replace(SCENARIO, topic=TopicPlan(name="alone", partitions=1, replication_factor=1))
    report = await opened.bench.run(
        replace(alone, faults=(Fault("kill", After(acked=60), "leader"),)), nothing
    )
    assert (report.ledger.acked, report.ledger.lost, report.ledger.stored) == (60, None, None)
    assert report.verify.state == "unfinished"
    assert report.verify.reason is not None
    assert report.verify.reason.startswith("partition 0")
    assert report.ledger.broken_equations() == []
    assert await opened.conditions() <= {"running", "starting"}


async def test_an_unclean_leader_whose_log_ends_below_acked_offsets_is_read_and_tells_the_loss(
    opened: Opened,
) -> None:
    """The acked offsets hold other records now, or none."""
    unclean = TopicPlan(name="u", partitions=1, config={"unclean.leader.election.enable": "true"})
    faults = (
        Fault("freeze", After(acked=10), "followers"),
        Fault("wait", After(acked=10, isr=1)),
        Fault("kill", After(acked=60), "leader"),
        Fault("thaw", After(fault=3)),
        Fault("restart", After(fault=3, leader_changed=True)),
    )
    report = await opened.bench.run(
        replace(SCENARIO, topic=unclean, send=SendPlan(count=70), faults=faults), nothing
    )
    ledger = report.ledger
    assert report.verify.state == "verified", report.verify.reason
    assert (ledger.acked, ledger.lost, ledger.stored) == (70, 50, 20)
    assert [(example.kind, example.offset) for example in report.examples] == [
        ("lost", 10),
        ("lost", 11),
        ("lost", 12),
    ]


async def test_partitions_that_are_added_are_read_back_too(opened: Opened) -> None:
    scenario = replace(
        SCENARIO,
        producer={**SCENARIO.producer, "topic.metadata.refresh.interval.ms": "50"},
        send=SendPlan(count=300, rate=300),
        faults=(Fault("add-partitions", After(acked=100), partitions=5),),
    )
    report = await opened.bench.run(scenario, nothing)
    assert report.faults[0].problem is None
    assert (report.ledger.acked, report.ledger.stored, report.ledger.lost) == (300, 300, 0)
    assert len(report.partitions) == 5
    assert [p.acked for p in report.partitions] == [p.stored for p in report.partitions]
    assert sum(p.acked > 0 for p in report.partitions) > 1
    assert report.moved_keys
    assert opened.bench.view is not None
    assert [len(topic.partitions) for topic in opened.bench.view.topics] == [5], "the screen's header has it"


def record_at(bootstrap_servers: str, offset: int) -> str:
    """The header that says which record of which run it is, read by a consumer of the test's own."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "by-hand", "enable.auto.commit": False}
    )
    try:
        consumer.assign([TopicPartition("t", 0, offset)])
        message = consumer.poll(20)
        assert message is not None
        assert message.error() is None
        assert message.offset() == offset
        return dict(message.headers() or [])["kwb"].decode()
    finally:
        consumer.close()


async def test_the_examples_are_where_the_report_says(opened: Opened) -> None:
    scenario = replace(
        SCENARIO,
        producer={
            "acks": "all",
            "linger.ms": "0",
            "enable.idempotence": "false",
            "request.timeout.ms": "200",
        },
        faults=(
            Fault("freeze", After(acked=20), "followers"),
            Fault("thaw", After(sent=60, fault=1, seconds=0.5)),
        ),
    )
    report = await opened.bench.run(scenario, nothing)
    assert report.ledger.duplicated
    assert report.ledger.lost == 0
    first = report.examples[0]
    assert first.kind == "duplicated"
    assert first.first_offset is not None
    assert first.offset is not None
    assert first.key == f"k{first.seq % 9}"
    servers = opened.lab.bootstrap_servers
    copies = [
        await asyncio.to_thread(record_at, servers, offset) for offset in (first.first_offset, first.offset)
    ]
    assert copies[0] == copies[1]
    assert copies[0].endswith(f"/{first.seq}")


async def test_a_mistake_of_the_directors_own_ends_the_run_instead_of_holding_it_for_ever(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opened.lab, "do", broken)
    with pytest.raises(ZeroDivisionError):
        await opened.bench.run(
            replace(SCENARIO, faults=(Fault("freeze", After(acked=10), "leader"),)), nothing
        )


async def test_counts_are_exact_at_full_speed(opened: Opened) -> None:
    scenario = replace(
        SCENARIO,
        topic=TopicPlan(name="fast", partitions=6),
        producer={"acks": "1", "linger.ms": "5"},
        send=SendPlan(count=50_000),
        faults=(Fault("wait", After(acked=12_345)), Fault("wait", After(sent=40_000))),
    )
    report = await opened.bench.run(scenario, nothing)
    acked, sent = report.faults
    assert (acked.sent, acked.acked) == (12_345, 12_345)
    assert sent.sent == 40_000
    assert (report.ledger.acked, report.ledger.stored, report.ledger.duplicated) == (50_000, 50_000, 0)
