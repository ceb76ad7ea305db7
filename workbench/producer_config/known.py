"""Which names librdkafka knows, and what to say of those it does not."""

import difflib
from functools import cache
from pathlib import Path

from workbench.producer_config.catalogue import CATALOGUE, property_named

_LIBRDKAFKA = "librdkafka_2_16_0.names"
_JAVA_ONLY = "java_4_1_0_only.names"
_NOT_OFFERED = {
    "bootstrap.servers": "say it once, as bootstrap_servers in [cluster]",
    "metadata.broker.list": "say it once, as bootstrap_servers in [cluster]",
    "plugin.library.paths": "loads code into the client; kwb runs no code that a scenario names",
    "ssl.engine.location": "loads code into the client; kwb runs no code that a scenario names",
    "ssl.providers": "loads code into the client; kwb runs no code that a scenario names",
    "sasl.kerberos.kinit.cmd": "is a shell command; kwb runs no code that a scenario names",
    "delivery.report.only.error": "kwb's ledger needs the report of every record",
    "transactional.id": "kwb sends no transactions",
    "test.mock.num.brokers": "replaces the cluster; kwb has its own, kind = “lab” in [cluster]",
}


@cache
def _names() -> dict[str, str]:
    """The names of librdkafka and whom they are for: P producer, C consumer, * both."""
    return {name: whom for whom, name in _lines(_LIBRDKAFKA)}


@cache
def java_only() -> dict[str, str]:
    """What Java's producer knows and librdkafka does not, and where to turn instead."""
    return dict(_lines(_JAVA_ONLY))


def _lines(file_name: str) -> list[tuple[str, str]]:
    lines = Path(__file__).with_name(file_name).read_text(encoding="ascii").splitlines()
    pairs = [line.split(" ", 1) for line in lines if not line.startswith("#")]
    return [(first, rest) for first, rest in pairs]


@cache
def known_names() -> frozenset[str]:
    """What a producer's config may name: librdkafka 2.16.0's producer properties, and max.block.ms."""
    offered = {name for name, whom in _names().items() if whom != "C"}
    return frozenset((offered | {item.name for item in CATALOGUE if item.emulated}) - set(_NOT_OFFERED))


def unknown(name: str) -> str | None:
    """What is wrong with a property's name, and the mend; None where nothing is."""
    if name in known_names():
        return None
    if name in _NOT_OFFERED:
        return f"{name}: {_NOT_OFFERED[name]}"
    if name in java_only():
        return f"{name}: Java only; {java_only()[name]}"
    if name in _names():
        return f"{name}: a consumer's property; a producer has no use for it"
    return f"{name}: unknown property{_nearest(name)}"


def _nearest(name: str) -> str:
    candidates = sorted(known_names() | java_only().keys())
    near = difflib.get_close_matches(name.strip().lower().replace("_", "."), candidates, n=3, cutoff=0.6)
    if not near:
        return ""
    favoured = next((candidate for candidate in near if property_named(candidate)), near[0])
    return f"; did you mean {favoured}?"
