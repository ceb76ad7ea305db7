"""Tabs, panes, zoom, sizes, themes, settings, help, palette."""

import pytest

from workbench.ui.screens.help import Help
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.tab_bar import TabBar

THEME = """
name = "mine"
dark = true
[roles]
base = "#000000"
surface = "#101010"
raised = "#202020"
line = "#303030"
text = "#ffffff"
muted = "#aaaaaa"
faint = "#777777"
accent = "#ff00ff"
queue = "#b79cf7"
wire = "#58aef5"
repl = "#3ec9bd"
ok = "#7ed491"
warn = "#f2b84b"
bad = "#f4737f"
on = "#000000"
heat = ["#18212f", "#17344d", "#17506a", "#1b7180", "#2f9688", "#69bd83", "#c3e585"]
"""


def _seen(stand, selector):
    return stand.app.bench.query_one(selector).is_on_screen


async def test_number_keys_and_clicks_go_through_the_tabs(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await until(lambda: _seen(stand, "#composer"))
        for key, shown in (("1", "#config"), ("3", "#partitions"), ("4", "#events"), ("2", "#send")):
            await pilot.press(key)
            await until(lambda shown=shown: _seen(stand, shown))
        await pilot.click(TabBar, offset=(28, 0))
        await until(lambda: _seen(stand, "#partitions"))
        assert not _seen(stand, "#composer")


async def test_text_survives_tabs_and_sizes(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.pause()
        await pilot.click("#part-tabs", offset=(2, 0))
        await pilot.pause()
        await pilot.click("#key")
        await pilot.press("end", *"-1234", "escape", "3")
        await until(lambda: _seen(stand, "#partitions"))
        for width, height in ((200, 60), (140, 42), (40, 10), (80, 24)):
            await pilot.resize_terminal(width, height)
        await pilot.press("2")
        await until(lambda: _seen(stand, "#key"))
        assert stand.app.bench.query_one("#key").text == "user-{{ seq % 100 }}-1234"
        assert stand.session.scenario.record.key == "user-{{ seq % 100 }}-1234"


async def test_tab_goes_through_every_pane_and_back(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        bench, panes = stand.app.bench, []
        await until(lambda: bench.query_one("#events").region.y > 0)  # Tab goes by where things are laid out
        for _ in range(40):
            await pilot.press("tab")
            pane = next(node for node in bench.focused.ancestors if node.id and node.has_class("-pane"))
            if pane.id not in panes:
                panes.append(pane.id)
        order = ["config", "meaning", "composer", "send", "partitions", "latency", "acks", "events"]
        assert panes == order
        before = bench.focused
        await pilot.press("tab", "shift+tab")
        assert bench.focused is before


async def test_zoom_gives_a_pane_the_room_and_takes_it_back(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("3")
        heatmap = stand.app.bench.query_one(Heatmap)
        await until(lambda: heatmap.has_focus)
        narrow = heatmap.size.width
        await pilot.press("ctrl+o")
        await until(lambda: heatmap.size.width > 130)
        assert not _seen(stand, "#composer")
        await pilot.press("ctrl+o")
        await until(lambda: heatmap.size.width == narrow)
        assert _seen(stand, "#composer")


@pytest.mark.parametrize("size", [(71, 24), (80, 17), (20, 4), (1, 1)])
async def test_a_terminal_that_is_too_small_says_so_and_recovers(stand, until, size):
    async with stand.app.run_test(size=size) as pilot:
        await until(lambda: stand.session.phase == "idle")
        assert stand.app.bench.query_one("#too-small").display
        assert not _seen(stand, "#header")
        await pilot.resize_terminal(80, 24)
        await until(lambda: _seen(stand, "#header"))


async def test_themes_switch_and_are_remembered(new_stand, until):
    stand = new_stand()
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        for name in ("kwb-light", "kwb-256", "nord", "textual-light", "kwb-dark"):
            stand.app.choose_theme(name)
            await until(lambda name=name: stand.app.theme == name)
        stand.app.action_toggle_light()
    again = new_stand()
    assert again.app.theme == "kwb-light"


async def test_a_theme_of_the_user_is_used(new_stand, tmp_path, until):
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(THEME)
    stand = new_stand(theme="mine")
    async with stand.app.run_test(size=(80, 24)):
        await until(lambda: stand.session.phase == "idle")
        assert stand.app.theme == "mine"
        assert stand.app.theme_variables["k-accent"] == "#ff00ff"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.toml", "name = "),
        ("binary.toml", "\0\1\2"),
        ("colour.toml", THEME.replace("#ff00ff", "pinkish")),
        ("short.toml", THEME.replace('"#c3e585"', "")),
        ("key.toml", THEME + "extra = 1\n"),
    ],
)
async def test_a_broken_theme_of_the_user_is_one_toast(new_stand, tmp_path, until, name, text):
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    (folder / name).write_text(text)
    stand = new_stand()
    async with stand.app.run_test(size=(80, 24)):
        await until(lambda: stand.session.phase == "idle")
        toasts = [each.message for each in stand.app._notifications]
        assert len(toasts) == 1
        assert name in toasts[0]
        assert stand.app.theme == "kwb-dark"


async def test_broken_settings_and_an_unknown_theme_are_said(new_stand, tmp_path, until):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("theme = 3")
    stand = new_stand(theme="neon")
    async with stand.app.run_test(size=(80, 24)):
        await until(lambda: stand.session.phase == "idle")
        text = "\n".join(each.message for each in stand.app._notifications)
        assert "settings.toml" in text
        assert "neon" in text
        assert "kwb-light" in text


async def test_a_key_is_remapped_by_the_settings(new_stand, tmp_path, until):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text('[keymap]\n"bench.send" = "f5"\n')
    stand = new_stand()
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("f5")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.finish()


async def test_help_opens_from_a_text_field_too_and_closes(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        for keys in (("question_mark",), ("tab", "f1")):
            await pilot.press(*keys)
            await until(lambda: isinstance(stand.app.screen, Help))
            await pilot.press("escape")
            await until(lambda: not isinstance(stand.app.screen, Help))


async def test_every_binding_has_a_name_and_says_what_it_does(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        nodes = [stand.app, stand.app.bench, *stand.app.bench.query("*")]
        own = [node for node in nodes if type(node).__module__.startswith("workbench.")]
        bindings = [
            (node, binding)
            for node in own
            for base in type(node).__mro__
            if base.__module__.startswith("workbench.")
            for binding in base.__dict__.get("BINDINGS", ())
        ]
        assert len(bindings) > 20
        assert not [(node, each.key) for node, each in bindings if not (each.id and each.tooltip)]


async def test_the_palette_offers_what_there_is(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        names = [command.title for command in stand.app.get_system_commands(stand.app.screen)]
        assert names[0] == "Send"
        assert "Stop the run" not in names
        assert {"Help", "Quit", "Light or dark", "Theme kwb-light"} <= set(names)


async def test_an_idle_screen_paints_nothing(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        await until(lambda: not stand.app._painter._active.is_set())
        stand.session.changed()
        assert stand.app._painter._active.is_set()
        await until(lambda: not stand.app._painter._active.is_set())


async def test_undo_with_nothing_to_undo_says_so(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        stand.app.bench.query_one(ConfigList).focus()
        await pilot.press("u")
        await until(lambda: any("Nothing to undo" in each.message for each in stand.app._notifications))


async def test_heatmap_and_latency_look_through_one_window(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        heatmap, strip = (stand.app.bench.query_one(name) for name in ("#heatmap", "#strip"))
        await pilot.press("ctrl+s")
        await until(lambda: stand.bench.runs)
        stand.bench.frame(sent=600, acked=600, at=3.0)
        await until(lambda: heatmap.columns_now() is not None)
        heatmap.focus()
        await pilot.press("minus")
        await until(lambda: heatmap.window.slice_s is not None and strip.window == heatmap.window)
        strip.focus()
        await pilot.press("0", "left", "left")
        await until(lambda: heatmap.window.cursor_s is not None and strip.window == heatmap.window)
        assert heatmap.window.held
        await pilot.press("escape")
        await until(lambda: not heatmap.window.held and heatmap.window.cursor_s is None)


async def test_a_paint_that_comes_when_the_screens_are_gone_is_none(stand, until):
    async with stand.app.run_test(size=(80, 24)):
        await until(lambda: stand.session.phase == "idle")
    assert not stand.app.screen_stack
    stand.app.paint()
