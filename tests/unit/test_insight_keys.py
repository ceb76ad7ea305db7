"""Keys × partitions, the order of records, and keys typed by hand: what is made of the engine's totals."""

from dataclasses import replace

import pytest

from workbench.errors import InputError
from workbench.insight.key_spread import key_text, spread_of
from workbench.insight.record_order import (
    MIXED,
    RecordOrder,
    batch_cells,
    cells,
    in_batches,
    offsets_wanted,
    order_of,
    scale_beside,
    scale_for,
)
from workbench.insight.typed_keys import typed_keys
from workbench.model.frame import Batches, Frame
from workbench.model.key_totals import KeyTotals

TOTALS = KeyTotals(
    "r",
    keys=(b"a", None, b"", b"b", b"never"),
    counts=((0, 2, 5), (1, 0, 4), (1, 1, 4), (2, 3, 1), (3, 2, 20), (3, 0, 1)),
    others=((4, 65),),
    distinct=70,
)


def test_rows_are_the_busiest_first_and_every_record_is_somewhere() -> None:
    spread = spread_of(TOTALS, 6)
    assert [(row.key, row.records) for row in spread.rows] == [(b"b", 21), (None, 8), (b"a", 5), (b"", 1)]
    assert spread.records == 100 == sum(spread.records_in)
    assert spread.records_in == (5, 4, 25, 1, 65, 0)
    assert spread.keys_in == (2, 1, 2, 1, 0, 0)
    assert [row.share for row in spread.rows] == [0.21, 0.08, 0.05, 0.01]
    assert (spread.unused, spread.distinct) == (1, 70)


def test_a_key_in_two_partitions_has_moved_and_null_is_no_key_that_could() -> None:
    spread = spread_of(TOTALS, 6)
    assert [row.key for row in spread.scattered] == [b"b"]
    row = spread.rows[0]
    assert (row.home, row.busiest, row.scattered) == (None, 2, True)
    assert spread.null is not None
    assert spread.null.scattered
    assert (spread.hot and spread.hot.key) == b"b"
    assert spread.rows[2].home == 2


def test_partitions_that_were_added_meanwhile_are_there() -> None:
    assert spread_of(TOTALS, 2).partitions == 5


def test_nothing_yet() -> None:
    spread = spread_of(KeyTotals("r"), 6)
    assert (spread.rows, spread.records, spread.hot, spread.scattered) == ((), 0, None, ())


@pytest.mark.parametrize(
    ("key", "text"),
    [(None, "null"), (b"", '""'), (b"user-1", "user-1"), ("ключ".encode(), "ключ"), (b"\x00\xff", "0x00ff"),
     (b"a\nb", "0x610a62"), (b"\x1b[31m", "0x1b5b33316d"), (b"null", '"null"'), (b"0x00", '"0x00"'), (b" a", '" a"')],
)  # fmt: skip
def test_a_key_is_shown_and_typed_in_the_same_way(key: bytes | None, text: str) -> None:
    assert key_text(key) == text
    assert typed_keys(text) == (key,)


def test_ranges_of_keys_are_spelled_out_and_each_key_is_there_once() -> None:
    assert typed_keys("user-{1..3} b  user-2 null") == (b"user-1", b"user-2", b"user-3", b"b", None)
    assert typed_keys("{2..0}") == (b"2", b"1", b"0")
    assert typed_keys("{1..2}-{8..9}") == (b"1-8", b"1-9", b"2-8", b"2-9")
    assert typed_keys("") == ()


@pytest.mark.parametrize(
    "text", ["0x", "0xzz", "0xabc", "{1..9999}", "{1..100}{1..100}", "a{1..1500} b{1..1500}"]
)
def test_what_are_no_keys_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(InputError, match=r"keys: .*(hexadecimal|type fewer)"):
        typed_keys(text)


def order(*runs: tuple[int, int]) -> RecordOrder:
    return RecordOrder("r", "random", runs, 10, 12, 2.5)


def test_cells_say_where_each_stretch_of_records_went() -> None:
    one = order((0, 3), (1, 1), (2, 4))
    assert cells(one, 100, 1) == [0, 0, 0, 1, 2, 2, 2, 2]
    assert cells(one, 5, 1) == [0, 0, 0, 1, 2]
    assert cells(one, 100, 2) == [0, MIXED, 2, 2]
    assert cells(one, 100, 5) == [MIXED, 2]
    assert cells(order((3, 10_000)), 7, 2) == [3] * 7
    assert (one.records, one.in_a_row) == (8, pytest.approx(8 / 3))


def test_batches_keep_to_the_records_above_them_at_every_scale() -> None:
    one = replace(order((0, 22), (1, 22)), in_batches=((0, 11), (0, 11), (1, 9), (1, 13)))
    assert batch_cells(one, 100, 1) == [(0, 11), (0, 11), (1, 9), (1, 13)]
    assert batch_cells(one, 100, 5) == [(0, 2), (0, 2), (1, 2), (1, 3)]
    assert batch_cells(one, 15, 1) == [(0, 11), (0, 4)]
    assert sum(length for _, length in batch_cells(one, 100, 20)) == 2


def test_the_scale_shows_some_stretches_of_the_stickiest() -> None:
    assert scale_for([order((0, 1), (1, 1))], 100) == 1
    assert scale_for([order((0, 1), (1, 1)), order((0, 500), (1, 500))], 100) == 10
    assert scale_for([order((0, 500)), order((0, 20), (1, 20))], 100) == 1, (
        "one that never moves does not count"
    )
    assert scale_for([order((0, 20), (1, 20))], 10) == 5, "not more than all records"
    assert scale_for([], 100) == 1
    assert (scale_beside(20, 1), scale_beside(1, -1), scale_beside(1000, 1)) == (50, 1, 1000)


def test_an_order_has_the_client_s_own_count_of_batches() -> None:
    frame = Frame("r", 1.0, 0.0, "done", 100, batches=Batches(4, 100, 900, 5))
    found = order_of(KeyTotals("r", order=((0, 100),)), frame, "sticky 10 ms")
    assert (found.batches, found.requests, found.records_a_batch) == (4, 5, 25.0)
    unknown = order_of(KeyTotals("r"), Frame("r", 1.0, 0.0, "sending", 100), "random")
    assert (unknown.batches, unknown.records_a_batch, unknown.in_a_row) == (None, None, None)


def test_batches_are_in_the_order_in_which_their_first_records_were_sent() -> None:
    """Records 0 to 5 went to p1, p0, p1, p0, p0, p1; the last one of p1 has a batch of its own."""
    totals = KeyTotals(
        "r", order=((1, 1), (0, 1), (1, 1), (0, 2), (1, 1), (-1, 1)), offsets=(7, 3, 8, 4, 5, 9, -1)
    )
    assert offsets_wanted(totals) == {1: (7, 9), 0: (3, 5)}
    log = {0: [(0, 3), (3, 3)], 1: [(7, 2), (9, 1)]}
    assert in_batches(totals, log) == ((1, 2), (0, 3), (1, 1))
    assert in_batches(totals, {0: [(0, 3)]}) == (), "batches that do not hold its records say nothing"
