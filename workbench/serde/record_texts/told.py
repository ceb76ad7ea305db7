"""What every format tells of a record."""

import msgspec


class Told(msgspec.Struct, frozen=True):
    """A record's own bytes, apart from any serializer. `timestamp`: epoch milliseconds, None: now."""

    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    topic: str = ""
    partition: int | None = None
    timestamp: int | None = None


class FormatError(ValueError):
    """A record that a format cannot say, or a text that is not of it; one line that says why."""


def text_of(data: bytes, what: str) -> str:
    """Raises FormatError where the bytes are no UTF-8 text."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError(f"{what}: byte {error.start + 1} is not UTF-8 text") from None
