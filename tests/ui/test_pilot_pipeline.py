"""The Pipeline screen by keys, on the real lab: a blocked callback is named while the run is on."""

import pytest

from workbench.model.scenario import Scenario, SendPlan
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.screens.pipeline import PipelineScreen
from workbench.ui.session import Session

pytestmark = [pytest.mark.timeout(60), pytest.mark.pilot]


def words(app):
    return str(app.screen.query_one("#verdict-text").render())


async def test_a_callback_that_blocks_is_named_on_f6(tmp_path, until):
    scenario = Scenario(
        title="blocked",
        producer={"acks": "1", "queue.buffering.max.messages": "300"},
        send=SendPlan(count=1_000_000, callback_delay_ms=2.0, verify=False),
    )
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f6")
            await pilot.pause()
            assert isinstance(app.screen, PipelineScreen)
            assert "Nothing is sent yet" in words(app)
            await pilot.press("ctrl+s")
            await until(lambda: "Your callback:" in words(app), 30)
            assert "each callback blocks 2 ms" in words(app)
            await pilot.press("f2", "f6", "ctrl+g")
            await until(lambda: session.report is not None, 30)
            await until(
                lambda: "over the whole run" in str(app.screen.query_one("#verdict Title").render()), 30
            )
            await pilot.press("escape")
            assert app.screen is app.bench
    finally:
        await session.close()
