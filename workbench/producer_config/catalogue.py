"""Every property of both producers: what it is called, may be and is in each, and what it does.

The clients' side stands in data/java_4_1_0.json (`ProducerConfig.configDef()`) and
data/librdkafka_2_16_0.json (`rd_kafka_conf_properties_show`), both written by
`python -m workbench.dev facts` and held against the clients by tests; the words are ours, in
data/properties.json.
"""

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

Client = Literal["java", "librdkafka"]
Kind = Literal["int", "float", "bool", "choice", "text", "list", "class", "password", "code"]
"""list: with commas; class: of Java; code: a callback or object that only a program can set."""
Group = Literal[
    "Essentials",
    "Timeouts",
    "Batching",
    "Ordering",
    "Memory",
    "Compression",
    "Partitioning",
    "Serialization",
    "Connection",
    "Metadata",
    "Security",
    "OAuth",
    "TLS",
    "Transactions",
    "Metrics and logs",
    "In code",
]
Unit = Literal["", "ms", "s", "bytes", "KiB", "records", "requests"]
DATA = Path(__file__).parent / "data"
JAVA_VERSION, LIBRDKAFKA_VERSION = "4.1.0", "2.16.0"
_DOCUMENTS: dict[Client, str] = {
    "java": f"Kafka {JAVA_VERSION}, producerconfigs",
    "librdkafka": f"librdkafka {LIBRDKAFKA_VERSION}, CONFIGURATION.md",
}


class Facts(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one client has a property. Both ends of a range are included."""

    name: str
    kind: Kind
    importance: Literal["high", "medium", "low"]
    default: str | None = None
    """None: nothing is set."""
    aliases: tuple[str, ...] = ()
    """Other names that this client takes for it."""
    low: int | float | None = None
    high: int | float | None = None
    also: tuple[str, ...] = ()
    """What is taken besides the range."""
    choices: tuple[str, ...] = ()
    any_case: bool = False
    """The choices may be written in capitals or small letters."""
    required: bool = False
    deprecated: bool = False


class Property(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One property, under Java's name for it where Java has it, and how each client has it.

    What stands below for a property at large is librdkafka's side, or Java's where only Java has it.
    """

    name: str
    group: Group
    does: str
    goes_wrong: str = ""
    unit: Unit = ""
    essential: bool = False
    """One of those that decide most."""
    emulated: bool = False
    """Java's alone; kwb itself does what Java's client would."""
    secret: bool = False
    short: str = ""
    """A shorter name where the whole one does not fit."""
    written: str = ""
    """librdkafka's default as a person writes it, where it prints another form."""
    closed: tuple[str, ...] = msgspec.field(default=(), name="choices")
    """All that both clients take, the usual one first, where neither says so by itself."""
    offers: tuple[str, ...] = ()
    """Some of what may stand there, for completion."""
    kips: tuple[int, ...] = ()
    java: Facts | None = None
    librdkafka: Facts | None = None

    @property
    def facts(self) -> Facts:
        found = self.librdkafka or self.java
        assert found is not None
        return found

    @property
    def kind(self) -> Kind:
        return "choice" if self.closed else self.facts.kind

    @property
    def default(self) -> str:
        """Librdkafka's (for max.block.ms: kwb's, which is Java's); empty where nothing is set."""
        return self.written or self.facts.default or ""

    @property
    def java_default(self) -> str:
        return (self.java.default if self.java else None) or ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Librdkafka's other names for it, the one it prints first."""
        facts = self.facts
        return tuple(name for name in (facts.name, *facts.aliases) if name != self.name)

    @property
    def low(self) -> float | None:
        return None if self.closed else self.facts.low

    @property
    def high(self) -> float | None:
        return None if self.closed else self.facts.high

    @property
    def choices(self) -> tuple[str, ...]:
        return self.closed or self.facts.choices or (("true", "false") if self.kind == "bool" else ())

    @property
    def deprecated(self) -> bool:
        return all(facts.deprecated for facts in (self.java, self.librdkafka) if facts)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where it is documented: the clients' own pages, then the KIPs that made it what it is."""
        sides: dict[Client, Facts | None] = {"java": self.java, "librdkafka": self.librdkafka}
        pages = [_DOCUMENTS[client] for client, facts in sides.items() if facts]
        return (*pages, *(f"KIP-{number}" for number in self.kips))

    def of(self, client: Client) -> Facts | None:
        return self.java if client == "java" else self.librdkafka


class ClientFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    client: Client
    version: str
    properties: tuple[Facts, ...]
    consumer: tuple[str, ...] = ()
    """Names of properties that are a consumer's alone."""


GROUPS: tuple[Group, ...] = get_args(Group)


@cache
def client_facts(client: Client) -> ClientFacts:
    return read_facts(facts_file(client))


def facts_file(client: Client) -> Path:
    version = JAVA_VERSION if client == "java" else LIBRDKAFKA_VERSION
    return DATA / f"{client}_{version.replace('.', '_')}.json"


def read_facts(path: Path) -> ClientFacts:
    return msgspec.json.decode(path.read_bytes(), type=ClientFacts)


@cache
def all_properties() -> tuple[Property, ...]:
    """All of them, by group, those that matter most first."""
    words = msgspec.json.decode((DATA / "properties.json").read_bytes(), type=tuple[Property, ...])
    java = {facts.name: facts for facts in client_facts("java").properties}
    librdkafka = {
        name: facts
        for facts in client_facts("librdkafka").properties
        for name in (facts.name, *facts.aliases)
    }
    return tuple(
        msgspec.structs.replace(item, java=java.get(item.name), librdkafka=librdkafka.get(item.name))
        for item in words
    )


@cache
def essentials() -> tuple[Property, ...]:
    """The ten that decide most, by group."""
    return tuple(item for item in all_properties() if item.essential)


@cache
def _by_name() -> dict[str, Property]:
    return {name: item for item in all_properties() for name in (item.name, *item.aliases)}


def catalogue_name(name: str) -> str:
    """What the catalogue calls it; the name itself where it is not in there."""
    item = property_named(name)
    return item.name if item else name


def property_named(name: str) -> Property | None:
    """By its own name or one of librdkafka's for it; None where neither client's producer has it."""
    return _by_name().get(name)
