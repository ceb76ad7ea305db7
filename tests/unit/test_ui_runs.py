"""Which of a session's runs stand side by side: the newest against the one before, or what was chosen."""

from tests.shared.finished_runs import run
from workbench.ui.runs import KEPT, Runs


def filled(*numbers: int) -> Runs:
    runs = Runs()
    for number in numbers:
        runs.add(run(number))
    return runs


def sides(runs: Runs) -> list[int]:
    return [each.number for each in runs.sides]


def test_the_newest_stands_against_the_one_before() -> None:
    assert sides(Runs()) == []
    assert sides(filled(1)) == [1]
    assert sides(filled(1, 2, 3)) == [2, 3]
    assert filled(1, 2, 3).labels() == {2: "A", 3: "B"}


def test_a_pinned_run_is_a_until_it_is_let_go() -> None:
    runs = filled(1, 2, 3)
    runs.pin(1)
    assert sides(runs) == [1, 3]
    runs.add(run(4))
    assert sides(runs) == [1, 4]
    runs.pin(4)
    assert sides(runs) == [4, 3], "the newest of the others is B"
    runs.pin(4)
    assert sides(runs) == [3, 4]


def test_another_can_be_b_until_the_next_run() -> None:
    runs = filled(1, 2, 3, 4)
    runs.set_against(2)
    assert sides(runs) == [1, 2]
    runs.set_against(1)
    assert sides(runs) == [4, 1], "the oldest has none before it"
    runs.pin(3)
    runs.set_against(3)
    assert sides(runs) == [2, 3], "what becomes B is no longer pinned"
    runs.add(run(5))
    assert sides(runs) == [4, 5]


def test_a_race_stands_together_until_something_else_is_run() -> None:
    runs = filled(1)
    runs.start_race()
    for number, mode in ((2, "fire-and-forget"), (3, "sync"), (4, "async")):
        runs.add(run(number, mode=mode), racing=True)
    assert sides(runs) == [2, 3, 4]
    assert runs.labels() == {2: "fire-and-forget", 3: "sync", 4: "async"}
    runs.add(run(5))
    assert sides(runs) == [4, 5]


def test_the_oldest_are_forgotten() -> None:
    runs = filled(*range(1, KEPT + 3))
    assert (len(runs.finished), runs.finished[0].number) == (KEPT, 3)
