"""Whole sends on the real lab, with a real engine."""

import os
import signal

import msgspec
import pytest

from workbench.model.scenario import Scenario, TopicPlan
from workbench.model.scenario_file import read_scenario
from workbench.resources import folder
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.session import Session
from workbench.ui.widgets.field import Press

pytestmark = pytest.mark.timeout(60)


def _orders() -> Scenario:
    samples = folder("sample_payloads")
    assert samples is not None
    scenario = read_scenario(samples / "orders.toml").scenario
    send = msgspec.structs.replace(scenario.send, count=2000)
    return msgspec.structs.replace(scenario, send=send, expect=())


async def test_records_are_sent_by_key_stored_and_shown(tmp_path, until):
    session = Session(scenario := _orders(), bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await until(lambda: app.bench.query_one("#route").way is not None)
            foretold = app.bench.query_one("#route").way
            await pilot.press("ctrl+s")
            await until(lambda: session.report is not None, 40)
            assert session.report.ledger.acked == session.report.ledger.stored == 2000
            assert session.insight.delivered == 2000
            assert len(session.insight.shares) == 6
            first = min(session.insight.samples, key=lambda sample: sample.seq)
            assert (first.seq, first.partition) == (0, foretold.partition)
    finally:
        await session.close()


async def test_a_run_by_mouse_is_stopped_and_another_one_works(tmp_path, until):
    plain = _orders()
    send = msgspec.structs.replace(plain.send, count=100_000, rate=500.0)
    scenario = msgspec.structs.replace(plain, send=send, topic=TopicPlan(name="again", partitions=3))
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await until(lambda: not app.bench.query_one("#press-send", Press).disabled)
            await pilot.pause()
            await pilot.click("#press-send")
            await until(lambda: session.insight is not None and session.insight.delivered > 50, 30)
            await until(lambda: not app.bench.query_one("#press-stop", Press).disabled)
            await pilot.pause()
            await pilot.click("#press-stop")
            await until(lambda: session.phase == "idle", 30)
            assert session.report.state == "stopped"
            ledger = session.report.ledger
            assert 50 < ledger.acked == ledger.stored < 100_000
            app.bench.query_one("#count").value = "100"
            await until(lambda: session.scenario.send.count == 100)
            await pilot.press("ctrl+s")
            await until(lambda: session.run_number == 2 and session.phase == "idle", 30)
            assert session.report.ledger.stored == 100
    finally:
        await session.close()


async def test_an_engine_killed_in_a_run_is_said_and_the_next_run_works(tmp_path, until):
    plain = _orders()
    send = msgspec.structs.replace(plain.send, count=100_000, rate=500.0)
    scenario = msgspec.structs.replace(plain, send=send)
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("ctrl+s")
            await until(lambda: session.insight is not None and session.insight.delivered > 20, 30)
            os.kill(session._bench.engine_pid, signal.SIGKILL)
            await until(lambda: session.phase == "idle", 30)
            assert session.problem is not None
            assert any(event.kind == "engine died" for event in session.events)
            await until(lambda: any(each.title == "The run broke off" for each in app._notifications))
            await pilot.press("2")
            app.bench.query_one("#count").value = "50"
            app.bench.query_one("#rate").value = ""
            await until(lambda: session.scenario.send.count == 50 and session.scenario.send.rate is None)
            await pilot.press("ctrl+s")
            await until(lambda: session.report is not None, 30)
            assert session.report.ledger.stored == 50
    finally:
        await session.close()
