"""Delivery reports by column: what an event's messages say, without a Python object for each.

The event gives pointers to its messages, which lie all over the heap. `writev()` gathers them into a pipe and
`read()` gives them back in one piece, many at a time, so that whole columns can be compared and counted in C.
A pointer that leads nowhere would be an error of the call (EFAULT), not the end of the process.
"""

import ctypes
import errno
import fcntl
import os
from array import array
from collections.abc import Iterator

from confluent_kafka import KafkaError

from workbench.engine.delivery import Reports
from workbench.engine.librdkafka.binding import Librdkafka, Message
from workbench.engine.librdkafka.offered import SIZE

_MOST_OF_AN_EVENT = 10_000
_SMALLEST_PIPE = 16 * 1024
"""macOS; Linux says how large a pipe is."""
_CLOSE_S, _CLOSE_SHARE = 20e-6, 0.002
"""Enqueued so close to each other, in seconds or as a share of their latency, records have one latency: the
histogram keeps three significant digits."""
_INTS, _WORDS = SIZE // 4, SIZE // 8
_ERR, _PARTITION = (getattr(Message, name).offset // 4 for name in ("err", "partition"))
_LEN, _KEY, _KEY_LEN, _OFFSET, _PRIVATE = (
    getattr(Message, name).offset // 8 for name in ("len", "key", "key_len", "offset", "_private")
)


class Reader:
    """Reads events' messages. `at_most`: so many at a time, where each is to be seen by itself."""

    def __init__(self, library: Librdkafka, at_most: int = _MOST_OF_AN_EVENT) -> None:
        self._library = library
        self._latency_of = library.message_latency
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self._step = min(at_most, _pipe_size(self._in) // SIZE, os.sysconf("SC_IOV_MAX"))
        self._writev = ctypes.CDLL(None, use_errno=True).writev
        self._writev.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
        self._writev.restype = ctypes.c_ssize_t
        self._pointers = (ctypes.c_void_p * _MOST_OF_AN_EVENT)()
        self._where = memoryview(self._pointers).cast("B").cast("Q")
        self._vector = (ctypes.c_uint64 * (2 * self._step))()  # struct iovec: an address and a length each
        vector = memoryview(self._vector).cast("B").cast("Q")
        vector[1::2] = memoryview(array("Q", [SIZE] * self._step))
        self._addresses = vector[::2]
        self._buffer = bytearray(self._step * SIZE)
        gathered = memoryview(self._buffer)
        self._ints, self._words = gathered.cast("i"), gathered.cast("q")

    def close(self) -> None:
        os.close(self._in)
        os.close(self._out)

    def read(self, event: int) -> Iterator[Reports]:
        """All messages of the event; what is not asked for any more is not read."""
        while count := self._library.event_message_array(event, self._pointers, _MOST_OF_AN_EVENT):
            for first in range(0, count, self._step):
                many = min(self._step, count - first)
                self._gather(first, many)
                yield from self._split(first, 0, many)

    def _gather(self, first: int, count: int) -> None:
        self._addresses[:count] = self._where[first : first + count]
        wanted = count * SIZE
        if self._writev(self._in, self._vector, count) != wanted:
            number = ctypes.get_errno()
            raise OSError(number, f"writev: {errno.errorcode.get(number, number)}")
        if os.readv(self._out, [memoryview(self._buffer)[:wanted]]) != wanted:
            raise OSError(errno.EIO, "a pipe gives less than was put into it")

    def _split(self, base: int, first: int, until: int) -> Iterator[Reports]:
        """Halved until each part has one outcome and one partition."""
        errors = self._ints[_ERR::_INTS][first:until]
        partitions = self._ints[_PARTITION::_INTS][first:until]
        count = until - first
        if _is_one(errors, count) and _is_one(partitions, count):
            yield self._reports(base, first, until)
        else:
            middle = first + count // 2
            yield from self._split(base, first, middle)
            yield from self._split(base, middle, until)

    def _reports(self, base: int, first: int, until: int) -> Reports:
        words = self._words
        key, key_len = words[first * _WORDS + _KEY], words[first * _WORDS + _KEY_LEN]
        latencies = list(self._latencies(base + first, base + until))
        return Reports(
            KafkaError(code) if (code := self._ints[first * _INTS + _ERR]) else None,
            self._ints[first * _INTS + _PARTITION],
            array("q", words[_OFFSET::_WORDS][first:until].tobytes()),
            words[first * _WORDS + _PRIVATE],
            sum(_total(words[column::_WORDS][first:until]) for column in (_LEN, _KEY_LEN)),
            latencies[0][0],
            latencies,
            ctypes.string_at(key, key_len) if key else None,
        )

    def _latencies(self, first: int, until: int) -> Iterator[tuple[float, int]]:
        """As librdkafka says of the first and the last of a part, which is halved until these are close."""
        longest, shortest = self._latency(first), self._latency(until - 1)
        if until - first == 1 or abs(longest - shortest) <= max(_CLOSE_S, _CLOSE_SHARE * longest):
            yield longest, until - first
        else:
            middle = (first + until) // 2
            yield from self._latencies(first, middle)
            yield from self._latencies(middle, until)

    def _latency(self, at: int) -> float:
        us: int = self._latency_of(self._where[at])
        return max(0, us) / 1e6


def _total(column: memoryview) -> int:
    raw, one = column.tobytes(), int(column[0])
    return one * len(column) if raw == raw[:8] * len(column) else sum(column)


def _is_one(column: memoryview, count: int) -> bool:
    raw = column.tobytes()
    return raw == raw[:4] * count


def _pipe_size(pipe: int) -> int:
    asked = getattr(fcntl, "F_GETPIPE_SZ", None)
    return _SMALLEST_PIPE if asked is None else fcntl.fcntl(pipe, asked)
