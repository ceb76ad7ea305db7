"""How a client comes to stand with a config: its defaults, and what it makes of what is not said."""

from collections.abc import Mapping
from functools import cache

from workbench.producer_config.catalogue import Client, all_properties
from workbench.producer_config.values import flag, number, plain

_IN_FLIGHT = "max.in.flight.requests.per.connection"
_MOST_IN_FLIGHT = 5
_TRANSACTION_SLACK_MS = 100
_LEAST_MS = 10
_BACKOFFS = (
    ("retry.backoff.ms", "retry.backoff.max.ms"),
    ("reconnect.backoff.ms", "reconnect.backoff.max.ms"),
)


@cache
def _defaults(client: Client) -> tuple[tuple[str, str], ...]:
    sides = [(item.name, item.of(client)) for item in all_properties()]
    return tuple((name, facts.default) for name, facts in sides if facts and facts.default is not None)


def defaults_of(client: Client) -> dict[str, str]:
    """By the catalogue's names; properties of which nothing is set are left out."""
    return dict(_defaults(client))


def java_standing(config: Mapping[str, str]) -> dict[str, str]:
    """Java 4.1.0 with this config: what is said, and every default.

    Idempotence that nobody asked for gives way to acks other than all and to retries=0, though not to
    more in flight than it allows (that is refused); a delivery timeout that nobody set leaves room for
    linger and request; a reconnect backoff alone is its own maximum, and no backoff exceeds one.
    """
    said = {name: text.strip() for name, text in config.items()}
    result = {**defaults_of("java"), **said}
    if result["acks"] == "-1":
        result["acks"] = "all"
    if _gives_way(said, result):
        result["enable.idempotence"] = "false"
    if "delivery.timeout.ms" not in said:
        least = _amount(result, "linger.ms") + _amount(result, "request.timeout.ms")
        result["delivery.timeout.ms"] = plain(max(_amount(result, "delivery.timeout.ms"), least))
    if "reconnect.backoff.ms" in said and "reconnect.backoff.max.ms" not in said:
        result["reconnect.backoff.max.ms"] = said["reconnect.backoff.ms"]
    for first, most in _BACKOFFS:
        result[first] = plain(min(_amount(result, first), _amount(result, most)))
    return result


def _gives_way(said: Mapping[str, str], result: Mapping[str, str]) -> bool:
    if flag(said.get("enable.idempotence", "")) is not None or said.get("transactional.id"):
        return False
    in_flight = _amount(result, _IN_FLIGHT)
    asked_less = result["acks"] != "all" or number(result["retries"]) == 0
    return asked_less and in_flight <= _MOST_IN_FLIGHT


def _amount(config: Mapping[str, str], name: str) -> float:
    return number(config[name]) or 0.0


def librdkafka_standing(config: Mapping[str, str]) -> dict[str, str]:
    """How librdkafka 2.16.0 stands with a config in the catalogue's names: what is said, and every default.

    Idempotence, which a transactional.id brings along, allows 5 requests in flight; a transaction bounds
    the delivery and socket timeouts; a delivery timeout not above the default linger lowers the linger.
    What cannot be read stays as it was typed.
    """
    said = {name: text.strip() for name, text in config.items()}
    result = {**defaults_of("librdkafka"), "allow.auto.create.topics": "true", **said}
    if said.get("transactional.id"):
        result["enable.idempotence"] = said.get("enable.idempotence", "true")
        transaction = _amount(result, "transaction.timeout.ms")
        _unsaid(result, said, "delivery.timeout.ms", transaction)
        socket = min(
            _amount(result, "socket.timeout.ms"), max(transaction - _TRANSACTION_SLACK_MS, _LEAST_MS)
        )
        _unsaid(result, said, "socket.timeout.ms", socket)
    if flag(result["enable.idempotence"]):
        _unsaid(result, said, _IN_FLIGHT, _MOST_IN_FLIGHT)
    linger, delivery = number(result["linger.ms"]), number(result["delivery.timeout.ms"])
    if linger is not None and delivery and delivery <= linger:
        _unsaid(result, said, "linger.ms", round(delivery - 0.1, 3))
    refresh = number(result["topic.metadata.refresh.interval.ms"])
    if refresh is not None and refresh > 0:
        _unsaid(result, said, "metadata.max.age.ms", 3 * refresh)
    if linger is not None:  # the linger before it is lowered, as in librdkafka
        _unsaid(result, said, "sticky.partitioning.linger.ms", min(900_000, int(2 * linger)))
    if (backoff := number(result["retry.backoff.ms"])) is not None:
        _unsaid(result, said, "topic.metadata.refresh.fast.interval.ms", backoff)
    return result


def _unsaid(result: dict[str, str], said: Mapping[str, str], name: str, amount: float) -> None:
    if name not in said:
        result[name] = plain(amount)
