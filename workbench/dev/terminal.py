"""A program in a pseudo-terminal, for tests and benchmarks: start it, type, read what it paints."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

_CHUNK = 65536


class Terminal:
    """One program on one pseudo-terminal of `columns` x `rows`; ended on leaving the `with`.

    `output` is every byte it painted; `feed` (a pyte stream's, say) gets each piece as it comes.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 140,
        rows: int = 42,
        env: Mapping[str, str] | None = None,
        feed: Callable[[bytes], object] | None = None,
    ) -> None:
        self.output = bytearray()
        self.exit_status: int | None = None
        self._feed = feed
        self.started_at = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execvpe(command[0], list(command), {**os.environ, **colours, **(env or {})})  # noqa: S606

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.exit_status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.exit_status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)

    def type(self, keys: str | bytes) -> None:
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def read_until(self, wanted: Callable[[], bool], timeout_s: float) -> float:
        """Read until `wanted()` holds; the seconds since the start. Raises TimeoutError."""
        until = time.monotonic() + timeout_s
        while not wanted():
            left = until - time.monotonic()
            if left <= 0 or not self._read(left):
                painted = self.output[-2000:].decode(errors="replace")
                raise TimeoutError(f"not seen within {timeout_s:g} s; the last it painted: {painted!r}")
        return time.monotonic() - self.started_at

    def read_to_end(self, timeout_s: float) -> int:
        """Read until the program has ended; its exit status. Raises TimeoutError."""
        until = time.monotonic() + timeout_s
        while self._read(max(0.0, until - time.monotonic())):
            if time.monotonic() >= until:
                raise TimeoutError(f"still running after {timeout_s:g} s")
        self.exit_status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.exit_status

    def hang_up(self, timeout_s: float) -> int:
        """Take the terminal away, as a closed window or a lost connection does; the program's exit status.

        Raises TimeoutError where it goes on without a terminal.
        """
        os.close(self.fd)
        self.fd = os.open(os.devnull, os.O_RDONLY)
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_status = os.waitstatus_to_exitcode(status)
                return self.exit_status
            time.sleep(0.01)
        raise TimeoutError(f"still running {timeout_s:g} s after its terminal went away")

    def settings(self) -> list[object]:
        """The terminal's line settings, to see whether they are restored."""
        return list(termios.tcgetattr(self.fd))

    def _read(self, timeout_s: float) -> bool:
        """Read once; False at the end of the program's output."""
        ready, _, _ = select.select([self.fd], [], [], min(timeout_s, 0.1))
        if not ready:
            return True
        try:
            data = os.read(self.fd, _CHUNK)
        except OSError:  # Linux says EIO when the last holder of the terminal is gone
            return False
        self.output += data
        if data and self._feed is not None:
            self._feed(data)
        return bool(data)
