"""Runs side by side: what they were asked to differ in, what came of it, in figures, words and on a page."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.shared.finished_runs import run
from workbench.cli import main
from workbench.cli.comparison_text import as_json, as_text
from workbench.errors import InputError
from workbench.insight.comparison import compare, race_labels
from workbench.model.ledger import Ledger
from workbench.model.scenario import Scenario, SendPlan
from workbench.model.scenario_load import load_problem
from workbench.run.compare_page import page, save_page
from workbench.run.race import race_of


def test_only_what_differs_is_told_and_a_default_spelt_out_is_no_difference() -> None:
    one, other = run(config={"acks": "all", "linger.ms": "5"}), run(2, "two", {"acks": "1", "linger.ms": "5"})
    spelt_out = replace(other, scenario=replace(other.scenario, producer={"linger.ms": "5"}))
    assert [(d.name, d.texts) for d in compare([one, spelt_out]).differences] == [
        ("producer.acks", ("all", "1"))
    ]
    assert compare([one, replace(one, number=2)]).differences == ()


def test_what_only_one_side_has_is_a_dash_on_the_other() -> None:
    found = {d.name: d.texts for d in compare([run(), run(2, rate=9.0, mode="sync")]).differences}
    assert found == {"send.mode": ("async", "sync")}
    paced = replace(run(2), scenario=Scenario(send=SendPlan(rate=50.0)))
    assert {d.name: d.texts for d in compare([run(), paced]).differences} == {"send.rate": ("–", "50")}


def test_latency_is_said_to_count_from_where_it_does() -> None:
    """At a rate a run's figures count from when each record was due, or a client that stalls would hide it."""
    free, paced = run(), replace(run(2), scenario=Scenario(send=SendPlan(rate=50.0)))
    assert compare([free, free]).groups["latency"] == "Latency, send() to report"
    assert compare([paced, paced]).groups["latency"] == "Latency, due to report"
    both = compare([free, paced])
    assert both.groups["latency"] == "Latency to report, from send(); at a rate from when due"
    assert both.groups["latency"] in as_text(both)
    assert both.groups["latency"] in page(both, "x")


def test_the_better_value_is_named_by_what_the_figure_is() -> None:
    comparison = compare([run(rate=1000.0, p99=10.0), run(2, rate=3000.0, p99=40.0)])
    best = {name: comparison.figure(name).best for name in ("records/s", "p99", "batches", "sent", "lost")}
    assert best == {"records/s": 1, "p99": 0, "batches": None, "sent": None, "lost": None}
    assert comparison.figure("p99").ratio(1) == 4.0
    assert comparison.figure("unconfirmed").ratio(1) is None, "nothing is no unit"


def test_none_is_better_of_what_the_words_call_alike_but_a_lost_record_counts() -> None:
    alike = compare([run(rate=1000.0, p99=10.0, requests=100), run(2, rate=1050.0, p99=10.9, requests=101)])
    assert [alike.figure(name).best for name in ("records/s", "p99", "requests")] == [None, None, None]
    many = compare([run(rate=3000.0), run(2, rate=2900.0), run(3, rate=1000.0)])
    assert many.figure("records/s").best is None, "two are alike"
    assert compare([run(lost=100), run(2, lost=99)]).figure("lost").best == 1
    assert compare([run(lost=1), run(2)]).figure("stored").best == 1


def test_words_say_first_what_is_worst() -> None:
    words = compare([run(rate=1000.0, lost=9), run(2, rate=3000.0, requests=101)]).words
    assert words == (
        "Acked records were lost: A: 9, B: 0.",
        "B sent 3.0× as many records a second as A: 3,000/s against 1,000/s.",
        "p50: alike, 1.00 ms and 1.00 ms.",
        "p99: alike, 10.0 ms and 10.0 ms.",
        "requests: alike, 100 and 101.",
    )
    slow = compare([run(p50=4.0, p99=10.0), run(2, p50=1.0, p99=40.0)]).words
    assert "A has a p50 4.0× as long as B: 4.00 ms against 1.00 ms." in slow
    assert "B has a p99 4.0× as long as A: 40.0 ms against 10.0 ms." in slow
    assert compare([run()]).words == ()


