"""Milliseconds from a key typed into a setting to the hint under it on the terminal, 140x42."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.dev.terminal import Terminal

_TIMEOUT_S = 20
_KEYS = 200
_PAUSE_S = 0.02
_WORDS = b"is not a number"
_SETTING = "linger.ms"


def kwb() -> list[float]:
    """One figure a key: a letter is typed, the hint is read, the letter is taken back."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "PYTHONDONTWRITEBYTECODE": ""}
        command = [str(Path(sys.executable).with_name("kwb"))]
        with Terminal(command, 140, 42, env) as terminal:
            terminal.read_until(lambda: b"ready" in terminal.output, _TIMEOUT_S)
            open_setting(terminal, lambda: _settle(terminal))
            return _figures(terminal, _WORDS)


def open_setting(terminal: Terminal, settle: Callable[[], None]) -> None:
    """Put the cursor into the setting; `settle` waits until a key has done its work."""
    for keys in ("/", _SETTING, "\r", "\r"):
        settle()
        terminal.type(keys)
    settle()


def bare() -> list[float]:
    """The peer: until a letter typed into the field of a Textual app of three widgets is there."""
    with Terminal([sys.executable, "-m", "benchmarks.bare_app"], 140, 42, os.environ) as terminal:
        terminal.read_until(lambda: b"bare app" in terminal.output, _TIMEOUT_S)
        return _figures(terminal, b"x")


def _figures(terminal: Terminal, painted: bytes) -> list[float]:
    _settle(terminal)
    found = [figure(terminal, lambda: _settle(terminal), painted) for _ in range(_KEYS)]
    terminal.type("\x1b")
    _settle(terminal)
    terminal.type("\x11")
    terminal.read_to_end(_TIMEOUT_S)
    return found


def figure(terminal: Terminal, settle: Callable[[], None], painted: bytes = _WORDS) -> float:
    """Milliseconds until the letter's words are painted; it is taken back."""
    seen, begun = len(terminal.output), time.perf_counter()
    terminal.type("x")
    terminal.read_until(lambda: painted in terminal.output[seen:], _TIMEOUT_S)
    took = (time.perf_counter() - begun) * 1000
    terminal.type("\x7f")
    settle()
    return took


def _settle(terminal: Terminal) -> None:
    """Read what is still being painted, until nothing more comes."""
    while _paints(terminal) or _paints(terminal):
        pass


def _paints(terminal: Terminal) -> bool:
    before, until = len(terminal.output), time.monotonic() + _PAUSE_S
    terminal.read_until(lambda: time.monotonic() >= until, _TIMEOUT_S)
    return len(terminal.output) > before


def row(name: str, found: Sequence[float]) -> str:
    late = statistics.quantiles(found, n=100)[98]
    middle = statistics.median(found)
    return (
        f"{name:<52} {middle:>10.1f} ms p50     (p99 {late:.1f}, largest {max(found):.1f}, {len(found)} keys)"
    )
