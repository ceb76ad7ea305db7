"""A number that was probably meant in another unit: looked at whatever else is said of its line."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Alone, Fix, Found
from workbench.producer_config.rules.written import of_client, within
from workbench.producer_config.values import number, plain

_SECONDS = 1000
_SLOW_MS = 30_000
_KIB = 1024


def seconds_for_ms(config: Config, name: str, text: str) -> Found | None:
    """Looks at times whose default is half a minute or more."""
    if not (found := of_client(config, name)) or found[0].unit != "ms":
        return None
    item, facts = found
    value, default = number(text), number(facts.default or "")
    if value is None or default is None or default < _SLOW_MS or not 1 <= value < _SECONDS:
        return None
    mended = value * _SECONDS
    fix = Fix(item.name, plain(mended)) if within(facts, mended) else None
    return Found(item.name, {"text": text.strip(), "mended": mended}, fix)


def kib_for_bytes(config: Config, name: str, text: str) -> Found | None:
    sizes = {"batch.size", "buffer.memory", "max.request.size", "message.max.bytes"}
    if not (found := of_client(config, name)) or found[0].name not in sizes:
        return None
    value = number(text)
    if value is None or not 1 < value < _KIB or not within(found[1], value):
        return None
    mended = value * _KIB
    return Found(found[0].name, {"text": text.strip(), "mended": mended}, Fix(found[0].name, plain(mended)))


def bytes_for_kib(config: Config, name: str, text: str) -> Found | None:
    value = number(text)
    if config.java or name != "queue.buffering.max.kbytes" or value is None:
        return None
    if not 2**24 <= value < 2**31 or value % _KIB:
        return None
    mended = value / _KIB
    return Found(
        name, {"text": text.strip(), "mended": mended, "gib": value / 2**20}, Fix(name, plain(mended))
    )


LINES: tuple[tuple[str, Alone], ...] = (
    ("seconds-for-ms", seconds_for_ms),
    ("kib-for-bytes", kib_for_bytes),
    ("bytes-for-kib", bytes_for_kib),
)
