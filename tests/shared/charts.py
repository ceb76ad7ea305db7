"""What charts draw, made or recorded, and the lines that they make of it without an app."""

from pathlib import Path

import msgspec

from workbench.dev.recording import read
from workbench.insight.live import Insight, Live
from workbench.model.cluster_view import PartitionView, TopicView
from workbench.model.events import Event
from workbench.model.frame import Frame
from workbench.ui.theme import Roles, load
from workbench.ui.widgets.chart import Chart

FRAMES = Path(__file__).parents[1] / "ui" / "frames"

CHANGE = Event(9.0, "config change", "info", "", "linger.ms 5 → 100 · acks all → 1", "run 2 is sent with it")


def roles() -> Roles:
    themes, _ = load(())
    return themes["kwb-dark"].roles


def topic(partitions: int = 6, leader: int | None = None) -> TopicView:
    return TopicView(
        "orders",
        tuple(PartitionView(p, leader or p % 3 + 1, (1, 2, 3), (1, 2, 3)) for p in range(partitions)),
    )


def recorded(name: str) -> Insight:
    recording = read(FRAMES / f"{name}.jsonl")
    live = Live(recording.head.scenario.send.rate, 1_700_000_000.0)
    for frame in recording.frames:
        live.feed(frame)
    assert live.insight is not None
    return live.insight


def made(seconds: float = 1.0, state: str = "done", **totals: object) -> Insight:
    fields: dict[str, object] = {
        "run_id": "r", "at": seconds, "started_at": 0.0, "state": state, "target": 1000,
    } | totals  # fmt: skip
    insight = Live().feed(msgspec.convert(fields, Frame))
    assert insight is not None
    return insight


def texts(chart: Chart, width: int, height: int) -> list[str]:
    lines = chart.lines(roles(), width, height)
    assert len(lines) <= height
    rows = ["".join(segment.text for segment in line) for line in lines]
    assert all(len(row) <= width for row in rows), rows
    return rows
