"""A client that can send no more (KIP-360's fatal errors): the run goes on to its end and says what became of all."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from workbench.clusters.lab import LabCluster
from workbench.model.fault import After, Fault
from workbench.model.frame import Frame
from workbench.model.record import RecordPlan
from workbench.model.report import Report
from workbench.model.scenario import ClusterPlan, Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

QUICK = {"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "200"}
SCENARIO = Scenario(
    title="t",
    cluster=ClusterPlan(config=QUICK),
    topic=TopicPlan(name="t", partitions=1),
    producer={
        "acks": "all",
        "enable.idempotence": "true",
        "linger.ms": "0",
        "delivery.timeout.ms": "6000",
        "request.timeout.ms": "1000",
    },
    record=RecordPlan(key="k{{ seq % 9 }}", value="v"),
    send=SendPlan(count=60),
)
DESYNCHRONIZED = (Fault("error", After(acked=20), "leader", code="OUT_OF_ORDER_SEQUENCE_NUMBER"),)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench(LabCluster(config=QUICK), lambda _event: None)
    await made.open()
    yield made
    await made.close()


async def ran(bench: Bench, scenario: Scenario) -> tuple[Report, Frame]:
    frames: list[Frame] = []
    report = await bench.run(scenario, frames.append)
    assert report.state == "done"
    assert report.ledger.broken_equations() == []
    return report, frames[-1]


def fatal(report: Report) -> list[tuple[str, int]]:
    return [(error.code, error.count) for error in report.errors if error.where == "producer"]


@pytest.mark.parametrize("mode", ["async", "sync"])
async def test_what_a_fatal_error_leaves_unsent_is_rejected_and_the_next_run_sends_again(
    bench: Bench, mode: str
) -> None:
    plan = replace(SCENARIO.send, mode=mode)
    report, frame = await ran(bench, replace(SCENARIO, send=plan, faults=DESYNCHRONIZED))
    ledger = report.ledger
    assert (ledger.sent, ledger.acked, ledger.pending, ledger.lost) == (60, 20, 0, 0)
    assert ledger.failed + ledger.rejected == 40
    assert fatal(report) == [("OUT_OF_ORDER_SEQUENCE_NUMBER", 1)]
    if mode == "sync":
        rejected = {(error.code, error.where): error.count for error in report.errors}
        assert rejected["_FATAL", "send()"] == ledger.rejected == 39
    (text,) = [error.text for error in frame.errors if error.where == "producer"]
    assert "sequence desynchronization" in text
    again, _ = await ran(bench, SCENARIO)
    assert (again.ledger.acked, again.errors) == (60, ())


@pytest.mark.parametrize(("code", "failed"), [("UNKNOWN_PRODUCER_ID", 0), ("INVALID_PRODUCER_EPOCH", 1)])
async def test_what_the_client_mends_with_a_new_epoch_is_not_fatal(
    bench: Bench, code: str, failed: int
) -> None:
    fault = Fault("error", After(acked=20), "leader", code=code)
    report, _ = await ran(bench, replace(SCENARIO, send=SendPlan(mode="sync", count=60), faults=(fault,)))
    assert fatal(report) == []
    assert (report.ledger.acked, report.ledger.failed) == (60 - failed, failed)
    assert report.ledger.duplicated == report.ledger.reordered == 0


async def test_an_unclean_election_ends_an_idempotent_producer(bench: Bench) -> None:
    topic = replace(SCENARIO.topic, name="unclean", config={"unclean.leader.election.enable": "true"})
    faults = (
        Fault("freeze", After(acked=10), "followers"),
        Fault("wait", After(acked=10, isr=1)),
        Fault("kill", After(acked=30), "leader"),
        Fault("thaw", After(fault=3)),
        Fault("wait", After(sent=30, fault=3, leader_changed=True)),
    )
    report, _ = await ran(bench, replace(SCENARIO, topic=topic, faults=faults))
    assert (report.ledger.acked, report.ledger.lost, report.ledger.pending) == (30, 20, 0)
    assert fatal(report) == [("OUT_OF_ORDER_SEQUENCE_NUMBER", 1)]
    assert report.ledger.failed + report.ledger.rejected == 30
