"""What is wrong with a property's name, and how often it stands."""

from functools import cache

from workbench.producer_config.catalogue import all_properties, client_facts, property_named
from workbench.producer_config.known import IN_REGISTRY, IN_SEND, NOT_OFFERED, java_only, known_names, nearest
from workbench.producer_config.rules.config import Config, name_in
from workbench.producer_config.rules.rule import Alone, Fix, Found
from workbench.producer_config.translation import counterpart

_OF_ANY_JAVA_CLIENT = frozenset({"config.providers"})
_REMOVED = {
    "auto.include.jmx.reporter": ("4.0", "metric.reporters"),
    "block.on.buffer.full": ("0.11", "max.block.ms"),
    "metadata.fetch.timeout.ms": ("0.11", "max.block.ms"),
    "timeout.ms": ("0.11", "request.timeout.ms"),
}
_PREFIXES = {
    "spring.kafka.producer.properties.": "Spring Boot",
    "spring.kafka.producer.": "Spring Boot",
    "spring.kafka.properties.": "Spring Boot",
    "spring.kafka.": "Spring Boot",
    "producer.override.": "Kafka Connect",
    "producer.": "Kafka Connect",
}
"""Longer ones first: what programs put before a producer's names, and take off again."""


def kwb_has_it_elsewhere(config: Config, name: str, _text: str) -> Found | None:
    elsewhere = NOT_OFFERED | IN_SEND | IN_REGISTRY
    if not config.scenario or name not in elsewhere:
        return None
    return Found(name, {"name": name, "instead": elsewhere[name]})


def other_clients_name(config: Config, name: str, _text: str) -> Found | None:
    if name_in(config.client, name) or (property_named(name) or name in NOT_OFFERED) is None:
        return None
    item = property_named(name)
    if item is None or (item.kind == "code" and not config.java):
        return None
    if config.java:
        other = item.name if item.java else counterpart(name, "librdkafka")
        instead = f": there it is {other}" if other else ""
        return Found(name, {"name": name, "instead": instead}, _renamed(name, other))
    instead = java_only().get(item.name, "")
    return Found(name, {"name": name, "instead": instead}, _renamed(name, counterpart(name, "java")))


def _renamed(name: str, other: str) -> Fix | None:
    """Only where the value means the same under the other name."""
    here, there = property_named(name), property_named(other)
    same = here and there and here.kind == there.kind and here.unit == there.unit and here.kind == "int"
    return Fix(other, "", replaces=name) if same else None


def code_only_name(config: Config, name: str, _text: str) -> Found | None:
    item = property_named(name)
    if config.java or item is None or item.kind != "code":
        return None
    return Found(name, {"name": name})


def consumer_name(_config: Config, name: str, _text: str) -> Found | None:
    if property_named(name) or name not in client_facts("librdkafka").consumer:
        return None
    return Found(name, {"name": name}, Fix(name, None))


def removed_name(config: Config, name: str, _text: str) -> Found | None:
    if name not in _REMOVED or not config.java:
        return None
    since, instead = _REMOVED[name]
    return Found(name, {"name": name, "since": since, "instead": instead})


def name_with_prefix(config: Config, name: str, _text: str) -> Found | None:
    if _known(config, name):
        return None
    prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), None)
    if prefix is None:
        return None
    rest = name.removeprefix(prefix)
    inner = next((each for each in (rest, rest.replace("-", ".")) if name_in(config.client, each)), "")
    mend = f"; its own name is {inner}" if inner else ""
    return Found(
        name,
        {"name": name, "whose": _PREFIXES[prefix], "mend": mend},
        Fix(inner, "", replaces=name) if inner else None,
    )


def unknown_name(config: Config, name: str, _text: str) -> Found | None:
    if _known(config, name):
        return None
    near = nearest(name, _candidates(config.client == "java"))
    if config.java and not near:
        return None
    mend = f"; did you mean {near}?" if near else ""
    brief = f"did you mean {near}?" if near else "unknown property"
    fix = Fix(near, "", replaces=name) if near else None
    return Found(name, {"name": name, "nearest": mend, "brief": brief}, fix)


def not_the_producers(config: Config, name: str, _text: str) -> Found | None:
    """Java hands what it does not know to serializers, interceptors and reporters."""
    if not config.java or _known(config, name) or name in _OF_ANY_JAVA_CLIENT:
        return None
    return Found(name, {"name": name})


def _known(config: Config, name: str) -> bool:
    return bool(
        name_in(config.client, name)
        or (config.scenario and name == "defaults")
        or (config.java and (name in _OF_ANY_JAVA_CLIENT or name.startswith("config.providers.")))
    )


@cache
def _candidates(java: bool) -> frozenset[str]:
    if java:
        return frozenset(item.name for item in all_properties() if item.java)
    return known_names() | java_only().keys() | NOT_OFFERED.keys()


# ── of every line ─────────────────────────────────────────────────────────────────────────────────


def given_twice(config: Config, name: str, _text: str) -> Found | None:
    item = property_named(name)
    if config.java or item is None:
        return None
    first = next(other for other in config.written if property_named(other) is item)
    return None if first == name else Found(name, {"first": first, "name": name})


def duplicate_key(config: Config, name: str, _text: str) -> Found | None:
    times = config.repeated.get(name, 1)
    return Found(name, {"name": name, "times": times}) if times > 1 else None


def deprecated_name(config: Config, name: str, _text: str) -> Found | None:
    item = property_named(name)
    facts = item.of(config.client) if item else None
    if facts is None or not facts.deprecated or not name_in(config.client, name):
        return None
    return Found(name, {"name": name}, Fix(name, None))


VALUES: tuple[tuple[str, Alone], ...] = (
    ("kwb-has-it-elsewhere", kwb_has_it_elsewhere),
    ("removed-name", removed_name),
    ("other-clients-name", other_clients_name),
    ("consumer-name", consumer_name),
    ("code-only-name", code_only_name),
    ("name-with-prefix", name_with_prefix),
    ("unknown-name", unknown_name),
    ("not-the-producers", not_the_producers),
)
LINES: tuple[tuple[str, Alone], ...] = (
    ("given-twice", given_twice),
    ("duplicate-key", duplicate_key),
    ("deprecated-name", deprecated_name),
)
