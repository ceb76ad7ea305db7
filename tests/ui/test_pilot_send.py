"""Whole sends by keyboard and mouse, on a bench that does what the test says."""

import asyncio

import pytest
from msgspec.structs import replace

from workbench.errors import ClusterError, EngineError
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event
from workbench.ui.screens.question import Question
from workbench.ui.widgets.counts import Counts, RunFigures
from workbench.ui.widgets.field import Press


async def test_send_pause_resume_and_end_by_keys(stand, until, a_report):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        session = stand.session
        await until(lambda: session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.frame(sent=300, acked=250)
        counts = stand.app.bench.query_one(Counts)
        await until(lambda: "250 acked" in counts.line.plain and "50 in flight" in counts.line.plain)
        await pilot.press("ctrl+s")
        await until(lambda: "pause" in stand.bench.calls)
        stand.bench.frame(state="paused", sent=300, acked=300, at=2.0)
        await until(lambda: session.phase == "paused")
        await pilot.press("ctrl+s")
        await until(lambda: "resume" in stand.bench.calls)
        stand.bench.frame(state="done", sent=1000, acked=1000, at=5.0)
        stand.bench.finish()
        await until(lambda: session.phase == "idle")
        await until(lambda: counts.line.plain == "1,000 acked  1,000 stored")
        assert session.report == a_report()


async def test_the_report_comes_with_the_end_of_the_run_not_before(stand, until, monkeypatch):
    session, asked, go = stand.session, [], asyncio.Event()

    async def ask():
        asked.append(session.phase)
        await go.wait()

    monkeypatch.setattr(session, "_ask_stations", ask)
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs) and len(asked) == 1)
        stand.bench.finish()
        await until(lambda: len(asked) == 2)  # for the last time
        assert (session.run_on, session.report, session.runs.finished) == (True, None, [])
        go.set()
        await until(lambda: session.report is not None)
        assert (session.phase, len(session.runs.finished)) == ("idle", 1)


async def test_send_while_the_cluster_starts_sends_when_it_is_ready(stand, until):
    stand.may_open.clear()
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: bool(stand.benches) and "open" in stand.bench.calls)
        await pilot.press("ctrl+s", "ctrl+s")
        assert stand.session.phase == "opening"
        stand.may_open.set()
        await until(lambda: len(stand.bench.runs) == 1)
        assert stand.session.phase == "running"


async def test_stop_takes_back_a_send_that_waits(stand, until):
    stand.may_open.clear()
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: bool(stand.benches) and "open" in stand.bench.calls)
        await pilot.press("ctrl+s", "ctrl+g")
        stand.may_open.set()
        await until(lambda: stand.session.phase == "idle")
        await pilot.pause()
        assert stand.bench.runs == []


