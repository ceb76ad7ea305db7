"""The heatmap in a running app: bytes, folded rows, the cursor, shapes; and as pictures, each spread in each theme."""

import random
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.geometry import Region

from workbench.insight.live import Insight, Live
from workbench.insight.units import size_text
from workbench.insight.window import TimeWindow
from workbench.model.cluster_view import PartitionView, TopicView
from workbench.model.events import Event
from workbench.model.frame import Frame, Sample
from workbench.model.histogram import bucket_of
from workbench.ui.theme import LIGHT, ThemedApp
from workbench.ui.widgets.chart import Layout
from workbench.ui.widgets.heat_words import RAMP
from workbench.ui.widgets.heatmap import Heatmap

TICKS = 40
SPREADS = {
    "even": (6, lambda chance: chance.randrange(6)),
    "skewed": (6, lambda chance: min(5, int(chance.expovariate(0.7)))),
    "single": (6, lambda chance: 2),
    "200": (200, lambda chance: int(chance.triangular(0, 199, 150))),
}


def frames(spread: str) -> list[Frame]:
    """Four seconds, ten frames a second, 300 records a frame, each partition's records longer than the last's."""
    partitions, where = SPREADS[spread]
    chance, counts, latency = random.Random(7), [0] * partitions, {}
    told, samples = [], []
    for tick in range(1, TICKS + 1):
        for _ in range(300):
            counts[where(chance)] += 1
            bucket = bucket_of(int(chance.lognormvariate(8, 0.4)))
            latency[bucket] = latency.get(bucket, 0) + 1
        partition = where(chance)
        samples.append(
            Sample(tick, tick / 10 - 0.01, tick / 10 - 0.005, partition, tick, key=b"user-%d" % partition)
        )
        done = sum(counts)
        told.append(
            Frame("r", tick / 10, 0.0, "sending", 30_000, sent=done + 9, acked=done, partitions=tuple(counts),
                  partition_bytes=tuple(n * (90 + p) for p, n in enumerate(counts)),
                  latency=dict(latency), latency_max_us=9000, samples=tuple(samples[-8:]), sampled=tick)
        )  # fmt: skip
    return told


def fed(spread: str) -> Insight:
    live = Live()
    for frame in frames(spread):
        live.feed(frame)
    assert live.insight is not None
    return live.insight


def topic(partitions: int) -> TopicView:
    views = (PartitionView(p, p % 3 + 1, (1, 2, 3), (1, 2, 3)) for p in range(partitions))
    return TopicView("orders", tuple(views))


class One(ThemedApp):
    CSS = "Screen { background: $k-surface; }"

    def __init__(self, spread: str = "", theme: str = "kwb-dark") -> None:
        super().__init__()
        self.theme = theme
        self.heatmap = Heatmap()
        self.insight = fed(spread) if spread else None
        self.topic = topic(SPREADS[spread][0] if spread else 6)

    def compose(self) -> ComposeResult:
        yield self.heatmap

    def on_mount(self) -> None:
        happened = [Event(2.2, "leader moved", "warn", "p2", "broker 2 leads")]
        self.heatmap.show(self.insight, self.topic, happened)
        self.call_after_refresh(self.heatmap.focus)

    @property
    def left(self) -> int:
        return Layout.of(self.heatmap.size.width, self.heatmap._insight, self.topic).left

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.heatmap._strips]


# ---- what it says


async def test_bytes_are_those_counted() -> None:
    app = One("even")
    async with app.run_test(size=(90, 9)) as pilot:
        await pilot.press("b")
        frame = app.insight.frame
        assert f" {size_text(frame.partition_bytes[3])} " in app.lines[4]
        assert "kB in 0.1 s" in app.lines[7]
        await pilot.press("b")
        assert f"{frame.partitions[3]:,}" in app.lines[4]


async def test_the_cell_looked_at_is_told_and_stands_still() -> None:
    app = One("even")
    async with app.run_test(size=(90, 12)) as pilot:
        live = Live()
        for frame in frames("even"):
            live.feed(frame)
        await pilot.press("left", "left", "left", "down")
        row, moment = app.heatmap.row, app.heatmap.window.cursor_s
        assert (row, round(moment, 2)) == (1, 3.75)
        piece = app.heatmap.columns_now().at(moment)
        assert f"p1 3.7–3.8 s  {piece.counts[1]} records, " in app.lines[8]
        assert f"{round(100 * piece.counts[1] / 300)} % of 300" in app.lines[8]
        assert app.lines[9].startswith("p50 ")
        seen = app.insight.keys_seen(range(1, 2), 3.7, 3.8)
        assert app.lines[10].startswith("1 sampled: user-1" if seen else "no key known")
        before = app.lines[1:7]
        late = Frame("r", 9.0, 0.0, "sending", 30_000, sent=12_000, acked=12_000, partitions=(2000,) * 6)
        app.heatmap.show(live.feed(late), app.topic)
        plots = [line[app.left : 58] for line in app.lines[1:7]]
        assert plots == [line[app.left : 58] for line in before]
        await pilot.press("escape")
        assert app.heatmap.row is None
        assert "now" in app.lines[0]


