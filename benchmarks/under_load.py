"""The screen while the engine runs at full speed, and while nothing happens."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import constants, key_to_hint
from workbench.dev.processes import family, is_supported
from workbench.dev.terminal import Terminal

_TIMEOUT_S = 30
_KEYS = 100
_BETWEEN_S = 0.25
_IDLE_S = 10.0
_SETTLED_S = 3.0
_COLUMNS, _ROWS = 140, 42
_WAYS = {"a record at a time": "record-for-ever", "load mode": "load-for-ever"}


def keys() -> None:
    """From a key to its painted hint, while the engine sends as fast as it can."""
    for name, way in _WAYS.items():
        with _lab() as bootstrap, tempfile.TemporaryDirectory() as home:
            told = Path(home) / "rate"
            command = [sys.executable, "-m", "benchmarks.live", "--child", bootstrap, way, str(told)]
            env = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
            with Terminal(command, _COLUMNS, _ROWS, env) as terminal:
                terminal.read_until(told.exists, _TIMEOUT_S)
                key_to_hint.open_setting(terminal, partial(_read_for, terminal, 4 * _BETWEEN_S))
                settle = partial(_read_for, terminal, _BETWEEN_S)
                found = [key_to_hint.figure(terminal, settle) for _ in range(_KEYS)]
                rate = float(told.read_text())
        print(key_to_hint.row(f"key to painted hint, {name}", found))
        print(f"  at {rate:,.0f} records/s meanwhile; goal: p99 less than 50 ms")


def idle() -> None:
    """CPU time of kwb and all its processes while nothing is sent and no key pressed, 140x42."""
    if not is_supported():
        print("needs Linux's /proc: left out")
        return
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        with Terminal([str(Path(sys.executable).with_name("kwb"))], _COLUMNS, _ROWS, env) as terminal:
            terminal.read_until(lambda: b"ready" in terminal.output, _TIMEOUT_S)
            _read_for(terminal, _SETTLED_S)
            before = {taken.pid: taken.cpu_s for taken in family(terminal.pid)}
            began = time.monotonic()
            _read_for(terminal, _IDLE_S)
            spent = time.monotonic() - began
            shares = {
                f"{taken.name} ({taken.pid})": (taken.cpu_s - before.get(taken.pid, 0.0)) / spent
                for taken in family(terminal.pid)
            }
    for name, share in shares.items():
        print(f"{name:<52} {100 * share:>10.2f} % of a core")
    print(
        f"{'all of them':<52} {100 * sum(shares.values()):>10.2f} % of a core   goal: the screen less than 2"
    )


@contextmanager
def _lab() -> Iterator[str]:
    """A lab in a process of its own; its bootstrap servers."""
    topic = f"{constants.TOPIC}:{constants.PARTITIONS}:{constants.REPLICATION_FACTOR}"
    command = [str(Path(sys.executable).with_name("kwb")), "lab", "--topic", topic]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as lab:
        assert lab.stdout is not None
        try:
            yield lab.stdout.readline().strip().partition("=")[2]
        finally:
            lab.terminate()


def _read_for(terminal: Terminal, seconds: float) -> None:
    until = time.monotonic() + seconds
    terminal.read_until(lambda: time.monotonic() >= until, _TIMEOUT_S)
