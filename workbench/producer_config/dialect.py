"""One property, one name: from the names and defaults of either client to how librdkafka 2.16.0 stands."""

from collections.abc import Mapping

from workbench.producer_config.catalogue import catalogue_name, essentials, property_named
from workbench.producer_config.translation import java_defaults
from workbench.producer_config.values import flag, number, plain

_IDEMPOTENT_IN_FLIGHT = "5"
_IN_FLIGHT = "max.in.flight.requests.per.connection"


def canonical(config: Mapping[str, str]) -> dict[str, str]:
    """Each property under the catalogue's name for it, `defaults` replaced by what it stands for.

    Where a property is given under two names the later one stands, as in librdkafka itself.
    """
    named = {catalogue_name(name): text for name, text in config.items() if name != "defaults"}
    if config.get("defaults") == "java":
        return {**_java_defaults(named), **named}
    return named


def effective(config: Mapping[str, str]) -> dict[str, str]:
    """The essential properties as they come to stand in librdkafka 2.16.0, then all else that is set.

    With idempotence and nothing else said, 5 requests are in flight; a delivery timeout below the
    default linger lowers the linger. What cannot be read stays as it was typed.
    """
    named = canonical(config)
    result = {item.name: named.get(item.name, "").strip() or item.default for item in essentials()}
    result["acks"] = "all" if result["acks"].lower() in {"all", "-1"} else result["acks"]
    idempotent = flag(result["enable.idempotence"])
    if idempotent is not None:
        result["enable.idempotence"] = "true" if idempotent else "false"
    if idempotent and _IN_FLIGHT not in named:
        result[_IN_FLIGHT] = _IDEMPOTENT_IN_FLIGHT
    linger, delivery = number(result["linger.ms"]), number(result["delivery.timeout.ms"])
    if "linger.ms" not in named and linger is not None and delivery and delivery <= linger:
        result["linger.ms"] = plain(round(delivery - 0.1, 3))
    return {**result, **{name: text for name, text in named.items() if name not in result}}


def _java_defaults(named: Mapping[str, str]) -> dict[str, str]:
    """Those of Java's defaults (Kafka 4.1.0) that librdkafka has words for, given what is named.

    They stand as Java would have them beside what is named: see `java_standing`. An empty client.id is
    Java's; librdkafka takes it for its own default.
    """
    shared = {
        name: text
        for name, text in named.items()
        if (item := property_named(name)) and item.java and item.librdkafka and text.strip()
    }
    made = java_defaults(shared)
    return {**made.beside, **made.config}
