"""What a config comes to, by the client that runs it: its promise, its time, its memory.

`meaning` takes a config as it is written; what cannot be read counts as the client's default.
"""

from collections.abc import Mapping

import msgspec

from workbench.producer_config.catalogue import Client
from workbench.producer_config.dialect import canonical
from workbench.producer_config.meaning.budget import Budget, Segment, budget
from workbench.producer_config.meaning.limits import Limits, limits
from workbench.producer_config.promise import Promise, promise
from workbench.producer_config.translation import java_standing, librdkafka_standing

__all__ = ["Budget", "Limits", "Meaning", "Segment", "TopicFacts", "meaning", "standing"]


class TopicFacts(msgspec.Struct, frozen=True):
    """Where the records go, as far as it matters for what is promised of them."""

    replication_factor: int = 1
    min_insync_replicas: int = 1
    brokers: int = 1
    """That lead partitions of the topic."""


class Meaning(msgspec.Struct, frozen=True):
    promise: Promise
    budget: Budget
    limits: Limits


def meaning(config: Mapping[str, str], topic: TopicFacts, client: Client = "librdkafka") -> Meaning:
    """`config` in the client's own names."""
    stands = standing(config, client)
    judged = {name: stands[name] for name in _JUDGED if name in stands} if client == "java" else config
    return Meaning(
        promise(judged, topic.replication_factor, topic.min_insync_replicas),
        budget(stands, client),
        limits(stands, client, topic.brokers),
    )


_JUDGED = ("acks", "enable.idempotence", "retries", "max.in.flight.requests.per.connection")


def standing(config: Mapping[str, str], client: Client) -> dict[str, str]:
    """Every property of the client as it comes to stand, in the catalogue's names."""
    said = {name: text for name, text in canonical(config).items() if text.strip()}
    return java_standing(said) if client == "java" else librdkafka_standing(said)
