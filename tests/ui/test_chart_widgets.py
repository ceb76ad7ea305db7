"""The charts in a running app: only what changed is repainted, keys scroll and choose the slice."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.geometry import Region

from workbench.dev.recording import read
from workbench.insight.live import Insight, Live
from workbench.insight.window import TimeWindow
from workbench.model.cluster_view import TopicView
from workbench.ui.theme import LIGHT, ThemedApp
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.time_plot import TimePlot

RECORDING = read(Path(__file__).parent / "frames" / "busy.jsonl")


def insights() -> list[Insight]:
    live = Live(2000.0)
    return [insight for frame in RECORDING.frames if (insight := live.feed(frame))]


class One(ThemedApp):
    def __init__(self) -> None:
        super().__init__()
        self.heatmap = Heatmap()
        self.slices: list[float | None] = []

    def compose(self) -> ComposeResult:
        yield self.heatmap

    def on_time_plot_window_changed(self, event: TimePlot.WindowChanged) -> None:
        self.slices.append(event.window.slice_s)


async def test_only_what_changed_is_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = One()
    async with app.run_test(size=(60, 10)) as pilot:
        app.heatmap.window = TimeWindow(5.0)
        live = Live(2000.0)
        for frame in RECORDING.frames[:-2]:
            app.heatmap.show(live.feed(frame), RECORDING.head.topic)
        await pilot.pause()
        seen: list[Region] = []
        refresh = app.heatmap.refresh

        def spy(*regions: Region, **options: Any) -> Heatmap:
            seen.extend(regions or [app.heatmap.size.region])
            return refresh(*regions, **options)

        monkeypatch.setattr(app.heatmap, "refresh", spy)
        app.heatmap.show(live.feed(RECORDING.frames[-2]), RECORDING.head.topic)
        assert seen, "the totals have grown"
        assert all(region.x >= 40 and region.height == 1 for region in seen), seen
        seen.clear()
        app.heatmap.show(live.insight, RECORDING.head.topic)
        assert seen == []


async def test_keys_scroll_the_partitions_and_choose_the_slice() -> None:
    app = One()
    async with app.run_test(size=(60, 5)) as pilot:
        app.heatmap.show(insights()[-1], RECORDING.head.topic)
        app.heatmap.focus()
        app.heatmap.scroll_rows(2)
        assert app.heatmap.first == 2
        await pilot.press("home", "pagedown")
        assert app.heatmap.first == 2
        await pilot.press("minus", "minus", "plus", "0")
        assert app.slices[-4:] == [0.25, 0.5, 0.25, None]


async def test_a_theme_is_taken_on_at_once() -> None:
    app = One()
    async with app.run_test(size=(60, 10)) as pilot:
        app.heatmap.show(insights()[-1], TopicView("t", ()))
        await pilot.pause()
        before = app.heatmap.render_line(1)
        app.theme = LIGHT
        await pilot.pause()
        after = app.heatmap.render_line(1)
        assert before.text == after.text
        assert before != after


async def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = One()
    async with app.run_test(size=(60, 10)) as pilot:
        app.heatmap.show(insights()[-1], RECORDING.head.topic)
        await pilot.pause()
        shown = [strip.text for strip in app.screen._compositor.render_strips()]
        assert shown[1].startswith("p0 1 ")
        assert "skew" in shown[7]


def test_a_second_on_the_latency_axis_is_as_short_as_the_heatmaps_own_labels():
    from workbench.ui.widgets.latency_strip import _labels

    found = _labels(1.0, 20_000.0, 12).values()
    assert {"1 s", "10 s"} <= set(found)
    assert max(map(len, found)) <= 4
