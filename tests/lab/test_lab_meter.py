"""The meter against what librdkafka itself says of the same run, on a lab with a slow leader."""

from collections.abc import AsyncIterator, Mapping

import pytest

from workbench.clusters.lab import LabCluster
from workbench.model.fault import After, Fault
from workbench.model.frame import Frame
from workbench.model.histogram import us_of
from workbench.model.record import RecordPlan
from workbench.model.report import Report
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

SLOW_MS = 50
SLOW = Fault("slow", target="leader", ms=SLOW_MS)


def scenario(send: SendPlan, *faults: Fault, **producer: str) -> Scenario:
    return Scenario(
        title="meter",
        topic=TopicPlan(name="meter", partitions=1),
        producer={name.replace("_", "."): value for name, value in producer.items()},
        record=RecordPlan(value="v" * 50),
        send=send,
        faults=faults,
    )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench(LabCluster(config={"broker.session.timeout.ms": "3000"}), lambda _event: None)
    await made.open()
    yield made
    await made.close()


async def run(bench: Bench, planned: Scenario) -> tuple[Report, Frame]:
    frames: list[Frame] = []
    report = await bench.run(planned, frames.append)
    return report, frames[-1]


def mean_ms(latency: Mapping[int, int]) -> float:
    return sum(us_of(bucket) * count for bucket, count in latency.items()) / sum(latency.values()) / 1000


async def test_the_meter_agrees_with_librdkafka_s_statistics(bench: Bench) -> None:
    """Mean latency, by records: queued until its request, unsent, the round trip (poll() is always waiting).

    A request each 100 ms, so that none waits for another's answer.
    """
    planned = scenario(SendPlan(count=1600, rate=1000), SLOW, linger_ms="100")
    report, last = await run(bench, planned)
    assert report.ledger.acked == 1600
    assert last.client is not None
    waits = last.client.waits
    theirs = waits.queued_ms / waits.queued + (waits.unsent_ms + waits.round_trip_ms) / waits.travelled
    assert theirs >= SLOW_MS
    assert mean_ms(last.latency_from_send) == pytest.approx(theirs, rel=0.1)
    assert report.latency_ms.p50 is not None
    assert report.latency_ms.p50 >= SLOW_MS
    assert report.batches.records == 1600, "the statistics are complete"


async def test_a_slow_leader_is_seen_in_load_mode_too(bench: Bench) -> None:
    report, _ = await run(bench, scenario(SendPlan(count=2000, batch=300), SLOW, batch_num_messages="150"))
    assert report.latency_ms.p50 is not None
    assert report.latency_ms.p50 >= SLOW_MS
    assert report.batches.records == report.ledger.acked == report.ledger.stored == 2000


async def test_load_mode_tells_what_was_lost_with_its_leader(bench: Bench) -> None:
    """Acked by the leader alone: the followers stand still, and lead when it is killed."""
    faults = (
        Fault("freeze", After(acked=1), "followers"),
        # the fetches they had pending come back empty
        Fault("wait", After(acked=1, fault=1, seconds=0.7)),
        Fault("kill", After(acked=900, fault=2, seconds=0), "leader"),
        Fault("thaw", After(fault=3, seconds=0.1)),
    )
    report, _ = await run(bench, scenario(SendPlan(count=1000, batch=150), *faults, acks="1", linger_ms="0"))
    ledger = report.ledger
    assert ledger.broken_equations() == []
    assert (report.verify.state, report.verify.by, ledger.acked) == ("verified", "offsets", 1000)
    assert ledger.lost is not None
    assert 800 <= ledger.lost <= 900, "they were acked, and the new leader has not got them"
    assert ledger.acked_stored == 1000 - ledger.lost
    assert {example.kind for example in report.examples} <= {"lost"}
