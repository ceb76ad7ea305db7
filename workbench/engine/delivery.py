"""What of delivery reports is read: confluent_kafka's, and those of load mode, which come many at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from array import array


class Message(Protocol):
    """What of a confluent_kafka.Message the meter reads."""

    def partition(self) -> int | None: ...
    def offset(self) -> int | None: ...
    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...
    def latency(self) -> float | None: ...


class DeliveryError(Protocol):
    def name(self) -> str: ...
    def str(self) -> str: ...


DeliveryCallback = Callable[[int, float | None, DeliveryError | None, Message], None]


class Reports(NamedTuple):
    """Of records of one partition with one outcome, in the order in which they were enqueued."""

    error: DeliveryError | None
    partition: int
    offsets: "array[int]"
    """Below zero where the broker told none."""
    first: int
    """The number of the first record."""
    size: int
    """Bytes of all keys and values."""
    first_latency: float
    """Seconds from the call that took it to now."""
    latencies: list[tuple[float, int]]
    """Seconds, and how many records have that latency."""
    key: bytes | None
    """Of the first record."""

    def __len__(self) -> int:
        return len(self.offsets)
