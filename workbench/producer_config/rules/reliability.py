"""What is kept, how often and in which order: acks, idempotence, retries, replicas."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together

_ACKS, _IDEMPOTENCE, _RETRIES = "acks", "enable.idempotence", "retries"
_IN_FLIGHT, _STRATEGY, _GAPLESS = (
    "max.in.flight.requests.per.connection",
    "queuing.strategy",
    "enable.gapless.guarantee",
)
_TRANSACTION, _DELIVERY = "transactional.id", "delivery.timeout.ms"
_MIN_INSYNC = "min.insync.replicas"
_MOST_IN_FLIGHT = 5
_NO_END = 2**31 - 1


def _asked(config: Config) -> bool:
    """Idempotence that gives way to nothing."""
    return config.idempotent and (not config.java or _IDEMPOTENCE in config.said)


def idempotence_needs_acks_all(config: Config) -> Found | None:
    if not _asked(config) or config.acks == "all":
        return None
    return Found(_ACKS, {"acks": config.acks}, Fix(_ACKS, "all"))


def idempotence_needs_retries(config: Config) -> Found | None:
    if not _asked(config) or config.number(_RETRIES) != 0:
        return None
    return Found(_RETRIES, {}, Fix(_RETRIES, None))


def idempotence_allows_5_in_flight(config: Config) -> Found | None:
    if not config.idempotent or config.in_flight <= _MOST_IN_FLIGHT:
        return None
    return Found(_IN_FLIGHT, {"in_flight": config.in_flight}, Fix(_IN_FLIGHT, str(_MOST_IN_FLIGHT)))


def idempotence_needs_fifo(config: Config) -> Found | None:
    if not config.idempotent or config.text(_STRATEGY).lower() != "lifo":
        return None
    return Found(_STRATEGY, {}, Fix(_STRATEGY, None))


def gapless_needs_idempotence(config: Config) -> Found | None:
    if not config.on(_GAPLESS) or config.idempotent:
        return None
    return Found(_GAPLESS, {}, Fix(_IDEMPOTENCE, "true"))


def idempotence_gives_way(config: Config) -> Found | None:
    """Java's own default; what was asked for is refused instead."""
    if not config.java or _IDEMPOTENCE in config.said or config.idempotent:
        return None
    name = _ACKS if config.acks != "all" else _RETRIES
    fix = Fix(_ACKS, "all") if name == _ACKS else Fix(_RETRIES, None)
    return Found(name, {"name": name, "text": config.text(name)}, fix)


def idempotence_off(config: Config) -> Found | None:
    if config.idempotent or config.acks != "all" or config.number(_RETRIES) == 0:
        return None
    said = _IDEMPOTENCE in config.said
    if config.java and not said:
        return None
    whose = "is set" if said else "is librdkafka's default, Java's is true"
    fits = config.in_flight <= _MOST_IN_FLIGHT or _IN_FLIGHT not in config.said
    fix = Fix(_IDEMPOTENCE, "true") if fits and config.text(_STRATEGY).lower() != "lifo" else None
    return Found(_IDEMPOTENCE, {"whose": whose}, fix, severity=None if said else "info")


def order_at_risk(config: Config) -> Found | None:
    if config.idempotent or config.in_flight <= 1 or config.number(_RETRIES) == 0 or config.acks == "0":
        return None
    said = _IN_FLIGHT in config.said
    default = "" if said else " by default"
    fix = Fix(_IN_FLIGHT, "1") if config.acks == "1" else Fix(_IDEMPOTENCE, "true")
    if config.acks == "all" and said and config.in_flight > _MOST_IN_FLIGHT:
        fix = Fix(_IN_FLIGHT, str(_MOST_IN_FLIGHT if not config.java else 1))
    values = {"in_flight": config.in_flight, "default": default}
    return Found(_IN_FLIGHT, values, fix, severity=None if said or config.java else "info")


def in_flight_1_is_needless(config: Config) -> Found | None:
    if not config.idempotent or config.in_flight != 1:
        return None
    return Found(_IN_FLIGHT, {}, Fix(_IN_FLIGHT, str(_MOST_IN_FLIGHT)))


def acks_0_confirms_nothing(config: Config) -> Found | None:
    return Found(_ACKS, {}, Fix(_ACKS, "all")) if config.acks == "0" else None


def acks_0_retries_nothing(config: Config) -> Found | None:
    if config.acks != "0" or _RETRIES not in config.said or config.number(_RETRIES) == 0:
        return None
    return Found(_RETRIES, {"retries": config.amount(_RETRIES)}, Fix(_ACKS, "all"))


def acks_1_can_lose(config: Config) -> Found | None:
    return Found(_ACKS, {}, Fix(_ACKS, "all")) if config.acks == "1" else None


def restart_not_covered(config: Config) -> Found | None:
    asked = _IDEMPOTENCE in config.typed
    if not config.idempotent or not asked or config.text(_TRANSACTION):
        return None
    return Found(_IDEMPOTENCE)


def retries_instead_of_time(config: Config) -> Found | None:
    retries = config.number(_RETRIES)
    if _RETRIES not in config.said or not retries or retries >= _NO_END or config.acks == "0":
        return None
    values = {"retries": retries, "delivery": config.amount(_DELIVERY)}
    return Found(_RETRIES, values, Fix(_RETRIES, None))


def retries_0(config: Config) -> Found | None:
    if config.number(_RETRIES) != 0 or config.acks == "0" or _asked(config):
        return None
    return Found(_RETRIES, {}, Fix(_RETRIES, None))


# ── what the topic makes of it ────────────────────────────────────────────────────────────────────


def min_insync_1(config: Config) -> Found | None:
    least, replicas = config.topic.number(_MIN_INSYNC), config.topic.replication_factor
    if config.acks != "all" or least is None or least > 1 or (replicas or 2) < 2:
        return None
    return Found(_ACKS, {"replicas": replicas or "several"})


def min_insync_is_all(config: Config) -> Found | None:
    least, replicas = config.topic.number(_MIN_INSYNC), config.topic.replication_factor
    if config.acks != "all" or least is None or replicas is None or replicas < 2 or least < replicas:
        return None
    return Found(_ACKS, {"least": least, "replicas": replicas})


def one_replica(config: Config) -> Found | None:
    if config.topic.replication_factor != 1 or config.acks == "0":
        return None
    return Found(_ACKS, {"acks": config.acks})


LOOKS: tuple[tuple[str, Together], ...] = (
    ("idempotence-needs-acks-all", idempotence_needs_acks_all),
    ("idempotence-needs-retries", idempotence_needs_retries),
    ("idempotence-allows-5-in-flight", idempotence_allows_5_in_flight),
    ("idempotence-needs-fifo", idempotence_needs_fifo),
    ("gapless-needs-idempotence", gapless_needs_idempotence),
    ("idempotence-gives-way", idempotence_gives_way),
    ("idempotence-off", idempotence_off),
    ("order-at-risk", order_at_risk),
    ("in-flight-1-is-needless", in_flight_1_is_needless),
    ("acks-0-confirms-nothing", acks_0_confirms_nothing),
    ("acks-0-retries-nothing", acks_0_retries_nothing),
    ("acks-1-can-lose", acks_1_can_lose),
    ("restart-not-covered", restart_not_covered),
    ("retries-instead-of-time", retries_instead_of_time),
    ("retries-0", retries_0),
    ("min-insync-1", min_insync_1),
    ("min-insync-is-all", min_insync_is_all),
    ("one-replica", one_replica),
)
