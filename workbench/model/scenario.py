"""The scenario: everything that says what an experiment is (one document, many faces)."""

from typing import Literal

import msgspec

from workbench.model.fault import Fault
from workbench.model.record import RecordPlan, RegistryPlan

ClusterKind = Literal["lab", "apache", "remote"]
SendMode = Literal["fire-and-forget", "sync", "async"]
SEND_MODES: tuple[SendMode, ...] = ("fire-and-forget", "sync", "async")
EMULATED_PARTITIONERS: tuple[str, ...] = ("java", "RoundRobinPartitioner")
"""Java's, by the names that a scenario has for them; `partitioning` has each."""
OnRejected = Literal["refuse", "go-on", "stop"]
"""refuse: no run where not even the first record can be made; later ones are counted, and it goes on.
go-on: the first is counted too. stop: the run ends at the first rejected record."""
FORMAT = 1


class ClusterPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cluster: the embedded lab, Apache Kafka started beside kwb, or the user's own."""

    kind: ClusterKind = "lab"
    brokers: int = 3
    bootstrap_servers: str | None = None
    config: dict[str, str] = {}
    """Broker properties, lab and apache alike."""


class TopicPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str = "orders"
    partitions: int = 6
    replication_factor: int = 3
    create: bool | None = None
    """None: true on lab and apache, false on remote."""
    config: dict[str, str] = {}


class SendPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mode: SendMode = "async"
    count: int = 1000
    rate: float | None = None
    """Records per second; None: as fast as it goes."""
    batch: int | None = None
    """Load mode: so many records are offered at a time by `rd_kafka_produce_batch`."""
    engines: int = 1
    """So many engine processes share the records: by key, or by number where keys are null."""
    warm_up: int = 1
    """Sent and awaited one by one first; in the ledger, not in the latency figures."""
    verify: bool = True
    """Read the log back and complete the ledger."""
    verify_timeout_s: int = 60
    """For the cluster to settle and the log to be read; then `verify.state` is unfinished."""
    record_timeout_ms: int = 1000
    """A record whose template takes longer than this to make is rejected."""
    partitioner: str | None = None
    """Runs in kwb's engine instead of the client's: one of `EMULATED_PARTITIONERS`, or `module:attribute`."""
    interceptors: tuple[str, ...] = ()
    """`module:attribute` each: run in kwb's engine around the client, in this order."""
    ring: int | None = None
    """So many records are made beforehand and sent over and over; 0: each is made. None: 0, and 10,000 in
    load mode. Templates see the number of the record in the ring."""
    on_rejected: OnRejected = "refuse"
    """What a rejected record means for the run, see OnRejected."""
    callback_delay_ms: float = 0
    """So long each delivery callback blocks, as one that writes to a database would; not in the warm-up."""


class Expectation(msgspec.Struct, frozen=True):
    """A path into the report and what is wanted there, e.g. ("ledger.lost", ">=", 1)."""

    path: str
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    wanted: int | float | str | bool | None


class Scenario(msgspec.Struct, frozen=True):
    """One experiment. `producer` maps property names (of either client) to their text."""

    title: str = "untitled"
    note: str = ""
    """For whoever opens it in the screen: what to press and what to look at."""
    seed: int = 7
    cluster: ClusterPlan = ClusterPlan()
    topic: TopicPlan = TopicPlan()
    producer: dict[str, str] = {}
    record: RecordPlan = RecordPlan()
    registry: RegistryPlan = RegistryPlan()
    send: SendPlan = SendPlan()
    faults: tuple[Fault, ...] = ()
    """Numbered from 1 where one names another."""
    expect: tuple[Expectation, ...] = ()
    format: int = FORMAT
    folder: str = ""
    """Where its file lies, and modules that it names are looked for first; empty: it has no file."""
