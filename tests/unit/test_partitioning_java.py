"""Java's partitioners as kwb's engine runs them: what holds whatever is drawn."""

from collections import Counter
from itertools import groupby

import pytest

from workbench.model.scenario import EMULATED_PARTITIONERS
from workbench.partitioning import EMULATED, predict
from workbench.partitioning.java import BuiltIn, RoundRobin, record_bytes


def test_a_scenario_has_a_name_for_each():
    assert tuple(each.name for each in EMULATED) == EMULATED_PARTITIONERS


def test_a_key_goes_where_murmur2_says_whoever_leads():
    partitioner = BuiltIn(100, 7)
    for key in (b"", b"user-1", b"\xff" * 50):
        assert partitioner.choose(key, 0, 7, (0,)) == predict("murmur2", key, 7)


def test_records_without_a_key_stay_together_for_batch_size_bytes():
    partitioner = BuiltIn(1000, 7)
    chosen = [partitioner.choose(None, 100, 50, range(50)) for _ in range(2000)]
    runs = [(partition, len(list(run))) for partition, run in groupby(chosen)]
    assert all(length % 10 == 0 for _, length in runs), "each run is whole batches"
    assert len({partition for partition, _ in runs}) > 40
    assert [length for _, length in runs].count(10) > 150, "seldom is the same drawn again"


def test_only_partitions_with_a_leader_are_drawn_while_there_are_any():
    partitioner = BuiltIn(1, 7)
    assert {partitioner.choose(None, 9, 6, (2, 5)) for _ in range(100)} == {2, 5}
    assert {partitioner.choose(None, 9, 6, ()) for _ in range(200)} == {0, 1, 2, 3, 4, 5}


def test_the_same_seed_draws_the_same():
    one, same, other = (BuiltIn(1, seed) for seed in (7, 7, 8))
    draws = [[each.choose(None, 9, 100, ()) for _ in range(50)] for each in (one, same, other)]
    assert draws[0] == draws[1] != draws[2]


def test_round_robin_takes_turns_among_those_with_a_leader():
    turns = RoundRobin()
    assert [turns.choose(3, (0, 1, 2)) for _ in range(4)] == [0, 1, 2, 0]
    assert [turns.choose(3, (0, 2)) for _ in range(2)] == [0, 2]  # the fifth and sixth turn of two
    assert [turns.choose(3, ()) for _ in range(3)] == [0, 1, 2]


def test_what_a_record_adds_to_its_batch():
    assert record_bytes(None, b"x" * 10) == 17
    assert record_bytes(b"k", b"v", [("name", b"12"), ("n", None)]) == 7 + 2 + 8 + 3


def test_partitions_for_which_batches_wait_are_drawn_less_often():
    partitioner = BuiltIn(1, 7)
    partitioner.waiting([0, 3, 3], (0, 1, 2))  # weights 4, 1, 1, as Java's table has them
    drawn = Counter(partitioner.choose(None, 9, 3, (0, 1, 2)) for _ in range(6000))
    assert drawn[0] / 6000 == pytest.approx(4 / 6, abs=0.03)
    assert drawn[1] / 6000 == pytest.approx(1 / 6, abs=0.03)
    partitioner.waiting([2, 2, 2], (0, 1, 2))
    even = Counter(partitioner.choose(None, 9, 3, (0, 1, 2)) for _ in range(6000))
    assert min(even.values()) > 1800


def test_without_figures_for_each_it_draws_evenly():
    partitioner = BuiltIn(1, 7)
    partitioner.waiting([9], (0, 1, 2))
    assert min(Counter(partitioner.choose(None, 9, 3, (0, 1, 2)) for _ in range(6000)).values()) > 1800
