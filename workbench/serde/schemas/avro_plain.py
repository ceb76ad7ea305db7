"""What fastavro read, as JSON."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:  # noqa: PLR0911  # one case a type
    """What fastavro read, as JSON would write it: the same notation that the converters take."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case tuple():
            return plain(value[1])
        case bytes():
            return value.decode("latin-1")
        case Decimal() | uuid.UUID():
            return str(value)
        case dt.datetime():
            text = value.isoformat()
            return text.replace("+00:00", "Z")
        case dt.date() | dt.time():
            return value.isoformat()
        case float() if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
    return value
