"""The memory that connections take, for all connections of a lab together."""

from typing import Protocol

_MOST_BYTES = 256 * 1024 * 1024
_SPARES, _LARGEST_SPARE = 8, 4 * 1024 * 1024


class Holder(Protocol):
    """A connection whose client is slow, or plays dead."""

    def close(self) -> None: ...


class Held:
    """Bytes that wait for clients; beyond the limit those that have waited longest are hung up on."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._held: dict[Holder, int] = {}

    def holds(self, connection: Holder, size: int) -> None:
        self._held[connection] = size
        while sum(self._held.values()) > self._most and len(self._held) > 1:
            longest = next(iter(self._held))
            del self._held[longest]
            longest.close()

    def done(self, connection: Holder) -> None:
        self._held.pop(connection, None)


class Buffers:
    """`incoming`: frames that have not come in full; `outgoing`: answers that are not taken."""

    def __init__(self) -> None:
        self.incoming = Held()
        self.outgoing = Held()
        self._spare: list[bytearray] = []

    def take(self, size: int) -> bytearray:
        """Room for at least so many bytes; a room that served before costs no page faults."""
        for index, room in enumerate(self._spare):
            if len(room) >= size:
                return self._spare.pop(index)
        return bytearray(size)

    def give(self, room: bytearray) -> None:
        if len(room) <= _LARGEST_SPARE:
            self._spare.insert(0, room)
            del self._spare[_SPARES:]
