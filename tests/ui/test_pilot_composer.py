"""The composer on a real lab: what is wrong is said at its line and field, and what is composed is what is stored."""

import asyncio

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, Consumer, TopicPartition
from textual import events

from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.model.scenario_file import read_scenario
from workbench.resources import folder
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.session import Session
from workbench.ui.widgets.payload import Payload

pytestmark = pytest.mark.timeout(60)


def _text(app, selector):
    return str(app.bench.query_one(selector).content)


async def test_a_value_that_does_not_fit_its_schema_is_marked_where_it_was_written(tmp_path, until):
    samples = folder("sample_payloads")
    scenario = read_scenario(samples / "formats" / "orders_avro.toml").scenario
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(140, 42)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await until(lambda: "30 B" in _text(app, "#made"), 20)
            payload = app.bench.query_one("#value", Payload)
            payload.go_to(5, 5)
            payload.focus()
            text = payload.text.replace('"quantity": {{ random(1, 4) }}', '"quantity": "{{ seq }} cups"')
            payload.change(text)
            await until(lambda: "value, line 5 quantity: " in _text(app, "#made"), 20)
            await pilot.press("ctrl+s")
            await until(lambda: payload.has_focus and payload.cursor_location[0] == 4)
            assert session.run_number == 0
            await pilot.press("ctrl+z")
            await until(lambda: "30 B" in _text(app, "#made"), 20)
    finally:
        await session.close()


async def test_what_is_composed_is_what_is_stored(tmp_path, until):
    scenario = Scenario(topic=TopicPlan(name="composed", partitions=3), send=SendPlan(count=2, verify=False))
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    envelope = (
        '{"key": null, "value": {"n":  "{{ seq }}"}, "partition": 1, "timestamp": 1700000000000, '
        '"headers": [["h", "a"], ["h", ""], ["h", null]]}'
    )
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("2", "ctrl+t")
            app.bench.query_one("#value", Payload).post_message(events.Paste(envelope))
            await until(lambda: session.scenario.record.partition == 1)
            await until(lambda: len(session.scenario.record.headers) == 3)
            await pilot.press("ctrl+s")
            await until(lambda: session.report is not None, 30)
            consumer = Consumer({"bootstrap.servers": session.bootstrap_servers, "group.id": "g"})
            consumer.assign([TopicPartition("composed", 1, 0)])
            read = await asyncio.to_thread(consumer.consume, 2, 20)
            consumer.close()
    finally:
        await session.close()
    assert [message.value() for message in read] == [b'{"n":  "0"}', b'{"n":  "1"}']
    for message in read:
        assert message.key() is None
        assert message.headers() == [("h", b"a"), ("h", b""), ("h", None)]
        assert message.timestamp() == (TIMESTAMP_CREATE_TIME, 1_700_000_000_000)
