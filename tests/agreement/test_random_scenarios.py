"""Random scenarios through conductor, engine, lab and read-back: what must hold whatever happens.

Some at a time, each on a lab of its own: they mostly wait. A seed that fails prints its scenario, which
`kwb run` runs again.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from tests.shared.log_reader import LogReader
from tests.shared.random_scenarios import Promise, as_toml, random_scenario
from workbench.clusters.lab import LabCluster
from workbench.errors import ClusterError
from workbench.model.cluster_state import Happened, PartitionState
from workbench.model.fault import Action
from workbench.model.report import Example, Report
from workbench.model.scenario import Scenario
from workbench.run.bench import Bench

AT_ONCE = 8
QUICK, MANY = range(30), range(30, 200)
HEALS_S = 30.0
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@dataclass
class Outcome:
    """One run, with what a consumer saw meanwhile and how the logs stood when all was mended."""

    scenario: Scenario
    report: Report
    reader: LogReader
    happened: tuple[Happened, ...] = ()
    states: tuple[PartitionState, ...] = ()
    logs: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Batches by partition and base offset, read from the leaders after the run."""
    other: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """The same from who leads when one broker has handed over."""


async def played(seed: int) -> Outcome:
    scenario = random_scenario(seed)
    lab = LabCluster(scenario.cluster.brokers, scenario.cluster.config)
    bench = Bench(lab, lambda _event: None)
    try:
        await bench.open()
        reader = LogReader(lab, scenario.topic.name)
        reading = asyncio.create_task(reader.follow())
        try:
            report = await bench.run(scenario, lambda _frame: None)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        outcome = Outcome(scenario, report, reader)
        if report.verify.state != "verified":
            return outcome
        outcome.states = await whole(lab, scenario)
        outcome.happened = (await lab.describe(scenario.topic.name)).happened
        outcome.logs = await reader.all()
        if scenario.topic.replication_factor > 1:
            leader = outcome.states[0].leader
            await lab.do(Action("stop", (leader,)))
            await led_by_others(lab, scenario, leader)
            outcome.other = await reader.all()
        return outcome
    finally:
        await bench.close()


async def whole(lab: LabCluster, scenario: Scenario) -> tuple[PartitionState, ...]:
    """Every replica in sync and told of the high watermark."""
    async with asyncio.timeout(HEALS_S):
        while True:
            states = await lab.replicas(scenario.topic.name)
            ends = [
                {value for r in state.replicas for value in (r.log_end, r.high_watermark)} for state in states
            ]
            in_sync = all({r.broker for r in state.replicas} == set(state.isr) for state in states)
            if in_sync and all(len(each) == 1 for each in ends):
                return states
            await asyncio.sleep(0.05)


async def led_by_others(lab: LabCluster, scenario: Scenario, gone: int) -> None:
    async with asyncio.timeout(HEALS_S):
        while True:
            states = await lab.replicas(scenario.topic.name)
            if all(state.leader not in {gone, -1} for state in states):
                return
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes(request: pytest.FixtureRequest) -> AsyncIterator[dict[int, "asyncio.Task[Outcome]"]]:
    """Of the seeds that were asked for."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(seed: int) -> Outcome:
        async with at_once:
            return await played(seed)

    params = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    asked = {each.params["seed"] for each in params if each is not None}
    running = {seed: asyncio.create_task(one(seed)) for seed in sorted(asked)}
    yield running
    for task in running.values():
        task.cancel()
    await asyncio.gather(*running.values(), return_exceptions=True)


@pytest.mark.parametrize("seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.soak) for seed in MANY)])
async def test_what_must_hold_holds(seed: int, outcomes: dict[int, "asyncio.Task[Outcome]"]) -> None:
    try:
        outcome = await outcomes[seed]
    except (ClusterError, TimeoutError) as error:
        raise AssertionError(f"{error!r}\n{as_toml(random_scenario(seed))}") from error
    broken = "\n".join(violations(outcome))
    assert not broken, f"{broken}\n\n{outcome.report.ledger}\n\n{as_toml(outcome.scenario)}"


async def test_the_storms_do_harm(outcomes: dict[int, "asyncio.Task[Outcome]"]) -> None:
    """Else what holds above would hold of nothing."""
    ledgers = [(await outcome).report.ledger for outcome in outcomes.values()]
    harm = [sum(filter(None, (each.lost, each.vanished, each.duplicated, each.failed))) for each in ledgers]
    assert any(harm)


def violations(outcome: Outcome) -> list[str]:
    """The invariants that do not hold, in words."""
    report, ledger, promise = outcome.report, outcome.report.ledger, Promise(outcome.scenario)
    found = list(ledger.broken_equations())
    if report.verify.state != "verified":
        explained = promise.may_end_without_a_leader and "has no leader" in str(report.verify.reason)
        return found if explained else [*found, f"not verified: {report.verify.reason}"]
    if ledger.sent != outcome.scenario.send.count or ledger.pending:
        found.append(f"{ledger.sent} sent, {ledger.pending} pending")
    if promise.loses_nothing and lost_by_the_cluster(outcome, promise):
        found.append(f"{ledger.lost} lost that acks=all had acknowledged")
    if promise.idempotent and (ledger.duplicated or ledger.reordered):
        found.append(f"idempotent: {ledger.duplicated} duplicated, {ledger.reordered} reordered")
    found += unexplained_losses(outcome, promise)
    found += outcome.reader.problems
    if promise.keeps_what_is_seen:
        found += differences(
            "seen by a consumer, and another in its place", outcome.reader.seen, outcome.logs
        )
    moved = {state.partition for state in outcome.states if state.leader == outcome.states[0].leader}
    led = {place: raw for place, raw in outcome.logs.items() if place[0] in moved}
    if outcome.other:
        found += differences("not the same on another replica", led, outcome.other)
    return found


def lost_by_the_cluster(outcome: Outcome, promise: Promise) -> list[Example]:
    """Lost records, without those that no broker acknowledged.

    librdkafka takes the success of a batch for that of all before it in flight (IMPLICITACK), and a partition that
    knows nothing of a producer takes any sequence as its first (KIP-360): where the first batch was refused
    and the second was not, the first is reported acked, without an offset, and is nowhere.
    """
    lost = [example for example in outcome.report.examples if example.kind == "lost"]
    return [example for example in lost if example.offset is not None or not promise.may_ack_implicitly]


def unexplained_losses(outcome: Outcome, promise: Promise) -> list[str]:
    """Acknowledged records are lost only where leadership moved to a replica that lagged, or a disk was emptied."""
    lost = {example.partition for example in lost_by_the_cluster(outcome, promise)}
    cut = {one.partition for one in outcome.happened if one.kind == "truncated"}
    led = {one.partition for one in outcome.happened if one.kind in {"leader-elected", "unclean-election"}}
    return [
        f"p{partition}: lost, and no replica was cut"
        for partition in lost
        if not promise.wiped and not (partition in cut and partition in led)
    ]


def differences(
    what: str, one: dict[tuple[int, int], bytes], other: dict[tuple[int, int], bytes]
) -> list[str]:
    return [
        f"p{p} offset {offset}: {what}" for (p, offset), raw in one.items() if other.get((p, offset)) != raw
    ]
