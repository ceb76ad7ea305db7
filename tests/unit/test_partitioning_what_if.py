"""Which keys move when partitions are added or the partitioner is changed."""

import random
from itertools import product

import pytest

from workbench.errors import InputError
from workbench.partitioning import Placing, expected_share_moved, predict, what_if

KEYS = [f"user-{n}".encode() for n in range(1, 11)]


def test_each_key_is_where_the_client_puts_it_before_and_after() -> None:
    found = what_if(KEYS, Placing("murmur2_random", 4), Placing("murmur2_random", 6))
    assert [(placed.before, placed.after) for placed in found.keys] == [
        (predict("murmur2", key, 4), predict("murmur2", key, 6)) for key in KEYS
    ]
    assert [placed.key for placed in found.moved] == [
        key for key in KEYS if predict("murmur2", key, 4) != predict("murmur2", key, 6)
    ]
    assert found.share_moved == len(found.moved) / 10


@pytest.mark.parametrize(("n", "m"), [(4, 6), (4, 8), (6, 4), (3, 7), (1, 5), (5, 5), (100, 101)])
@pytest.mark.parametrize("hashes", [("crc32", "crc32"), ("murmur2", "fnv1a")])
def test_the_expected_share_is_the_share_of_very_many_keys(n: int, m: int, hashes: tuple[str, str]) -> None:
    names = {"crc32": "consistent", "murmur2": "murmur2_random", "fnv1a": "fnv1a"}
    before, after = Placing(names[hashes[0]], n), Placing(names[hashes[1]], m)
    draw = random.Random(5)
    found = what_if([draw.randbytes(12) for _ in range(4000)], before, after)
    expected = expected_share_moved(before, after)
    assert expected is not None
    assert found.share_moved == pytest.approx(expected, abs=0.035)


def test_records_go_with_their_keys_and_those_without_a_place_are_spread() -> None:
    before, after = Placing("murmur2_random", 4), Placing("murmur2_random", 8)
    found = what_if([(b"user-1", 90), (b"user-2", 10), (None, 80)], before, after)
    load = found.load(after=False)
    assert sum(load) == pytest.approx(180)
    assert load[predict("murmur2", b"user-1", 4) or 0] >= 110
    assert (found.hot and found.hot.key) == b"user-1"
    assert found.fixed == 2
    assert found.reach(after=False) == (4, 4), "null keys go anywhere"
    assert sum(found.load(after=True)) == pytest.approx(180)


def test_no_more_partitions_than_keys_can_be_used() -> None:
    found = what_if([b"a", b"b"], Placing("fnv1a", 6), Placing("fnv1a", 60))
    used, most = found.reach(after=True)
    assert used <= most == 2


def test_a_key_that_is_drawn_for_afterwards_scatters_and_does_not_move() -> None:
    found = what_if(KEYS, Placing("consistent", 6), Placing("random", 6))
    assert (len(found.scattered), found.moved, found.share_moved, found.expected_share) == (
        10,
        (),
        None,
        None,
    )


def test_the_same_placing_moves_nothing() -> None:
    for name, n in product(("consistent_random", "murmur2", "fnv1a_random"), (1, 6, 1000)):
        assert what_if(KEYS, Placing(name, n), Placing(name, n)).moved == ()


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="there is no md5"):
        what_if(KEYS, Placing("murmur2", 4), Placing("md5", 4))
    with pytest.raises(InputError, match="at least 1"):
        what_if(KEYS, Placing("murmur2", 4), Placing("murmur2", 0))
