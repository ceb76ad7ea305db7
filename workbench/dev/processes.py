"""What processes take, from Linux's /proc: for tests and benchmarks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Taken:
    """By one process: CPU time since it began, memory now."""

    pid: int
    name: str
    """Its module or program: "workbench.engine.main", "kwb"."""
    cpu_s: float
    resident_bytes: int


def is_supported() -> bool:
    return (_PROC / "self" / "stat").exists()


def is_running(pid: int) -> bool:
    """Not gone, and not a zombie that nobody has asked for its status. One reading: between two it may go."""
    fields = _fields(pid)
    return bool(fields) and fields[0] not in {"Z", "X"}


def family(pid: int) -> list[Taken]:
    """The process and all that it started, parents first; those that have ended meanwhile are left out."""
    children: dict[int, list[int]] = {}
    for other, fields in _stats():
        children.setdefault(int(fields[1]), []).append(other)
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop(0)
        waiting += children.get(one, [])
        taken = _taken(one)
        if taken is not None:
            found.append(taken)
    return found


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            fields = _fields(int(folder.name))
            if fields:
                yield int(folder.name), fields


def _fields(pid: int) -> list[str]:
    """Of /proc/PID/stat from the state on (a name before it may hold anything); none where it has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def _taken(pid: int) -> Taken | None:
    fields = _fields(pid)
    try:
        words = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    if not fields:
        return None
    ticks = int(fields[11]) + int(fields[12])
    name = words[words.index("-m") + 1] if "-m" in words else Path(words[1 if len(words) > 2 else 0]).name
    pages = int(fields[21])
    return Taken(pid, name, ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))
