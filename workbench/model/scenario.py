"""The scenario: everything that says what an experiment is (one document, many faces)."""

from typing import Literal

import msgspec

from workbench.model.record import RecordPlan

ClusterKind = Literal["lab", "apache", "remote"]
SendMode = Literal["fire-and-forget", "sync", "async"]
SEND_MODES: tuple[SendMode, ...] = ("fire-and-forget", "sync", "async")
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
    warm_up: int = 1
    """Sent and awaited one by one first; in the ledger, not in the latency figures."""
    verify: bool = True
    """Read the log back and complete the ledger."""
    record_timeout_ms: int = 1000
    """A record whose template takes longer than this to make is rejected."""


class Expectation(msgspec.Struct, frozen=True):
    """A path into the report and what is wanted there, e.g. ("ledger.lost", ">=", 1)."""

    path: str
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    wanted: int | float | str | bool | None


class Scenario(msgspec.Struct, frozen=True):
    """One experiment. `producer` maps property names (of either client) to their text."""

    title: str = "untitled"
    seed: int = 7
    cluster: ClusterPlan = ClusterPlan()
    topic: TopicPlan = TopicPlan()
    producer: dict[str, str] = {}
    record: RecordPlan = RecordPlan()
    send: SendPlan = SendPlan()
    expect: tuple[Expectation, ...] = ()
    format: int = FORMAT
