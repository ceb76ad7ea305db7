"""Records kept by name, copied and pasted; scenarios opened and saved."""

import pytest
from textual import events

from workbench.model.record import Header, MadeRecord, Problem
from workbench.model.scenario_file import load_scenario
from workbench.serde.record_texts import envelope
from workbench.ui.screens.pick_one import Filter, PickOne
from workbench.ui.screens.question import Question
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.payload import Payload


async def _ready(stand, until):
    await until(lambda: stand.session.phase == "idle")
    await until(lambda: "✓" in str(stand.app.bench.query_one("#verdict").content))


async def _answered(stand, until, pilot, text, *keys):
    """Wait for the list, type into it."""
    await until(lambda: isinstance(stand.app.screen, PickOne) and stand.app.screen.query(Filter))
    stand.app.screen.query_one(Filter).value = text
    await pilot.pause()
    await pilot.press(*keys or ("enter",))


async def test_a_record_is_saved_by_name_found_again_and_deleted(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        before, bench = stand.session.scenario.record, stand.app.bench
        bench.action_save_record()
        await _answered(stand, until, pilot, "an order")
        saved = stand.app.data_dir / "records" / "an order.toml"
        await until(saved.exists)
        bench.query_one("#key", Payload).text = "another"
        await until(lambda: stand.session.scenario.record.key == "another")
        await until(lambda: stand.app.screen is bench)
        await pilot.press("ctrl+l")
        await _answered(stand, until, pilot, "order")
        await until(lambda: stand.session.scenario.record == before)
        bench.action_save_record()
        await _answered(stand, until, pilot, "an order")
        await until(lambda: isinstance(stand.app.screen, Question))
        await pilot.press("escape")
        await until(lambda: stand.app.screen is bench)
        await pilot.press("ctrl+l")
        await _answered(stand, until, pilot, "", "ctrl+d")
        await until(lambda: isinstance(stand.app.screen, Question))
        await pilot.press("y")
        await until(lambda: not saved.exists())


async def test_a_pasted_envelope_takes_the_record_s_place_and_undo_takes_it_back(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        before, bench = stand.session.scenario.record, stand.app.bench
        payload = bench.query_one("#value", Payload)
        payload.focus()
        text = '{"key": null, "value": {"a": [1]}, "headers": [["h", ""], ["h", null]], "partition": 2}'
        payload.post_message(events.Paste(text))
        await until(lambda: stand.session.scenario.record.key is None)
        record = stand.session.scenario.record
        assert (record.value, record.value_serializer, record.partition) == ('{"a": [1]}', "json", 2)
        await until(lambda: stand.session.scenario.record.headers == (Header("h", ""), Header("h", None)))
        await pilot.press("ctrl+z")
        await until(lambda: stand.session.scenario.record == before)
        payload.post_message(events.Paste('{"only": "json"}'))
        await until(lambda: '{"only": "json"}' in (stand.session.scenario.record.value or ""))


async def test_the_record_is_copied_in_each_form(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await _ready(stand, until)
        bench, scenario = stand.app.bench, stand.session.scenario
        bench.action_copy_record("plan")
        assert envelope.read(stand.app.clipboard).record == scenario.record
        bench.action_copy_record("envelope")
        assert '"key": "user-0", "value": {\n  "id": 0,' in stand.app.clipboard
        bench.action_copy_record("kcat")
        assert "kcat -P -b 127.0.0.1:38291" in stand.app.clipboard
        bench.action_copy_record("console")
        await until(
            lambda: any("a line ends at a line break" in note.message for note in stand.app._notifications)
        )


async def test_a_scenario_is_opened_changed_and_saved_with_its_comments(stand, until, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(
        '# mine\nformat = 1\n[cluster]\nbrokers = 1\n[topic]\nname = "t2"\npartitions = 2 # few\n'
        '[record]\nkey = "k" # the key\nvalue = ""\n[send]\ncount = 5\n'
    )
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        bench.action_open_scenario()
        await _answered(stand, until, pilot, "mine")
        await until(lambda: stand.session.scenario.topic.name == "t2" and stand.session.phase == "idle")
        assert len(stand.benches) == 2, "another cluster has a bench of its own"
        assert stand.benches[0].calls[-1] == "close"
        await until(lambda: bench.query_one("#value-null").value == "empty")
        assert bench.query_one("#count").value == "5"
        bench.query_one("#key", Payload).text = "new"
        await until(lambda: stand.session.scenario.record.key == "new")
        bench.action_save_scenario()
        await _answered(stand, until, pilot, "mine.toml")
        await until(lambda: 'key = "new" # the key' in path.read_text())
        assert path.read_text().startswith("# mine\n")
        assert "partitions = 2 # few" in path.read_text()
        assert load_scenario(path.read_text(), "mine").send.count == 5


async def test_a_demonstration_is_found_by_its_title_and_says_once_what_to_press(
    stand, until, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a_config.toml").write_text('acks = "all"\n')
    (tmp_path / "of_mine.toml").write_text("format = 1\n")
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        stand.app.bench.action_open_scenario()
        await until(lambda: isinstance(stand.app.screen, PickOne))
        rows = [row.value for row in stand.app.screen._rows]
        assert rows[0] == "of_mine.toml"
        assert rows.index("sample: orders.toml") < rows.index("a_config.toml")
        assert rows.index("sample: scenarios/acks_by_hand.toml") < rows.index(
            "sample: configs/good_librdkafka.toml"
        )
        await _answered(stand, until, pilot, "which acked records would be lost")
        await until(lambda: stand.session.scenario.topic.name == "acks" and stand.session.phase == "idle")
        await until(lambda: stand.app._notifications)
        (told,) = stand.app._notifications
        assert told.title == "Which acked records would be lost?"
        assert told.message.endswith("(^P, Note shows this again)")


@pytest.mark.parametrize("answer", ["escape", "y"])
async def test_what_is_not_saved_is_left_only_when_the_user_says_so(
    stand, until, tmp_path, monkeypatch, answer
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("format = 1\n")
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        await pilot.press("2")
        bench.query_one("#key", Payload).text = "edited"
        bench.action_open_scenario()
        await _answered(stand, until, pilot, "mine")
        await until(lambda: isinstance(stand.app.screen, Question))
        await pilot.press(answer)
        await until(lambda: stand.app.screen is bench)
        assert len(stand.benches) == 1, "the cluster fits: it stays"
        wanted = "edited" if answer == "escape" else None
        await until(lambda: stand.session.scenario.record.key == wanted)


async def test_parts_are_gone_through_by_key_where_they_are_behind_tabs(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        await pilot.press("ctrl+t")
        await until(
            lambda: (
                (bench.focused is not None and bench.focused.id == "add-header")
                or bool(bench.query("HeaderRow .name:focus"))
            )
        )
        await pilot.press("ctrl+t", "ctrl+t")
        await until(lambda: bench.focused is not None and bench.focused.id == "key")
        assert bench.query_one(Composer).has_class("-sub")
        await pilot.press("end", *"-1")
        await until(lambda: stand.session.scenario.record.key == "user-{{ seq % 100 }}-1")


async def test_enter_keeps_the_indent_and_goes_deeper_after_a_bracket(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        payload = stand.app.bench.query_one("#value", Payload)
        payload.focus()
        payload.text = '{"a": {}}'
        payload.move_cursor((0, 7))
        await pilot.press("enter", *'"b": 1')
        assert payload.text == '{"a": {\n  "b": 1\n}}'
        await pilot.press("enter", *"x")
        assert payload.text == '{"a": {\n  "b": 1\n  x\n}}'


async def test_a_problem_is_gone_to(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _ready(stand, until)
        problem = Problem(3, 5, "user", "a number is wanted")
        stand.bench.made = lambda record, seq: MadeRecord(seq, error="x", where="value", problems=(problem,))
        await pilot.press("2", "ctrl+t")
        stand.app.bench.query_one("#value", Payload).text += " "
        await until(
            lambda: (
                "value, line 3 user: a number is wanted" in str(stand.app.bench.query_one("#made").content)
            )
        )
        await pilot.press("escape", "ctrl+s")
        await until(lambda: stand.app.bench.query_one("#value").has_focus)
        assert stand.app.bench.query_one("#value", Payload).cursor_location == (2, 4)
        assert not stand.bench.runs


async def test_a_text_that_would_freeze_the_screen_is_held_aside_and_sent_whole(stand, until):
    large = "x" * 5_000_000
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        payload = bench.query_one("#value", Payload)
        payload.show("")
        payload.post_message(events.Paste(large))
        await until(lambda: stand.session.scenario.record.value == large)
        assert payload.text == ""
        await until(lambda: "5,000,000 characters, too many" in payload.placeholder)
        bench.query_one("#value-null").focus()
        await pilot.press("left")
        await until(lambda: stand.session.scenario.record.value is None)
        await pilot.press("right")
        await until(lambda: stand.session.scenario.record.value == large)
        payload.change("small")
        await until(lambda: stand.session.scenario.record.value == "small")
        assert payload.text == "small"


async def test_a_template_s_name_is_completed(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        payload = stand.app.bench.query_one("#value", Payload)
        payload.focus()
        for typed, wanted in (
            ("{{ run", "_id"),
            ("{{ now_m", "s"),
            ('{{ choice("cou', ""),
            ("run", ""),
            ("{{ seq", ""),
        ):
            payload.text = ""
            await pilot.press(*typed)
            assert payload.suggestion == wanted, typed
        payload.text = ""
        await pilot.press(*"{{ run", "right")
        assert payload.text == "{{ run_id"


async def test_a_schema_registry_is_chosen_or_refused(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        bench.action_choose_registry()
        await _answered(stand, until, pilot, "http://localhost:8081")
        await until(lambda: stand.session.scenario.registry.url == "http://localhost:8081")
        bench.action_choose_registry()
        await _answered(stand, until, pilot, "localhost")
        await until(lambda: any("must be http" in note.message for note in stand.app._notifications))
        assert stand.session.scenario.registry.url == "http://localhost:8081"


async def test_a_wrong_field_is_gone_to_and_compression_sizes_the_batch_anew(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _ready(stand, until)
        bench = stand.app.bench
        bench.query_one("#timestamp").value = "soon"
        await until(lambda: bench.problem is not None and "timestamp" in bench.problem)
        bench.set_focus(None)
        await pilot.press("ctrl+s")
        await until(lambda: bench.query_one("#timestamp").has_focus)
        bench.query_one("#timestamp").value = ""
        await until(lambda: bench.problem is None)
        stand.session.write(stand.session.written.with_property("compression.type", "gzip"))
        await until(lambda: "gzip" in str(bench.query_one("#made").content))
