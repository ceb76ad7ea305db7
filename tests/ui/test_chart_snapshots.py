"""The charts as pictures, in an app of their own, from recorded frames."""

import time
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.containers import Vertical

from workbench.dev.recording import read
from workbench.insight.live import Insight, Live
from workbench.model.cluster_view import TopicView
from workbench.model.events import Event
from workbench.ui.screens.distribution import Distribution
from workbench.ui.theme import LIGHT, ThemedApp
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.event_log import EventLog
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.latency_strip import LatencyStrip
from workbench.ui.widgets.ledger_bar import LedgerBar
from workbench.ui.widgets.rate_strip import RateStrip

FRAMES = Path(__file__).parent / "frames"
NOON = 1_700_000_000.0


class Charts(ThemedApp):
    """All charts on top of each other, fed by hand."""

    CSS = """
    Screen { background: $k-base; }
    #charts { background: $k-surface; padding: 0 1; }
    Heatmap { height: 8; margin-bottom: 1; }
    LatencyStrip { height: 6; margin-bottom: 1; }
    Acks { height: 8; margin-bottom: 1; }
    RateStrip { height: 3; margin-bottom: 1; }
    EventLog { height: 4; }
    """

    def __init__(self, insight: Insight | None, topic: TopicView | None, events: list[Event]) -> None:
        super().__init__()
        self._shown = insight, topic, events

    def compose(self) -> ComposeResult:
        with Vertical(id="charts"):
            yield Heatmap()
            yield LatencyStrip()
            yield Acks()
            yield LedgerBar()
            yield RateStrip()
            yield EventLog()

    def on_mount(self) -> None:
        insight, topic, events = self._shown
        self.query_one(Heatmap).show(insight, topic)
        self.query_one(LatencyStrip).show(insight, topic)
        self.query_one(Acks).show(insight)
        self.query_one(LedgerBar).show(insight)
        self.query_one(RateStrip).show(insight)
        self.query_one(EventLog).show(events)


def app_of(name: str) -> Charts:
    recording = read(FRAMES / f"{name}.jsonl")
    live = Live(recording.head.scenario.send.rate, NOON)
    for frame in recording.frames:
        live.feed(frame)
    assert live.insight is not None
    events = [
        Event(e.at + NOON, e.kind, e.severity, e.where, e.what, e.consequence) for e in recording.events
    ]
    return Charts(
        live.insight, recording.head.topic, sorted([*events, *live.insight.events], key=lambda e: e.at)
    )


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize("name", ["busy", "done", "failures"])
def test_charts_at_26_columns_of_plot(snap_compare: Any, name: str) -> None:
    assert snap_compare(app_of(name), terminal_size=(48, 38))


def test_charts_at_60_columns_of_plot(snap_compare: Any) -> None:
    assert snap_compare(app_of("failures"), terminal_size=(96, 38))


def test_charts_light(snap_compare: Any) -> None:
    app = app_of("busy")
    app.theme = LIGHT
    assert snap_compare(app, terminal_size=(96, 38))


def test_charts_without_a_run(snap_compare: Any) -> None:
    assert snap_compare(Charts(None, read(FRAMES / "busy.jsonl").head.topic, []), terminal_size=(48, 38))


def test_charts_without_colour(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_of("failures"), terminal_size=(96, 38))


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
def test_distribution(snap_compare: Any, size: tuple[int, int]) -> None:
    async def open_it(pilot: Any) -> None:
        await pilot.pause()
        await pilot.app.push_screen(Distribution(pilot.app._shown[0]))

    assert snap_compare(app_of("done"), terminal_size=size, run_before=open_it)


def test_distribution_as_shares_from_send(snap_compare: Any) -> None:
    async def open_it(pilot: Any) -> None:
        await pilot.pause()
        await pilot.app.push_screen(Distribution(pilot.app._shown[0]))
        await pilot.press("c", "s")

    assert snap_compare(app_of("pipeline-rate"), terminal_size=(120, 36), run_before=open_it)
