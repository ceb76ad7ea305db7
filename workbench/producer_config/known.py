"""Which names a producer of kwb's takes, and what to say of those it does not."""

import difflib
from collections.abc import Set as AbstractSet
from functools import cache

from workbench.producer_config.catalogue import all_properties, client_facts, property_named
from workbench.producer_config.translation import counterpart, pair_of

NOT_OFFERED = {
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
_LONGEST_SLIP = 80
_SENTENCE_STARTS = {"They", "It", "Without", "Also", "Both", "User"}


@cache
def known_names() -> frozenset[str]:
    """What a producer's config may name: librdkafka 2.16.0's producer properties, and max.block.ms."""
    offered = {
        name
        for item in all_properties()
        if (item.librdkafka and item.kind != "code") or item.emulated
        for name in (item.name, *item.aliases)
    }
    return frozenset(offered - set(NOT_OFFERED))


@cache
def java_only() -> dict[str, str]:
    """What Java's producer knows and librdkafka does not, and where to turn instead."""
    return {
        item.name: _instead(item.name)
        for item in all_properties()
        if item.librdkafka is None and not item.emulated
    }


def _instead(name: str) -> str:
    if other := counterpart(name, "java"):
        return f"librdkafka has {other}"
    pair = pair_of(name, "java")
    said = pair.says.removesuffix(".") if pair else ""
    first, _, rest = said.partition(" ")
    return f"{first.lower()} {rest}" if first in _SENTENCE_STARTS else said


def unknown(name: str) -> str | None:
    """What is wrong with a property's name, and the mend; None where nothing is."""
    if name in known_names():
        return None
    if name in NOT_OFFERED:
        return f"{name}: {NOT_OFFERED[name]}"
    if name in java_only():
        return f"{name}: Java only; {java_only()[name]}"
    if name in client_facts("librdkafka").consumer:
        return f"{name}: a consumer's property; a producer has no use for it"
    if property_named(name):
        return f"{name}: only a program can set it, in code; a config cannot hold it"
    near = nearest(name, known_names() | java_only().keys())
    return f"{name}: unknown property{f'; did you mean {near}?' if near else ''}"


def nearest(name: str, candidates: AbstractSet[str]) -> str:
    """What was probably meant; empty where nothing comes near."""
    if len(name) > _LONGEST_SLIP:
        return ""
    typed = name.strip().lower().replace("_", ".")
    near = difflib.get_close_matches(typed, sorted(candidates), n=3, cutoff=0.6)
    return next((candidate for candidate in near if _is_essential(candidate)), near[0] if near else "")


def _is_essential(name: str) -> bool:
    item = property_named(name)
    return item is not None and item.essential
