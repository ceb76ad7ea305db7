"""What a paint costs beside what it draws: the screen is laid out anew only where something has another size."""

import msgspec
import pytest
from textual.screen import Screen

from tests.ui.conftest import EPOCH, recording
from workbench.insight.live import Live
from workbench.model.scenario import SendPlan
from workbench.ui.widgets.said import Said

pytestmark = pytest.mark.pilot


def texts(app):
    return [str(said.content) for said in app.screen.query(Said)]


@pytest.mark.parametrize("key", [None, "f2", "f3", "f6", "f9"])
async def test_frames_of_a_run_lay_out_only_what_says_another_thing(still_app, play, until, key, monkeypatch):
    app, laid_out = still_app("keys", "kwb-dark"), []
    lay_out = Screen._refresh_layout

    def counted(self, *arguments, **named):
        if self is app.screen:
            laid_out.append(type(self).__name__)
        lay_out(self, *arguments, **named)

    async with app.run_test(size=(140, 42)) as pilot:
        await play(app, "keys")
        # the preview comes a moment after the screen, and lays it out too
        await until(lambda: not [each for each in app.workers if each.group == "preview"])
        app.session.phase, app.session.report = "running", None
        live, frames = Live(app.session.scenario.send.rate, EPOCH), recording("keys").frames
        half = len(frames) // 2
        for frame in frames[:half]:
            app.session.insight = live.feed(frame) or app.session.insight
        if key is not None:
            await pilot.press(key)
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        while True:  # until it has its shape
            laid_out.clear()
            app.paint()
            await pilot.pause()
            if not laid_out:
                break
        said, changed = texts(app), 0
        for frame in frames[half : half + 8]:
            app.session.insight = live.feed(frame) or app.session.insight
            app.paint()
            await pilot.pause()
            changed += said != (said := texts(app))
    assert len(laid_out) == changed
    assert changed < 4


@pytest.mark.parametrize(
    ("send", "phase", "paints"),
    [
        (SendPlan(), "running", 6),
        (SendPlan(batch=100), "running", 6),
        (SendPlan(rate=500.0), "running", 12),
        (SendPlan(mode="sync"), "running", 12),
        (SendPlan(), "verifying", 12),
    ],
)
async def test_at_full_speed_every_other_tick_paints(still_app, send, phase, paints, monkeypatch):
    app, painted = still_app(), []
    async with app.run_test(size=(80, 24)):
        clock = 1000.0
        monkeypatch.setattr("workbench.ui.app.monotonic", lambda: clock)
        monkeypatch.setattr(app.bench, "show", lambda: painted.append(clock))
        app.session.running = msgspec.structs.replace(app.session.scenario, send=send)
        app.session.phase = phase
        for _ in range(12):
            clock += 1 / 12
            app._mark()
            app._tick()
        assert len(painted) == paints
        app.session.phase = "idle"
        app._tick()
        assert not app._dirty, "nothing stays unpainted once the run is over"
