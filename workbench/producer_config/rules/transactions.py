"""What a transactional producer needs, and what a transaction's time bounds. And what changed by version."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together
from workbench.producer_config.values import plain

_ID, _TIMEOUT = "transactional.id", "transaction.timeout.ms"
_TWO_PHASE = "transaction.two.phase.commit.enable"
_IDEMPOTENCE, _DELIVERY, _SOCKET = "enable.idempotence", "delivery.timeout.ms", "socket.timeout.ms"
_SLACK_MS = 100
_BROKERS_MOST, _BROKERS_MOST_MS = "transaction.max.timeout.ms", 900_000
_CHANGED = {
    "acks": "1 before 3.0",
    _IDEMPOTENCE: "false before 3.0",
    "linger.ms": "0 before 4.0",
}


def _transactional(config: Config) -> bool:
    return bool(config.text(_ID))


def transactional_id_empty(config: Config) -> Found | None:
    if _ID not in config.said or _transactional(config):
        return None
    return Found(_ID, {}, Fix(_ID, None))


def transactional_needs_idempotence(config: Config) -> Found | None:
    if not _transactional(config):
        return None
    if config.said.get(_IDEMPOTENCE, "").strip() and not config.idempotent:
        return Found(_IDEMPOTENCE, {"what": f"{_IDEMPOTENCE}=false"}, Fix(_IDEMPOTENCE, "true"))
    if not config.java or _IDEMPOTENCE in config.said:
        return None
    if config.acks != "all":
        return Found("acks", {"what": f"acks={config.acks}"}, Fix("acks", "all"))
    if config.number("retries") == 0:
        return Found("retries", {"what": "retries=0"}, Fix("retries", None))
    return None


def transaction_shorter_than_delivery(config: Config) -> Found | None:
    delivery, transaction = config.amount(_DELIVERY), config.amount(_TIMEOUT)
    if not _transactional(config) or _DELIVERY not in config.said or delivery <= transaction:
        return None
    return Found(_DELIVERY, {"delivery": delivery, "transaction": transaction}, Fix(_DELIVERY, None))


def transaction_shorter_than_socket(config: Config) -> Found | None:
    socket, transaction = config.amount(_SOCKET), config.amount(_TIMEOUT)
    if not _transactional(config) or _SOCKET not in config.said or socket <= transaction + _SLACK_MS:
        return None
    return Found(_SOCKET, {"socket": socket, "transaction": transaction}, Fix(_SOCKET, None))


def transaction_beyond_brokers(config: Config) -> Found | None:
    transaction = config.amount(_TIMEOUT)
    most = config.cluster.number(_BROKERS_MOST, _BROKERS_MOST_MS)
    if _TIMEOUT not in config.said or transaction <= most:
        return None
    return Found(_TIMEOUT, {"transaction": transaction, "most": most}, Fix(_TIMEOUT, plain(most)))


def transaction_timeout_unused(config: Config) -> Found | None:
    if _TIMEOUT not in config.said or _transactional(config):
        return None
    return Found(_TIMEOUT, {}, Fix(_TIMEOUT, None))


def two_phase_commit_has_no_timeout(config: Config) -> Found | None:
    if not config.on(_TWO_PHASE) or not _transactional(config) or _TIMEOUT not in config.said:
        return None
    return Found(_TIMEOUT, {}, Fix(_TIMEOUT, None))


def defaults_changed(config: Config) -> Found | None:
    """Of a file, which may be read by another version of the client; a scenario has kwb's own."""
    unsaid = [name for name in _CHANGED if name not in config.said]
    if config.scenario or not unsaid:
        return None
    return Found(unsaid[0], {"names": ", ".join(f"{name} ({_CHANGED[name]})" for name in unsaid)})


LOOKS: tuple[tuple[str, Together], ...] = (
    ("transactional-id-empty", transactional_id_empty),
    ("transactional-needs-idempotence", transactional_needs_idempotence),
    ("transaction-shorter-than-delivery", transaction_shorter_than_delivery),
    ("transaction-shorter-than-socket", transaction_shorter_than_socket),
    ("transaction-beyond-brokers", transaction_beyond_brokers),
    ("transaction-timeout-unused", transaction_timeout_unused),
    ("two-phase-commit-has-no-timeout", two_phase_commit_has_no_timeout),
    ("defaults-changed", defaults_changed),
)
