"""Which names a producer of kwb's takes, and what to say of those it does not."""

import difflib
from collections.abc import Set as AbstractSet
from functools import cache

from workbench.producer_config.catalogue import all_properties, client_facts, property_named
from workbench.producer_config.translation import counterpart, pair_of

_LOADS_CODE = "makes the client load code; of a scenario kwb runs only code that it asks about first"
NOT_OFFERED = {
    "bootstrap.servers": "say it once, as bootstrap_servers in [cluster]",
    "metadata.broker.list": "say it once, as bootstrap_servers in [cluster]",
    "plugin.library.paths": _LOADS_CODE,
    "ssl.engine.location": _LOADS_CODE,
    "ssl.providers": _LOADS_CODE,
    "sasl.kerberos.kinit.cmd": "a shell command; of a scenario kwb runs only code that it asks about first",
    "delivery.report.only.error": "kwb's ledger needs the report of every record",
    "transactional.id": "kwb sends no transactions",
    "test.mock.num.brokers": "replaces the cluster; kwb has its own, kind = “lab” in [cluster]",
}
IN_SEND = {
    "partitioner.class": "the client's own is partitioner; Java's, or yours, is partitioner in [send]",
    "interceptor.classes": "librdkafka has none; kwb's engine runs them around it: interceptors in [send]",
}
"""Java's, for which a scenario has a place of its own."""
_STRATEGY = "subject_name_strategy in [registry]: topic, record or topic-record"
IN_REGISTRY = {
    "schema.registry.url": "say it as url in [registry]",
    "auto.register.schemas": "say it as auto_register in [registry]",
    "use.latest.version": "say it as use_latest_version in [registry]",
    "normalize.schemas": "say it as normalize in [registry]",
    "key.subject.name.strategy": _STRATEGY,
    "value.subject.name.strategy": _STRATEGY,
    "basic.auth.user.info": "the registry's client takes it: config in [registry]",
    "basic.auth.credentials.source": "not needed: give basic.auth.user.info as config in [registry]",
}
"""Of Confluent's serializers, which read the producer's config in Java."""
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
