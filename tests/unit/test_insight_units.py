import random

import pytest

from workbench.insight.units import (
    apportion,
    count_text,
    ms_text,
    nice_above,
    percent,
    short_count,
    span_text,
    two_decimals,
)


def test_counts_keep_every_digit() -> None:
    assert count_text(48222) == "48,222"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (950, "950"), (9500, "9,500"), (9999.4, "9,999"), (10_000, "10k"), (999_400, "999k"),
     (999_600, "1.0M"), (1_234_000, "1.2M"), (9_960_000, "10M"), (2.5e9, "2.5G")],
)  # fmt: skip
def test_short_counts(count: float, text: str) -> None:
    assert short_count(count) == text
    assert len(text) <= 5


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0.042, "0.042"), (0.9999, "1.00"), (4.4, "4.40"), (9.999, "10.0"), (38.21, "38.2"), (999.99, "1,000"),
     (1204.4, "1,204")],
)  # fmt: skip
def test_latencies_keep_the_digits_that_matter(ms: float, text: str) -> None:
    assert ms_text(ms) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.05, "50 ms"), (0.3, "0.3 s"), (0.25, "0.25 s"), (0.999, "1 s"), (1.0, "1 s"), (1.3, "1.3 s"), (13, "13 s"), (119, "119 s"),
     (120, "2 min"), (7300, "2 h 2 min")],
)  # fmt: skip
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


@pytest.mark.parametrize(
    ("value", "above"), [(0, 1), (-3, 1), (1, 1), (1.1, 1.2), (201, 220), (220, 220), (9.1, 10), (0.03, 0.03)]
)
def test_scales_end_at_round_numbers(value: float, above: float) -> None:
    assert nice_above(value) == pytest.approx(above)


def test_what_is_not_nothing_is_never_0_percent_and_what_is_not_all_never_100() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.0099, 0.01, 0.604, 0.99, 0.996, 1)] == [
        "0 %", "<1 %", "<1 %", "1 %", "60 %", "99 %", ">99 %", "100 %",
    ]  # fmt: skip


def test_two_decimals_are_no_zero_where_there_is_something() -> None:
    assert [two_decimals(value) for value in (0, 0.0027, 0.0051, 0.5, 1, 1234.5)] == [
        "0.00", "<0.01", "0.01", "0.50", "1.00", "1,234.50",
    ]  # fmt: skip


def test_a_bar_is_exact_and_shows_every_part_that_is_there() -> None:
    chance = random.Random(1)
    for _ in range(500):
        parts = [chance.choice([0, 0, 1, 12, 50_000]) for _ in range(6)]
        width = chance.randrange(0, 80)
        cells = apportion(parts, width)
        assert sum(cells) == (width if sum(parts) else 0)
        assert all(cell >= 0 for cell in cells)
        assert all(not cell for part, cell in zip(parts, cells, strict=True) if not part)
        if width >= len(parts):
            assert all(cell for part, cell in zip(parts, cells, strict=True) if part)
