"""The Partitions screen on the real lab: what it shows is where the records are."""

import msgspec
import pytest

from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.partitioning import Placing, predict, what_if
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.session import Session
from workbench.ui.widgets.partitions.key_matrix import KeyMatrix
from workbench.ui.widgets.partitions.order_lanes import OrderLanes
from workbench.ui.widgets.partitions.what_if_chart import WhatIfChart

pytestmark = pytest.mark.timeout(90)
TEN_KEYS = Scenario(
    title="ten keys",
    topic=TopicPlan(name="keys", partitions=4),
    producer={"partitioner": "murmur2_random"},
    record=RecordPlan(key="user-{{ seq % 10 }}", value="v"),
    send=SendPlan(count=200),
)
KEYS = [f"user-{n}".encode() for n in range(10)]


def painted(app, chart):
    return [strip.text.rstrip() for strip in app.screen.query_one(chart)._strips]


def followed(app):
    return app.screen.following.spread


async def sent(pilot, session, until):
    await until(lambda: session.phase == "idle", 30)
    await pilot.press("ctrl+s")
    await until(lambda: session.report is not None, 30)


async def test_ten_keys_are_in_one_column_each_and_move_as_kwb_partition_says(tmp_path, until):
    session = Session(TEN_KEYS, bench_of(TEN_KEYS))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await sent(pilot, session, until)
            await pilot.press("f9")
            await until(lambda: followed(app) is not None and followed(app).records == 200)
            await pilot.pause()
            rows = {row.key: (row.home, row.records) for row in followed(app).rows}
            assert rows == {key: (predict("murmur2_random", key, 4), 20) for key in KEYS}
            lines = painted(app, KeyMatrix)
            for key in KEYS:
                line = next(line for line in lines if key.decode() in line)
                assert line.split("→")[0].count("20") == 1, "in one column"
                assert f"→ p{predict('murmur2_random', key, 4)}" in line
            await pilot.press("+", "+")
            found = what_if(KEYS, Placing("murmur2_random", 4), Placing("murmur2_random", 6))
            moved = f"{len(found.moved)} of 10 keys move"
            await until(lambda: any(moved in line for line in painted(app, WhatIfChart)))
            said = "\n".join(painted(app, WhatIfChart))
            assert "of all possible keys 67 % would" in said
            for placed in found.moved:
                assert f"p{placed.before} → p{placed.after}" in said
            await pilot.press("escape")
            assert app.screen is app.bench
    finally:
        await session.close()


async def test_keys_that_have_moved_are_those_of_the_report(tmp_path, until):
    """Partitions are added in the middle: the client hashes over six from when it hears of them."""
    scenario = msgspec.structs.replace(
        TEN_KEYS,
        producer={"partitioner": "murmur2_random", "topic.metadata.refresh.interval.ms": "300"},
        send=SendPlan(count=100_000, rate=400.0),
    )
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f9", "ctrl+s")
            await until(lambda: followed(app) is not None and len(followed(app).rows) == 10)
            await session._bench._engine.add_partitions("keys", 6)
            await until(lambda: followed(app).partitions == 6 and len(followed(app).scattered) > 0, 30)
            await until(lambda: min(len(row.counts) for row in followed(app).scattered) == 2, 30)
            before = session.insight.frame.acked
            await until(lambda: session.insight.frame.acked > before + 50)
            await pilot.press("ctrl+g")
            await until(lambda: session.report is not None, 30)
            await until(lambda: followed(app).records == session.insight.delivered)
            moved = {row.key for row in followed(app).scattered}
            found = what_if(KEYS, Placing("murmur2_random", 4), Placing("murmur2_random", 6))
            assert moved == {placed.key for placed in found.moved}
            assert session.report.moved_keys == len(moved)
            app.paint()
            assert any("⇄ 2" in line for line in painted(app, KeyMatrix))
    finally:
        await session.close()


async def test_each_way_without_a_key_in_turn(tmp_path, until):
    scenario = msgspec.structs.replace(TEN_KEYS, send=SendPlan(count=300, rate=2000.0))
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("f9", "r")
            await until(lambda: session.run_on)
            await pilot.press("f9")  # they go on while another screen is looked at
            await until(lambda: len(session.orders) >= 1, 30)
            await pilot.press("f9")
            await until(lambda: len(session.orders) == 4 and session.orders[0].in_batches, 60)
            drawn, in_turn, sticky, javas = session.orders
            ways = [one.way for one in session.orders]
            assert ways == ["random", "round robin", "sticky 10 ms", "Java's sticky"]
            assert [run.scenario.title for run in session.runs.finished] == [
                f"Without a key: {way}" for way in reversed(ways)
            ], "Compare names them"
            assert {one.records for one in session.orders} == {299}
            for one in session.orders:
                assert sum(records for _, records in one.in_batches) == 299
                assert len(one.in_batches) == one.batches - 1, "the warm-up travelled alone"
            assert in_turn.in_a_row == 1.0
            assert javas.in_a_row > sticky.in_a_row > 2 * drawn.in_a_row
            assert max(javas.batches, sticky.batches) < min(drawn.batches, in_turn.batches)
            assert session.scenario == scenario, "what is edited stays as it was"
            await until(lambda: painted(app, OrderLanes)[0].startswith("random"))
            lanes = painted(app, OrderLanes)
            assert f"{drawn.batches:,} batches" in "\n".join(lanes)
    finally:
        await session.close()
