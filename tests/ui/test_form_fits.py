"""At every size: nothing is cut, nothing runs over, every number is whole."""

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Label

from workbench.ui.widgets.field import Press

SIZES = (
    (72, 18),
    (72, 60),
    (80, 24),
    (109, 30),
    (110, 32),
    (200, 24),
    (120, 36),
    (135, 40),
    (136, 40),
    (140, 42),
    (176, 54),
    (200, 60),
)
TABS = ("config", "compose", "live", "events")


def _lines(app):
    strips = app.screen._compositor.render_strips(app.size)
    return ["".join(segment.text for segment in strip) for strip in strips]


async def _states(app, pilot):
    for tab in TABS if app.bench.has_class("-tabs") else ("compose",):
        app.bench.tab = tab
        await pilot.pause()
        app.paint()
        await pilot.pause()
        yield tab


@pytest.mark.parametrize("name", [None, "busy", "failures", "done"])
@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_cut_and_nothing_runs_over(still_app, play, size, name):
    app = still_app(name)
    async with app.run_test(size=size) as pilot:
        await play(app, name)
        await pilot.pause()
        async for tab in _states(app, pilot):
            lines = _lines(app)
            assert not _cut(app, lines), tab
            for widget in app.bench.query("*"):
                if widget.is_on_screen and not _scrolls(widget):
                    where = (tab, widget, widget.region)
                    assert widget.region.area == 0 or widget.region in app.screen.region, where
                    parent = widget.parent.region
                    assert widget.region.intersection(parent) == widget.region, where
                if isinstance(widget, Label) and widget.is_on_screen:
                    assert len(str(widget.content)) <= widget.content_size.width, (tab, widget)
                if isinstance(widget, Press) and widget.is_on_screen and widget.display:
                    assert any(label in "".join(lines) for label in widget.labels), (tab, widget)


def _cut(app, lines):
    """Lines with an ellipsis, but for what is the user's or a broker's own text: keys, events, values, and long names."""
    free = [
        app.bench.query_one(selector)
        for selector in ("#event-log", "#route", "#value", "#made", "#ack-lines", "#settings")
    ]
    regions = [widget.region for widget in free if widget.is_on_screen]
    return [
        line
        for y, line in enumerate(lines)
        for x, letter in enumerate(line)
        if letter == "…" and not any(region.contains(x, y) for region in regions)
    ]


def _scrolls(widget):
    return any(isinstance(node, VerticalScroll) for node in widget.ancestors)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (140, 42), (200, 60)])
async def test_the_ledger_is_on_the_screen_to_the_record(still_app, play, size):
    app = still_app("done")
    async with app.run_test(size=size) as pilot:
        await play(app, "done")
        await pilot.pause()
        frame = app.session.insight.frame
        async for tab in _states(app, pilot):
            text = "\n".join(_lines(app))
            assert f"{frame.acked:,} acked" in text, tab
