import random
from itertools import pairwise

import pytest

from workbench.cli.plot import as_plot
from workbench.insight.distribution import Ink, bars_of, cdf_chart, chart, figures, shares_of, ticks_of
from workbench.model.histogram import bucket_of, us_of

INK = Ink((138, 180, 255), (242, 184, 75), (140, 154, 178))


def latencies(count: int) -> dict[int, int]:
    chance, result = random.Random(2), dict[int, int]()
    for _ in range(count):
        bucket = bucket_of(int(chance.lognormvariate(8.2, 0.6)))
        result[bucket] = result.get(bucket, 0) + 1
    return result


@pytest.mark.parametrize("count", [1, 2, 50, 40_000])
def test_no_record_is_left_out_of_the_bars(count: int) -> None:
    latency = latencies(count)
    bars = bars_of(latency, 90)
    assert len(bars.columns) == 90
    one_each = [c for i, c in enumerate(bars.columns) if i == 0 or _bar(count, i) != _bar(count, i - 1)]
    assert sum(one_each) == count


def _bar(count: int, column: int) -> int:
    number = min(90, max(8, 2 * int(count**0.5)))
    return column * number // 90


def test_ticks_are_round_rise_and_do_not_touch() -> None:
    ticks = ticks_of(bars_of(latencies(40_000), 90))
    assert "10 ms" in [label for _, label in ticks]
    for (left, one), (right, other) in pairwise(ticks):
        assert right - left > (len(one) + len(other)) / 2


@pytest.mark.parametrize(("width", "height"), [(24, 6), (72, 14), (120, 30)])
@pytest.mark.parametrize("count", [1, 50, 40_000])
def test_the_chart_has_the_size_asked_for(width: int, height: int, count: int) -> None:
    lines = chart(latencies(count), width, height).split("\n")
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}
    assert "\x1b" not in "".join(lines)


def test_the_chart_marks_the_percentiles_and_the_time_axis() -> None:
    text = chart(latencies(40_000), 100, 20)
    for mark in ("p50", "p95", "p99", "5 ms", "10 ms"):
        assert mark in text


def test_colours_are_those_asked_for_and_no_background() -> None:
    text = chart(latencies(100), 80, 16, INK)
    assert "\x1b[38;2;138;180;255m" in text
    assert "\x1b[38;2;242;184;75m" in text
    assert "\x1b[48" not in text


def test_nothing_counted_or_no_room_is_no_chart() -> None:
    assert chart({}, 80, 16) == ""
    assert chart(latencies(9), 10, 16) == ""
    assert chart(latencies(9), 80, 3) == ""


def test_figures_are_those_of_the_histogram() -> None:
    told = dict(figures({bucket_of(us): 1 for us in range(1, 1001)}))
    assert told == {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
    assert set(dict(figures({})).values()) == {None}


def test_the_shares_rise_to_all_of_them() -> None:
    latency = {1000: 50, 2000: 45, 3000: 5}
    bars = bars_of(latency, 60)
    shares = shares_of(latency, bars)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 100)
    at = [shares[min(len(shares) - 1, round(bars.column_of(us_of(bucket) / 1000)))] for bucket in latency]
    assert at == [50, 95, 100]


def test_a_cdf_has_both_axes_and_fits() -> None:
    lines = cdf_chart({1000: 50, 2000: 45, 3000: 5}, 78, 14).split("\n")
    assert (len(lines), {len(line) <= 78 for line in lines}) == (14, {True})
    assert any("100 %" in line for line in lines)
    assert any(" 95 %" in line for line in lines)
    assert "ms" in lines[-1]
    assert cdf_chart({}, 78, 14) == cdf_chart({1: 1}, 10, 14) == ""


def test_a_plot_in_the_terminal_is_plain_text_and_as_wide_as_it_is() -> None:
    text = as_plot({1000: 50, 2000: 45}, 70)
    assert "\x1b" not in text
    assert max(map(len, text.split("\n"))) == 70
    assert "records by latency" in text
    assert "share of records" in text
    assert as_plot({}) == "  no latency was counted: no plot"
    assert as_plot({1: 1}, 20) == "  the terminal is too narrow for a plot"
