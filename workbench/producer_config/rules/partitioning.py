"""Where a key lands, and how long records without one stay together."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together

_PARTITIONER, _CLASS, _IGNORE = "partitioner", "partitioner.class", "partitioner.ignore.keys"
_STICKY, _LINGER = "sticky.partitioning.linger.ms", "linger.ms"
_AVAILABILITY, _ADAPTIVE = (
    "partitioner.availability.timeout.ms",
    "partitioner.adaptive.partitioning.enable",
)
_ROUND_ROBIN = "org.apache.kafka.clients.producer.RoundRobinPartitioner"
_AS_JAVA = {"murmur2", "murmur2_random"}
_ONE_FOR_ALL = {"consistent", "murmur2", "fnv1a"}


def partitioner_differs(config: Config) -> Found | None:
    partitioner = config.text(_PARTITIONER)
    if partitioner in _AS_JAVA or partitioner == "random":
        return None
    default = "" if _PARTITIONER in config.said else ", librdkafka's default,"
    values = {"partitioner": partitioner, "default": default}
    return Found(_PARTITIONER, values, Fix(_PARTITIONER, "murmur2_random"))


def null_keys_in_one_partition(config: Config) -> Found | None:
    partitioner = config.text(_PARTITIONER)
    if partitioner not in _ONE_FOR_ALL:
        return None
    mended = "consistent_random" if partitioner == "consistent" else f"{partitioner}_random"
    return Found(_PARTITIONER, {"partitioner": partitioner}, Fix(_PARTITIONER, mended))


def keys_ignored(config: Config) -> Found | None:
    if config.java and config.text(_CLASS) == _ROUND_ROBIN:
        return Found(_CLASS, {"what": "RoundRobinPartitioner"}, Fix(_CLASS, None))
    if config.java and config.on(_IGNORE):
        return Found(_IGNORE, {"what": f"{_IGNORE}=true"}, Fix(_IGNORE, None))
    if not config.java and config.text(_PARTITIONER) == "random":
        return Found(_PARTITIONER, {"what": "partitioner=random"}, Fix(_PARTITIONER, "murmur2_random"))
    return None


def sticky_below_linger(config: Config) -> Found | None:
    sticky, linger = config.amount(_STICKY), config.amount(_LINGER)
    if _STICKY not in config.said or not 0 < sticky < linger:
        return None
    return Found(_STICKY, {"sticky": sticky, "linger": linger}, Fix(_STICKY, None))


def sticky_off(config: Config) -> Found | None:
    if _STICKY not in config.said or config.number(_STICKY) != 0 or not config.amount(_LINGER):
        return None
    return Found(_STICKY, {"linger": config.amount(_LINGER)}, Fix(_STICKY, None))


def availability_needs_adaptive(config: Config) -> Found | None:
    if not config.amount(_AVAILABILITY) or config.on(_ADAPTIVE):
        return None
    values = {"timeout": config.amount(_AVAILABILITY)}
    return Found(_AVAILABILITY, values, Fix(_ADAPTIVE, "true"))


LOOKS: tuple[tuple[str, Together], ...] = (
    ("partitioner-differs", partitioner_differs),
    ("null-keys-in-one-partition", null_keys_in_one_partition),
    ("keys-ignored", keys_ignored),
    ("sticky-below-linger", sticky_below_linger),
    ("sticky-off", sticky_off),
    ("availability-needs-adaptive", availability_needs_adaptive),
)
