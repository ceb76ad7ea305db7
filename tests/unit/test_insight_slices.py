import random

import pytest

from workbench.insight.slices import KEPT, LIVE_S, Columns, Moment, Slice, Timeline
from workbench.insight.window import SLICES_S, TimeWindow
from workbench.model.histogram import bucket_of


def timeline(*moments: Moment) -> Timeline:
    result = Timeline()
    for moment in moments:
        result.advance(moment)
    return result


def sums(columns: Columns, partitions: int) -> list[int]:
    result = [0] * partitions
    for piece in columns.slices:
        for partition, count in enumerate(piece.counts):
            result[partition] += count
    return result


def test_a_run_without_frames_has_no_slices() -> None:
    for ended in (False, True):
        columns = Timeline().columns(26, ended)
        assert len(columns) == 0
        assert list(columns) == []
        assert columns.cell_of(0.0) is None


def test_slices_add_up_to_the_totals_whatever_frames_were_dropped() -> None:
    chance = random.Random(7)
    for _ in range(30):
        partitions = chance.choice([1, 2, 6, 500])
        totals, us, line = [0] * partitions, 0, Timeline()
        failed = 0
        for _ in range(chance.randrange(1, 60)):
            us += chance.choice([0, 1, 66_000, 70_123, 50_000, 400_000, 3_000_000])
            totals = [total + chance.choice([0, 0, 1, 7, 1000]) for total in totals]
            failed += chance.choice([0, 0, 3])
            line.advance(Moment(us, tuple(totals), failed))
        for slice_s in SLICES_S:
            columns = line.columns(KEPT + 1, ended=True, window=TimeWindow(slice_s))
            if us / 1e6 / slice_s < KEPT:
                assert sums(columns, partitions) == totals
                assert sum(piece.total for piece in columns.slices) == sum(totals)
                assert sum(piece.failed for piece in columns.slices) == failed
            indices = [piece.index for piece in columns.slices]
            assert indices == list(range(indices[0], indices[0] + len(indices))) if indices else not us


def test_a_gap_between_frames_is_spread_evenly() -> None:
    line = timeline(Moment(100_000, (0,)), Moment(500_000, (400,)))
    columns = line.columns(20, ended=True, window=TimeWindow(0.1))
    assert [piece.total for piece in columns.slices] == [0, 100, 100, 100, 100]


def test_spreading_never_makes_or_loses_a_single_record() -> None:
    line = timeline(Moment(950_000, (1, 0, 2)))
    columns = line.columns(40, ended=True, window=TimeWindow(0.05))
    assert sums(columns, 3) == [1, 0, 2]
    assert all(count >= 0 for piece in columns.slices for count in piece.counts)


def test_reports_told_with_the_time_of_an_earlier_frame_are_not_lost() -> None:
    line = timeline(Moment(500_000, (10,)), Moment(480_000, (13,)))
    for slice_s in SLICES_S:
        assert sums(line.columns(100, ended=True, window=TimeWindow(slice_s)), 1) == [13]


def test_partitions_that_appear_later_count_from_nought() -> None:
    line = timeline(Moment(100_000, (5,)), Moment(200_000, (5, 4)))
    assert [piece.counts for piece in line.columns(9, ended=True, window=TimeWindow(0.1)).slices] == [
        (5,),
        (0, 4),
    ]


def test_latencies_count_in_every_slice_that_their_gap_touches() -> None:
    fast, slow = bucket_of(1000), bucket_of(2000)
    line = timeline(
        Moment(100_000, (10,), latency={fast: 10}),
        Moment(300_000, (20,), latency={fast: 10, slow: 10}),
        Moment(400_000, (20,), latency={fast: 10, slow: 10}),
    )
    bands = [piece.bands for piece in line.columns(9, ended=True, window=TimeWindow(0.1)).slices]
    assert bands == [(1.0,) * 3, (2.0,) * 3, (2.0,) * 3, (None,) * 3]


def test_bands_are_percentiles_of_the_slice_alone() -> None:
    buckets = {bucket_of(us): 1 for us in range(1, 101)}
    line = timeline(Moment(100_000, (100,), latency=buckets))
    assert line.columns(1, ended=True, window=TimeWindow(0.1)).slices[0].bands == (0.05, 0.095, 0.099)


@pytest.mark.parametrize(
    ("seconds", "width", "slice_s"),
    [(0.3, 26, 0.05), (1.3, 26, 0.05), (1.36, 26, 0.1), (13.0, 26, 0.5), (3600.0, 26, LIVE_S)],
)
def test_a_running_plot_takes_the_shortest_slices_that_fit_then_scrolls(
    seconds: float, width: int, slice_s: float
) -> None:
    line = timeline(Moment(round(seconds * 1e6), (100,)))
    columns = line.columns(width, ended=False)
    assert columns.slice_s == slice_s
    assert len(columns) == min(width, int(seconds / slice_s + 1e-9))
    assert not columns.stretched


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1.0, 3.3, 26.0, 100.0, 5000.0])
def test_a_finished_run_fills_the_plot(seconds: float) -> None:
    line = timeline(Moment(round(seconds * 1e6), (1000,)))
    columns = line.columns(26, ended=True)
    assert len(columns) == len(list(columns)) == 26
    assert sums(columns, 1) == [1000]
    assert columns.start_s == 0
    assert columns.end_s == pytest.approx(seconds)