async def test_one_record_of_many_is_said_to_be_one_and_not_none() -> None:
    app = One("even")
    async with app.run_test(size=(90, 12)) as pilot:
        live = Live()
        for frame in frames("even"):
            live.feed(frame)
        (first, *others), at = frame.partitions, frame.at + 0.1
        later = (first + 1, others[0] + 399, *others[1:])
        done = sum(later)
        app.heatmap.show(
            live.feed(Frame("r", at, 0.0, "sending", 30_000, sent=done, acked=done, partitions=later)),
            app.topic,
        )
        await pilot.press("left")
        assert " 1 record, <1 % of 400" in app.lines[8]
        await pilot.press("down", "down")
        assert " 0 records, 0 % of 400" in app.lines[8]


async def test_a_click_looks_at_the_cell_under_it_and_what_happened_then_is_told() -> None:
    app = One("even")
    async with app.run_test(size=(90, 12)) as pilot:
        column = app.left + 22
        await pilot.click(Heatmap, offset=(column, 5))
        assert app.heatmap.row == 4
        assert "p4 2.2–2.3 s" in app.lines[8]
        assert "▼ p2 broker 2 leads" in app.lines[9]
        assert app.lines[5][column] == "◆"
        await pilot.click(Heatmap, offset=(column, 0))
        assert app.heatmap.row == 4, "the axis is no cell"


@pytest.mark.parametrize("height", [9, 24, 60])
async def test_folded_rows_show_all_partitions_and_all_records(height: int) -> None:
    app = One("200")
    async with app.run_test(size=(90, height)) as pilot:
        await pilot.pause()
        assert "of 200" in app.lines[-1]
        await pilot.press("f")
        heat = app.heatmap._heat
        assert heat.rows <= height - 2
        covered = [p for row in range(heat.rows) for p in heat.partitions_of(row)]
        assert covered == list(range(200))
        for piece in heat.columns.slices:
            assert sum(heat.amount(row, piece) for row in range(heat.rows)) == piece.total
        assert any(
            f", {heat.fold} partitions a row" in line or f", {heat.fold} a row" in line for line in app.lines
        )
        await pilot.press("end")
        assert app.heatmap.row == heat.rows - 1
        await pilot.press("f")
        assert app.heatmap.rows == 200


async def test_shapes_rise_with_the_records_and_only_nothing_is_a_dot() -> None:
    app = One("skewed")
    async with app.run_test(size=(90, 9)) as pilot:
        await pilot.press("s")
        heat = app.heatmap._heat
        for row in range(6):
            cells = app.lines[row + 1][app.left : app.left + len(heat.columns)]
            found = [
                (heat.amount(row, piece), RAMP.index(cell))
                for piece, cell in zip(heat.columns, cells, strict=True)
            ]
            assert [step for _, step in sorted(found)] == sorted(step for _, step in found)
            assert all((amount == 0) == (step == 0) for amount, step in found)


async def test_within_a_slice_only_totals_are_painted_then_only_the_newest_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = frames("single")
    live, app = Live(), One()
    async with app.run_test(size=(90, 9)) as pilot:
        app.heatmap.window = TimeWindow(1.0)
        for frame in told[:25]:
            app.heatmap.show(live.feed(frame), app.topic)
        await pilot.pause()
        seen: list[Region] = []
        refresh = app.heatmap.refresh

        def spy(*regions: Region, **options: Any) -> Heatmap:
            seen.extend(regions or [app.heatmap.size.region])
            return refresh(*regions, **options)

        monkeypatch.setattr(app.heatmap, "refresh", spy)
        app.heatmap.show(live.feed(told[25]), app.topic)
        assert seen
        assert all(region.x > 50 for region in seen), seen
        seen.clear()
        app.heatmap.show(live.feed(told[29]), app.topic)
        columns = app.heatmap.columns_now()
        assert len(columns) == 3
        rows = [region for region in seen if 1 <= region.y <= 6]
        assert rows
        columns_of = [region for region in rows if region.x < app.left + 50]
        assert {(region.x, region.width) for region in columns_of} == {(app.left + 2, 1)}, seen


# ---- pictures


@pytest.mark.parametrize("theme", ["kwb-dark", LIGHT, "no colour"])
@pytest.mark.parametrize("spread", ["even", "skewed", "single", "empty", "200"])
def test_heatmap(snap_compare: Any, monkeypatch: pytest.MonkeyPatch, spread: str, theme: str) -> None:
    if theme == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = One("" if spread == "empty" else spread, "kwb-dark" if theme == "no colour" else theme)
    press = {"skewed": ["left", "left", "down", "down"], "200": ["f", "b"]}.get(spread, [])
    assert snap_compare(app, terminal_size=(80, 14), press=press)
