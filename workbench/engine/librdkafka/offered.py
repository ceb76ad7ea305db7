"""Records as `rd_kafka_produce_batch` takes them: one array of them, filled by column."""

import ctypes
from array import array
from collections.abc import Sequence

from workbench.engine.librdkafka.binding import Message

SIZE = ctypes.sizeof(Message)
_WORDS = SIZE // 8
_PAYLOAD, _LEN, _KEY, _KEY_LEN, _PRIVATE = (
    getattr(Message, name).offset // 8 for name in ("payload", "len", "key", "key_len", "_private")
)
_INTS = SIZE // 4


class Offered:
    """Records one behind the other.

    `stays`: they are never filled anew, so that the client need not copy their keys and values.
    """

    def __init__(self, room: int, *, stays: bool = False) -> None:
        messages = (Message * room)()
        self.stays = stays
        self._look_at(memoryview(messages).cast("B"), ctypes.addressof(messages))

    def _look_at(self, memory: memoryview, address: int) -> None:
        self._memory, self.address = memory, address
        self.words, self._ints = memory.cast("Q"), memory.cast("i")
        """`words`: all of them, eight bytes an item."""
        self.kept: object = None
        """What they point to."""

    def part(self, first: int, until: int) -> "Offered":
        """Those from the first to, not including, the second; they stay the same records."""
        part = Offered.__new__(Offered)
        part._look_at(self._memory[first * SIZE : until * SIZE], self.address + first * SIZE)  # noqa: SLF001
        part.kept, part.stays = self.kept, self.stays
        return part

    def fill(self, keys: Sequence[bytes | None], values: Sequence[bytes | None]) -> None:
        """Let the first records have these keys and values; None is null, which is not empty."""
        self.kept = (
            self._point(_KEY, _KEY_LEN, keys),
            self._point(_PAYLOAD, _LEN, values),
        )

    def number(self, numbers: "array[int]") -> None:
        """Say which numbers (typecode Q) the first records have: their delivery reports tell them."""
        self.words[_PRIVATE::_WORDS][: len(numbers)] = memoryview(numbers)

    def refused(self, count: int) -> list[tuple[int, int]]:
        """Of the first: index and error code (`rd_kafka_resp_err_t`) of those that were not taken."""
        return [(at, code) for at, code in enumerate(self._ints[::_INTS][:count]) if code]

    def number_of(self, index: int) -> int:
        number: int = self.words[index * _WORDS + _PRIVATE]
        return number

    def bytes_of(self, index: int) -> int:
        """Bytes of key and value."""
        size: int = self.words[index * _WORDS + _LEN] + self.words[index * _WORDS + _KEY_LEN]
        return size

    def take(self, other: "Offered", indexes: Sequence[int]) -> None:
        """Become these records of the other, or of itself: indexes ascend."""
        for at, index in enumerate(indexes):
            mine, theirs = at * _WORDS, index * _WORDS
            self.words[mine : mine + _WORDS] = other.words[theirs : theirs + _WORDS]
        self.kept, self.stays = other.kept, other.stays

    def _point(self, pointer: int, length: int, texts: Sequence[bytes | None]) -> object:
        pointers = (ctypes.c_char_p * len(texts))(*texts)
        as_words = memoryview(pointers).cast("B").cast("Q")
        self.words[pointer::_WORDS][: len(texts)] = as_words
        lengths = array("Q", [len(text) if text else 0 for text in texts])
        self.words[length::_WORDS][: len(texts)] = memoryview(lengths)
        return pointers
