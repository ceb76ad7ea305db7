"""The guard against what takes too long, at moments that the test chooses: each signal is sent by hand."""

import signal

import pytest

from workbench.engine import guard as guard_module
from workbench.engine.guard import Guard, RecordTooSlow


@pytest.fixture
def clock(monkeypatch):
    """Seconds that stand still; `clock[0] = 5` moves them."""
    now = [0.0]
    monkeypatch.setattr(guard_module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def guard(clock):
    made = Guard(100)
    made.start()
    signal.setitimer(signal.ITIMER_REAL, 0)
    yield made
    made.stop()


def tick():
    signal.raise_signal(signal.SIGALRM)


def test_what_takes_too_long_is_ended_and_has_a_second_to_let_go(guard, clock):
    guard.begin()
    clock[0] = 0.09
    tick()
    clock[0] = 0.11
    with pytest.raises(RecordTooSlow):
        tick()
    clock[0] = 0.9  # gigabytes are freed on the way to who ends the watch
    tick()
    clock[0] = 1.3
    with pytest.raises(RecordTooSlow):
        tick()


def test_once_it_has_ended_nothing_is_raised(guard, clock):
    guard.begin()
    guard.end()
    clock[0] = 9.0
    tick()
