"""What the report says of where a run was held up; tests/lab provokes each kind for real."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.shared.finished_runs import run
from workbench.cli.report_text import as_text
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.expect import kinds_at, parse_expectation
from workbench.model.frame import Frame
from workbench.model.report import BatchFacts, HeldUp, MeanMs, RequestFacts
from workbench.model.scenario import Scenario, SendPlan
from workbench.run.holding_up import ClientSeen

UP = BrokerFlight(1, "UP", 1, 100, 0, 0, 4.0, 0)
CALM = ClientState(
    at=1.0, late_s=0.001, records=120, records_max=100_000, bytes=12_000, bytes_max=10**9,
    queued=(10, 10), travelling=(20, 80), brokers=(UP,), batch_records=50, batch_bytes=5000.0,
    waits=Waits(100, 300.0, 100, 10.0, 400.0),
)  # fmt: skip


def frame(client: ClientState | None, measured_from: float = 1.0) -> Frame:
    return Frame("r", 9.0, 0.5, "done", 300, measured_from=measured_from, sent=300, acked=300,
                 partitions=(100, 200), client=client)  # fmt: skip


def states(count: int) -> list[ClientState]:
    return [
        replace(CALM, at=1.0 + n / 4, waits=Waits(100 * n, 300.0 * n, 100 * n, 10.0 * n, 400.0 * n))
        for n in range(1, count + 1)
    ]


def test_kind_sentence_and_figures_are_those_of_the_whole_run() -> None:
    seen = ClientSeen()
    for state in states(8):
        seen.note(frame(state))
        seen.note(frame(state))  # frames come more often than statistics
    found = seen.held_up(Scenario(send=SendPlan(rate=1000.0)), frame(None), 990.0)
    assert (found.kind, found.place, found.mend) == ("rate", "nowhere", None)
    assert found.sentence == "Nothing holds it up: 1,000 records/s was your rate, and it was kept."
    assert found.mean_ms == MeanMs(3.0, 0.1, 4.0, 1.0, 8.1)
    assert (found.records, found.buffer_fill, found.at_limit) == (120.0, 0.001, 0.0)
    assert found.batch_fill == pytest.approx(0.005)
    assert (found.busiest_partition, found.busiest_share) == (1, 0.75)


def test_what_would_change_it_is_told_with_it() -> None:
    seen = ClientSeen()
    for state in states(8):
        seen.note(frame(replace(state, late_s=0.2, records=300)))
    found = seen.held_up(Scenario(send=SendPlan(callback_delay_ms=5)), frame(None), 100.0)
    assert (found.kind, found.place) == ("callback", "report")
    assert found.sentence is not None
    assert "each callback blocks 5 ms" in found.sentence
    assert found.mend == "Do less in the delivery callback: hand the report to another thread."


def test_a_run_too_short_for_statistics_knows_nothing_and_one_moment_has_figures_only() -> None:
    assert ClientSeen().held_up(Scenario(), frame(None), 10.0) == HeldUp()
    seen = ClientSeen()
    seen.note(frame(None))
    seen.note(frame(states(1)[0], measured_from=0.0))  # still warming up
    seen.note(frame(replace(CALM, at=0.9)))  # of the warm-up
    assert seen.held_up(Scenario(), frame(None), 10.0) == HeldUp()
    seen.note(frame(states(1)[0]))
    found = seen.held_up(Scenario(), frame(None), 10.0)
    assert (found.kind, found.sentence) == (None, None)
    assert found.records == 120.0


def test_of_a_long_run_the_newest_two_minutes_are_kept() -> None:
    seen = ClientSeen()
    for n in range(1, 2001):
        seen.note(frame(replace(CALM, at=1.0 + n / 4, records=1000 if n <= 1520 else 120)))
    assert seen.held_up(Scenario(), frame(None), 10.0).records == 120.0


def test_it_is_the_last_line_of_the_report_in_words() -> None:
    known = replace(run().report, held_up=HeldUp(kind="sync", sentence="Your program: it waits."))
    assert as_text(known).splitlines()[-1] == "  Your program: it waits."
    assert "waits" not in as_text(run().report)


def test_it_can_be_expected() -> None:
    assert kinds_at("held_up.mean_ms.queued") == (float, type(None))
    assert parse_expectation("held_up.kind", "== callback").wanted == "callback"
    told = msgspec.json.decode(msgspec.json.encode(HeldUp()))
    assert told["kind"] is None
    assert told["mean_ms"]["queued"] is None


def test_one_batch_is_one_batch() -> None:
    report = run().report
    one = replace(report, batches=BatchFacts(1, 1, 1.0, 90.0), requests=RequestFacts(1, 90))
    assert "  1 batch of 1.0 records on average, 1 produce request\n" in as_text(one) + "\n"
    assert "  10 batches of 10.0 records on average, 100 produce requests\n" in as_text(report) + "\n"
