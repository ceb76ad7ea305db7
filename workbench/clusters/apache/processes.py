"""Processes that are not our children: are they still the ones we started, and how they are ended."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

_LOOK = 0.05


def identity(pid: int) -> str | None:
    """What tells a process from a later one with the same pid (boot and start time); None if it is gone."""
    proc = Path("/proc")
    if (proc / "self/stat").exists():
        return _linux_identity(pid, proc)
    found = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    ).stdout.split(maxsplit=1)
    return found[1].strip() if len(found) == 2 and not found[0].startswith("Z") else None


def _linux_identity(pid: int, proc: Path) -> str | None:
    fields = _stat(pid, proc)
    if fields is None or fields[0] in "ZX":
        return None
    boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {fields[19]}"


def _stat(pid: int, proc: Path) -> list[str] | None:
    # proc(5): after the name in parentheses come the state (field 3) … and the start time (field 22)
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def is_stopped(pid: int) -> bool:
    """Whether all threads of a process stand still after SIGSTOP; False where it has gone."""
    proc = Path("/proc")
    if not (proc / "self/stat").exists():
        found = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
        )
        return found.stdout.startswith("T")
    try:
        threads = [int(thread.name) for thread in (proc / str(pid) / "task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return False
    states = [_stat(thread, proc / str(pid) / "task") for thread in threads]
    return all(state is None or state[0] in "TtZX" for state in states)


def is_alive(pid: int | None, known: str | None) -> bool:
    return pid is not None and known is not None and identity(pid) == known


def spawn_detached(command: list[str], log: Path) -> int:
    """Start a program that outlives us, in a session of its own, its output appended to `log`; its pid."""
    return os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def send_signal(pid: int, known: str, number: signal.Signals) -> None:
    """Nothing where the process has gone or is another one by now."""
    if is_alive(pid, known):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return


async def end(pid: int, known: str, patience: float) -> bool:
    """SIGTERM, then SIGKILL after `patience` seconds; False where it took SIGKILL (or even that failed)."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        send_signal(pid, known, number)
        if await _gone(pid, known, seconds):
            return number == signal.SIGTERM
    return False


async def kill(pid: int, known: str) -> None:
    send_signal(pid, known, signal.SIGKILL)
    await _gone(pid, known, 10.0)


async def _gone(pid: int, known: str, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            while is_alive(pid, known):  # noqa: ASYNC110 - not our child: nobody tells us
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        return False
    return True
