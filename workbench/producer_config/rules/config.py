"""A config as the rules see it: as it was written, as it is read, and how the client comes to stand."""

import math
from collections.abc import Mapping

import msgspec

from workbench.model.cluster_view import TopicView
from workbench.model.scenario import ClusterPlan
from workbench.producer_config.catalogue import Client, property_named
from workbench.producer_config.dialect import canonical
from workbench.producer_config.rules.reading import read_by_librdkafka
from workbench.producer_config.translation import java_standing, librdkafka_standing
from workbench.producer_config.values import flag, number, plain

_NUMBERS = {"int", "float"}


class KnownTopic(msgspec.Struct, frozen=True):
    """What is known of the topic; None and absent: not known."""

    partitions: int | None = None
    replication_factor: int | None = None
    config: Mapping[str, str] = {}

    @classmethod
    def of(cls, view: TopicView) -> "KnownTopic":
        replicas = len(view.partitions[0].replicas) if view.partitions else None
        return cls(len(view.partitions) or None, replicas, view.config)

    def number(self, name: str) -> float | None:
        return number(self.config.get(name, ""))


class KnownCluster(msgspec.Struct, frozen=True):
    """What is known of the brokers: their properties, by Kafka's names."""

    config: Mapping[str, str] = {}
    started_by_kwb: str = ""
    """What a cluster of kwb's own is called; empty for one that stands elsewhere."""

    @classmethod
    def of(cls, plan: ClusterPlan) -> "KnownCluster":
        names = {"lab": "the lab", "apache": "kwb's Apache Kafka"}
        return cls(plan.config, names.get(plan.kind, ""))

    def number(self, name: str, default: float) -> float:
        value = number(self.config.get(name, ""))
        return default if value is None else value


class Config(msgspec.Struct, frozen=True):
    """`said` and `stands` have the catalogue's names, and only what can be read."""

    client: Client
    written: Mapping[str, str]
    scenario: bool = False
    """Of a scenario: kwb's own producer, which is librdkafka, runs it."""
    repeated: Mapping[str, int] = {}
    """How often a name stands in the file, where more than once."""
    topic: KnownTopic = KnownTopic()
    cluster: KnownCluster = KnownCluster()
    said: Mapping[str, str] = {}
    stands: Mapping[str, str] = {}
    typed: Mapping[str, str] = {}
    """The name under which a property was written, by the catalogue's."""

    @property
    def java(self) -> bool:
        return self.client == "java"

    def text(self, name: str) -> str:
        """How it stands; empty where nothing is set."""
        return self.stands.get(name, "").strip()

    def number(self, name: str) -> float | None:
        return number(self.stands.get(name, ""))

    def amount(self, name: str) -> float:
        """Of a property that has a default; 0 where that is not known."""
        return self.number(name) or 0.0

    def on(self, name: str) -> bool:
        return flag(self.stands.get(name, "")) is True

    @property
    def acks(self) -> str:
        text = self.text("acks").lower()
        return "all" if text == "-1" else text

    @property
    def idempotent(self) -> bool:
        return self.on("enable.idempotence")

    @property
    def in_flight(self) -> float:
        return self.amount("max.in.flight.requests.per.connection")

    @property
    def largest_request(self) -> str:
        """The property that bounds a request."""
        return "max.request.size" if self.java else "message.max.bytes"

    @property
    def protocol(self) -> str:
        return self.text("security.protocol").upper()

    @property
    def sasl(self) -> bool:
        return self.protocol.startswith("SASL_")

    @property
    def tls(self) -> bool:
        return self.protocol in {"SSL", "SASL_SSL"}

    @property
    def mechanism(self) -> str:
        return self.text("sasl.mechanism")


def name_in(client: Client, name: str) -> str | None:
    """The catalogue's name for what this client calls so; None where it has no such property."""
    item = property_named(name)
    facts = item.of(client) if item else None
    if item is None or (facts is None and not (client == "librdkafka" and item.emulated)):
        return None
    return item.name if client == "librdkafka" or item.name == name else None


def read(config: Config, unreadable: set[str]) -> Config:
    """With what can be read of it, and how the client comes to stand with that."""
    written = {name: text for name, text in config.written.items() if name not in unreadable}
    named = canonical(written) if config.scenario else written
    said, typed = {}, {}
    for name, text in named.items():
        if (known := name_in(config.client, name)) and (as_read := _as_read(config, known, text)) is not None:
            said[known] = as_read
    for name in config.written:
        if known := name_in(config.client, name):
            typed[known] = name
    stands = java_standing(said) if config.java else librdkafka_standing(said)
    return msgspec.structs.replace(config, said=said, stands=stands, typed=typed)


def _as_read(config: Config, name: str, text: str) -> str | None:
    """The text; a number as the client reads it, or None where it is none."""
    item = property_named(name)
    facts = item.of(config.client) if item else None
    if facts is None or facts.kind not in _NUMBERS or text.strip().lower() in facts.also:
        return text
    if config.java:
        return text if number(text) is not None else None
    read = read_by_librdkafka(facts, text)
    return None if read is None or not math.isfinite(read) else plain(read)
