"""The charts' lines, without an app: what stands where, and that no number is ever cut."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.shared.charts import CHANGE, made, recorded, roles, texts, topic
from workbench.insight.live import Insight, Live
from workbench.insight.units import ms_text
from workbench.insight.window import TimeWindow
from workbench.model.events import Event
from workbench.model.frame import Frame
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.chart import Chart, Ground, Layout, span, stacked
from workbench.ui.widgets.event_log import EventLog
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.latency_strip import CURSOR, LatencyStrip, log_range
from workbench.ui.widgets.ledger_bar import LedgerBar
from workbench.ui.widgets.rate_strip import RateStrip

WIDTHS = [24, 38, 46, 60, 76, 90, 140]


def charts(insight: Insight | None) -> list[Chart]:
    heatmap, latency, acks, bar, rate = Heatmap(), LatencyStrip(), Acks(), LedgerBar(), RateStrip()
    heatmap.show(insight, topic())
    latency.show(insight, topic())
    for chart in (acks, bar, rate):
        chart.show(insight)
    return [heatmap, latency, acks, bar, rate]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 2, 3, 5, 9, 20])
@pytest.mark.parametrize("name", ["busy", "done", "failures", ""])
def test_every_chart_keeps_to_its_room(name: str, width: int, height: int) -> None:
    for chart in charts(recorded(name) if name else None):
        texts(chart, width, height)


# ---- heatmap


def test_heatmap_says_totals_shares_leaders_and_scale() -> None:
    insight = recorded("busy")
    heatmap = Heatmap()
    heatmap.show(insight, topic())
    rows = texts(heatmap, 46, 8)
    assert rows[0].strip().startswith("−")
    assert rows[0].strip().endswith("now")
    for share, row in zip(insight.shares, rows[1:7], strict=True):
        assert row.startswith(f"p{share.partition} {share.partition % 3 + 1} ")
        assert f"{share.count:,}" in row
        assert row.endswith(f"{round(share.share * 100)} %")
    assert " 200 in 0.25 s " in rows[7]
    assert rows[7].endswith(f"skew {insight.skew:.2f}×  p1")


def test_only_an_empty_cell_has_the_lowest_step_and_it_has_a_dot() -> None:
    live = Live()
    for tick, counts in enumerate([(9, 0), (18, 1), (27, 1)], 1):
        live.feed(
            Frame(
                "r", tick * 0.1, 0.0, "sending", 100, sent=sum(counts), acked=sum(counts), partitions=counts
            )
        )
    heatmap = Heatmap()
    heatmap.window = TimeWindow(0.1)
    heatmap.show(live.insight, topic(2))
    ramp = roles().heat
    for line in heatmap.lines(roles(), 46, 4)[1:3]:
        for text, style, _ in line:
            if style and style.bgcolor and style.bgcolor.name in ramp:
                assert ("·" in text) == (style.bgcolor.name == ramp[0])
    dots = "".join(segment.text for segment in heatmap.lines(roles(), 46, 4)[2]).count("·")
    assert dots == 2


def test_a_partition_that_falls_silent_is_shown_in_the_colour_of_failure() -> None:
    live = Live()
    for tick in range(1, 21):
        counts = (tick * 50, min(tick, 15) * 50)
        live.feed(
            Frame(
                "r", tick * 0.5, 0.0, "sending", 9999, sent=sum(counts), acked=sum(counts), partitions=counts
            )
        )
    heatmap = Heatmap()
    heatmap.show(live.insight, topic(2))
    dots = [segment for segment in heatmap.lines(roles(), 46, 4)[2] if "·" in segment.text]
    assert [len(segment.text) for segment in dots] == [5]
    assert dots[0].style is not None
    assert dots[0].style.color is not None
    assert dots[0].style.color.name == roles().bad


def test_rows_are_two_high_where_they_fit_and_scroll_where_they_do_not() -> None:
    insight = recorded("busy")
    heatmap = Heatmap()
    heatmap.show(insight, topic())
    assert [row[:2] for row in texts(heatmap, 60, 14)[1:13]] == [
        "p0",
        "  ",
        "p1",
        "  ",
        "p2",
        "  ",
        "p3",
        "  ",
        "p4",
        "  ",
        "p5",
        "  ",
    ]
    texts(heatmap, 60, 5)
    assert heatmap.scroll_rows(2)
    rows = texts(heatmap, 60, 5)
    assert [row[:2] for row in rows[1:4]] == ["p2", "p3", "p4"]
    assert "3-5 of 6" in rows[-1]
    assert heatmap.scroll_rows(99)
    assert not heatmap.scroll_rows(1)


def test_a_mark_stands_over_the_column_in_which_it_happened() -> None:
    live = Live()
    for tick in range(1, 21):
        errors = [["_MSG_TIMED_OUT", "client", 1, ""]] if tick >= 10 else []
        fields = {"run_id": "r", "at": tick * 0.5 + 0.1, "started_at": 0.0, "state": "sending", "target": 9999,
                  "sent": tick * 10 + 1, "acked": tick * 10, "failed": len(errors), "partitions": [tick * 10],
                  "errors": errors}  # fmt: skip
        live.feed(msgspec.convert(fields, Frame))
    heatmap = Heatmap()
    heatmap.show(live.insight, topic(1))
    axis = texts(heatmap, 60, 3)[0]
    left = Layout.of(60, live.insight, topic(1)).left
    assert axis.index("▼") - left == 20
    assert "failed ▼" in axis, "no room for the code: the short word stands there"


def changed_run(ticks: int, state: str = "sending", change: Event | None = CHANGE) -> Insight:
    live = Live()
    if change is not None:
        live.mark_start(change)
    for tick in range(1, ticks + 1):
        fields = {"run_id": "r", "at": tick * 0.5 + 0.1, "started_at": 0.0, "target": 9999, "sent": tick * 10,
                  "acked": tick * 10, "partitions": [tick * 10], "latency": {2000: tick * 10},
                  "state": state if tick == ticks else "sending"}  # fmt: skip
        live.feed(msgspec.convert(fields, Frame))
    assert live.insight is not None
    return live.insight


def test_a_config_change_stands_over_the_first_column_of_its_run() -> None:
    heatmap = Heatmap()
    for state in ("sending", "done"):
        insight = changed_run(60, state)
        left = Layout.of(100, insight, topic(1)).left
        heatmap.show(insight, topic(1))
        axis = texts(heatmap, 100, 3)[0]
        assert axis.index("▼") == left
        assert "s  linger.ms 5 → 100 · acks all → 1 " in axis
        assert axis.rstrip().endswith("now" if state == "sending" else "30 s")
    heatmap.show(changed_run(20, "done"), topic(1))
    narrow = texts(heatmap, 62, 3)[0]
    assert "linger.ms 5 → 100 and 1 more" in narrow, "what fits"


def test_what_happened_is_marked_in_the_first_columns_and_in_the_last_too() -> None:
    heatmap = Heatmap()
    for state in ("sending", "done"):
        insight = changed_run(60, state, None)
        layout = Layout.of(100, insight, topic(1))
        columns = insight.columns(layout.plot)
        shown = len(columns) - (len("now") if state == "sending" else 0)
        for piece in columns.slices:
            cell = columns.cells_of(piece).start
            if cell >= shown:
                break
            seconds = (piece.index + 0.5) * columns.slice_s
            fault = Event(insight.clock_wall + seconds, "fault", "warn", "broker 3", "frozen")
            heatmap.show(insight, topic(1), (fault,))
            axis = texts(heatmap, 100, 3)[0]
            assert axis[layout.left + cell] == "▼", (state, cell, axis)
            assert ("−30 s" if state == "sending" else "0 s") in axis
            assert ("now" if state == "sending" else "30 s") in axis


def test_what_happened_in_the_first_columns_is_named_behind_the_time() -> None:
    insight, heatmap = changed_run(60, "done", None), Heatmap()
    fault = Event(insight.clock_wall + 0.7, "fault", "warn", "broker 3", "frozen")
    heatmap.show(insight, topic(1), (fault,))
    assert "▼ 0 s  broker 3 frozen  " in texts(heatmap, 100, 3)[0]
    again = Event(insight.clock_wall + 1.7, "fault", "warn", "broker 3", "thawed")
    heatmap.show(insight, topic(1), (fault, again))
    axis = texts(heatmap, 100, 3)[0]
    assert axis.count("▼") == 2
    assert "broker" not in axis, "which of the two would it be"


def test_the_words_of_a_mark_hide_no_other_mark() -> None:
    insight, heatmap = changed_run(60, "done", None), Heatmap()
    whats = ("frozen", "thawed", "killed", "started again")
    faults = [
        Event(insight.clock_wall + at, "fault", "warn", f"broker {number}", what)
        for number, (at, what) in enumerate(zip((9.2, 12.2, 12.7, 25.2), whats, strict=True), 1)
    ]
    heatmap.show(insight, topic(1), faults)
    axis = texts(heatmap, 100, 3)[0]
    assert axis.count("▼") == 4
    assert "broker 1 frozen ▼" in axis
    assert "broker 4 started again ▼" in axis
    assert "broker 2" not in axis, "it has no room behind the mark before it"


def test_where_marks_leave_no_room_between_the_ends_one_time_is_told() -> None:
    insight = changed_run(10, change=None)
    faults = [
        Event(insight.clock_wall + number / 2 + 0.1, "fault", "warn", "broker 3", "frozen")
        for number in range(10)
    ]
    heatmap = Heatmap()
    heatmap.show(insight, topic(1), faults)
    axis = texts(heatmap, 60, 3)[0]
    assert axis.rstrip().endswith("now")
    assert "▼" in axis


def test_a_config_change_gives_way_to_what_happened_and_goes_when_the_first_column_has_gone() -> None:
    heatmap, insight = Heatmap(), changed_run(60)
    fault = Event(insight.clock_wall + 12.6, "fault", "warn", "broker 3", "frozen")
    heatmap.show(insight, topic(1), (fault,))
    axis = texts(heatmap, 100, 3)[0]
    assert "▼ −30 s " in axis
    assert "broker 3 frozen ▼" in axis
    assert "linger" not in axis, "no room for its words before the fault"
    heatmap.show(changed_run(20), topic(1))
    assert "▼ −10 s  config change " in texts(heatmap, 60, 3)[0]
    heatmap.show(changed_run(10), topic(1))
    assert "▼ −5 s  config  " in texts(heatmap, 60, 3)[0]
    heatmap.show(changed_run(400), topic(1))
    assert "▼" not in texts(heatmap, 60, 3)[0]


def test_a_config_change_is_said_where_its_column_is_looked_at() -> None:
    insight = changed_run(20, "done")
    heatmap = Heatmap()
    heatmap.show(insight, topic(1))
    texts(heatmap, 100, 12)
    columns = insight.columns(Layout.of(100, insight, topic(1)).plot)
    heatmap.window = heatmap.window.looking_at(0, columns)
    assert "▼ linger.ms 5 → 100 · acks all → 1" in "\n".join(texts(heatmap, 100, 12))
    strip = LatencyStrip()
    strip.show(insight, topic(1), alone=True)
    assert "▼" in texts(strip, 90, 8)[0]


def test_big_counts_and_many_partitions_keep_their_digits() -> None:
    counts = tuple(123_456_789 + partition for partition in range(500))
    insight = made(sent=sum(counts), acked=sum(counts), partitions=counts)
    heatmap, latency = Heatmap(), LatencyStrip()
    heatmap.show(insight, topic(500, leader=1001))
    latency.show(insight, topic(500, leader=1001))
    rows = texts(heatmap, 46, 10)
    assert "123,456,789" in rows[1]
    assert rows[1].startswith("p0   1001 ")
    assert "1-8" in rows[-1]


def test_no_leader_is_said() -> None:
    heatmap = Heatmap()
    heatmap.show(None, topic(2, leader=-1))
    assert texts(heatmap, 46, 5)[1].startswith("p0 – ")


# ---- latency


def test_heatmap_and_latency_share_their_columns() -> None:
    for width in WIDTHS:
        insight = recorded("busy")
        layout = Layout.of(width, insight, topic())
        assert layout.left + layout.plot + layout.right <= max(width, layout.left + 1 + layout.right)


def test_latency_says_its_figures_and_scale() -> None:
    rows = texts(charts(recorded("busy"))[1], 46, 7)
    for place, name in enumerate(("p99", "p95", "p50")):
        assert f"{name} " in rows[place]
        assert rows[place].rstrip().endswith("ms")
    assert "max " in rows[-1]
    labels = [row[:4].strip() for row in rows]
    assert "1" in labels or "0.1" in labels


def test_latency_of_a_moment_stands_where_the_runs_stood() -> None:
    insight = recorded("busy")
    strip = LatencyStrip()
    strip.show(insight, topic())
    of_run = texts(strip, 76, 7)
    columns = insight.columns(Layout.of(76, insight, topic()).plot)
    piece = columns.slices[2]
    strip.set_reactive(LatencyStrip.window, TimeWindow(cursor_s=(piece.index + 0.5) * columns.slice_s))
    rows = texts(strip, 76, 7)
    for row, before, name, ms in zip(
        rows, of_run, ("p99", "p95", "p50"), reversed(piece.bands), strict=False
    ):
        assert f"{name} {ms_text(ms):>5} ms" in row
        assert row != before
    assert CURSOR in rows[0], "where it is, without any colour"
    assert "max" not in rows[-1], "no slice knows its own"


def test_latency_alone_has_its_clock_and_what_happened() -> None:
    insight = recorded("busy")
    fault = Event(insight.clock_wall + 2.0, "fault", "warn", "broker 3", "frozen")
    strip = LatencyStrip()
    strip.show(insight, topic(), (fault,), alone=True)
    rows = texts(strip, 90, 8)
    assert "▼" in rows[0]
    strip.show(insight, topic(), (fault,))
    assert "▼" not in "".join(texts(strip, 90, 8)), "the heatmap above has it"


@pytest.mark.parametrize(
    ("seen", "scale"),
    [
        ([], (0.1, 100.0)),
        ([4.4, 38.2], (1.0, 40.0)),
        ([5.0], (1.0, 10.0)),
        ([10.0, 388.0], (1.0, 400.0)),
        ([0.05], (0.01, 0.1)),
    ],
)
def test_the_scale_is_whole_decades_below_and_round_above(
    seen: list[float], scale: tuple[float, float]
) -> None:
    assert log_range(seen) == pytest.approx(scale)


def test_bands_nest_and_a_cell_shows_at_most_two() -> None:
    colours = ["low", "mid", "high"]
    assert stacked([8, 8, 8], colours, 0) == (" ", None, "low")
    assert stacked([4, 4, 4], colours, 0) == ("▄", "low", None)
    assert stacked([3, 8, 8], colours, 0) == ("▃", "low", "mid")
    assert stacked([3, 4, 8], colours, 0) == ("▄", "low", "high"), "the thinnest goes to its neighbour"
    assert stacked([8, 12, 16], colours, 1) == ("▄", "mid", "high")
    assert stacked([8, 12, 16], colours, 2) == (" ", None, None)


def test_empty_charts_say_which_key_fills_them() -> None:
    log = EventLog()
    for chart in (*charts(None)[:3], log):
        assert any("^S" in row for row in texts(chart, 60, 8)), chart


@settings(derandomize=True)
@given(
    st.lists(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), max_size=12), min_size=2, max_size=6)
)
def test_a_line_drawn_anew_is_as_one_drawn_at_first_and_tells_every_cell_that_differs(drawn) -> None:
    """Whatever is taken over of the line before; a segment with a ground of its own stays the same object."""
    styles = [(None, None), ("#ffffff", None), (None, "#101010"), ("#ff0000", "#101010"), (None, "#202020")]
    spans = {
        (length, n): span("abcde"[:length], *styles[n]) if n < 5 else Segment("abcde"[:length])
        for length in range(1, 6)
        for n in range(6)
    }
    ground, width = Ground(Color.parse("#000080")), 40
    lines = [[spans[each] for each in cells][:8] for cells in drawn]
    was, strip = lines[0], ground.strip(lines[0], width)
    for now in lines[1:]:
        before = _cells(strip)
        strip, told = ground.renewed(strip, was, now, width)
        fresh, was = ground.strip(now, width), now
        assert _cells(strip) == _cells(fresh)
        differ = {x for x, (one, other) in enumerate(zip(before, _cells(fresh), strict=True)) if one != other}
        assert differ <= {x for start, end in told for x in range(start, end)}
    own = [segment for segment in was if segment.style and segment.style.bgcolor]
    assert all(any(each is segment for each in ground.over(was)) for segment in own)
    assert all(segment.style and segment.style.bgcolor for segment in ground.over(was))


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(glyph, segment.style) for segment in strip for glyph in segment.text]
