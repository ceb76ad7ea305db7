"""A paint may come at any moment: before a screen's widgets stand, while it goes, when it has gone."""

import asyncio

import pytest

from workbench.ui.screens.cluster import ClusterScreen
from workbench.ui.screens.compare import CompareScreen
from workbench.ui.screens.partitions import PartitionsScreen
from workbench.ui.screens.pipeline import PipelineScreen
from workbench.ui.screens.question import Question

BESIDE = (ClusterScreen, CompareScreen, PipelineScreen, PartitionsScreen)
SIZE = (120, 36)


async def _ready(stand, until):
    await until(lambda: stand.app.bench.complete and stand.session.phase == "idle")


async def _paint_until(app, condition, until):
    """Paint at every turn of the event loop, until it holds."""
    painting = True

    async def paint():
        while painting:
            app.paint()
            await asyncio.sleep(0)

    task = asyncio.create_task(paint())
    try:
        await until(lambda: task.done() or condition())
    finally:
        painting = False
        await task


@pytest.mark.parametrize("kind", BESIDE)
async def test_a_paint_while_a_screen_comes_and_goes(stand, until, kind):
    app = stand.app
    async with app.run_test(size=SIZE):
        await _ready(stand, until)
        screen = kind(stand.session)
        app.push_screen(screen)
        await _paint_until(app, lambda: screen.is_mounted, until)
        app.pop_screen()
        await _paint_until(app, lambda: not screen.is_attached, until)
        assert app.screen is app.bench


@pytest.mark.parametrize("kind", BESIDE)
async def test_a_screen_that_has_gone_draws_nothing(stand, until, kind):
    """It asked to be drawn after the next refresh, and was left before that."""
    app = stand.app
    async with app.run_test(size=SIZE) as pilot:
        await _ready(stand, until)
        screen = kind(stand.session)
        await app.push_screen(screen)
        await app.pop_screen()
        screen.show()
        screen.call_after_refresh(screen.show)
        await pilot.pause()
        assert app.screen is app.bench


@pytest.mark.parametrize("kind", BESIDE)
async def test_a_paint_while_the_app_shuts_down(stand, until, kind):
    app = stand.app
    async with app.run_test(size=SIZE):
        await _ready(stand, until)
        await app.push_screen(kind(stand.session))
        shutting = asyncio.create_task(app._shutdown())
        await _paint_until(app, shutting.done, until)
        await shutting


async def test_a_question_about_a_run_is_not_answered_while_the_app_shuts_down(stand, until):
    app, answers = stand.app, []
    async with app.run_test(size=SIZE):
        await _ready(stand, until)
        stand.session.phase = "running"  # or the question is dropped before
        await app.push_screen(Question("A run is on.", "Stop", "Stay", about_run=True), answers.append)
        shutting = asyncio.create_task(app._shutdown())
        await asyncio.sleep(0)  # it begins
        assert not app.is_running
        stand.session.phase = "idle"
        await _paint_until(app, shutting.done, until)
        await shutting
    assert answers == []
