"""When one record batch was where, inside the lab's brokers."""

import msgspec


class Stations(msgspec.Struct, frozen=True):
    """Times are `time.monotonic()` seconds; None: not (yet)."""

    leader: int
    taken: float
    """The leader's turn to serve the request that brought it."""
    appended: float
    """It is in the leader's log: acks=1 is answered from here on."""
    followers: tuple[tuple[int, float], ...] = ()
    """Broker and when it had it, in order of time."""
    committed: float | None = None
    """The high watermark has passed it: acks=all is answered, consumers see it."""
    answered: float | None = None
    """The leader's answer was made; none is with acks=0."""
    base: int = -1
    """The batch's first offset, and its `records`; -1: not told."""
    records: int = 0
    came_again: int = 0
    """How often the leader was sent the same batch again and knew it (idempotence)."""
