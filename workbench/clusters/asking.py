"""Requests to brokers written by hand: only the engine's process loads a Kafka client.

Of old versions that Kafka 4.1 answers (tried). Formats: kafka.apache.org/protocol.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import TypeVar

_CLIENT = b"kwb"
T = TypeVar("T")


class Conversation:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def request(self, api: int, version: int, body: bytes) -> "Reader":
        """The answer behind its correlation id."""
        head = struct.pack(">hhih", api, version, 1, len(_CLIENT)) + _CLIENT
        self._writer.write(struct.pack(">i", len(head) + len(body)) + head + body)
        (length,) = struct.unpack(">i", await self._reader.readexactly(4))
        answer = Reader(await self._reader.readexactly(length))
        answer.take("i")
        return answer


async def talk(
    host: str, port: int, patience: float, ask: Callable[[Conversation], Awaitable[T]]
) -> T | None:
    """What the broker there says; None where it says nothing of use in time."""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                return await ask(Conversation(reader, writer))
            finally:
                writer.close()
    except (OSError, TimeoutError, EOFError, struct.error):
        return None


class Reader:
    """Reads an answer from its start: numbers by struct's letters, strings, arrays."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, letter: str) -> int:
        (value,) = struct.unpack_from(f">{letter}", self._data, self._at)
        self._at += struct.calcsize(f">{letter}")
        return int(value)

    def text(self) -> str | None:
        length = self.take("h")
        if length < 0:
            return None
        found = self._data[self._at : self._at + length]
        self._at += length
        return found.decode()

    def blob(self) -> bytes:
        length = self.take("i")
        if length < 0:
            return b""
        found = self._data[self._at : self._at + length]
        self._at += length
        return found

    def many(self, one: Callable[[], T]) -> list[T]:
        return [one() for _ in range(self.take("i"))]


def string(text: str) -> bytes:
    """As the protocol has it: the length, then UTF-8."""
    return struct.pack(">h", len(text.encode())) + text.encode()
