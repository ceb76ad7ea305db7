"""A against B and a race, by keys, on the real lab."""

import pytest

from workbench.model.scenario import Scenario, SendPlan
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.screens.compare import CompareScreen
from workbench.ui.session import Session
from workbench.ui.widgets.compare.run_list import RunList

pytestmark = [pytest.mark.timeout(90), pytest.mark.pilot]


async def test_two_runs_and_a_race_stand_side_by_side_and_are_saved(tmp_path, until, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = Scenario(title="tea", producer={"linger.ms": "0"}, send=SendPlan(count=60))
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path / "config")

    def words():
        return str(app.screen.query_one("#compare-text").render())

    async def ran(count):
        await until(lambda: len(session.runs.finished) == count and session.can_send, 30)
        await until(lambda: app.screen.query_one(RunList).rows == count)
        await pilot.pause()

    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f3")
            await pilot.pause()
            assert isinstance(app.screen, CompareScreen)
            assert "pins a run as A" in words()
            await pilot.press("ctrl+s")
            await ran(1)
            await pilot.press("a")
            await until(lambda: session.runs.pinned is not None)
            assert session.runs.pinned.number == 1
            session.edit(
                Scenario(title="tea", producer=scenario.producer, send=SendPlan(count=60, mode="sync"))
            )
            app.bench.query_one("#mode").value = "sync"
            await pilot.press("ctrl+s")
            await ran(2)
            comparison = session.runs.comparison()
            assert [(d.name, d.texts) for d in comparison.differences] == [("send.mode", ("async", "sync"))]
            assert "requests" in words(), "alike or not, it is said"
            await pilot.press("h", "v")
            await until(lambda: len(list(tmp_path.glob("kwb-compare-*"))) == 2)
            saved = {path.suffix: path.read_text() for path in tmp_path.glob("kwb-compare-*")}
            assert "send.mode" in saved[".html"]
            assert "<svg" in saved[".svg"]
            await pilot.press("r")
            await ran(5)
            assert [side.label for side in session.runs.comparison().sides] == [
                "fire-and-forget",
                "sync",
                "async",
            ]
            assert session.runs.comparison().figure("stored").values == (60, 60, 60)
    finally:
        await session.close()
