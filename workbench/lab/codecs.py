"""Unpacking a batch's records in bounded memory: gzip by the standard library, the others by cramjam."""

import mmap
import struct
import zlib

from kio.schema.errors import ErrorCode

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
LARGEST_UNPACKED = 128 * 1024 * 1024
_XERIAL, _XERIAL_HEADER = b"\x82SNAPPY\0", 16
_SIZE = struct.Struct(">i")
_LZ4_FLAGS, _INDEPENDENT = 4, 0x20  # KafkaLZ4BlockInputStream takes no other frames
_FULL = "failed to write whole buffer"
"""What cramjam says where the bytes do not fit into what was given it (pinned by a test)."""


class Malformed(Exception):  # noqa: N818 (an answer to a client)
    """What stands where records should be. `code` is what Kafka answers to it."""

    def __init__(self, text: str, code: ErrorCode = ErrorCode.invalid_record) -> None:
        super().__init__(text)
        self.code = code


def unpacked(codec: int, packed: memoryview, largest: int = LARGEST_UNPACKED) -> bytes | memoryview | None:
    """None where it is more than `largest` bytes. Raises Malformed."""
    if codec == NONE:
        return packed
    if codec == GZIP:
        return _gunzipped(packed, largest)
    import cramjam  # seldom needed: only a compacted topic, or odd timestamps, have batches unpacked

    try:
        if codec == SNAPPY:
            return _unsnapped(packed, largest)
        module = cramjam.lz4 if codec == LZ4 else cramjam.zstd
        if codec == LZ4 and len(packed) > _LZ4_FLAGS and not packed[_LZ4_FLAGS] & _INDEPENDENT:
            raise _undone("Dependent block stream is unsupported (BLOCK_INDEPENDENCE must be set)")
        with mmap.mmap(-1, largest) as room:  # costs only the pages that are written
            return room[: module.decompress_into(packed, room)]
    except cramjam.DecompressionError as error:
        if _FULL in str(error):
            return None
        raise _undone(str(error)) from error


def _undone(why: str) -> Malformed:
    """Kafka's stream of a codec fails with an exception that its broker has no other word for (tried)."""
    return Malformed(f"Failed to decompress record stream: {why}", ErrorCode.unknown_server_error)


def _gunzipped(packed: memoryview, largest: int) -> bytes | None:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, largest)
    except zlib.error as error:
        raise _undone(f"not gzip: {error}") from error
    if unpacker.unconsumed_tail:
        return None
    if not unpacker.eof:
        raise _undone("gzip that is cut off")
    return body


def _unsnapped(packed: memoryview, largest: int) -> bytes | None:
    """As snappy-java's SnappyInputStream, which Kafka uses: frames of its own, or one block (librdkafka)."""
    import cramjam

    if bytes(packed[: len(_XERIAL)]) != _XERIAL:
        if cramjam.snappy.decompress_raw_len(packed) > largest:
            return None
        return bytes(cramjam.snappy.decompress_raw(packed))
    body, at = bytearray(), _XERIAL_HEADER
    while at + _SIZE.size <= len(packed):
        (size,) = _SIZE.unpack_from(packed, at)
        at += _SIZE.size
        block = packed[at : at + max(size, 0)]
        if len(block) != size:
            raise _undone("a block is cut off")
        if len(body) + cramjam.snappy.decompress_raw_len(block) > largest:
            return None
        body += bytes(cramjam.snappy.decompress_raw(block))
        at += size
    return bytes(body)
