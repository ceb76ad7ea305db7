"""The inside of the client, from recorded runs, as it looked when it was last found good.

In `pipeline-limit` one request is in flight to each broker at most, broker 1 takes 50 ms more; in
`pipeline-callback` each delivery callback blocks 1 ms; `pipeline-rate` has nothing to wait for.
"""

import pytest

from tests.ui.conftest import EPOCH, recording
from workbench.insight.live import Live

SIZES = [(80, 24), (120, 36), (140, 42), (200, 60)]


def size_name(size):
    return f"{size[0]}x{size[1]}"


@pytest.fixture
def shown(snap_compare, still_app, play):
    """Compares the Pipeline screen as a recording's run stood at that second; None: at its end."""

    def compare(name, at, size, theme="kwb-dark"):
        app = still_app(name, theme)

        async def before(pilot):
            await play(app, name)
            session = app.session
            if at is not None:
                session.phase, session.report = "running", None
                session._live = Live(session.scenario.send.rate, EPOCH)
                for frame in recording(name).frames:
                    if frame.at <= at:
                        session.insight = session._live.feed(frame) or session.insight
            await pilot.press("f6")
            await pilot.pause()
            app.paint()
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_every_size(shown, size):
    assert shown("pipeline-limit", 3.0, size)


@pytest.mark.parametrize("name", ["pipeline-callback", "pipeline-rate"])
def test_at_the_end(shown, name):
    assert shown(name, None, (120, 36))


def test_in_light(shown):
    assert shown("pipeline-callback", 2.0, (140, 42), "kwb-light")


def test_without_colour(shown, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown("pipeline-limit", 3.0, (120, 36))
