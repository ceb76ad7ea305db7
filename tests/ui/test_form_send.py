"""The Send pane: load mode and several engines, in words and in fields."""

import pytest
from textual.events import DescendantBlur

from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan
from workbench.ui.widgets.field import Press
from workbench.ui.widgets.send_pane import SendPane, means_of


@pytest.mark.parametrize(
    ("send", "longest", "shortest"),
    [
        (SendPlan(), "a callback takes each record's report while more are sent", "a callback per record"),
        (SendPlan(batch=5000), "load mode: 5,000 records a call, each report counted", "5,000 a call"),
        (SendPlan(engines=2), "2 engines · a callback takes each record's report while more are sent", "2 engines"),
        (SendPlan(batch=9, engines=3), "3 engines · load mode: 9 records a call, each report counted", "3 engines"),
    ],
)  # fmt: skip
def test_load_mode_and_engines_are_told(send: SendPlan, longest: str, shortest: str) -> None:
    means = means_of("async", send)
    assert (means[0], means[-1]) == (longest, shortest)
    assert list(map(len, means)) == sorted(map(len, means), reverse=True)


def test_a_synchronous_send_is_never_load_mode() -> None:
    assert "load" not in means_of("sync", SendPlan(batch=5000))[0]


@pytest.fixture
def plain(new_stand):
    """A record that load mode can have: without headers."""
    return new_stand(scenario=Scenario(record=RecordPlan(key="user-1", value="tea")))


def _send(stand) -> SendPlan:
    return stand.session.scenario.send


def _fields(app, **texts: str) -> None:
    for name, text in texts.items():
        app.bench.query_one(f"#{name}").value = text


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (140, 42), (200, 60)])
async def test_load_mode_and_engines_are_typed_and_run(plain, until, size):
    stand = plain
    async with stand.app.run_test(size=size) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await until(lambda: not stand.app.bench.query_one("#press-send", Press).disabled)
        await pilot.pause()
        await pilot.click("#batch")
        await pilot.press(*"5_000")
        await pilot.click("#engines")
        await pilot.press("end", "backspace", "2")
        await until(lambda: (_send(stand).batch, _send(stand).engines) == (5000, 2))
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        sent = stand.bench.runs[0].send
        assert (sent.batch, sent.engines, sent.rate) == (5000, 2, None)
        stand.bench.finish()
        await until(lambda: stand.session.phase == "idle")


async def test_the_state_is_told_once_whatever_the_size(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")

        def told() -> int:
            strips = stand.app.screen._compositor.render_strips(stand.app.size)
            return sum(strip.text.count("ready") for strip in strips)

        await until(lambda: told() == 1)
        await pilot.resize_terminal(140, 42)
        title = stand.app.bench.query_one("#send").title
        await until(lambda: "ready" in title.render().plain and told() == 1)
        await pilot.resize_terminal(80, 24)
        await until(lambda: "ready" not in title.render().plain and told() == 1)


async def test_empty_fields_are_one_engine_and_one_by_one(stand, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        _fields(stand.app, rate="", batch="9", engines="3")
        await until(lambda: (_send(stand).batch, _send(stand).engines) == (9, 3))
        _fields(stand.app, batch="", engines=" ")
        await until(lambda: (_send(stand).batch, _send(stand).engines) == (None, 1))
        assert stand.app.bench.problem is None


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("batch", "0", "batch: a whole number from 1 to 100,000, or nothing"),
        ("batch", "100001", "batch: a whole number from 1 to 100,000, or nothing"),
        ("batch", "many", "batch: a whole number from 1 to 100,000, or nothing"),
        ("engines", "33", "engines: a whole number from 1 to 32"),
        ("engines", "٣", "engines: a whole number from 1 to 32"),
        ("count", "9" * 5000, "count: a whole number from 1 to 1,000,000,000"),
    ],
)
async def test_a_wrong_number_is_marked_and_its_range_told(stand, until, name, text, told):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        before = _send(stand)
        _fields(stand.app, **{name: text})
        await until(lambda: stand.app.bench.problem == told)
        assert stand.app.bench.query_one(f"#{name}").has_class("-wrong")
        assert _send(stand) == before


async def test_what_load_mode_cannot_have_is_told_before_anything_is_sent(stand, plain, until):
    async with stand.app.run_test(size=(140, 42)):
        await until(lambda: stand.session.phase == "idle")
        _fields(stand.app, batch="500")
        await until(lambda: "load mode (send.batch) takes no headers" in (stand.app.bench.problem or ""))
    async with plain.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: plain.session.phase == "idle")
        _fields(plain.app, rate="1000", batch="500")
        wanted = "load mode goes as fast as it goes; take rate out, or batch"
        await until(lambda: plain.app.bench.problem == wanted)
        await until(lambda: plain.app.bench.query_one("#press-send", Press).disabled)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not plain.bench.runs
        _fields(plain.app, rate="")
        await until(lambda: plain.app.bench.problem is None)


async def test_the_ring_goes_with_load_mode_and_comes_back_with_it(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        plan = SendPlan(batch=700, ring=20, engines=2)
        stand.app.bench.query_one(SendPane).show_plan(plan)
        await until(lambda: _send(stand) == plan)
        _fields(stand.app, batch="")
        await until(lambda: (_send(stand).batch, _send(stand).ring) == (None, None))
        assert stand.app.bench.problem is None, "a ring without load mode would be refused"
        _fields(stand.app, batch="800")
        await until(lambda: (_send(stand).batch, _send(stand).ring) == (800, 20))
        await pilot.pause()


async def test_a_field_left_that_is_told_late_does_not_silence_the_one_with_the_focus(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        left, entered = (stand.app.bench.query_one(name) for name in ("#batch", "#engines"))
        means = stand.app.bench.query_one("#mode-means")
        entered.focus()
        await until(lambda: str(means.content) == "processes that share the records")
        left.post_message(DescendantBlur(left))
        await pilot.pause()
        await pilot.pause()
        assert str(means.content) == "processes that share the records"


async def test_a_field_that_is_gone_to_says_what_it_means(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")

        def said() -> str:
            return str(stand.app.bench.query_one("#mode-means").content)

        await until(lambda: said() == "a callback per record, many in flight")
        stand.app.bench.query_one("#batch").focus()
        await until(lambda: said() == "load mode: records a call, no headers")
        stand.app.bench.query_one("#engines").focus()
        await until(lambda: said() == "processes that share the records")
        await pilot.press("escape")
        await until(lambda: said() == "a callback per record, many in flight")
        _fields(stand.app, batch="5000")
        await until(lambda: said() == "load mode: 5,000 records a call")
