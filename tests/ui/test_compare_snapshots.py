"""Runs side by side, as they looked when they were last found good."""

import pytest
from msgspec.structs import replace

from tests.shared.finished_runs import run

SIZES = [(80, 24), (120, 36), (140, 42), (200, 60)]
ONE = run(1, "orders", {"acks": "1", "linger.ms": "5"}, lost=9, rate=8123.0, p99=14.2)
TWO = run(2, "orders", {"acks": "all", "linger.ms": "50"}, rate=5210.0, p99=71.5, requests=31)
RACE = [
    run(n, f"orders: {mode}", rate=rate, p99=p99, requests=requests, mode=mode)
    for n, (mode, rate, p99, requests) in enumerate(
        [("fire-and-forget", 9800.0, 12.0, 40), ("sync", 170.0, 8.1, 2000), ("async", 9100.0, 13.0, 44)], 3
    )
]


def size_name(size):
    return f"{size[0]}x{size[1]}"


@pytest.fixture
def shown(snap_compare, still_app, play):
    def compare(runs, size, theme="kwb-dark", keys=(), racing=False):
        app = still_app("done", theme)

        async def before(pilot):
            await play(app, "done")
            for each in runs:
                app.session.runs.add(each, racing=racing)
            await pilot.press("f3")
            await pilot.pause()
            app.paint()
            await pilot.press(*keys)
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_every_size(shown, size):
    assert shown([ONE, TWO], size)


def test_before_there_are_two(shown):
    assert shown([ONE], (120, 36))


def test_a_race_in_light(shown):
    assert shown(RACE, (140, 42), "kwb-light", racing=True)


def test_the_oldest_pinned_without_colour(shown, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    latest = replace(TWO, number=3)
    assert shown([ONE, TWO, latest], (120, 36), keys=("up", "up", "a"))
