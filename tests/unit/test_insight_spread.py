import random

import pytest

from workbench.insight.spread import Spread


@pytest.mark.parametrize(
    ("amounts", "word"),
    [
        ((), ""),
        ((0, 0), ""),
        ((500,), ""),
        ((3, 9, 1), ""),
        ((1000, 1010, 990), "even"),
        ((1000, 1400, 600), "uneven"),
        ((5000, 100, 100, 90), "one partition takes most"),
        ((1000, 600), "uneven"),
        ((1000, 10), "one partition takes most"),
        ((0, 1000, 1000, 1000), "uneven"),
    ],
)
def test_the_word(amounts, word):
    assert Spread.of(amounts).word == word


def test_what_chance_does_is_even():
    chance = random.Random(7)
    for partitions, records in ((6, 200), (6, 100_000), (50, 2_000), (500, 20_000)):
        amounts = [0] * partitions
        for _ in range(records):
            amounts[chance.randrange(partitions)] += 1
        assert Spread.of(amounts).word == "even", (partitions, records)


def test_the_figures_are_those_of_the_amounts():
    spread = Spread.of((2, 4, 0, 10))
    assert (spread.total, spread.busiest, spread.empty) == (16, 3, 1)
    assert spread.max_over_mean == 2.5
    assert spread.variation == pytest.approx((14**0.5) / 4)
    assert Spread.of((7, 7)).busiest is None


def test_of_bytes_the_records_say_whether_there_are_enough_for_a_word():
    assert Spread.of((10_000, 12_000), records=4).word == ""
    assert Spread.of((10_000, 12_000), records=4_000).word == "even"
