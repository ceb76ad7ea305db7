"""Making a run's records on the sending thread: what a person wrote, guarded and counted."""

import signal
import time
from types import FrameType
from typing import NamedTuple, Self

from workbench.engine.meter import Meter
from workbench.engine.protocol import Start
from workbench.serde.maker import RecordError, RecordMaker

HEADER = "kwb"
"""The header that names run and sequence number, so that the read-back knows a record again."""
_TICK_S = 0.05


class Made(NamedTuple):
    """A record as the client takes it; no headers are None, which is cheaper than an empty list."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] | None

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


class RecordTooSlow(BaseException):
    """Raised into a template that takes longer than `record_timeout_ms`; no `except Exception` catches it."""


class Making:
    """Makes records between `with` and its end. Main thread only: the guard is a signal.

    One repeating timer guards the whole run: arming one for each record would cost two system calls each.
    """

    def __init__(self, start: Start, meter: Meter) -> None:
        """Raises RecordError where no record could ever be made."""
        self._maker = RecordMaker(start.record, start.seed, start.run_id, start.value_bytes)
        self._identity = f"{start.run_id}/" if start.send.verify else None
        self._timeout_ms = start.send.record_timeout_ms
        self._meter = meter
        self._since: float | None = None

    def __enter__(self) -> Self:
        if not self._maker.is_constant:
            signal.signal(signal.SIGALRM, self._tick)
            signal.setitimer(signal.ITIMER_REAL, _TICK_S, _TICK_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def constant(self) -> Made | None:
        """The one record that all are, where they carry nothing of their own."""
        if not self._maker.is_constant or self._identity is not None:
            return None
        key, value, headers = self._maker.make(0)
        return Made(key, value, headers or None)

    def refusal(self) -> str | None:
        """Why not even the first record can be made; None where it can."""
        try:
            self._since = time.monotonic()
            self._maker.make(0)
        except RecordError as error:
            return f"record.{error.where}: {error.reason}"
        except RecordTooSlow:
            return f"a record takes longer than record_timeout_ms ({self._timeout_ms} ms) to make"
        except MemoryError:
            return "a record does not fit in memory"
        finally:
            self._since = None
        return None

    def make(self, seq: int) -> Made | None:
        """The record; None where it cannot be made, which the meter has counted as rejected."""
        try:
            self._since = time.monotonic()
            key, value, headers = self._maker.make(seq)
            self._since = None
        except RecordError as error:
            self._since = None
            self._meter.reject(seq, error.kind, "_BAD_RECORD", f"{error.where}: {error.reason}")
        except RecordTooSlow:
            text = f"took longer than record_timeout_ms ({self._timeout_ms} ms)"
            self._meter.reject(seq, "template", "_RECORD_TIMEOUT", text)
        except MemoryError:
            self._since = None
            self._meter.reject(seq, "template", "_OUT_OF_MEMORY", "the record does not fit in memory")
        else:
            if self._identity is not None:
                headers.append((HEADER, f"{self._identity}{seq}".encode()))
            return Made(key, value, headers or None)
        return None

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        since = self._since
        if since is not None and (time.monotonic() - since) * 1000 > self._timeout_ms:
            self._since = None
            raise RecordTooSlow
