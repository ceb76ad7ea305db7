"""A leashed program dies with its parent and writes to its log."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.clusters.apache import processes

_PARENT = """
import os, subprocess, sys
command = [sys.executable, "-P", "-m", "workbench.children.leash", str(os.getpid()), sys.argv[1]]
child = subprocess.Popen([*command, "sh", "-c", "echo hello $$; exec sleep 60"])
print(child.pid, flush=True)
sys.stdin.read()
"""


def _until(true: Callable[[], bool]) -> None:
    """The test's time limit bounds it."""
    while not true():
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_it_dies_with_a_killed_parent(tmp_path: Path) -> None:
    log = tmp_path / "node.log"
    command = [sys.executable, "-c", _PARENT, str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        known = processes.identity(pid)
        assert known is not None
        _until(lambda: log.exists() and "hello" in log.read_text())
        assert log.read_text() == f"hello {pid}\n"
        assert processes.is_alive(pid, known)
        parent.send_signal(signal.SIGKILL)
        _until(lambda: not processes.is_alive(pid, known))


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_it_does_not_start_for_a_parent_that_has_gone(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    command = [
        sys.executable,
        "-P",
        "-m",
        "workbench.children.leash",
        str(os.getpid() + 1),
        str(tmp_path / "log"),
    ]
    assert subprocess.run([*command, "touch", str(mark)], check=False, timeout=20).returncode == 1
    assert not mark.exists()