async def test_send_and_stop_by_mouse(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await until(lambda: not stand.app.bench.query_one("#press-send", Press).disabled)
        await pilot.pause()
        await pilot.click("#press-send")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.frame(sent=10, acked=5)
        await until(lambda: not stand.app.bench.query_one("#press-stop", Press).disabled)
        await pilot.pause()
        await pilot.click("#press-stop")
        await until(lambda: "stop" in stand.bench.calls)
        assert stand.session.phase == "stopping"
        stand.bench.finish()
        await until(lambda: stand.session.phase == "idle")


async def test_what_stands_in_the_forms_is_what_runs(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.pause()
        await pilot.click("#part-tabs", offset=(2, 0))
        await pilot.pause()
        await pilot.click("#key")
        await pilot.press("end", *"-x")
        await pilot.pause()
        await pilot.click("#count")
        await pilot.press("end", "0", "down", "home", "delete", "9")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        ran = stand.bench.runs[0]
        assert ran.record.key == "user-{{ seq % 100 }}-x"
        assert (ran.send.count, ran.send.rate) == (10000, 900.0)
        stand.bench.finish()


async def test_a_value_being_edited_counts_when_sent(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("1")
        stand.app.bench.query_one("#settings").go_to("linger.ms")
        await pilot.press("enter", "end", "0", "ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        assert stand.bench.runs[0].producer["linger.ms"] == "50"
        stand.bench.finish()


async def test_a_config_edited_in_a_run_is_marked_where_the_next_run_starts(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.on_event(Event(1.0, "run started", "info", what="1,000 records to orders"))
        stand.bench.frame(sent=10, acked=5)
        session, bench = stand.session, stand.app.bench
        session.write(session.written.with_property("linger.ms", "100"))
        session.write(session.written.with_property("sasl.password", "swordfish"))
        assert session.insight.marks == (), "it waits for the next run"
        await until(lambda: "next run" in str(bench.query_one("#config").title.right))
        stand.bench.frame(state="done", sent=1000, acked=1000, at=5.0)
        stand.bench.finish()
        await until(lambda: session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: len(stand.bench.runs) == 2)
        stand.bench.on_event(Event(9.0, "run started", "info", what="1,000 records to orders"))
        stand.bench.frame(sent=300, acked=250, at=3.0)
        told = [event for event in session.events if event.kind == "config change"]
        assert [(event.at, event.consequence) for event in told] == [(9.0, "run 2 is sent with it")]
        assert "linger.ms 5 → 100" in told[0].what
        assert "sasl.password not set → [hidden]" in told[0].what
        assert [mark.what for mark in session.insight.marks] == [told[0].what]
        heatmap = bench.query_one("#heatmap")
        await until(lambda: "▼" in heatmap.render_line(0).text)
        stand.bench.finish()
        await until(lambda: session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: len(stand.bench.runs) == 3)
        stand.bench.on_event(Event(12.0, "run started", "info", what="1,000 records to orders"))
        stand.bench.frame(sent=300, acked=250, at=3.0)
        assert session.insight.marks == (), "the same config again"
        stand.bench.finish()
        await until(lambda: session.phase == "idle")


async def test_partitions_added_in_a_run_are_in_the_header_at_once(stand, until):
    async with stand.app.run_test(size=(200, 60)) as pilot:
        session, bench = stand.session, stand.app.bench

        def head() -> str:
            return bench.query_one("#header").render().plain

        await until(lambda: session.phase == "idle" and "6 partitions" in head())
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.frame(sent=10, acked=10)
        stand.bench.view = replace(cluster_of(stand), topics=(topic_of(stand, 8),))
        stand.bench.on_event(Event(2.0, "fault", "warn", what="add-partitions"))
        await until(lambda: "8 partitions" in head())
        assert len(session.topic.partitions) == 8, "what a key comes to is foretold with them"
        stand.bench.frame(sent=20, acked=20, at=3.0, partitions=(3,) * 9)
        await until(lambda: "9 partitions" in head())
        stand.bench.frame(state="done", sent=1000, acked=1000, at=5.0, partitions=(100,) * 9)
        stand.bench.finish()
        await until(lambda: session.phase == "idle")
        assert "9 partitions" in head()
        session.edit(replace(session.scenario, topic=replace(session.scenario.topic, name="other")))
        await until(lambda: "other 6 partitions" in head())


def topic_of(stand, partitions: int) -> TopicView:
    known = stand.session.topic
    more = tuple(replace(known.partitions[0], id=number) for number in range(partitions))
    return replace(known, partitions=more)


def cluster_of(stand) -> ClusterView:
    return stand.bench.view


async def test_sending_goes_to_the_live_tab_and_the_strip_tells(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.frame(sent=500, acked=480)
        assert stand.app.bench.tab == "live"
        figures = stand.app.bench.query_one(RunFigures)
        await until(lambda: "480 acked" in figures.line.plain and "48 %" in figures.line.plain)
        stand.bench.finish()


async def test_an_engine_that_dies_is_said_and_a_new_run_works(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        stand.bench.frame(sent=10, acked=5)
        stand.bench.fail(EngineError("the engine died (killed by signal 9); a new run starts a new one"))
        await until(lambda: stand.session.phase == "idle")
        await until(lambda: any("signal 9" in each.message for each in stand.app._notifications))
        assert any("signal 9" in event.consequence for event in stand.session.events)
        await pilot.press("ctrl+s")
        await until(lambda: len(stand.bench.runs) == 2)
        stand.bench.finish()
        await until(lambda: stand.session.phase == "idle")
        assert stand.session.problem is None


async def test_a_cluster_that_does_not_start_is_said_and_tried_again(new_stand, until):
    stand = new_stand()
    stand.opening = ClusterError("no broker answers at localhost:1; is it running?")
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "unavailable")
        await until(lambda: any("no broker" in each.message for each in stand.app._notifications))
        stand.bench.opening = None
        await pilot.press("ctrl+s")
        await until(lambda: stand.session.phase == "idle")


async def test_quitting_in_a_run_asks_once(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.press("ctrl+q")
        assert isinstance(stand.app.screen, Question)
        await pilot.press("enter")
        await until(lambda: not isinstance(stand.app.screen, Question))
        assert stand.app.is_running
        await pilot.press("ctrl+q", "y")
        await until(lambda: stand.app._exit)


async def test_quitting_twice_quits(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.press("ctrl+q", "ctrl+q")
        await until(lambda: stand.app._exit)


async def test_the_question_goes_when_the_run_is_over(stand, until):
    async with stand.app.run_test(size=(80, 24)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stand.bench.runs))
        await pilot.press("ctrl+q")
        assert isinstance(stand.app.screen, Question)
        stand.bench.frame(state="done", sent=1000, acked=1000, at=5.0)
        stand.bench.finish()
        await until(lambda: not isinstance(stand.app.screen, Question))
        assert stand.app.is_running


async def test_a_cluster_that_dies_is_said_and_the_next_send_opens_it_anew(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        stand.bench.view = None
        stand.bench.on_event(
            Event(1.0, "cluster died", "bad", what="the lab's process was ended by signal 9")
        )
        await until(lambda: stand.session.phase == "unavailable")
        await pilot.press("ctrl+s")
        await until(lambda: stand.session.phase == "idle")
        assert stand.bench.calls.count("open") == 2


async def test_a_partition_that_is_not_there_is_not_sent(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        scenario = stand.session.scenario
        stand.session.edit(replace(scenario, record=replace(scenario.record, partition=6)))
        assert stand.app.bench.problem == "partition 6 is not there: the topic has 0 to 5"
        await pilot.pause()


@pytest.mark.parametrize(("count", "rate"), [("0", ""), ("x", ""), ("", ""), ("5", "-1"), ("5", "fast")])
async def test_a_wrong_number_keeps_send_from_sending_and_says_why(stand, until, count, rate):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        stand.app.bench.query_one("#count").value = count
        stand.app.bench.query_one("#rate").value = rate
        await until(lambda: stand.app.bench.problem is not None)
        await until(lambda: stand.app.bench.query_one("#press-send", Press).disabled)
        assert stand.app.bench.query_one("#send-problem").display
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not stand.bench.runs


async def test_a_config_that_the_client_refuses_cannot_be_sent(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("1")
        stand.app.bench.query_one("#settings").go_to("acks")
        await pilot.press("enter")
        await until(lambda: stand.session.scenario.producer["acks"] == "1")
        assert "idempotence" in stand.app.bench.problem
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not stand.bench.runs
