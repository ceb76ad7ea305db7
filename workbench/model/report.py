"""The report in which every run ends, on the screen and as `kwb run --json`."""

from typing import Literal

import msgspec

from workbench.model.ledger import Ledger

REPORT_VERSION = 1
VerifyState = Literal["verified", "not asked", "unfinished"]


class Client(msgspec.Struct, frozen=True):
    name: str
    version: str


class ClusterFacts(msgspec.Struct, frozen=True):
    kind: str
    version: str | None
    brokers: int


class ProgramKnows(msgspec.Struct, frozen=True):
    """What the user's program would know in this send mode: all unknown in fire and forget."""

    acked: int
    failed: int
    unknown: int


class Verify(msgspec.Struct, frozen=True):
    state: VerifyState
    reason: str | None = None


class Throughput(msgspec.Struct, frozen=True):
    """Of the records after the warm-up, from its end to the last report, without pauses.

    MB are 10^6 bytes of keys and values.
    """

    records_per_s: float | None
    mb_per_s: float | None


class LatencyMs(msgspec.Struct, frozen=True):
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None


class PartitionFacts(msgspec.Struct, frozen=True):
    partition: int
    acked: int
    stored: int | None


class ReportedError(msgspec.Struct, frozen=True):
    code: str
    count: int
    where: str


class BatchFacts(msgspec.Struct, frozen=True):
    count: int | None = None
    records: int | None = None
    records_avg: float | None = None
    bytes_avg: float | None = None
    compression_ratio: float | None = None


class RequestFacts(msgspec.Struct, frozen=True):
    count: int | None = None


class Held(msgspec.Struct, frozen=True):
    """An expectation and what the report says to it; `wanted` is its text, e.g. ">= 1"."""

    path: str
    wanted: str
    got: int | float | str | bool | None
    held: bool


class Report(msgspec.Struct, frozen=True):
    scenario: str
    state: str
    """done | stopped | died"""
    client: Client
    cluster: ClusterFacts
    config: dict[str, str]
    """The effective config, secrets masked."""
    ledger: Ledger
    program_knows: ProgramKnows
    verify: Verify
    seconds: float
    throughput: Throughput
    latency_ms: LatencyMs
    partitions: tuple[PartitionFacts, ...]
    errors: tuple[ReportedError, ...] = ()
    batches: BatchFacts = BatchFacts()
    requests: RequestFacts = RequestFacts()
    moved_keys: int | None = None
    faults: tuple[dict[str, str], ...] = ()
    expect: tuple[Held, ...] = ()
    report_version: int = REPORT_VERSION
