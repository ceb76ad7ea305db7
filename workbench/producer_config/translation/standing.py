"""How a client comes to stand with a config: its defaults, and what it makes of what is not said."""

from collections.abc import Mapping
from functools import cache

from workbench.producer_config.catalogue import Client, all_properties
from workbench.producer_config.values import flag, number, plain

_IN_FLIGHT = "max.in.flight.requests.per.connection"
_MOST_IN_FLIGHT = 5
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
