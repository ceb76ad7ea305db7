"""The screen as it looked when it was last found good: four sizes, dark and light; idle, busy, in error."""

import pytest

SIZES = ((80, 24), (120, 36), (140, 42), (200, 60))
STATES = {"idle": None, "busy": "busy", "error": "failures"}


@pytest.mark.parametrize("theme", ["kwb-dark", "kwb-light"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_bench(snap_compare, still_app, play, size, state, theme):
    app = still_app(STATES[state], theme)

    async def before(pilot):
        await play(app, STATES[state], tab="live" if state != "idle" else "compose")
        await pilot.pause()
        app.paint()

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("tab", ["config", "compose", "events"])
def test_tabs(snap_compare, still_app, play, tab):
    app = still_app("failures")

    async def before(pilot):
        await play(app, "failures", tab=tab)
        await pilot.pause()
        app.paint()

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)


def test_wrong_settings(snap_compare, still_app, play):
    app = still_app()

    async def before(pilot):
        await play(app, None)
        await pilot.press("1")
        app.bench.query_one("#settings").go_to("acks")
        await pilot.press("enter")
        app.bench.query_one("#settings").go_to("max.block.ms")
        await pilot.press("enter", "end", *"x1")
        await pilot.pause()

    assert snap_compare(app, terminal_size=(140, 42), run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (140, 42)], ids=["80x24", "140x42"])
def test_help(snap_compare, still_app, play, size):
    app = still_app()

    async def before(pilot):
        await play(app, None)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_question(snap_compare, still_app, play):
    app = still_app("busy")

    async def before(pilot):
        await play(app, "busy", tab="live")
        await pilot.press("ctrl+q")
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)
