"""Which brokers are registered and unfenced, asked of a broker itself.

A Metadata request of version 1, the oldest that names the controller; Kafka 4.1 answers it (tried). Written
by hand because only the engine's process loads a Kafka client.
"""

import asyncio
import struct

from workbench.clusters.apache.layout import HOST

_METADATA, _VERSION = 3, 1
_CLIENT = b"kwb"
_NO_TOPICS = 0


async def live_brokers(port: int, patience: float = 2.0) -> frozenset[int]:
    """Ids of the live brokers as the broker on `port` knows them; empty where it does not answer."""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                head = struct.pack(">hhih", _METADATA, _VERSION, 1, len(_CLIENT)) + _CLIENT
                request = head + struct.pack(">i", _NO_TOPICS)
                writer.write(struct.pack(">i", len(request)) + request)
                (length,) = struct.unpack(">i", await reader.readexactly(4))
                return _broker_ids(await reader.readexactly(length))
            finally:
                writer.close()
    except (OSError, TimeoutError, EOFError, struct.error):
        return frozenset()


def _broker_ids(answer: bytes) -> frozenset[int]:
    """Correlation id, then an array of (id, host, port, rack or null)."""
    _, count = struct.unpack_from(">ii", answer)
    at = 8
    found = set()
    for _ in range(count):
        broker, host = struct.unpack_from(">ih", answer, at)
        at += 6 + host
        _, rack = struct.unpack_from(">ih", answer, at)
        at += 6 + max(rack, 0)
        found.add(broker)
    return frozenset(found)
