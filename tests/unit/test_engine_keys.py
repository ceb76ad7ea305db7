"""Keys as they are sent, counted by partition when somebody asks."""

import random
from collections import Counter

from workbench.engine.keys import NOT_FOLLOWED, Keys
from workbench.engine.meter import FAILED, Meter
from workbench.model.key_totals import COUNTED_KEYS, KEPT_KEYS, ORDER, KeyTotals


def followed(count: int, partitions: int = 6) -> tuple[Meter, Keys]:
    meter = Meter("run", count, partitions, confirmed=True)
    return meter, Keys(meter, partitions)


def sent(meter: Meter, keys: Keys, seq: int, key: bytes | None, outcome: int | None = None) -> None:
    meter.sent = seq + 1
    keys.note(seq, key)
    if outcome is not None:
        meter.outcomes[seq] = outcome


def counts(totals: KeyTotals) -> dict[tuple[bytes | None, int], int]:
    return {(totals.keys[number], partition): records for number, partition, records in totals.counts}


def test_asked_at_any_moment_the_counts_are_those_of_the_reports_so_far() -> None:
    draw = random.Random(11)
    count = 20_000
    meter, keys = followed(count)
    reported: Counter[tuple[bytes | None, int]] = Counter()
    late: list[tuple[int, bytes | None, int]] = []
    for seq in range(count):
        key = draw.choice((None, b"", b"a", b"b", "ключ".encode()))
        partition = draw.randrange(6)
        if draw.random() < 0.01:  # its report comes much later
            sent(meter, keys, seq, key)
            late.append((seq, key, partition))
        else:
            sent(meter, keys, seq, key, partition)
            reported[key, partition] += 1
        if seq % 3_000 == 2_999:
            assert counts(keys.totals("run", 0, 0)) == reported
            at, late_key, where = late.pop(0)
            meter.outcomes[at] = where
            reported[late_key, where] += 1
    for at, key, where in late:
        meter.outcomes[at] = where
        reported[key, where] += 1
    totals = keys.totals("run", 0, 0)
    assert counts(totals) == reported
    assert (totals.distinct, totals.distinct_is_least, totals.others) == (5, False, ())


def test_what_failed_is_in_no_partition() -> None:
    meter, keys = followed(3)
    sent(meter, keys, 0, b"k", 2)
    sent(meter, keys, 1, b"k", FAILED)
    sent(meter, keys, 2, b"k")
    totals = keys.totals("run", 0, 0)
    assert counts(totals) == {(b"k", 2): 1}
    assert totals.order == ((2, 1), (FAILED, 1), (-1, 1))
    assert totals.offsets == (-1, -1, -1)


def test_more_keys_than_are_followed_are_counted_together() -> None:
    count = KEPT_KEYS + 700
    meter, keys = followed(count + 1)
    for seq in range(count):
        sent(meter, keys, seq, b"%d" % seq, seq % 6)
    sent(meter, keys, count, b"2001", 3)  # one of the others once more
    totals = keys.totals("run", 0, 0)
    assert len(totals.keys) == KEPT_KEYS
    assert sum(records for _, records in totals.others) == 701
    assert (totals.distinct, totals.distinct_is_least) == (count, False)


def test_distinct_keys_are_counted_up_to_a_limit_and_then_at_least() -> None:
    meter, keys = followed(KEPT_KEYS + COUNTED_KEYS + 5)
    for seq in range(KEPT_KEYS + COUNTED_KEYS):
        sent(meter, keys, seq, b"%d" % seq)
    assert not keys.totals("run", 0, 0).distinct_is_least
    sent(meter, keys, KEPT_KEYS + COUNTED_KEYS, b"one more")
    totals = keys.totals("run", 0, 0)
    assert (totals.distinct, totals.distinct_is_least) == (KEPT_KEYS + COUNTED_KEYS, True)


def test_many_partitions_leave_room_for_fewer_keys() -> None:
    meter, keys = followed(300, 1_000)
    for seq in range(300):
        sent(meter, keys, seq, b"%d" % seq, seq)
    totals = keys.totals("run", 0, 0)
    assert len(totals.keys) == 200
    assert sum(records for _, records in totals.others) == 100


def test_only_new_keys_are_told() -> None:
    meter, keys = followed(3)
    sent(meter, keys, 0, b"a", 0)
    assert keys.totals("run", 0, 0).keys == (b"a",)
    sent(meter, keys, 1, b"b", 1)
    totals = keys.totals("run", 1, 0)
    assert (totals.first, totals.keys, totals.counts) == (1, (b"b",), ((0, 0, 1), (1, 1, 1)))


def test_the_order_begins_behind_the_warm_up() -> None:
    meter, keys = followed(ORDER + 100)
    for seq in range(ORDER + 100):
        sent(meter, keys, seq, None, 5 if seq < 10 else seq // 30 % 6)
    told = keys.totals("run", 0, 10)
    assert told.is_ordered
    assert not keys.totals("run", 0, 10, order=False).is_ordered, "not told again"
    order = told.order
    assert order[:2] == ((0, 20), (1, 30))
    assert sum(length for _, length in order) == ORDER


def test_one_key_needs_no_notes_and_what_is_not_followed_is_said() -> None:
    meter = Meter("run", 9, 3, confirmed=True, remembered=False)
    assert Keys(meter, 3).totals("run", 0, 0).why_not == NOT_FOLLOWED
    keys = Keys(meter, 3, (None,))
    assert not keys.is_noting
    meter._delivered[2] = 7
    totals = keys.totals("run", 0, 0)
    assert (totals.keys, totals.counts, totals.distinct) == ((None,), ((0, 2, 7),), 1)
