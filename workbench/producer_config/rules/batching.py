"""Sizes: batches, requests, memory, and what compression makes of them."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together
from workbench.producer_config.values import number, plain

_LINGER, _BATCH, _RECORDS = "linger.ms", "batch.size", "batch.num.messages"
_MEMORY, _QUEUE_KIB, _QUEUE_RECORDS = (
    "buffer.memory",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
)
_COMPRESSION, _LEVEL = "compression.type", "compression.level"
_TOPIC_LIMIT = "max.message.bytes"
_USUAL_LIMIT = 1_048_588
"""The broker's default of message.max.bytes: 1 MiB and the 12 bytes before a batch."""
_LEVELS = {"gzip": (0, 9), "lz4": (0, 12), "zstd": (0, 22)}
_FEW_RECORDS, _SMALL_BATCH = 10, 2048


def linger_0(config: Config) -> Found | None:
    if _LINGER not in config.said or config.number(_LINGER) != 0:
        return None
    return Found(_LINGER, {"batch": config.amount(_BATCH)}, Fix(_LINGER, None))


def batch_size_0(config: Config) -> Found | None:
    return Found(_BATCH, {}, Fix(_BATCH, None)) if config.number(_BATCH) == 0 else None


def batch_above_request(config: Config) -> Found | None:
    limit, batch = config.largest_request, config.amount(_BATCH)
    most = config.amount(limit)
    if not config.said.keys() & {_BATCH, limit} or batch <= most:
        return None
    values = {"batch": batch, "limit": limit, "most": most}
    return Found(_BATCH if _BATCH in config.said else limit, values, Fix(_BATCH, plain(most)))


def request_above_topic_limit(config: Config) -> Found | None:
    limit, most = config.largest_request, config.topic.number(_TOPIC_LIMIT)
    request = config.amount(limit)
    if most is None or request <= most:
        return None
    return Found(limit, {"limit": limit, "request": request, "most": most}, Fix(limit, plain(most)))


def batch_above_topic_limit(config: Config) -> Found | None:
    most, batch = config.topic.number(_TOPIC_LIMIT), config.amount(_BATCH)
    if most is None or min(batch, config.amount(config.largest_request)) <= most:
        return None
    return Found(_BATCH, {"batch": batch, "most": most}, Fix(_BATCH, plain(most)))


def request_above_usual_limit(config: Config) -> Found | None:
    limit = config.largest_request
    if limit not in config.said or config.topic.number(_TOPIC_LIMIT) is not None:
        return None
    most = config.cluster.number("message.max.bytes", _USUAL_LIMIT)
    if config.amount(limit) <= most:
        return None
    return Found(limit, {"limit": limit, "request": config.amount(limit), "most": most})


def buffer_below_a_batch(config: Config) -> Found | None:
    memory, batch = config.amount(_MEMORY), config.amount(_BATCH)
    if not config.said.keys() & {_MEMORY, _BATCH} or memory >= batch:
        return None
    at = _MEMORY if _MEMORY in config.said else _BATCH
    return Found(at, {"memory": memory, "batch": batch}, Fix(at, None))


def buffer_below_a_request(config: Config) -> Found | None:
    memory, request = config.amount(_MEMORY), config.amount("max.request.size")
    if not config.said.keys() & {_MEMORY, "max.request.size"} or memory >= request:
        return None
    at = _MEMORY if _MEMORY in config.said else "max.request.size"
    return Found(at, {"memory": memory, "request": request}, Fix(_MEMORY, plain(request)))


def buffer_below_all_batches(config: Config) -> Found | None:
    partitions, batch = config.topic.partitions, config.amount(_BATCH)
    name = _MEMORY if config.java else _QUEUE_KIB
    memory = config.amount(name) * (1 if config.java else 1024)
    if partitions is None or memory < batch or memory >= batch * partitions:
        return None
    values = {"name": name, "memory": memory, "batch": batch, "partitions": partitions}
    return Found(name, {**values, "needed": batch * partitions})


def queue_below_a_batch(config: Config) -> Found | None:
    queue, batch = config.amount(_QUEUE_RECORDS), config.amount(_RECORDS)
    if not config.said.keys() & {_QUEUE_RECORDS, _RECORDS} or not 0 < queue < batch:
        return None
    at = _QUEUE_RECORDS if _QUEUE_RECORDS in config.said else _RECORDS
    return Found(at, {"queue": queue, "batch": batch}, Fix(at, None))


# ── compression ───────────────────────────────────────────────────────────────────────────────────


def _codec(config: Config) -> str:
    return config.text(_COMPRESSION).lower()


def compression_of_small_batches(config: Config) -> Found | None:
    if _codec(config) in {"none", ""}:
        return None
    linger, records, size = config.number(_LINGER), config.number(_RECORDS), config.amount(_BATCH)
    few = not config.java and records is not None and records < _FEW_RECORDS
    what = ""
    if few:
        what = f"{_RECORDS}={plain(records or 0)}"
    elif size < _SMALL_BATCH:
        what = f"{_BATCH}={plain(size)}"
    elif linger == 0:
        what = f"{_LINGER}=0"
    return Found(_COMPRESSION, {"codec": _codec(config), "what": what}) if what else None


def compression_by_gzip(config: Config) -> Found | None:
    return Found(_COMPRESSION, {}, Fix(_COMPRESSION, "lz4")) if _codec(config) == "gzip" else None


def compression_by_zstd(config: Config) -> Found | None:
    return Found(_COMPRESSION) if _codec(config) == "zstd" else None


def compression_level_unused(config: Config) -> Found | None:
    codec = _codec(config)
    used = {_LEVEL, f"compression.{codec}.level"} if codec in _LEVELS else set()
    for name in config.said:
        if name.startswith("compression.") and name.endswith("level") and name not in used:
            return Found(name, {"name": name, "codec": codec}, Fix(name, None))
    return None


def compression_level_beyond_codec(config: Config) -> Found | None:
    level, codec = number(config.said.get(_LEVEL, "")), _codec(config)
    if level is None or codec not in _LEVELS or level == -1:
        return None
    low, high = _LEVELS[codec]
    if low <= level <= high:
        return None
    return Found(_LEVEL, {"level": level, "codec": codec, "high": high}, Fix(_LEVEL, str(high)))


LOOKS: tuple[tuple[str, Together], ...] = (
    ("linger-0", linger_0),
    ("batch-size-0", batch_size_0),
    ("batch-above-request", batch_above_request),
    ("request-above-topic-limit", request_above_topic_limit),
    ("batch-above-topic-limit", batch_above_topic_limit),
    ("request-above-usual-limit", request_above_usual_limit),
    ("buffer-below-a-batch", buffer_below_a_batch),
    ("buffer-below-a-request", buffer_below_a_request),
    ("buffer-below-all-batches", buffer_below_all_batches),
    ("queue-below-a-batch", queue_below_a_batch),
    ("compression-of-small-batches", compression_of_small_batches),
    ("compression-by-gzip", compression_by_gzip),
    ("compression-by-zstd", compression_by_zstd),
    ("compression-level-unused", compression_level_unused),
    ("compression-level-beyond-codec", compression_level_beyond_codec),
)