def test_only_slices_that_are_over_are_drawn_while_the_run_is_on() -> None:
    line = timeline(Moment(120_000, (12,)))
    running = line.columns(26, ended=False)
    assert [piece.total for piece in running.slices] == [5, 5]
    assert running.end_s == pytest.approx(0.1)
    assert [piece.total for piece in line.columns(26, ended=True).slices] == [5, 5, 2]


def test_a_chosen_slice_scrolls_and_is_not_stretched() -> None:
    line = timeline(Moment(10_000_000, (1000,)))
    columns = line.columns(4, ended=False, window=TimeWindow(2.0))
    assert [piece.index for piece in columns.slices] == [1, 2, 3, 4]
    assert columns.start_s == 2.0
    assert not line.columns(26, ended=True, window=TimeWindow(2.0)).stretched


def test_memory_is_bounded_and_a_leap_in_time_is_cheap() -> None:
    line = timeline(Moment(50_000, (5,)), Moment(3600 * 1_000_000, (7205,)))
    columns = line.columns(10_000, ended=False, window=TimeWindow(0.05))
    assert len(columns) == KEPT
    assert columns.slices[-1].index == 3600 * 20 - 1
    assert sums(line.columns(26, ended=True), 1) == [7205]


def test_a_moment_has_its_cell() -> None:
    slices = tuple(Slice(index, (1,), 1, 0, 0, (None, None, None)) for index in range(10, 20))
    running = Columns(0.5, slices, 26, ended=False, end_s=10.0)
    assert [running.cell_of(seconds) for seconds in (4.9, 5.0, 5.6, 9.9, 10.0)] == [None, 0, 1, 9, None]
    stretched = Columns(0.5, slices, 26, ended=True, end_s=10.0, stretched=True)
    cells = [piece.index for piece in stretched]
    for seconds in (5.0, 6.2, 9.9):
        cell = stretched.cell_of(seconds)
        assert cell is not None
        assert cells[cell] == int(seconds / 0.5)
        assert cell == 0 or cells[cell - 1] < cells[cell]
    assert stretched.cell_of(99) == 25


def test_a_held_plot_stands_still_while_the_run_goes_on_and_after_it() -> None:
    line = timeline(Moment(10_000_000, (1000,)))
    window = TimeWindow().hold(line.columns(4, ended=False))
    before = line.columns(4, ended=False, window=window)
    line.advance(Moment(60_000_000, (9000,)))
    line.advance(Moment(60_100_000, (9000,)), final=True)
    for ended in (False, True):
        assert line.columns(4, ended, window).slices == before.slices
    assert line.columns(4, ended=False, window=window.go_on()).slices[-1].index > before.slices[-1].index


def test_the_cursor_takes_the_plot_along_and_stays_in_sight_when_zoomed() -> None:
    line = timeline(Moment(20_000_000, (1000,)))
    window = TimeWindow(1.0)
    columns = line.columns(5, ended=False, window=window)
    window = window.moved(-1, columns)
    assert (window.cursor_s, window.end_s) == (19.5, 20.0)
    for _ in range(7):
        window = window.moved(-1, columns)
        columns = line.columns(5, ended=False, window=window)
        assert columns.at(window.cursor_s) is not None
    assert (window.cursor_s, columns.start_s) == (12.5, 12.0)
    for by in (-1, -1, -1, 1, 1, 1, 1, 1, -1):
        window = window.zoomed(by, columns)
        columns = line.columns(5, ended=False, window=window)
        looked_at = columns.at(window.cursor_s)
        assert looked_at is not None
        assert 10.0 <= looked_at.index * columns.slice_s <= 12.5
    window = window.looking_at(-99, columns)
    assert line.columns(5, ended=False, window=window).slices[0].index == 0
    window = window.looking_at(10**9, columns)
    assert line.columns(5, ended=False, window=window).end_s == columns.slice_s * (columns.newest + 1)


def test_the_cells_of_a_slice_are_those_that_draw_it() -> None:
    line = timeline(Moment(330_000, (33,)))
    line.advance(Moment(330_000, (33,)), final=True)
    columns = line.columns(26, ended=True)
    drawn = [piece.index for piece in columns]
    for piece in columns.slices:
        assert [drawn[cell] for cell in columns.cells_of(piece)] == [piece.index] * len(
            columns.cells_of(piece)
        )
    assert sum(len(columns.cells_of(piece)) for piece in columns.slices) == 26
