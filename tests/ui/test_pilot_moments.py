"""Where the time went, by keys: a record's moments on the lab and its average elsewhere, a moment of all, the CDF."""

import pytest

from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.frame import Frame, Sample
from workbench.model.scenario import Scenario, SendPlan
from workbench.ui.app import KwbApp, bench_of
from workbench.ui.screens.distribution import Distribution
from workbench.ui.session import Session
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.latency_strip import LatencyStrip

pytestmark = [pytest.mark.timeout(60), pytest.mark.pilot]


def painted(widget):
    return "\n".join(strip.text for strip in widget._strips)


async def test_a_records_moments_a_moment_of_all_and_the_cdf(tmp_path, until):
    scenario = Scenario(title="tea", producer={"acks": "all"}, send=SendPlan(count=150, rate=200.0))
    session = Session(scenario, bench_of(scenario))
    app = KwbApp(session, config_dir=tmp_path)
    try:
        async with app.run_test(size=(200, 60)) as pilot:
            await until(lambda: session.phase == "idle", 30)
            await pilot.press("ctrl+s")
            await until(lambda: session.report is not None and session.can_send, 30)
            acks, strip = app.bench.query_one(Acks), app.bench.query_one(LatencyStrip)
            acks.focus()
            await until(lambda: session.stations)
            await pilot.press("down")
            await pilot.pause()
            told = painted(acks)
            for words in (
                "acked after",
                "client ",
                "leader ",
                "hwm +",
                "report +",
                "batch",
                "no request was sent again",
            ):
                assert words in told
            await until(lambda: "standing still" in str(app.bench.query_one("#acks Title").render()))
            await pilot.press("escape")
            await until(lambda: not acks.held)
            strip.focus()
            await pilot.press("left", "left")
            await until(lambda: strip.window.cursor_s is not None)
            await until(lambda: " records, 0 failed" in str(app.bench.query_one("#latency Title").render()))
            await pilot.press("escape", "d")
            await pilot.pause()
            assert isinstance(app.screen, Distribution)
            await pilot.press("c", "s")
            await pilot.pause()
            assert "100 %" in painted(app.screen.query_one("#distribution-chart"))
            assert "send() to report" in str(app.screen.query_one("#distribution-title").render())
    finally:
        await session.close()


async def test_where_no_broker_tells_of_one_record_it_is_called_an_average(stand, until):
    async with stand.app.run_test(size=(140, 42)) as pilot:
        await until(lambda: stand.session.phase == "idle")
        await pilot.press("ctrl+s")
        await until(lambda: stand.benches and stand.bench.runs)
        flight = BrokerFlight(1, "UP", 1, 4, 0, 0, 2.0, 3)
        client = ClientState(
            101.0, 0.001, 9, 100, 90, 1000, (5,), (4,), 0, (flight,), waits=Waits(10, 42.0, 10, 1.0, 20.0)
        )
        stand.bench._on_frame(
            Frame("run", 101.0, 100.0, "sending", 1000, sent=19, acked=10, partitions=(10,), latency={4000: 10},
                  samples=(Sample(3, 100.2, 100.21, 0, 3),), sampled=1, client=client)
        )  # fmt: skip
        acks = stand.app.bench.query_one(Acks)
        await until(lambda: acks.rows == 1)
        acks.focus()
        await pilot.press("down")
        await pilot.pause()
        told = painted(acks)
        assert "on average, not this record:" in told
        assert "waits 4.20 · broker 2.00 · report 1.00 ms" in told
        assert "3 requests of this run were sent again" in told
        stand.bench.finish()
