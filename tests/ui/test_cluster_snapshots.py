"""The inside of a cluster, from recorded runs, as it looked when it was last found good.

In `cluster-faults` broker 3 is frozen at 2 s and broker 2 killed at 7 s, with a session timeout of 3 s; at
13 s both come back. In `cluster-zombie` broker 1 is cut off from 2 s to 9 s.
"""

import msgspec
import pytest

from tests.ui.conftest import EPOCH, recording
from workbench.insight.live import Live

SIZES = [(80, 24), (120, 36), (140, 42), (200, 60)]
MOMENTS = {
    "healthy": ("cluster-faults", 1.5),
    "frozen": ("cluster-faults", 3.5),
    "fenced": ("cluster-faults", 6.5),
    "dead": ("cluster-faults", 7.5),
    "isr below the minimum": ("cluster-faults", 11.5),
    "truncated": ("cluster-faults", 13.4),
    "zombie": ("cluster-zombie", 8.5),
}


def size_name(size):
    return f"{size[0]}x{size[1]}"


@pytest.fixture
def shown(snap_compare, still_app, play):
    """Compares the Cluster screen at a moment of a recording, after these keys."""

    def compare(moment, size, theme="kwb-dark", keys=()):
        name, at = MOMENTS[moment]
        played = recording(name)
        app = still_app(name, theme)

        async def before(pilot):
            await play(app, None)
            session = app.session
            session.running, session.phase = played.head.scenario, "running"
            session._live = Live(played.head.scenario.send.rate, EPOCH)
            for frame in played.frames:
                if frame.at <= at:
                    session.insight = session._live.feed(frame) or session.insight
            for event in played.events:
                if event.at <= at:
                    session.on_event(msgspec.structs.replace(event, at=EPOCH + event.at))
            await pilot.press("f2")
            await pilot.pause()
            state = [one for one in played.states if one.at <= at][-1]
            session._bench.inside.heard(state)
            await pilot.press(*keys)
            app.paint()
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment(shown, moment):
    assert shown(moment, (140, 42))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_every_size(shown, size):
    assert shown("isr below the minimum", size, keys=("down", "right"))


@pytest.mark.parametrize("size", [(80, 24), (140, 42)], ids=size_name)
def test_in_light(shown, size):
    assert shown("zombie", size, "kwb-light")


@pytest.mark.parametrize("moment", ["frozen", "isr below the minimum"])
def test_without_colour(shown, moment, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(moment, (120, 36))