def test_what_is_not_known_is_never_a_zero() -> None:
    unproved = run(2)
    unproved = replace(unproved, report=replace(unproved.report, ledger=Ledger(100, 0, 100, 0, 0, 0)))
    comparison = compare([run(lost=3), unproved])
    assert comparison.figure("lost").texts == ("3", "–")
    assert comparison.words[0] == "Acked records were lost: A: 3, B: not known."


def test_a_race_is_the_same_records_in_each_mode() -> None:
    racing = race_of(Scenario(title="tea", send=SendPlan(count=50_000, rate=10.0, mode="sync")))
    assert [each.send.mode for each in racing] == ["fire-and-forget", "sync", "async"]
    assert {(each.send.count, each.send.rate) for each in racing} == {(2000, None)}
    runs = [replace(run(n), scenario=each) for n, each in enumerate(racing)]
    comparison = compare(runs, race_labels(runs))
    assert [d.name for d in comparison.differences] == ["send.mode"]
    assert [side.label for side in comparison.sides] == ["fire-and-forget", "sync", "async"]


def test_a_race_from_load_mode_can_be_run() -> None:
    racing = race_of(Scenario(send=SendPlan(count=50_000, batch=1000, ring=20, engines=2)))
    assert [load_problem(each) for each in racing] == [None, None, None]
    assert {each.send.engines for each in racing} == {2}


def test_as_text_and_as_json() -> None:
    comparison = compare([run(rate=1000.0), run(2, "two", rate=3000.0)])
    text = as_text(comparison)
    assert "  records/s  1,000/s    3,000/s ✓" in text
    assert "nothing: the same scenario was run again" in text
    told = json.loads(as_json(comparison))
    assert told["figures"]["records/s"] == [1000.0, 3000.0]
    assert [report["report_version"] for report in told["reports"]] == [1, 1]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "onclick")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_is_whole_escaped_and_loads_nothing(tmp_path: Path) -> None:
    nasty = "<script>alert('{{ 7 * 7 }}')</script>"
    written = page(compare([run(title=nasty), run(2, nasty, {"acks": "<b>"})]), nasty)
    parser = Tags()
    parser.feed(written)
    assert (parser.open, parser.loads) == ([], [])
    assert "<script" not in written
    assert written.count("<polyline") == 2
    assert nasty in parser.text
    with pytest.raises(InputError, match="No such file"):
        save_page(tmp_path / "none" / "x.html", compare([run(), run(2)]), "x")


@pytest.mark.parametrize(
    ("given", "said"), [(["a.toml"], "2 to 8 FILEs"), (["--race", "a", "b"], "one FILE")]
)
def test_a_wrong_number_of_files_is_refused(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *given]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("page_at", "said"), [("none/x.html", "No such file"), (".", "Is a directory")])
def test_a_page_that_cannot_be_written_is_told_before_the_first_run(
    page_at: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.toml").write_text("format = 1\n[send]\ncount = 20\n")
    file = str(tmp_path / "a.toml")
    assert main(["compare", file, file, "--html", str(tmp_path / page_at)]) == 2
    told = capsys.readouterr()
    assert (told.out, said in told.err) == ("", True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]


def test_two_files_are_run_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, acks in (("a", "1"), ("b", "all")):
        text = f'format = 1\ntitle = "{name}"\n[producer]\nacks = "{acks}"\n[send]\ncount = 20\n'
        (tmp_path / f"{name}.toml").write_text(text)
    files = [str(tmp_path / "a.toml"), str(tmp_path / "b.toml")]
    assert main(["compare", *files, "--json", "--html", str(tmp_path / "out.html")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["differences"] == {"producer.acks": ["1", "all"]}
    assert told["figures"]["stored"] == [20, 20]
    assert "a against b" in (tmp_path / "out.html").read_text()
