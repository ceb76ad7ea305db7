"""Code that a scenario names: asked about once, and nothing runs after a no."""

import pytest

from workbench.model.code import NamedCode
from workbench.run.consent import CodeFile
from workbench.ui.screens.code_question import CodeQuestion
from workbench.ui.screens.pick_one import PickOne

FILE = CodeFile(
    "shop/partitioners.py",
    "ab" * 32,
    ('"""Where records of a region go."""', "", "def by_region(topic, key, value, partitions, available):"),
    40,
    (NamedCode("send.partitioner", "partitioners:by_region"),),
)


async def _opened(stand, until, pilot):
    stand.may_open.clear()
    await until(lambda: stand.benches)
    stand.benches[0].code_files = (FILE,)
    stand.may_open.set()
    await until(lambda: isinstance(stand.app.screen, CodeQuestion))
    await pilot.pause()


async def test_the_question_shows_where_the_code_lies_and_how_it_begins(stand, until):
    stand.may_open.clear()
    async with stand.app.run_test(size=(120, 36)) as pilot:
        await _opened(stand, until, pilot)
        shown = stand.app.screen._shown().plain
        assert "shop/partitioners.py" in shown
        assert "send.partitioner partitioners:by_region" in shown
        assert "  3 def by_region(topic" in shown
        assert "and 37 more lines" in shown
        assert stand.app.focused.id == "no"


async def test_after_a_no_nothing_runs_and_send_asks_again(stand, until):
    stand.may_open.clear()
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await _opened(stand, until, pilot)
        await pilot.press("escape")
        await until(lambda: not isinstance(stand.app.screen, CodeQuestion))
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(stand.app.screen, CodeQuestion))
        assert stand.benches[0].runs == []
        await pilot.press("y")
        await until(lambda: stand.benches[0].runs)
        assert "allow" in stand.benches[0].calls


async def test_it_fits_a_small_terminal_and_can_be_read_to_its_end(stand, until):
    stand.may_open.clear()
    lines = tuple(f"line {number}" for number in range(200))
    long = CodeFile("shop/long.py", "cd" * 32, lines, 200, FILE.named)
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.benches)
        stand.benches[0].code_files = (long,)
        stand.may_open.set()
        await until(lambda: isinstance(stand.app.screen, CodeQuestion))
        await pilot.pause()
        question = stand.app.screen
        assert question.query_one("#yes").region.bottom < 24
        text = question.query_one("VerticalScroll")
        await pilot.press(*["pagedown"] * 2)
        await until(lambda: text.scroll_offset.y == 20)
        question.action_scroll(1000)
        await until(lambda: text.scroll_offset.y == text.max_scroll_y)


async def test_a_partitioner_and_interceptors_are_chosen_by_name_and_stay_chosen(stand, until):
    async with stand.app.run_test(size=(120, 36)) as pilot:
        await until(lambda: stand.session.phase == "idle" and stand.app.bench.complete)
        for action, typed, wanted in (
            ("action_partitioner", "java", ("java", ())),
            ("action_interceptors", "shop:a, shop:b", ("java", ("shop:a", "shop:b"))),
            ("action_partitioner", "murmur2", ("java", ("shop:a", "shop:b"))),
            ("action_interceptors", "none", ("java", ())),
        ):
            getattr(stand.app, action)()
            await until(lambda: isinstance(stand.app.screen, PickOne))
            await pilot.pause()
            stand.app.screen.query_one("Filter").value = typed
            await pilot.pause()
            await pilot.press("enter")
            await until(lambda: not isinstance(stand.app.screen, PickOne))
            send = stand.session.scenario.send
            assert (send.partitioner, send.interceptors) == wanted
        assert (
            "librdkafka's own stand under [producer]"
            in [note.message for note in stand.app._notifications][-1]
        )
        await pilot.press("ctrl+s")
        await until(lambda: stand.benches[0].runs)
        assert stand.benches[0].runs[0].send.partitioner == "java"


@pytest.mark.parametrize(("size", "theme"), [((80, 24), "kwb-dark"), ((140, 42), "kwb-light")])
def test_the_question_as_it_looks(snap_compare, still_app, play, size, theme):
    app = still_app(theme=theme)

    async def before(pilot):
        await play(app, None)
        app.push_screen(CodeQuestion((FILE,)))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
