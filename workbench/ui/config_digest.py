"""What a closed group of settings says of itself: the values that tell most, in few words."""

from collections.abc import Mapping, Sequence

from workbench.insight.units import span_text
from workbench.producer_config import Property
from workbench.producer_config.values import letters, number
from workbench.ui.config_model import Setting, Styled
from workbench.ui.glyphs import CHANGED, WARNING

_FOREVER = 2**31 - 1
_MOST = 3
_TOLD: Mapping[str, Sequence[tuple[str, str]]] = {
    "Essentials": (("acks", "acks {}"), ("compression.type", "{}")),
    "Timeouts": (
        ("delivery.timeout.ms", "delivery {}"),
        ("retries", "retries {}"),
        ("retry.backoff.ms", "backoff {}"),
        ("socket.timeout.ms", "socket {}"),
    ),
    "Batching": (
        ("linger.ms", "linger {}"),
        ("batch.size", "batch {}"),
        ("max.request.size", "request ≤ {}"),
        ("message.max.bytes", "record ≤ {}"),
        ("batch.num.messages", "batch ≤ {}"),
    ),
    "Ordering": (
        ("max.in.flight.requests.per.connection", "{}"),
        ("queuing.strategy", "queue {}"),
        ("enable.gapless.guarantee", "gapless {}"),
    ),
    "Memory": (
        ("buffer.memory", "{}"),
        ("queue.buffering.max.kbytes", "{}"),
        ("queue.buffering.max.messages", "{}"),
    ),
    "Compression": (
        ("compression.level", "level {}"),
        ("compression.gzip.level", "gzip {}"),
        ("compression.lz4.level", "lz4 {}"),
        ("compression.zstd.level", "zstd {}"),
    ),
    "Partitioning": (
        ("partitioner", "{}"),
        ("partitioner.class", "{}"),
        ("partitioner.adaptive.partitioning.enable", "adaptive {}"),
        ("sticky.partitioning.linger.ms", "sticky {}"),
    ),
    "Serialization": (("key.serializer", "key {}"), ("value.serializer", "value {}")),
    "Connection": (("connections.max.idle.ms", "idle {}"), ("reconnect.backoff.ms", "again after {}")),
    "Metadata": (
        ("topic.metadata.refresh.interval.ms", "asked every {}"),
        ("metadata.max.age.ms", "old after {}"),
    ),
    "Security": (("security.protocol", "{}"), ("sasl.mechanism", "{}")),
    "OAuth": (("sasl.oauthbearer.method", "{}"), ("sasl.oauthbearer.token.endpoint.url", "{}")),
    "TLS": (
        ("ssl.endpoint.identification.algorithm", "host names: {}"),
        ("enable.ssl.certificate.verification", "verified: {}"),
    ),
    "Transactions": (("transactional.id", "id {}"), ("transaction.timeout.ms", "within {}")),
    "Metrics and logs": (("statistics.interval.ms", "statistics {}"), ("enable.metrics.push", "push {}")),
    "In code": (),
}


def digest(group: str, settings: Sequence[Setting], units: Mapping[str, str]) -> list[Styled]:
    """How much is wrong, then what differs from its default, then what tells most of the rest."""
    wrong = sum(hint.severity != "info" for setting in settings for hint in setting.hints)
    parts: list[Styled] = [(f"{WARNING}{wrong}", "warn")] if wrong else []
    by_name = {setting.name: setting for setting in settings}
    said = {name: words for name, words in _TOLD.get(group, ()) if name in by_name}
    touched = [setting for setting in settings if setting.changed or setting.waits]
    for setting in touched:
        words = said.pop(setting.name, _braced(f"{_last(setting.name)} ") + "{}")
        role = "warn" if setting.waits else "accent"
        parts.append((letters(f"{CHANGED} {words.format(_told(setting, units))}"), role))
    quiet = [(name, words) for name, words in said.items() if by_name[name].value]
    for name, words in quiet[: max(0, _MOST - len(touched))]:
        parts.append((letters(words.format(_told(by_name[name], units))), "muted"))
    if not parts:
        parts.append((f"{len(settings)} settings" if len(settings) > 1 else "1 setting", "muted"))
    return parts


def value_in_words(item: Property, value: str) -> str:
    """60000 of ms is "60 s"; empty where the value says it as well."""
    amount = number(value)
    if not amount:  # no number, or 0, which often means off, or for ever
        return ""
    if item.unit == "ms":
        return span_text(amount / 1000) if 0 <= amount < 2**40 else "for ever" if amount > 0 else ""
    if item.unit == "s":
        return span_text(amount)
    if item.unit in {"bytes", "KiB"} and amount >= 0:
        return bytes_text(amount * (1024 if item.unit == "KiB" else 1))
    return ""


def bytes_text(amount: float) -> str:
    for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if amount >= size:
            return f"{amount / size:.3g} {name}"
    return f"{amount:.0f} B"


def _told(setting: Setting, units: Mapping[str, str]) -> str:
    if setting.secret:
        return "hidden"
    if setting.value == str(_FOREVER):
        return "∞"
    if setting.unit:
        return setting.unit
    is_count = setting.value.isdecimal() and number(setting.value) is not None
    value = f"{int(setting.value):,}" if is_count else setting.value or "none"
    value = value.rpartition(".")[2] if value.count(".") > 2 else value
    kind = units.get(setting.name, "")
    return f"{value} {kind}" if kind in {"records", "requests"} else value


def _braced(text: str) -> str:
    """As `format` leaves it."""
    return text.replace("{", "{{").replace("}", "}}")


def _last(name: str) -> str:
    """retry.backoff.max.ms → backoff.max."""
    parts = [part for part in name.split(".") if part not in {"ms", "bytes"}]
    return ".".join(parts[-2:])
