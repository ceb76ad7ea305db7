"""Whose pid is it: state that outlived its processes is recognised, and nobody else's process is hit."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.clusters.apache import processes, state
from workbench.errors import ClusterError


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def _known(pid: int) -> str:
    found = processes.identity(pid)
    assert found is not None
    return found


def test_a_process_is_itself_until_it_ends(sleeper: subprocess.Popen[bytes]) -> None:
    known = _known(sleeper.pid)
    assert processes.is_alive(sleeper.pid, known)
    sleeper.kill()
    sleeper.wait()
    assert processes.identity(sleeper.pid) is None
    assert not processes.is_alive(sleeper.pid, known)


def test_a_zombie_has_ended() -> None:
    child = os.posix_spawn("/bin/true", ["true"], os.environ)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert processes.identity(child) is None
    os.waitpid(child, 0)


def test_another_process_with_the_same_pid_is_not_the_known_one(sleeper: subprocess.Popen[bytes]) -> None:
    before = _known(os.getpid())
    assert not processes.is_alive(sleeper.pid, before)
    processes.send_signal(sleeper.pid, before, signal.SIGKILL)
    assert sleeper.poll() is None
    assert processes.is_alive(sleeper.pid, _known(sleeper.pid))


@pytest.mark.skipif(sys.platform != "linux", reason="reads a process table made of files")
@pytest.mark.parametrize(
    ("name", "row", "found"),
    [
        ("12", "12 (a) b) S 1 " + "0 " * 17 + "777 0", "boot-1 777"),
        ("12", "12 (java) Z 1 " + "0 " * 17 + "777 0", None),
        ("13", "", None),
    ],
)
def test_the_process_table_is_read_past_odd_names(
    tmp_path: Path, name: str, row: str, found: str | None
) -> None:
    boot = tmp_path / "sys/kernel/random/boot_id"
    boot.parent.mkdir(parents=True)
    boot.write_text("boot-1\n")
    if row:
        (tmp_path / name).mkdir()
        (tmp_path / name / "stat").write_text(row)
    assert processes._linux_identity(int(name), tmp_path) == found


async def test_end_is_gentle_first(sleeper: subprocess.Popen[bytes]) -> None:
    assert await processes.end(sleeper.pid, _known(sleeper.pid), patience=10)
    assert sleeper.wait() == -signal.SIGTERM


async def test_end_kills_what_does_not_listen() -> None:
    deaf = await asyncio.create_subprocess_exec(
        "sh", "-c", "trap '' TERM; echo ready; exec sleep 60", stdout=asyncio.subprocess.PIPE
    )
    assert deaf.stdout is not None
    assert await deaf.stdout.readline() == b"ready\n"
    assert not await processes.end(deaf.pid, _known(deaf.pid), patience=0.2)
    assert await deaf.wait() == -signal.SIGKILL


def test_a_detached_process_writes_to_its_log_and_leads_its_own_session(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    pid = processes.spawn_detached(["/bin/sh", "-c", "echo out; echo err >&2; ps -o sid= -p $$"], log)
    assert os.waitpid(pid, 0)[1] == 0
    assert log.read_text().split() == ["out", "err", str(pid)]


def test_state_comes_back_and_knows_who_lives(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    alive = state.Started(sleeper.pid, _known(sleeper.pid))
    written = state.State(
        "id",
        "4.1.0",
        (7001, 7002),
        {"a.b": "c"},
        {"controller": alive, "broker 1": state.Started(1, "old boot 5")},
    )
    state.save(tmp_path / "up", written)
    found = state.load(tmp_path / "up")
    assert found == written
    assert found is not None
    assert found.is_alive("controller")
    assert not found.is_alive("broker 1")
    assert not found.is_alive("broker 2")
    assert found.bootstrap() == "127.0.0.1:7001"
    state.forget(tmp_path / "up")
    assert state.load(tmp_path / "up") is None


@pytest.mark.parametrize("content", ["", "{}", '{"cluster_id": 5}', "\x00\x01"])
def test_a_state_file_that_is_none_says_what_to_delete(tmp_path: Path, content: str) -> None:
    (tmp_path / "nodes.json").write_text(content)
    with pytest.raises(ClusterError, match="delete the folder"):
        state.load(tmp_path)


def test_a_lock_is_held_by_one_and_dies_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "lock"
    script = (
        "import sys; from pathlib import Path; from workbench.clusters.apache.state import FileLock\n"
        "lock = FileLock(Path(sys.argv[1])); print(lock.take(), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        mine = state.FileLock(file)
        assert not mine.take()
        assert mine.holder() == str(other.pid)
        other.kill()
        other.wait()
        assert mine.take()
        assert not state.FileLock(file).take()
        mine.release()
        mine.release()
        again = state.FileLock(file)
        assert again.take()
        again.release()
