"""The Partitions screen from recorded runs, as it looked when it was last found good.

`keys`: a hot key among others; `sticky` and `random`: without keys, staying for 10 ms and drawn for each record.
"""

from dataclasses import replace

import msgspec
import pytest

from tests.ui.conftest import recording
from workbench.insight.record_order import in_batches, order_of
from workbench.model.key_totals import KeyTotals
from workbench.partitioning import predict

SIZES = [(120, 36), (200, 60)]
WAYS = {"random": "random", "sticky": "sticky 10 ms"}


def size_name(size):
    return f"{size[0]}x{size[1]}"


def order(name):
    played = recording(name)
    found = order_of(played.keys, played.frames[-1], WAYS[name])
    return replace(found, in_batches=in_batches(played.keys, played.batches))


def hashed(keys, partitions, run_id="made"):
    """Ten records of each key, where the partitioner puts it."""
    counts = tuple((n, predict("murmur2", key, partitions), 10) for n, key in enumerate(keys))
    return KeyTotals(run_id, tuple(keys), counts=counts, distinct=len(keys))


@pytest.fixture
def shown(snap_compare, still_app, play):
    """Compares the screen after these keys; `totals` in place of the recording's."""

    def compare(size, *keys, name="keys", theme="kwb-dark", totals=None, orders=()):
        app = still_app(name, theme)

        async def before(pilot):
            await play(app, name)
            session = app.session
            if totals is not None:
                session._bench.totals = msgspec.structs.replace(totals, run_id=session.insight.frame.run_id)
            session.orders.extend(order(each) for each in orders)
            await pilot.press("f9")
            await app.screen.following.ask()
            await app.screen.following.look_at_batches()
            app.paint()
            await pilot.press(*keys)
            app.paint()
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_what_if_there_were_two_partitions_more(shown, size):
    assert shown(size, "down", "down", "+", "+", orders=("sticky", "random"))


@pytest.mark.parametrize("view", ["1", "2", "3"])
def test_each_view_has_the_room_where_there_is_little(shown, view):
    assert shown((80, 24), view, orders=("sticky", "random"))


def test_in_light_with_another_partitioner(shown):
    assert shown((140, 42), "t", "t", theme="kwb-light", orders=("sticky", "random"))


def test_without_colour(shown, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown((120, 36), orders=("sticky", "random"))


def test_keys_in_several_partitions_and_others_that_are_not_followed(shown):
    keys = (b"moved", None, b"", b"\x00\xff", "ключ".encode())
    counts = ((0, 2, 40), (0, 5, 12), *((1, p, 30 + p) for p in range(6)), (2, 3, 9), (3, 1, 4), (4, 0, 2))
    totals = KeyTotals("", keys, counts=counts, others=((0, 70), (4, 1200)), distinct=3210)
    assert shown((120, 36), totals=totals)


def test_two_hundred_partitions(shown):
    totals = hashed([f"user-{n}".encode() for n in range(60)], 200)
    assert shown((140, 42), "down", "down", "down", "s", totals=totals)


def test_keys_of_one_s_own_before_the_first_record(shown):
    assert shown((120, 36), "a", *"k{1..9}", "enter", "+", totals=KeyTotals(""))
