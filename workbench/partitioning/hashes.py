"""The hashes that partitioners use, over bytes; each returns 0 … 2^32-1."""

import zlib

_MASK = 0xFFFFFFFF


def crc32(data: bytes) -> int:
    """CRC-32 as in zlib: librdkafka's `consistent` and `consistent_random`."""
    return zlib.crc32(data)


def murmur2(data: bytes) -> int:
    """MurmurHash2, 32 bits, with the seed of Java's `org.apache.kafka.common.utils.Utils.murmur2`."""
    multiplier = 0x5BD1E995
    length = len(data)
    whole = length & ~3
    result = 0x9747B28C ^ length
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * multiplier & _MASK
        word = (word ^ (word >> 24)) * multiplier
        result = (result * multiplier ^ word) & _MASK
    if whole < length:
        result = (result ^ int.from_bytes(data[whole:], "little")) * multiplier & _MASK
    result = (result ^ (result >> 13)) * multiplier & _MASK
    return result ^ (result >> 15)


def fnv1a(data: bytes) -> int:
    """FNV-1a, 32 bits, made positive as a signed number: librdkafka's, and Sarama's before it."""
    result = 0x811C9DC5
    for byte in data:
        result = (result ^ byte) * 0x01000193 & _MASK
    return result if result < 1 << 31 else (1 << 32) - result
