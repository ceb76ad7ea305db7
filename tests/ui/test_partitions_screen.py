"""The Partitions screen's keys and mouse, on a recorded run."""

import asyncio

import pytest
from rich.text import Text

from workbench.insight.key_spread import spread_of
from workbench.model.key_totals import KeyTotals
from workbench.partitioning import Placing, what_if
from workbench.ui.key_following import KeyFollowing
from workbench.ui.theme import load
from workbench.ui.widgets.field import Field
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.partitions.key_matrix import KeyMatrix
from workbench.ui.widgets.partitions.order_lanes import OrderLanes
from workbench.ui.widgets.partitions.what_if_chart import WhatIfChart
from workbench.ui.widgets.title import Pane


def lines(app, chart):
    return [strip.text.rstrip() for strip in app.screen.query_one(chart)._strips]


def pointed_at(app):
    """The key under the cursor, and what is said of it."""
    return lines(app, KeyMatrix)[-1].strip()


async def opened(app, pilot, play):
    await play(app, "keys")
    await pilot.press("f9")
    await app.screen.following.ask()
    await app.screen.following.look_at_batches()
    app.paint()
    await pilot.pause()


async def test_the_cursor_by_keys_mouse_and_wheel(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(140, 42)) as pilot:
        await opened(app, pilot, play)
        assert pointed_at(app).startswith("user-7  201 of 201 records in p2")
        await pilot.press("down", "down")
        assert pointed_at(app).startswith("ключ-0  22 of 22 records in p1"), "to where its records are"
        await pilot.press("left")
        assert pointed_at(app).startswith("ключ-0  0 of 22 records in p0")
        matrix = app.screen.query_one(KeyMatrix)
        row = next(y for y, line in enumerate(lines(app, KeyMatrix)) if "user-6" in line)
        grid = matrix._grid(matrix.room.width)
        await pilot.click(KeyMatrix, offset=(grid.name + 5 * grid.cell + 2, row))
        assert pointed_at(app).startswith("user-6  21 of 21 records in p5")
        await pilot.press("end")
        assert "-35 of 35" in "\n".join(lines(app, KeyMatrix))
        await pilot.press("home", "pageup")
        assert pointed_at(app).startswith("user-7")
        matrix.on_mouse_scroll_down(type("Wheel", (), {"stop": lambda self: None})())
        assert pointed_at(app).startswith("ключ-2")


async def test_filter_and_sorting(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, play)
        await pilot.press("slash", *"ключ", "escape")
        assert [row.key.decode() for row in app.screen.query_one(KeyMatrix).listed] == [
            "ключ-2", "ключ-0", "ключ-1",
        ]  # fmt: skip
        await pilot.press("s", "s")
        assert [row.key.decode()[-1] for row in app.screen.query_one(KeyMatrix).listed] == ["0", "1", "2"]
        await pilot.press("slash", *"zz", "enter")
        assert "no key has that text in it" in "\n".join(lines(app, KeyMatrix))
        app.screen.query_one("#key-filter", Field).value = ""
        await pilot.press("s", "s")
        homes = [row.home for row in app.screen.query_one(KeyMatrix).listed]
        assert homes == sorted(homes), "by partition"


async def test_what_if_follows_each_key_press(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(140, 42)) as pilot:
        await opened(app, pilot, play)
        await pilot.press("+", "+", "-")
        assert lines(app, WhatIfChart)[0] == "6 → 7 partitions · murmur2_random"
        await pilot.press(*["-"] * 9)
        assert lines(app, WhatIfChart)[0].startswith("6 → 1 partitions")
        await pilot.press("0", "t")
        assert lines(app, WhatIfChart)[0] == "6 → 6 partitions · murmur2_random → murmur2"
        assert "0 of 35 keys move  0 %" in lines(app, WhatIfChart)[1], "the same hash"
        await pilot.press("T", "a", *"0x")
        title = app.screen.query_one("#what-if-pane", Pane).title
        assert str(title.right) == "0x: hexadecimal is 0x00ff"
        await pilot.press(*"00", "space", *"null", "enter")
        assert title.right == ""
        assert {placed.key for placed in app.screen.query_one(WhatIfChart)._found.keys} >= {b"\x00", None}


