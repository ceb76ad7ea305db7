"""The installed `kwb` in a pseudo-terminal, its screen read by pyte: send, quit, nothing left behind."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from workbench.dev.processes import is_running
from workbench.dev.terminal import Terminal

KWB = str(Path(sys.executable).with_name("kwb"))
SAMPLES = Path(__file__).resolve().parents[2] / "sample_payloads"
CTRL_G, CTRL_Q, CTRL_S = "\x07", "\x11", "\x13"
LEAVE_ALTERNATE_SCREEN, SHOW_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"


class Seen:
    """kwb on a terminal of its own, and what a person would see there."""

    def __init__(self, columns: int, rows: int, *arguments: str) -> None:
        self.screen = pyte.Screen(columns, rows)
        stream = pyte.ByteStream(self.screen)
        self.terminal = Terminal([KWB, *arguments], columns, rows, feed=stream.feed)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait_for(self, pattern: str) -> None:
        self.terminal.read_until(lambda: re.search(pattern, self.text) is not None, 30)

    def children(self) -> list[int]:
        """Its own children: each has its parent's pid among its arguments."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if str(self.terminal.pid).encode() in words and b"-P" in words:
                    found.append(int(folder.name))
        return found


@pytest.fixture(params=[(80, 24), (140, 42)], ids=["80x24", "140x42"])
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    made = Seen(*request.param)
    with made.terminal:
        yield made


def ready(seen: Seen) -> None:
    seen.wait_for(r"●●●")
    seen.wait_for(r"orders +6")


def test_it_sends_quits_and_leaves_nothing_behind() -> None:
    seen = Seen(140, 42, str(SAMPLES / "orders.toml"))
    with seen.terminal as terminal:
        before = terminal.settings()
        ready(seen)
        terminal.type(CTRL_S)
        seen.wait_for(r"10,000 acked")
        seen.wait_for(r"10,000 stored")
        children = seen.children()
        assert len(children) >= 2, "an engine and a lab"
        terminal.type(CTRL_Q)
        assert terminal.read_to_end(20) == 0
        assert LEAVE_ALTERNATE_SCREEN in terminal.output
        assert SHOW_CURSOR in terminal.output[terminal.output.rindex(LEAVE_ALTERNATE_SCREEN) - 200 :]
        assert terminal.settings() == before
    assert seen.children() == []


def test_a_run_is_paused_stopped_and_a_new_one_started(seen: Seen) -> None:
    ready(seen)
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"sending")
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"paused")
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"sending")
    seen.terminal.type(CTRL_G)
    seen.wait_for(r"run 1 . stopped")
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"run 2")


def test_a_killed_engine_is_said_and_a_new_run_works(seen: Seen) -> None:
    ready(seen)
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"sending")
    (engine,) = [
        pid for pid in seen.children() if b"engine.main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    os.kill(engine, signal.SIGKILL)
    seen.wait_for(r"engine")
    seen.wait_for(r"signal 9|died")
    seen.wait_for(r"run 1 . broken off")  # before that it is not over, and ^S starts nothing
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"run 2")
    seen.wait_for(r"sending")


def test_a_killed_screen_leaves_no_child(seen: Seen) -> None:
    ready(seen)
    seen.terminal.type(CTRL_S)
    seen.wait_for(r"sending")
    children = seen.children()
    assert len(children) >= 2
    os.kill(seen.terminal.pid, signal.SIGKILL)
    seen.terminal.read_to_end(20)
    for pid in children:  # the kernel ends them with their parent
        while is_running(pid):
            pass


@pytest.mark.parametrize("sending", [False, True], ids=["idle", "sending"])
def test_a_terminal_that_goes_away_ends_everything(seen: Seen, sending: bool) -> None:
    ready(seen)
    if sending:
        seen.terminal.type(CTRL_S)
        seen.wait_for(r"sending")
    children = seen.children()
    assert len(children) >= 2
    assert seen.terminal.hang_up(20) == 129
    while any(is_running(pid) for pid in children):  # those that did not end in time: with their parent
        pass


def test_what_cannot_be_opened_leaves_the_terminal_as_it_was() -> None:
    seen = Seen(80, 24, "/nowhere/scenario.toml")
    with seen.terminal as terminal:
        assert terminal.read_to_end(20) == 2
    assert b"no such file" in terminal.output
    assert LEAVE_ALTERNATE_SCREEN not in terminal.output


def test_a_mistake_of_kwbs_own_is_one_line_and_its_traceback_is_in_the_log(tmp_path):
    code = """
import sys
from workbench.cli import main
from workbench.ui.app import KwbApp
def broken(self):
    sasl_password = "hush"
    raise LookupError(len(sasl_password))
KwbApp.action_help = broken
sys.exit(main([]))
"""
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    with Terminal([sys.executable, "-c", code], 140, 42, env) as terminal:
        terminal.read_until(lambda: b"ready" in terminal.output, 30)
        terminal.type("\x1bOP")
        assert terminal.read_to_end(30) == 70
        said = terminal.output.rpartition(LEAVE_ALTERNATE_SCREEN)[2]
    assert b"a mistake of kwb's own (LookupError at <string>:7)" in said
    assert b"hush" not in said
    assert b"Traceback" not in said
    log = (tmp_path / "kwb" / "kwb.log").read_text()
    assert "LookupError: 4" in log
    assert "hush" not in log.replace('sasl_password = "hush"', "")


def test_a_text_is_edited_in_the_user_s_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", """sh -c 'echo "in the editor: $0"; sed -i s/tea/rum/ "$0"'""")
    scenario = tmp_path / "tea.toml"
    scenario.write_text('format = 1\n[record]\nvalue = "a cup of tea"\n')
    seen = Seen(140, 42, str(scenario))
    with seen.terminal as terminal:
        ready(seen)
        terminal.type("\x0e")  # ^N
        seen.wait_for(r"a cup of rum")
        assert b"in the editor: " in terminal.output
        terminal.type("\x0e")
        terminal.type("\x13")
        seen.wait_for(r"1,000 stored")
        terminal.type(CTRL_Q)
        assert terminal.read_to_end(20) == 0
