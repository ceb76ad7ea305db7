"""One property, one name: from the names and defaults of either client to how librdkafka 2.16.0 stands."""

from collections.abc import Mapping

from workbench.producer_config.catalogue import catalogue_name, essentials, property_named
from workbench.producer_config.translation import java_defaults, librdkafka_standing
from workbench.producer_config.values import flag


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

    What cannot be read stays as it was typed; what librdkafka makes of the unsaid: `librdkafka_standing`.
    """
    named = canonical(config)
    stands = librdkafka_standing({name: text for name, text in named.items() if text.strip()})
    result = {item.name: stands.get(item.name, item.default) for item in essentials()}
    result["acks"] = "all" if result["acks"].lower() in {"all", "-1"} else result["acks"]
    idempotent = flag(result["enable.idempotence"])
    if idempotent is not None:
        result["enable.idempotence"] = "true" if idempotent else "false"
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
