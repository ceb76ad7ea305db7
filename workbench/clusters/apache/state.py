"""What is known of a local cluster on disk: `nodes.json` in its folder, and the locks beside it."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from workbench import paths
from workbench.clusters.apache.layout import Node, bootstrap_of, nodes_of
from workbench.clusters.apache.processes import is_alive
from workbench.errors import ClusterError

_FILE = "nodes.json"
_FORMAT = 1


def root() -> Path:
    return paths.cache_dir() / "apache"


def up_dir() -> Path:
    """The nodes of `kwb apache up`."""
    return root() / "up"


def runs_dir() -> Path:
    """One folder a run that has nodes of its own, gone when the run is over."""
    return root() / "runs"


class Started(msgspec.Struct, frozen=True):
    """A node's process; `identity` tells it from a later process with the same pid."""

    pid: int
    identity: str


class State(msgspec.Struct, frozen=True):
    cluster_id: str
    version: str
    """Apache Kafka's."""
    ports: tuple[int, ...]
    """The brokers', then the controller's."""
    config: dict[str, str] = {}
    processes: dict[str, Started] = {}
    """By node name; empty after a clean stop."""
    format: int = _FORMAT

    @property
    def brokers(self) -> int:
        return len(self.ports) - 1

    def nodes(self, folder: Path) -> tuple[Node, ...]:
        return nodes_of(folder, self.ports)

    def bootstrap(self) -> str:
        return bootstrap_of(self.nodes(Path()))

    def is_alive(self, node: str) -> bool:
        started = self.processes.get(node)
        return started is not None and is_alive(started.pid, started.identity)


def load(folder: Path) -> State | None:
    """None where there is no state. Raises ClusterError where it cannot be read."""
    file = folder / _FILE
    try:
        state = msgspec.json.decode(file.read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise ClusterError(f"{file} cannot be read ({error}): delete the folder {folder}") from None
    if state.format != _FORMAT or state.brokers < 1:
        raise ClusterError(f"{file} is another kwb's (format {state.format}): delete the folder {folder}")
    return state


def save(folder: Path, state: State) -> None:
    """All or nothing. Raises ClusterError where the folder cannot be written."""
    file = folder / _FILE
    half = file.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.write_bytes(msgspec.json.format(msgspec.json.encode(state)) + b"\n")
        half.replace(file)
    except OSError as error:
        raise ClusterError(f"{file} cannot be written: {error.strerror}") from None


def forget(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)


class FileLock:
    """A lock that dies with its process. It holds the pid of whoever took it last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def take(self) -> bool:
        """False where another process (or another FileLock of ours) has it. Raises ClusterError."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ClusterError(f"{self._file} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str:
        """The pid of whoever took it last, as text."""
        with contextlib.suppress(OSError):
            return self._file.read_text(encoding="ascii").strip() or "?"
        return "?"


def in_use() -> FileLock:
    """Held by the run that uses the nodes of `kwb apache up`."""
    return FileLock(root() / "up.in-use")


def run_lock(folder: Path) -> FileLock:
    """Held by the run whose folder it is, as long as it lives."""
    return FileLock(folder / "lock")


@contextlib.asynccontextmanager
async def command_lock(patience: float) -> AsyncIterator[None]:
    """One at a time: whoever makes, mends or removes nodes. Raises ClusterError after `patience` seconds."""
    lock = FileLock(root() / "lock")
    try:
        async with asyncio.timeout(patience):
            while not lock.take():  # noqa: ASYNC110 - other processes take it too
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise ClusterError(
            f"another kwb (pid {lock.holder()}) is starting or stopping Apache Kafka: try again later"
        ) from None
    try:
        yield
    finally:
        lock.release()
