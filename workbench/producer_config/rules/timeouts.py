"""Times that must fit into each other, and into those of the brokers."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together
from workbench.producer_config.values import number, plain

_DELIVERY, _REQUEST, _SOCKET = "delivery.timeout.ms", "request.timeout.ms", "socket.timeout.ms"
_LINGER, _BACKOFF, _BACKOFF_MAX = "linger.ms", "retry.backoff.ms", "retry.backoff.max.ms"
_MAX_BLOCK = "max.block.ms"
_OF_TOPICS = {
    "acks",
    _DELIVERY,
    _REQUEST,
    "queuing.strategy",
    "compression.level",
    "partitioner",
    "produce.offset.report",
}
"""Where one of these is set, librdkafka compares the times of topics when it starts, else later."""
_JAVA_INT = 2**31 - 1
_LAG, _LAG_MS = "replica.lag.time.max.ms", 30_000
_SESSION, _SESSION_MS = "broker.session.timeout.ms", 9000


def delivery_below_linger_plus_request(config: Config) -> Found | None:
    linger, request = min(config.amount(_LINGER), _JAVA_INT), config.amount(_REQUEST)
    delivery, least = config.number(_DELIVERY), min(linger + request, _JAVA_INT)
    if _DELIVERY not in config.said or delivery is None or delivery >= least:
        return None
    if not config.java and delivery and linger >= delivery and _LINGER in config.said:
        return None
    values = {
        "delivery": delivery,
        "least": least,
        "linger": linger,
        "request": request,
        "never": "" if delivery or config.java else " and takes 0 for no limit",
    }
    return Found(_DELIVERY, values, Fix(_DELIVERY, plain(least)))


def linger_not_below_delivery(config: Config) -> Found | None:
    linger, delivery = config.amount(_LINGER), config.amount(_DELIVERY)
    if _LINGER not in config.said or not delivery or delivery > linger:
        return None
    if not config.said.keys() & _OF_TOPICS:
        return None
    at, short = (
        (_DELIVERY, "not above linger") if _DELIVERY in config.said else (_LINGER, "not below delivery")
    )
    values = {"linger": linger, "delivery": delivery}
    other = linger if at == _DELIVERY else delivery
    return Found(at, {**values, "short": f"{short} {plain(other)}"}, Fix(at, None))


def linger_beyond_default_delivery(config: Config) -> Found | None:
    linger, delivery = config.amount(_LINGER), config.amount(_DELIVERY)
    if _LINGER not in config.said or config.said.keys() & _OF_TOPICS or delivery > linger:
        return None
    return Found(_LINGER, {"linger": linger, "delivery": delivery}, Fix(_LINGER, None))


def no_time_for_a_retry(config: Config) -> Found | None:
    answer = _REQUEST if config.java else _SOCKET
    delivery, linger = config.amount(_DELIVERY), config.amount(_LINGER)
    if config.acks == "0" or not delivery or not config.said.keys() & {_DELIVERY, answer, _LINGER}:
        return None
    needed = linger + config.amount(answer) + config.amount(_BACKOFF)
    if needed < delivery or config.number("retries") == 0:
        return None
    at = _DELIVERY if _DELIVERY in config.said else answer if answer in config.said else _LINGER
    values = {"linger": linger, "answer": answer, "wait": config.amount(answer), "delivery": delivery}
    return Found(at, values, Fix(_DELIVERY, plain(linger + 2 * config.amount(answer) + 1000)))


def delivery_shorter_than_failover(config: Config) -> Found | None:
    delivery, session = config.amount(_DELIVERY), config.cluster.number(_SESSION, _SESSION_MS)
    if _DELIVERY not in config.said or not 0 < delivery <= session:
        return None
    return Found(_DELIVERY, {"delivery": delivery, "session": session}, Fix(_DELIVERY, None))


def request_shorter_than_lag(config: Config) -> Found | None:
    request, lag = config.amount(_REQUEST), config.cluster.number(_LAG, _LAG_MS)
    if _REQUEST not in config.said or config.acks != "all" or request >= lag:
        return None
    what = "the retry is dropped by idempotence" if config.idempotent else "the retry may be stored twice"
    values = {"request": request, "lag": lag, "what": what}
    return Found(_REQUEST, values, Fix(_REQUEST, plain(lag)), severity="info" if config.idempotent else None)


def socket_shorter_than_request(config: Config) -> Found | None:
    socket, request = config.amount(_SOCKET), config.amount(_REQUEST)
    if not config.said.keys() & {_SOCKET, _REQUEST} or socket >= request:
        return None
    at = _SOCKET if _SOCKET in config.said else _REQUEST
    return Found(at, {"socket": socket, "request": request}, Fix(_SOCKET, plain(min(request, 300_000))))


def delivery_for_ever(config: Config) -> Found | None:
    if _DELIVERY not in config.said or config.number(_DELIVERY) != 0:
        return None
    return Found(_DELIVERY, {}, Fix(_DELIVERY, None))


def max_block_0(config: Config) -> Found | None:
    if config.number(_MAX_BLOCK) != 0 or _MAX_BLOCK not in config.said:
        return None
    return Found(_MAX_BLOCK, {}, Fix(_MAX_BLOCK, None))


def retry_backoff_above_max(config: Config) -> Found | None:
    first, most = number(config.said.get(_BACKOFF, "")), config.amount(_BACKOFF_MAX)
    if first is None:
        first = config.amount(_BACKOFF)
    if first <= most or not config.said.keys() & {_BACKOFF, _BACKOFF_MAX}:
        return None
    at = _BACKOFF if _BACKOFF in config.said else _BACKOFF_MAX
    return Found(at, {"first": first, "most": most}, Fix(_BACKOFF_MAX, plain(first)))


LOOKS: tuple[tuple[str, Together], ...] = (
    ("delivery-below-linger-plus-request", delivery_below_linger_plus_request),
    ("linger-not-below-delivery", linger_not_below_delivery),
    ("linger-beyond-default-delivery", linger_beyond_default_delivery),
    ("no-time-for-a-retry", no_time_for_a_retry),
    ("delivery-shorter-than-failover", delivery_shorter_than_failover),
    ("request-shorter-than-lag", request_shorter_than_lag),
    ("socket-shorter-than-request", socket_shorter_than_request),
    ("delivery-for-ever", delivery_for_ever),
    ("max-block-0", max_block_0),
    ("retry-backoff-above-max", retry_backoff_above_max),
)
