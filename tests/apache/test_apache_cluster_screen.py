"""Faults by key on the Cluster screen, on Apache Kafka: frozen nodes leave the ISR, another leads, thawed they return."""

import asyncio
import time
from collections.abc import Callable

import pytest

from workbench.model.scenario import ClusterPlan, Scenario, SendPlan, TopicPlan
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.screens.cluster import Records
from workbench.ui.session import Session
from workbench.ui.widgets.cluster.replica_grid import ReplicaGrid

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]
BY_KEY = Scenario(
    title="by key",
    cluster=ClusterPlan(kind="apache", config={"broker.session.timeout.ms": "6000"}),
    topic=TopicPlan(name="by-key", partitions=1, config={"min.insync.replicas": "1"}),
    producer={"acks": "1"},
    send=SendPlan(count=1_000_000, rate=200.0),
)


async def until(condition: Callable[[], object], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.02)


async def test_followers_and_leader_frozen_by_key_are_seen_to_leave_and_to_return(own_cache, tmp_path):
    session = Session(BY_KEY, bench_of(BY_KEY))
    app = KwbApp(session, config_dir=tmp_path / "config")

    def partition():
        return session.cluster_state.partitions[0]

    def condition(broker):
        return session.cluster_state.broker(broker).condition

    def painted():
        return "\n".join(strip.text for strip in app.screen.query_one(ReplicaGrid)._strips)

    async def press_f_on(broker, becomes):
        """The cursor stands on the broker before, in the order of their ids."""
        await pilot.press("right", "f")
        await until(lambda: condition(broker) == becomes)

    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 60)
            await pilot.press("f2", "ctrl+s")
            await until(lambda: session.cluster_state is not None and session.insight is not None)
            await until(lambda: session.insight.frame.acked > 50)
            leader = partition().leader
            first = leader % 3 + 1
            second = first % 3 + 1
            await pilot.press(*["right"] * (leader - 1))
            await press_f_on(first, "frozen")
            await until(lambda: "frozen" in painted() and "leaves the ISRs in" in painted())
            await until(lambda: partition().isr and first not in partition().isr)
            await until(lambda: "not in ISR" in painted())
            await press_f_on(second, "frozen")
            await until(lambda: partition().isr == (leader,))
            acked = session.insight.frame.acked
            await until(lambda: session.insight.frame.acked > acked + 100)  # acks=1 waits for nobody
            await pilot.press("left", "f")  # thaw the first, freeze the leader: the first must lead
            await until(lambda: first in partition().isr)
            await pilot.press("left", "f")
            await until(lambda: partition().leader == first)
            await until(lambda: f"leader broker {first}" in app.screen.query_one(Records).title.right[0])
            await pilot.press("f")
            await until(lambda: condition(leader) == "running")
            await pilot.press("left", "f")
            await until(lambda: set(partition().isr) == {1, 2, 3})
            told = {(event.kind, event.where, event.what) for event in session.events}
            assert ("fault", f"broker {leader}", "frozen") in told
            assert ("leader moved", "p0", f"broker {leader} → broker {first}") in told
            assert {"isr shrank", "isr grew"} <= {event.kind for event in session.events}
            await pilot.press("ctrl+g")
            await until(lambda: session.report is not None, 60)
            assert session.report.verify.state == "verified"
    finally:
        await session.close()
