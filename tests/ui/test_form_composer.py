"""The composer: key, value, null and empty, headers, partition, the preview."""

from textual.widgets import Static

from workbench.model.record import Header, MadeRecord
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.field import Choice, Field
from workbench.ui.widgets.header_rows import HeaderRows
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.route import Route, Way


def _text(stand, selector):
    return str(stand.app.bench.query_one(selector, Static).content)


async def _ready(stand, until):
    await until(lambda: stand.session.phase == "idle")
    await until(lambda: "valid" in _text(stand, "#verdict"))


async def test_the_preview_follows_what_is_typed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        await pilot.pause()
        await pilot.click("#key")
        await pilot.press("end", "ctrl+u", *"abc")
        await until(lambda: "key 3" in _text(stand, "#made"))
        assert stand.session.scenario.record.key == "abc"


async def test_what_cannot_be_made_is_said(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        stand.bench.made = lambda record, seq: MadeRecord(seq, error="'nope' is undefined", where="value")
        await pilot.pause()
        await pilot.click("#key")
        await pilot.press("x")
        await until(lambda: "'nope' is undefined" in _text(stand, "#made"))
        assert "not valid" in _text(stand, "#verdict")


async def test_null_and_empty_are_two_things_and_nothing_typed_is_lost(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench, before = stand.app.bench, stand.session.scenario.record
        for kind, field in (("#key-kind", "#key"), ("#value-kind", "#value")):
            choice = bench.query_one(kind, Choice)
            choice.focus()
            while choice.value != "null":
                await pilot.press("right")
            await until(lambda field=field: bench.query_one(field).disabled)
        await until(lambda: stand.session.scenario.record.value is None)
        assert stand.session.scenario.record.key is None
        await until(lambda: "tombstone" in _text(stand, "#verdict"))
        for kind, wanted in (("#key-kind", "string"), ("#value-kind", "json")):
            choice = bench.query_one(kind, Choice)
            choice.focus()
            while choice.value != wanted:
                await pilot.press("left")
        await until(lambda: stand.session.scenario.record == before)
        bench.query_one("#key", Field).value = ""
        bench.query_one("#value", Payload).text = ""
        await until(lambda: stand.session.scenario.record.value == "")
        assert stand.session.scenario.record.key == ""


async def test_headers_are_added_changed_nulled_and_removed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        rows = stand.app.bench.query_one(HeaderRows)
        await pilot.pause()
        await pilot.click("#add-header")
        await until(lambda: len(rows.headers) == 3)
        await pilot.press(*"id", "down", "down", *"7")
        await until(lambda: stand.session.scenario.record.headers[2] == Header("id", "7"))
        await pilot.press("up", "right")
        await until(lambda: stand.session.scenario.record.headers[2] == Header("id", None))
        await pilot.pause()
        await pilot.click(rows.query("#remove").last())
        await until(lambda: len(stand.session.scenario.record.headers) == 2)


async def test_a_partition_is_a_number_or_nothing(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        await pilot.pause()
        await pilot.click("#partition")
        await pilot.press("4")
        await until(lambda: stand.session.scenario.record.partition == 4)
        await until(lambda: stand.app.bench.query_one(Route).way == Way("partition 4", ("as set",), 4, 2))
        await pilot.press("x")
        await until(lambda: stand.app.bench.problem is not None)
        assert stand.app.bench.query_one("#partition").has_class("-wrong")
        await pilot.press("backspace", "backspace")
        await until(lambda: stand.app.bench.problem is None)
        assert stand.session.scenario.record.partition is None


async def test_a_topic_name_that_kafka_refuses_is_said(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        await pilot.pause()
        await pilot.click("#topic")
        await pilot.press("end", "!")
        await until(lambda: "topic" in (stand.app.bench.problem or ""))
        assert stand.session.scenario.topic.name == "orders"
        await pilot.press("backspace")
        await until(lambda: stand.app.bench.problem is None)


async def test_arrows_lead_through_the_form_and_the_text(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        await pilot.pause()
        await pilot.click("#topic")
        await pilot.press("down", "down", "down", "down", "down")
        payload = stand.app.bench.query_one(Payload)
        assert payload.has_focus
        await pilot.press("up")
        assert stand.app.bench.focused.id == "value-kind"
        await pilot.press("down", *["down"] * payload.document.line_count)
        assert not payload.has_focus
        assert isinstance(stand.app.bench.query_one(Composer), Composer)


async def test_templates_and_json_are_told_apart(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await _ready(stand, until)
        payload = stand.app.bench.query_one(Payload)
        line = payload.get_line(1)
        styles = {line.plain[span.start : span.end]: str(span.style) for span in line.spans}
        assert styles["{{ seq }}"].startswith("bold")
        assert '"id"' in styles
