"""The config list: moving, editing, choosing, groups, filter, fixes, paste, undo and redo, two dialects."""

import pytest
from textual import events

from workbench.model.scenario import Scenario
from workbench.ui.config_model import Hint
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.config_pane import FilterField
from workbench.ui.widgets.value_field import ValueField

MASK = "[hidden]"


def _list(stand) -> ConfigList:
    return stand.app.bench.query_one(ConfigList)


def _setting(stand, name):
    return next(setting for setting in _list(stand).settings if setting.name == name)


def _hints(stand, name):
    """As they are painted under the row."""
    listed = _list(stand)
    at = next(i for i, entry in enumerate(listed.entries) if entry.setting and entry.setting.name == name)
    return [line.hint for line in listed._lines if line.entry == at and line.hint is not None]


def _shown(stand):
    return [entry.setting.name for entry in _list(stand).entries if entry.setting]


def _painted(stand):
    return "\n".join(strip.text for strip in _list(stand)._strips)


def _help(stand):
    return stand.app.bench.query_one("#setting-help").content.plain


async def _to(stand, pilot, until, name):
    await until(lambda: stand.session.phase == "idle")
    await pilot.press("1")
    listed = _list(stand)
    await until(lambda: listed.has_focus)
    listed.go_to(name)
    await pilot.pause()
    assert listed.current.name == name


def _producer(stand):
    return stand.session.scenario.producer


