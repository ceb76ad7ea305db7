"""The config list: moving, editing, choosing, defaults, undo."""

from workbench.ui.widgets.config_list import ConfigList


def _row(stand, name):
    rows = stand.app.bench.query_one(ConfigList).rows
    return next(row for row in rows if row.setting.name == name)


async def _to(stand, pilot, until, name):
    await until(lambda: stand.session.phase == "idle")
    await pilot.press("1")
    listed = stand.app.bench.query_one(ConfigList)
    await until(lambda: listed.has_focus)
    names = [row.setting.name for row in listed.rows]
    await pilot.press("home", *["down"] * names.index(name))
    assert listed.current.name == name


async def test_a_number_is_edited_in_place_and_undone(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter", "end", "backspace", *"500", "enter")
        await until(lambda: stand.session.scenario.producer.get("linger.ms") == "500")
        row = _row(stand, "linger.ms").setting
        assert row.changed
        assert row.unit == "0.5 s"
        assert stand.app.bench.query_one(ConfigList).has_focus
        await pilot.press("u")
        await until(lambda: "linger.ms" not in stand.session.scenario.producer)
        assert not _row(stand, "linger.ms").setting.changed


async def test_a_wrong_value_is_said_while_typed_and_not_taken(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter", *"abc")
        await until(lambda: any(hint.severity == "bad" for hint in _row(stand, "linger.ms").setting.hints))
        await pilot.press("enter")
        assert stand.app.bench.query_one(ConfigList).editing
        await pilot.press("escape")
        assert not stand.app.bench.query_one(ConfigList).editing
        assert "linger.ms" not in stand.session.scenario.producer
        assert not _row(stand, "linger.ms").setting.hints


async def test_choices_turn_both_ways_and_go_back_to_the_default(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("right")
        await until(lambda: stand.session.scenario.producer.get("compression.type") == "gzip")
        await pilot.press("left", "left")
        await until(lambda: stand.session.scenario.producer.get("compression.type") == "zstd")
        await pilot.press("backspace")
        await until(lambda: "compression.type" not in stand.session.scenario.producer)


async def test_a_click_selects_and_a_second_one_edits(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        row = _row(stand, "compression.type")
        await pilot.pause()
        await pilot.click(row, offset=(30, 0))
        await pilot.pause()
        await pilot.click(row, offset=(30, 0))
        await until(lambda: stand.session.scenario.producer.get("compression.type") == "gzip")


async def test_leaving_the_field_by_tab_takes_what_was_typed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "batch.size")
        await pilot.press("enter", "ctrl+u", *"32768", "tab")
        await until(lambda: stand.session.scenario.producer.get("batch.size") == "32768")
        assert _row(stand, "batch.size").setting.unit == "32 KiB"


async def test_an_edit_in_a_run_waits_for_the_next(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.press("right")
        await until(lambda: _row(stand, "compression.type").setting.waits)
        assert "1 next run" in stand.app.bench.query_one("#config").title.right.plain
        stand.bench.finish()
        await until(lambda: not _row(stand, "compression.type").setting.waits)


async def test_bootstrap_servers_are_shown_and_not_edited(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "bootstrap.servers")
        await pilot.press("enter", "backspace")
        assert not stand.app.bench.query_one(ConfigList).editing
        assert "127.0.0.1:38291" in _row(stand, "bootstrap.servers").setting.value
