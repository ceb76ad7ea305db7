"""How much a producer holds at most: in memory, and on the way to its brokers.

librdkafka 2.16.0: all records not yet reported, by bytes and by count; one ProduceRequest holds one
batch of one partition, no larger than message.max.bytes. Java 4.1.0:
buffer.memory in whole batches; one request holds a batch of each partition its broker leads, no larger
than max.request.size.
"""

from collections.abc import Mapping

import msgspec

from workbench.producer_config.catalogue import Client
from workbench.producer_config.values import number

_KIB = 1024


class Limits(msgspec.Struct, frozen=True):
    memory_bytes: float
    records: int | None
    """None: they are not counted."""
    requests: int
    """In flight to one broker."""
    request_bytes: float
    in_flight_bytes: float
    """To all brokers at once, and never more than there is memory for."""


def limits(stands: Mapping[str, str], client: Client, brokers: int) -> Limits:
    """`stands`: every property of the client."""
    if client == "java":
        memory = _number(stands, "buffer.memory", 33_554_432)
        records, request = None, _number(stands, "max.request.size", 1_048_576)
    else:
        memory = _KIB * _number(stands, "queue.buffering.max.kbytes", 1_048_576)
        records = int(_number(stands, "queue.buffering.max.messages", 100_000)) or None
        request = _number(stands, "message.max.bytes", 1_000_000)
    requests = int(_number(stands, "max.in.flight.requests.per.connection", 5))
    return Limits(memory, records, requests, request, min(memory, requests * request * max(brokers, 1)))


def _number(stands: Mapping[str, str], name: str, default: float) -> float:
    value = number(stands.get(name, ""))
    return default if value is None or value < 0 else value
