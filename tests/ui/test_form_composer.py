"""The composer: key, value, null and empty, headers, partition, the preview."""

import asyncio

from textual.widgets import Static

from workbench.model.record import Header, MadeRecord
from workbench.ui.theme import palette
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.header_rows import HeaderRow, HeaderRows
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.radio import Radio
from workbench.ui.widgets.route import Route, Way


def _text(stand, selector):
    return str(stand.app.bench.query_one(selector, Static).content)


async def _ready(stand, until):
    await until(lambda: stand.session.phase == "idle")
    await until(lambda: "✓" in _text(stand, "#verdict"))


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
        assert "✗" in _text(stand, "#verdict")
        assert stand.app.bench.query_one("#press-send").disabled


async def test_null_and_empty_are_two_things_and_nothing_typed_is_lost(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench, before = stand.app.bench, stand.session.scenario.record
        for part in ("key", "value"):
            bench.query_one(f"#{part}-null", Radio).focus()
            await pilot.press("left")
            await until(lambda part=part: getattr(stand.session.scenario.record, part) is None)
        assert "tombstone" in bench.query_one("#value", Payload).placeholder
        for part in ("key", "value"):
            bench.query_one(f"#{part}-null", Radio).focus()
            await pilot.press("left")
            await until(lambda part=part: getattr(stand.session.scenario.record, part) == "")
            await pilot.press("left")
        await until(lambda: stand.session.scenario.record == before)


async def test_typing_into_null_makes_it_text_and_undo_brings_back_what_stood_there(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench, before = stand.app.bench, stand.session.scenario.record
        bench.query_one("#value-null", Radio).focus()
        await pilot.press("left")
        await until(lambda: stand.session.scenario.record.value is None)
        await pilot.press("tab", "7")
        await until(lambda: stand.session.scenario.record.value == "7")
        await pilot.press("ctrl+z")
        await until(lambda: stand.session.scenario.record.value == "")
        await pilot.press("ctrl+z")
        await until(lambda: stand.session.scenario.record == before)
        assert bench.query_one("#value-null", Radio).value == "text"


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
        await until(lambda: stand.session.scenario.record.headers[2] == Header("id", ""))
        await pilot.press("right")
        await until(lambda: stand.session.scenario.record.headers[2] == Header("id", None))
        await pilot.press("right")
        await until(lambda: stand.session.scenario.record.headers[2] == Header("id", "7"))
        await pilot.press("alt+up")
        await until(lambda: [header.name for header in rows.headers] == ["source", "id", "trace"])
        await pilot.press("alt+up", "alt+up")
        await until(lambda: [header.name for header in rows.headers] == ["source", "trace", "id"])
        await pilot.pause()
        before = stand.session.scenario.record
        await pilot.click(rows.query("#remove").last())
        await until(lambda: len(stand.session.scenario.record.headers) == 2)
        await pilot.press("ctrl+z")
        await until(lambda: stand.session.scenario.record == before)


async def test_a_partition_is_a_number_or_nothing(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        await pilot.pause()
        await pilot.click("#partition")
        await pilot.press("4")
        await until(lambda: stand.session.scenario.record.partition == 4)
        await until(
            lambda: (
                stand.app.bench.query_one(Route).way
                == Way("partition 4", ("as set, no partitioner", "as set"), 4, 2)
            )
        )
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
        await pilot.press(*["down"] * 8)
        payload = stand.app.bench.query_one("#value", Payload)
        assert payload.has_focus
        await pilot.press("up")
        assert stand.app.bench.focused.id == "value-null"
        await pilot.press("down", *["down"] * payload.document.line_count)
        assert not payload.has_focus
        assert isinstance(stand.app.bench.query_one(Composer), Composer)


async def test_templates_and_json_are_told_apart(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await _ready(stand, until)
        payload = stand.app.bench.query_one("#value", Payload)
        line = payload.get_line(1)
        styles = {line.plain[span.start : span.end]: str(span.style) for span in line.spans}
        assert styles["{{ seq }}"].startswith("bold")
        assert '"id"' in styles


async def test_another_theme_recolours_what_was_drawn_a_moment_too_early(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await _ready(stand, until)
        bench = stand.app.bench
        stand.app.choose_theme("kwb-light")
        bench.show()  # its name is there already, its colours are not
        await until(lambda: bench.query_one("#send").title.right.spans[0].style == palette(stand.app).ok)
        await until(lambda: palette(stand.app).ok in str(bench.query_one("#verdict").content.style))
        assert palette(stand.app).text in str(bench.query_one("#made").content.spans)


async def test_headers_are_those_of_one_record_or_another_while_rows_come_and_go(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        rows = stand.app.bench.query_one(HeaderRows)
        first = tuple(Header(f"a{number}", "x") for number in range(3))
        await rows.show(first)
        assert rows.headers == first
        second = (Header("b", None), Header("b", ""))
        showing = asyncio.create_task(rows.show(second))
        while not showing.done():
            assert rows.headers in (first, second)
            await asyncio.sleep(0)
        assert rows.headers == second
        row = rows.query(HeaderRow).first()
        await row.query_one(".value").remove()
        assert rows.headers == second, "one that is being taken away still knows what it says"
