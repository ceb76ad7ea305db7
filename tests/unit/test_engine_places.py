"""Where records were acked, as runs of offsets; and what is then matched by partition and offset alone."""

import random
from array import array

import pytest

from tests.shared.consumed import Read
from workbench.engine.making import Made
from workbench.engine.place_matching import PlaceMatching
from workbench.engine.places import Offsets, Places
from workbench.engine.protocol import Acked, Found
from workbench.model.report import Example


def test_runs_are_those_of_the_offsets_however_they_came() -> None:
    draw = random.Random(8)
    places, expected = Places(1), set()
    for _ in range(60):
        first = draw.randrange(4000)
        chunk = list(range(first, first + draw.randrange(1, 90)))
        if draw.random() < 0.3:
            draw.shuffle(chunk)
        for offset in chunk:
            places.place[0](offset)
        expected |= set(chunk)
        if draw.random() < 0.5:
            places.fold()
    offsets = Offsets.of(places.runs()[0])
    assert [o for first, until in offsets.runs for o in range(first, until)] == sorted(expected)


def test_a_million_consecutive_offsets_are_one_run() -> None:
    places = Places(2)
    for first in range(0, 1_000_000, 50_000):
        for offset in array("q", range(first, first + 50_000)):
            places.place[1](offset)
        places.fold()
    assert places.runs() == [[], [(0, 1_000_000)]]


def test_a_partition_that_is_added_and_an_ack_without_an_offset_are_kept() -> None:
    places = Places(1)
    places.take(3, array("q", [7, 8]))
    places.take(3, array("q", [-1001]))
    places.take(3, array("q", [9, -1001, 12]))
    assert places.runs() == [[], [], [], [(7, 10), (12, 13)]]
    assert places.without == [0, 0, 0, 2]


def test_offsets_given_twice_are_counted_and_differences_are_those_of_sets() -> None:
    draw = random.Random(3)
    for _ in range(200):
        runs, others = ([(a, a + draw.randrange(1, 9)) for a in draw.choices(range(60), k=5)] for _ in "ab")
        one, other = Offsets.of(runs), Offsets.of(others)
        every = [o for first, until in runs for o in range(first, until)]
        assert len(one) == len(set(every))
        assert one.repeated == len(every) - len(set(every))
        assert one.end == max(every) + 1
        left = {o for first, until in one.without(other).runs for o in range(first, until)}
        assert left == set(every) - {o for first, until in others for o in range(first, until)}


SAME = Made(b"k", b"v", None)


def found(
    acked: list[tuple[int, int]],
    log: list[int],
    *,
    same: Made | None = SAME,
    without: int = 0,
    undelivered: int = 0,
    log_start: int = 0,
    foreign: tuple[int, ...] = (),
) -> Found:
    matching = PlaceMatching([Acked((0,), (tuple(acked),), (without,), undelivered)], 1, same)
    for offset in log:
        value = b"another's" if offset in foreign else b"v"
        matching.take(Read(None, b"k", value), 0, offset)
    return matching.found([log_start])


def test_what_was_acked_and_is_there_is_stored() -> None:
    f = found([(0, 5), (5, 9)], list(range(9)))
    assert (f.stored, f.acked_stored, f.lost, f.expired, f.unreported) == (9, 9, 0, 0, 0)
    assert (f.duplicated, f.stored_though_failed, f.stored_though_pending) == (0, 0, 0)
    assert f.reordered is None, "no number tells order"
    assert f.moved_keys == 0


def test_what_was_acked_and_is_not_there_is_lost_or_expired() -> None:
    f = found([(0, 10)], [4, 5, 6, 7], log_start=3)
    assert (f.acked_stored, f.lost, f.expired) == (4, 3, 3)
    assert f.examples[:1] == (Example("expired", 0, 0, "k", None),)
    assert Example("lost", 0, 8, "k", None) in f.examples


def test_two_acked_at_one_offset_are_one_stored_and_one_lost() -> None:
    """The log was cut and grew again."""
    f = found([(0, 6), (4, 8)], list(range(8)))
    assert (f.acked_stored, f.lost) == (8, 2)


def test_another_s_record_at_an_acked_offset_is_a_loss() -> None:
    f = found([(0, 4)], [0, 1, 2, 3], foreign=(2,))
    assert (f.acked_stored, f.lost, f.unreported) == (3, 1, 0)


def test_what_no_report_names_may_be_a_copy_or_another_s() -> None:
    f = found([(0, 4)], list(range(6)))
    assert (f.stored, f.duplicated, f.unreported) == (4, None, 2)


def test_with_failures_what_no_report_names_may_be_those() -> None:
    f = found([(0, 4)], list(range(6)), undelivered=3)
    assert (f.stored, f.acked_stored, f.stored_though_failed, f.stored_though_pending) == (
        None,
        4,
        None,
        None,
    )
    none = found([(0, 4)], list(range(4)), undelivered=3)
    assert (none.stored, none.stored_though_failed) == (4, 0)


@pytest.mark.parametrize(("log", "stored", "lost"), [(6, 6, 0), (5, 5, 1)])
def test_acks_without_an_offset_are_among_what_nothing_else_explains(
    log: int, stored: int, lost: int
) -> None:
    f = found([(0, 4)], list(range(log)), without=2)
    assert (f.acked_stored, f.lost, f.unreported) == (stored, lost, 0)


def test_engines_acks_are_taken_together() -> None:
    tellers = [Acked((0,), (((0, 2), (4, 6)),), (0,), 0), Acked((0, 0), (((2, 4),), ((0, 1),)), (0, 0), 0)]
    matching = PlaceMatching(tellers, 2, None)
    for partition, offset in [*((0, o) for o in range(6)), (1, 0)]:
        matching.take(Read(None, b"%d" % offset, b""), partition, offset)
    f = matching.found([0, 0])
    assert (f.partitions, f.lost, f.unreported, f.moved_keys) == ((6, 1), 0, 0, 1)
