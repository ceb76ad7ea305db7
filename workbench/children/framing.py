"""Messages over a pipe: four bytes of length (big-endian), then msgpack of a tagged msgspec.Struct."""

import asyncio
import struct
from typing import BinaryIO, TypeVar

import msgspec

MAX_MESSAGE = 256 * 1024 * 1024
_LENGTH = struct.Struct(">I")
T = TypeVar("T")


class Codec:
    """Encodes any message, decodes those of one union."""

    def __init__(self, received: object) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._decoder: msgspec.msgpack.Decoder[object] = msgspec.msgpack.Decoder(received)

    def pack(self, message: msgspec.Struct) -> bytes:
        body = self._encode(message)
        return _LENGTH.pack(len(body)) + body

    def unpack(self, body: bytes) -> object:
        return self._decoder.decode(body)

    def read(self, pipe: BinaryIO) -> object | None:
        """Block for the next message; None at the end of the pipe."""
        head = pipe.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        body = pipe.read(length)
        return self.unpack(body) if len(body) == length else None

    async def receive(self, reader: asyncio.StreamReader) -> object | None:
        """Await the next message; None at the end of the pipe."""
        try:
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            if length > MAX_MESSAGE:
                return None
            return self.unpack(await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
