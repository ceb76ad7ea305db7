"""Texts that nobody types and somebody pastes: they are painted as letters, and no screen ends by them."""

import pytest
from textual import events
from textual.widgets._toast import Toast

from workbench.ui.widgets.config_list import ConfigList


async def _paste(stand, pilot, until, text):
    await until(lambda: stand.session.phase == "idle")
    await pilot.press("1")
    listed = stand.app.bench.query_one(ConfigList)
    await until(lambda: listed.has_focus)
    listed.post_message(events.Paste(text))
    await until(lambda: bool(stand.app._notifications))
    await pilot.pause()
    return listed


@pytest.mark.parametrize("name", ["[/tea]", "[bold]tea", "[@click]tea[/]", "{tea}", "te{a"])
async def test_what_is_pasted_is_told_as_it_stands_there(stand, until, name):
    async with stand.app.run_test(size=(100, 30), notifications=True) as pilot:
        await _paste(stand, pilot, until, f"{name}=5\n")
        await until(lambda: bool(stand.app.screen.query(Toast)))
        assert name in stand.app.screen.query_one(Toast).render().plain
        assert stand.session.scenario.producer[name] == "5"


@pytest.mark.parametrize("value", ["nan", "-inf", "1e400", "9" * 400, "5f"])
async def test_what_java_takes_for_a_number_needs_no_unit(stand, until, value):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        listed = await _paste(
            stand, pilot, until, f"sasl.login.refresh.buffer.seconds={value}\nmax.request.size=5\n"
        )
        listed.go_to("sasl.login.refresh.buffer.seconds")
        await pilot.pause()
        assert listed.current.value == value
        assert listed.current.unit == ""


async def test_more_digits_than_python_reads_are_listed_like_any_wrong_value(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        digits = "9" * 5000
        names = [
            *("acks", "batch.size", "queue.buffering.max.messages", "client.id", "transactional.id"),
            *("compression.level", "socket.keepalive.enable", "queuing.strategy"),
        ]
        listed = await _paste(stand, pilot, until, "".join(f"{name}={digits}\n" for name in names))
        for name in names:
            listed.go_to(name)
            await pilot.pause()
            assert listed.current.value == digits


@pytest.mark.parametrize(
    "value",
    ["a\\u001b[31mb", "a\\u0007b", "a\\nb", "a\\u202eb", "a\\tb", "a\\ud83db"],
    ids=["escape", "bell", "line end", "right to left", "tab", "half a letter"],
)
@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_only_letters_are_painted(stand, until, value, size):
    async with stand.app.run_test(size=size) as pilot:
        listed = await _paste(
            stand, pilot, until, f"client.id={value}\nlinger.ms=7\nte{value}=1\nacks={value}\n"
        )
        painted = "".join(strip.text for strip in listed._strips)
        assert "a·" in painted
        for widget in ("#setting-help", "#help-under-text"):
            painted += stand.app.bench.query_one(widget).render().plain.replace("\n", "")
        listed.go_to(next(name for name in stand.session.scenario.producer if name.startswith("te")))
        await pilot.pause()
        painted += "".join(strip.text for strip in stand.app.bench.query_one(ConfigList)._strips)
        painted += stand.app.bench.query_one("#setting-help").render().plain.replace("\n", "")
        assert painted.isprintable()


async def test_a_value_with_other_letters_is_kept_when_it_is_only_looked_at(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        listed = await _paste(stand, pilot, until, "ssl.certificate.pem=a\\nb\nlinger.ms=7\n")
        listed.go_to("ssl.certificate.pem")
        await pilot.press("enter", "enter")
        await until(lambda: not listed.editing)
        assert stand.session.scenario.producer["ssl.certificate.pem"] == "a\nb"
        await pilot.press("enter", "end", "c", "tab")
        await until(lambda: not listed.editing)
        assert stand.session.scenario.producer["ssl.certificate.pem"] == "a\nbc"


@pytest.mark.parametrize(
    ("value", "said"),
    [("a\\ud83db", "half a letter"), ("a\\u0000b", "a NUL")],
)
async def test_what_is_no_text_is_refused_before_anything_is_sent(stand, until, value, said):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await _paste(stand, pilot, until, f"client.id={value}\nlinger.ms=7\n")
        await pilot.press("ctrl+s")
        await until(lambda: any(said in each.message for each in stand.app._notifications))
        assert not stand.bench.runs


async def test_a_pasted_login_is_refused_on_the_lab_and_one_key_mends_it(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        text = "max.request.size=5000\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
        login = 'x.ScramLoginModule required username=\\"tea\\" password=\\"pot\\";'
        listed = await _paste(stand, pilot, until, f"{text}sasl.jaas.config={login}\n")
        await pilot.press("ctrl+s")
        told = "the lab speaks PLAINTEXT only"
        await until(lambda: any(told in each.message for each in stand.app._notifications))
        assert not stand.bench.runs
        await until(lambda: listed.current is not None and listed.current.name == "security.protocol")
        await pilot.press("f")
        await until(lambda: "security.protocol" not in stand.session.scenario.producer)
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))


async def test_what_runs_in_javas_names_does_not_wait_for_the_next_run(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        text = "max.request.size=5000\nretries=3\ninterceptor.classes=tea.Pot\nbuffer.memory=9000000\ntea.pot=1\n"
        listed = await _paste(stand, pilot, until, text)
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.pause()
        assert [setting.name for setting in listed.settings if setting.waits] == []
        listed.go_to("retries")
        await pilot.press("enter", "end", "0", "enter")
        await until(lambda: [each.name for each in listed.settings if each.waits] == ["retries"])
        assert stand.app.bench.query_one("#config").title.right.plain.endswith("1 next run")
        await pilot.press("j")
        await until(lambda: [each.name for each in listed.settings if each.waits] == ["retries"])
        stand.bench.finish()


async def test_a_filter_finds_words_in_what_a_setting_does_by_their_beginning(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("1", "slash", *"acks")
        listed = stand.app.bench.query_one(ConfigList)
        await until(lambda: listed.current is not None and listed.current.name == "acks")
        shown = {entry.setting.name for entry in listed.entries if entry.setting}
        assert "opaque" not in shown  # its callbacks
        await pilot.press("ctrl+u", *"timeout")
        await until(
            lambda: "request.timeout.ms" in {each.setting.name for each in listed.entries if each.setting}
        )


async def test_the_setting_that_is_refused_is_gone_to_also_behind_a_filter(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        listed = await _paste(stand, pilot, until, "acks=1\nenable.idempotence=true\n")
        await pilot.press("slash", *"linger")
        await until(lambda: listed.view.wanted == "linger")
        await pilot.press("enter", "ctrl+s")
        await until(lambda: listed.current is not None and listed.current.name == "acks")
        field = stand.app.bench.query_one("#filter")
        await until(lambda: field.value == "")
        assert not stand.bench.runs
