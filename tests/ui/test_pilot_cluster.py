"""The acks demo by keys, on the real lab: what the screen foretells is what the ledger then says."""

import msgspec
import pytest

from workbench.insight.foretold import forecast
from workbench.model.scenario import ClusterPlan, Scenario, SendPlan, TopicPlan
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.session import Session
from workbench.ui.widgets.cluster.forecast_lines import ForecastLines
from workbench.ui.widgets.header import Header

pytestmark = pytest.mark.timeout(120)
DEMO = Scenario(
    title="acks",
    cluster=ClusterPlan(config={"broker.session.timeout.ms": "6000"}),
    topic=TopicPlan(name="acks", partitions=1, config={"min.insync.replicas": "2"}),
    producer={"acks": "1"},
    send=SendPlan(count=1_000_000, rate=500.0),
)


def painted(app):
    lines = app.screen.query_one(ForecastLines)
    return "\n".join(strip.text for strip in lines._strips)


def foretold(session):
    state = session.cluster_state
    return forecast(state, state.partitions[0], 1)


def condition(session, broker):
    return session.cluster_state.broker(broker).condition if session.cluster_state else None


async def freeze_both_followers(pilot, session, until):
    for broker in (2, 3):
        await pilot.press("right", "f")
        await until(lambda broker=broker: condition(session, broker) == "frozen")


async def thaw_both_followers(pilot, session, until):
    for broker in (2, 3):
        await pilot.press("right", "f")
        await until(lambda broker=broker: condition(session, broker) == "running")


async def test_with_acks_1_as_many_are_lost_as_was_said_before(tmp_path, until):
    session = Session(DEMO, bench_of(DEMO))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f2", "ctrl+s")
            await until(lambda: session.cluster_state is not None and session.insight is not None)
            await until(lambda: session.insight.frame.acked > 50, 30)
            await freeze_both_followers(pilot, session, until)
            await until(lambda: (foretold(session).lost_1 or 0) > 100)
            await until(lambda: "●◌◌" in app.screen.query_one(Header).render().plain)
            await pilot.press("ctrl+s")  # so that nothing is in flight when the leader dies
            await until(lambda: session.phase == "paused" and session.insight.frame.in_flight == 0)
            acked = session.insight.frame.acked
            await until(lambda: session.cluster_state.partitions[0].replica(1).log_end == acked)
            said = foretold(session)
            assert (said.lost_all, session.cluster_state.partitions[0].leader) == (0, 1)
            await pilot.press("right")
            assert f"{said.lost_1:,} acked records lost" in painted(app)
            await pilot.press("k")
            await until(lambda: condition(session, 1) == "dead")
            await thaw_both_followers(pilot, session, until)
            await until(lambda: session.cluster_state.partitions[0].leader == 2, 30)
            assert session.cluster_state.partitions[0].replica(1).parted == said.lost_1
            await pilot.press("ctrl+g")
            await until(lambda: session.report is not None, 60)
            assert session.report.verify.state == "verified"
            assert session.report.ledger.lost == said.lost_1
            assert any(event.what == "broker 2 leads, epoch 1" for event in session.events)
    finally:
        await session.close()


async def test_with_acks_all_none_is_acked_meanwhile_and_none_is_lost(tmp_path, until):
    scenario = msgspec.structs.replace(DEMO, producer={"acks": "all", "enable.idempotence": "true"})
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f2", "ctrl+s")
            await until(lambda: session.cluster_state is not None and session.insight is not None)
            await until(lambda: session.insight.frame.acked > 50, 30)
            await freeze_both_followers(pilot, session, until)
            await until(lambda: session.insight.frame.in_flight > 200)
            acked = session.insight.frame.acked
            said = foretold(session)
            assert said.lost_all == 0
            await pilot.press("right", "k")
            await until(lambda: condition(session, 1) == "dead")
            await thaw_both_followers(pilot, session, until)
            await until(lambda: session.insight.frame.acked > acked + 200, 40)
            await pilot.press("ctrl+g")
            await until(lambda: session.report is not None, 60)
            ledger = session.report.ledger
            assert session.report.verify.state == "verified"
            assert (ledger.lost, ledger.duplicated, ledger.reordered) == (0, 0, 0)
    finally:
        await session.close()
