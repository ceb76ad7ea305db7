"""The serializers by the names that scenarios and the composer use."""

from collections.abc import Callable

from workbench.serde import bytes_serializer, integer_serializer, json_serializer, string_serializer
from workbench.serde.errors import SerdeError

Serializer = Callable[[str], bytes]
"""From rendered text to bytes. Raises SerdeError."""

_SERIALIZERS: dict[str, Serializer] = {
    "bytes": bytes_serializer.serialize,
    "string": string_serializer.serialize,
    "integer": integer_serializer.serialize,
    "json": json_serializer.serialize,
}


def names() -> tuple[str, ...]:
    return tuple(_SERIALIZERS)


def serializer(name: str) -> Serializer:
    """Raises SerdeError where there is none of that name."""
    try:
        return _SERIALIZERS[name]
    except KeyError:
        raise SerdeError(f"no serializer is called {name}; there are {', '.join(_SERIALIZERS)}") from None
