"""UTF-8, as Kafka's StringSerializer does by default."""

from workbench.serde.errors import SerdeError


def serialize(text: str) -> bytes:
    """Raises SerdeError for a lone surrogate, which UTF-8 cannot say."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise SerdeError(f"UTF-8 has no lone surrogate (U+{code:04X}, character {error.start + 1})") from None