async def test_what_if_says_neither_all_nor_nothing_of_what_is_not_quite_that(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(app, pilot, play)
        chart = app.screen.query_one(WhatIfChart)
        keys = [(f"user-{n}".encode(), 4) for n in range(1000)]
        other = what_if(keys, Placing("consistent_random", 200), Placing("murmur2_random", 203))
        chart.show(other, None, of_records=True, left_out=0)
        said = "\n".join(lines(app, WhatIfChart))
        assert "996 of 1,000 keys move  >99 %  with >99 % of the records" in said
        assert "of all possible keys >99 % would" in said
        hot = what_if([*keys, (b"hot", 7)], Placing("consistent_random", 6), Placing("consistent_random", 6))
        chart.show(hot, None, of_records=True, left_out=0)
        assert "hot has <1 % of the records, stays in p" in "\n".join(lines(app, WhatIfChart))
        one = what_if([(b"hot", 7)], Placing("consistent_random", 6), Placing("consistent_random", 7))
        chart.show(one, None, of_records=True, left_out=0)
        assert "of 1 key moves" in lines(app, WhatIfChart)[1]


async def test_what_if_calls_expected_what_chance_spreads(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(140, 42)) as pilot:
        await opened(app, pilot, play)
        chart = app.screen.query_one(WhatIfChart)
        placings = Placing("consistent_random", 6), Placing("consistent_random", 8)
        for keys, head in ([(b"hot", 7)], "records"), ([(b"hot", 7), (None, 50)], "expected"):
            chart.show(what_if(keys, *placings), None, of_records=True, left_out=0)
            said = "\n".join(lines(app, WhatIfChart))
            assert f" {head} now" in said
            assert f" {head} then" in said


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_name_of_the_keys_gives_way_to_what_is_said_of_them(still_app, play, size):
    app = still_app("keys")
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, play)
        title = app.screen.query_one("#keys-pane", Pane).title
        title.right = Text("5,000 keys · the 1,000 followed each in one partition")
        assert "…" not in str(title.render())


async def test_the_order_record_by_record_and_in_batches(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(140, 42)) as pilot:
        await opened(app, pilot, play)
        assert [line[:7] for line in lines(app, OrderLanes)[1:3]] == ["sent   ", "batches"]
        await pilot.press("b")
        assert [line[:4] for line in lines(app, OrderLanes)[1:3]] == ["sent", "r ea"]
        await pilot.press("b", "3", "right_square_bracket")
        assert lines(app, OrderLanes)[1].startswith("batches")
        assert app.screen.query_one("#order-pane", Pane).title.right[0].startswith("a cell is 1 record")


async def test_enter_in_the_heatmap_leads_there_and_escape_back(still_app, play):
    app = still_app("keys")
    async with app.run_test(size=(140, 42)) as pilot:
        await play(app, "keys")
        app.bench.query_one(Heatmap).focus()
        await pilot.press("enter")
        assert app.screen is not app.bench
        assert app.focused is app.screen.query_one(KeyMatrix)
        await pilot.press("escape")
        assert app.screen is app.bench
        await pilot.press("p", "f9")
        assert app.screen is app.bench


@pytest.mark.parametrize(("width", "shares"), [(71, False), (90, True)])
def test_the_shares_give_way_to_the_last_partition(width, shares):
    """A hot key makes the columns wide: all six partitions are seen, and what is not nothing is no 0 %."""
    matrix = KeyMatrix()
    keys = (b"vip-0", *(f"user-{n}".encode() for n in range(100, 105)))
    counts = ((0, 2, 2997), *((n, n - 1, 8) for n in range(1, 6)))
    matrix.show(spread_of(KeyTotals("r", keys, counts=counts), 6), ("",))
    heads, hot, other, *_ = text = [
        "".join(segment.text for segment in line)
        for line in matrix.lines(load(())[0]["kwb-dark"].roles, width, 12)
    ]
    assert all(f"p{partition}" in heads for partition in range(6))
    assert max(map(len, text)) <= width
    assert ("share" in heads) == shares
    assert ("99 %" in hot, "<1 %" in other) == (shares, shares)


class Log:
    """A log that is read as slowly as the test says."""

    def __init__(self, bench, monkeypatch):
        self.found, self.asked, self.may_answer = bench.log, asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(bench, "batches", self.batches)

    async def batches(self, topic, wanted):
        self.asked.set()
        await self.may_answer.wait()
        return self.found


async def test_who_looks_at_batches_knows_them_though_another_began_it(still_app, play, monkeypatch):
    app = still_app("keys")
    async with app.run_test(size=(120, 36)):
        await play(app, "keys")
        following, log = KeyFollowing(app.session), Log(app.session._bench, monkeypatch)
        await following.ask()
        first = asyncio.create_task(following.look_at_batches())
        await log.asked.wait()
        second = asyncio.create_task(following.look_at_batches())
        await asyncio.sleep(0)
        assert not second.done()
        log.may_answer.set()
        assert await asyncio.gather(first, second) == [True, False]
        following.keep_order()
        assert app.session.orders[0].in_batches


async def test_a_look_that_is_broken_off_is_made_again(still_app, play, monkeypatch):
    """The screen was left meanwhile; the run's batches are known all the same."""
    app = still_app("keys")
    async with app.run_test(size=(120, 36)):
        await play(app, "keys")
        following, log = KeyFollowing(app.session), Log(app.session._bench, monkeypatch)
        await following.ask()
        first = asyncio.create_task(following.look_at_batches())
        await log.asked.wait()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        log.may_answer.set()
        assert await following.look_at_batches()
