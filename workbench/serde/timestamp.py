"""A record's CreateTime, from text."""

from workbench.serde.errors import SerdeError

_LATEST = 2**63 - 1
_SHOWN = 24


def epoch_ms(text: str) -> int:
    """Milliseconds since 1970, UTC. Raises SerdeError for what no record can carry.

    Java's ProducerRecord refuses negative ones; to librdkafka (2.16.0) 0 means now.
    """
    stripped = text.strip()
    shown = stripped if len(stripped) <= _SHOWN else f"{stripped[:_SHOWN]}…"
    if not (stripped.isascii() and stripped.isdecimal()):
        found = f"“{shown}” is not a whole number" if stripped else "empty"
        raise SerdeError(f"{found}: epoch milliseconds are wanted, such as 1700000000000")
    if not 0 < int(stripped[:20]) <= _LATEST or len(stripped) > len(str(_LATEST)):
        raise SerdeError(f"{shown} is out of range: 1 to {_LATEST} (to the client 0 means now)")
    return int(stripped)