async def test_a_number_is_edited_in_place_undone_and_made_again(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter", "end", "backspace", *"500", "enter")
        await until(lambda: _producer(stand).get("linger.ms") == "500")
        assert _setting(stand, "linger.ms").changed
        assert _setting(stand, "linger.ms").unit == "0.5 s"
        assert _list(stand).has_focus
        await pilot.press("u")
        await until(lambda: "linger.ms" not in _producer(stand))
        assert not _setting(stand, "linger.ms").changed
        await pilot.press("r")
        await until(lambda: _producer(stand).get("linger.ms") == "500")


async def test_a_new_change_forgets_what_was_taken_back(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("right", "u", "left")
        await until(lambda: _producer(stand).get("compression.type") == "zstd")
        await pilot.press("r")
        await until(lambda: any("make again" in each.message for each in stand.app._notifications))
        assert _producer(stand)["compression.type"] == "zstd"


async def test_a_wrong_value_is_said_while_typed_and_not_taken(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter", *"abc")
        await until(lambda: any(hint.severity == "bad" for hint in _hints(stand, "linger.ms")))
        await pilot.press("enter")
        assert _list(stand).editing
        await pilot.press("escape")
        assert not _list(stand).editing
        assert "linger.ms" not in _producer(stand)
        assert not _hints(stand, "linger.ms")


async def test_choices_turn_both_ways_and_go_back_to_the_default(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("right")
        await until(lambda: _producer(stand).get("compression.type") == "gzip")
        await pilot.press("left", "left")
        await until(lambda: _producer(stand).get("compression.type") == "zstd")
        await pilot.press("backspace")
        await until(lambda: "compression.type" not in _producer(stand))


async def test_what_may_stand_there_is_offered_and_completed_while_typed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("e", "ctrl+u", "l")
        await until(lambda: any("lz4" in hint.text for hint in _hints(stand, "compression.type")))
        field = stand.app.bench.query_one(ValueField)
        await until(lambda: field._suggestion == "lz4")
        await pilot.press("right", "enter")
        await until(lambda: _producer(stand).get("compression.type") == "lz4")


async def test_a_click_selects_and_a_second_one_edits(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("home")
        listed = _list(stand)
        y = next(i for i, strip in enumerate(listed._strips) if "compression.type" in strip.text)
        await pilot.click(listed, offset=(30, y))
        await until(lambda: listed.current is not None and listed.current.name == "compression.type")
        await pilot.click(listed, offset=(30, y))
        await until(lambda: _producer(stand).get("compression.type") == "gzip")


async def test_leaving_the_field_by_tab_takes_what_was_typed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "batch.size")
        await pilot.press("enter", "ctrl+u", *"32768", "tab")
        await until(lambda: _producer(stand).get("batch.size") == "32768")
        assert _setting(stand, "batch.size").unit == "32 KiB"


async def test_an_edit_in_a_run_waits_for_the_next(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "compression.type")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.press("right")
        await until(lambda: _setting(stand, "compression.type").waits)
        assert "1 next run" in stand.app.bench.query_one("#config").title.right.plain
        stand.bench.finish()
        await until(lambda: not _setting(stand, "compression.type").waits)


async def test_bootstrap_servers_are_shown_and_not_edited(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "bootstrap.servers")
        await pilot.press("enter", "backspace")
        assert not _list(stand).editing
        assert "127.0.0.1:38291" in _setting(stand, "bootstrap.servers").value


async def test_a_closed_group_says_its_digest_and_opens_by_key_and_by_mouse(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "batch.size")
        assert "retries" not in _shown(stand)
        listed = _list(stand)
        at = next(i for i, e in enumerate(listed.entries) if e.key == ("Timeouts, more", ""))
        await pilot.press("home", *["down"] * at)
        assert "retries ∞" in _painted(stand)
        await pilot.press("enter")
        assert "retries" in _shown(stand)
        await pilot.press("left")
        assert "retries" not in _shown(stand)
        await pilot.press("right", "down", "left")
        assert listed.current is None  # ← in a row goes to its title
        await pilot.press("left")
        y = next(i for i, strip in enumerate(listed._strips) if "retries ∞" in strip.text)
        await pilot.click(listed, offset=(4, y))
        await until(lambda: "retries" in _shown(stand))


async def test_the_filter_narrows_at_every_key_and_escape_clears_it(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "batch.size")
        all_shown = _shown(stand)
        await pilot.press("slash", *"backoff")
        await until(lambda: "retry.backoff.ms" in _shown(stand))
        assert "acks" not in _shown(stand)
        await until(lambda: "backoff" in _help(stand).partition("\n")[0])
        await pilot.press("enter")
        assert _list(stand).has_focus
        await pilot.press("escape")
        await until(lambda: _shown(stand) == all_shown)
        assert stand.app.bench.query_one(FilterField).value == ""
        await pilot.press("ctrl+f", *"nothing so named")
        await until(lambda: "nothing is found" in _painted(stand))
        await pilot.press("down", "enter", "right", "left", "backspace", "f", "e")
        await pilot.press("slash", "escape")
        await until(lambda: _shown(stand) == all_shown)


async def test_the_filter_finds_a_property_by_the_other_clients_name(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "batch.size")
        await pilot.press("slash", *"buffer.memory")
        await until(lambda: _shown(stand) == ["queue.buffering.max.kbytes"])


async def test_only_what_is_changed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "enable.idempotence")
        await pilot.press("c")
        await until(lambda: "enable.idempotence" in _shown(stand) and "linger.ms" not in _shown(stand))
        assert stand.app.bench.query_one("#config").title.right.plain == "only changed"
        await pilot.press("c")
        await until(lambda: "linger.ms" in _shown(stand))


async def test_the_fix_of_a_hint_is_one_key(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "delivery.timeout.ms")
        await pilot.press("enter", "ctrl+u", *"1000", "enter")
        await until(lambda: _producer(stand).get("delivery.timeout.ms") == "1000")
        hints = _setting(stand, "delivery.timeout.ms").hints
        assert any("Java" in hint.clients for hint in hints)
        assert "[f]ix" in _painted(stand)
        await pilot.press("f")
        await until(lambda: _producer(stand).get("delivery.timeout.ms") != "1000")
        assert not any(hint.clients for hint in _setting(stand, "delivery.timeout.ms").hints)
        await pilot.press("u")
        await until(lambda: _producer(stand).get("delivery.timeout.ms") == "1000")


async def test_the_budget_is_redrawn_while_a_value_is_typed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "delivery.timeout.ms")
        budget = stand.app.bench.query_one("#budget")
        assert budget._budget.tries == 5
        await pilot.press("enter", "ctrl+u", *"1000")
        await until(lambda: budget._budget.over_ms > 0)
        assert "delivery.timeout.ms" not in _producer(stand)
        await pilot.press("escape")
        await until(lambda: budget._budget.tries == 5)


def _paste(stand, text):
    stand.app.post_message(events.Paste(text))


async def test_a_pasted_line_sets_one_property(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        _paste(stand, "linger.ms = 50\n")
        await until(lambda: _producer(stand).get("linger.ms") == "50")
        assert _producer(stand)["enable.idempotence"] == "true"


async def test_a_pasted_file_takes_the_configs_place_and_is_taken_back(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        before = dict(_producer(stand))
        _paste(stand, "# mine\r\nbootstrap.servers=a:1\r\nacks=1\r\nlinger.ms: 7\r\n")
        await until(lambda: _producer(stand) == {"acks": "1", "linger.ms": "7"})
        await pilot.press("u")
        await until(lambda: _producer(stand) == before)


async def test_a_pasted_java_file_is_shown_in_java_names(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        await pilot.press("enter")
        _paste(stand, "buffer.memory=1048576\nmax.request.size=20000\nacks=all\nbatch.size=10000\n")
        await until(lambda: stand.session.written.client == "java")
        assert _setting(stand, "buffer.memory").value == "1048576"
        assert _producer(stand)["queue.buffering.max.kbytes"] == "1024"
        assert _producer(stand)["defaults"] == "java"


async def test_a_file_pasted_into_a_value_is_not_taken_for_the_value(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter")
        _paste(stand, "acks=1\nlinger.ms=9\n")
        await until(lambda: _producer(stand) == {"acks": "1", "linger.ms": "9"})
        assert not _list(stand).editing


async def test_the_dialect_changes_names_and_not_what_runs(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        before = dict(_producer(stand))
        await pilot.press("j")
        await until(lambda: stand.session.written.client == "java")
        assert stand.app.bench.query_one("#dialect-line").display
        assert _producer(stand) == before
        assert _setting(stand, "buffer.memory").value == str(2**30)
        assert _setting(stand, "buffer.memory").changed  # Java's default is 32 MiB
        _list(stand).go_to("buffer.memory")
        await until(lambda: "queue.buffering.max.kbytes" in _help(stand))
        await pilot.press("enter", "ctrl+u", *"2097152", "enter")
        await until(lambda: _producer(stand).get("queue.buffering.max.kbytes") == "2048")
        await pilot.press("j")
        await until(lambda: stand.session.written.client == "librdkafka")
        assert _setting(stand, "queue.buffering.max.kbytes").value == "2048"
        assert not stand.app.bench.query_one("#dialect-line").display


async def test_back_in_librdkafkas_names_an_untouched_config_is_as_it_was(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        before = stand.session.written
        await pilot.press("j", "j")
        await until(lambda: stand.session.written == before)


async def test_what_librdkafka_cannot_do_is_said_under_a_property_of_javas(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        await pilot.press("j")
        await until(lambda: stand.session.written.client == "java")
        _list(stand).go_to("metadata.max.idle.ms")
        await pilot.press("enter", "ctrl+u", *"60000", "enter")
        await until(lambda: "metadata.max.idle.ms" in stand.session.written.config)
        assert any("not in the run" in hint.text for hint in _setting(stand, "metadata.max.idle.ms").hints)
        assert "metadata.max.idle.ms" not in _producer(stand)


async def test_javas_defaults_are_one_choice(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "defaults")
        await pilot.press("right")
        await until(lambda: _producer(stand).get("defaults") == "java")
        assert _setting(stand, "batch.size").value == "16384"
        await pilot.press("right")
        await until(lambda: "defaults" not in _producer(stand))


@pytest.fixture
def secret():
    return Scenario(title="s", producer={"sasl.password": "hush-hush", "security.protocol": "sasl_ssl"})


async def test_a_secret_is_never_painted(new_stand, until, secret):
    stand = new_stand(scenario=secret)
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "sasl.password")
        assert _setting(stand, "sasl.password").value == MASK
        await pilot.press("enter", *"new-word")
        await pilot.pause()
        lines = stand.app.bench._compositor.render_strips(stand.app.size)
        painted = "\n".join("".join(segment.text for segment in strip) for strip in lines)
        assert "hush" not in painted
        assert "new-word" not in painted
        await pilot.press("enter")
        await until(lambda: _producer(stand)["sasl.password"] == "new-word")
        await pilot.press("j")
        await until(lambda: stand.session.written.client == "java")
        assert not any("new-word" in setting.value for setting in _list(stand).settings)


async def test_a_hint_in_a_closed_group_is_counted_on_its_title(new_stand, until):
    scenario = Scenario(title="s", producer={"socket.keepalive.enable": "maybe"})
    stand = new_stand(scenario=scenario)
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "acks")
        await pilot.press("end")
        await until(lambda: "▸ Connection  ▲1" in _painted(stand))


@pytest.mark.parametrize("size", [(72, 18), (80, 24), (110, 32), (120, 36), (140, 42), (200, 60)])
async def test_what_decides_most_is_never_cut(stand, until, size):
    async with stand.app.run_test(size=size) as pilot:
        await _to(stand, pilot, until, "acks")
        for name in ("acks", "delivery.timeout.ms", "batch.size", "max.in.flight.requests.per.connection"):
            _list(stand).go_to(name)
            await pilot.pause()
            line = next(line for line in _painted(stand).splitlines() if _setting(stand, name).value in line)
            assert "…" not in line


def test_a_hints_fix_is_a_line_of_its_own_where_there_is_no_room():
    from workbench.ui.widgets.config_lines import hint_lines

    hint = Hint("warn", "what is wrong with it", "Java refuses", fix={"a": "b"})
    assert hint_lines(hint, 30)[-1].endswith("Java refuses  [f]ix")
    assert hint_lines(hint, 14)[-1].strip() == "[f]ix"


async def test_a_wrong_edit_that_is_still_open_is_not_sent(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _to(stand, pilot, until, "linger.ms")
        await pilot.press("enter", "x", "ctrl+s")
        await pilot.pause()
        assert stand.bench.runs == []
        assert [note.title for note in stand.app._notifications] == ["Not sent"]
