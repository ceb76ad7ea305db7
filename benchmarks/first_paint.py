"""Seconds from starting the process to the first painted screen, in a pseudo-terminal of 140x42."""

import os
import sys
import tempfile
from pathlib import Path

from workbench.dev.terminal import Terminal

_TIMEOUT_S = 20


def bare() -> float:
    """Until a Textual app of three widgets has painted its first one."""
    return _seconds([sys.executable, "-m", "benchmarks.bare_app"], b"bare app")


def kwb() -> float:
    """Until the screen of the installed `kwb` has painted its config pane."""
    return _seconds([str(Path(sys.executable).with_name("kwb"))], b"Producer config")


def _seconds(command: list[str], painted: bytes) -> float:
    with tempfile.TemporaryDirectory() as home:
        # bytecode is cached as for a user, whatever the environment says
        env = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "PYTHONDONTWRITEBYTECODE": ""}
        with Terminal(command, 140, 42, {**os.environ, **env}) as terminal:
            seconds = terminal.read_until(lambda: painted in terminal.output, _TIMEOUT_S)
            terminal.type("\x11")
            terminal.read_to_end(_TIMEOUT_S)
    return seconds
