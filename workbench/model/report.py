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
    """How the log was read back, and by what its records were known again.

    headers: each carries run and number. offsets (load mode): a record is the one that was reported at its
    partition and offset; no number tells copies and order, and what no report names may be anyone's.
    """

    state: VerifyState
    reason: str | None = None
    by: Literal["headers", "offsets"] | None = None
    unreported: int | None = None
    """By offsets: records among the run's that no report names."""


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
    leaders: tuple[int, ...] = ()
    """The brokers that led it one after another, as far as they were watched: in runs with faults."""


class ReportedError(msgspec.Struct, frozen=True):
    code: str
    count: int
    where: str
    text: str | None = None
    """Where `where` is "producer": the client's own words, it could send no more from then on; where a
    record could not be made (template, serializer, registry, partitioner, interceptor): why, the first."""


class Emulated(msgspec.Struct, frozen=True):
    """What ran in kwb's engine instead of in the client, or around it."""

    partitioner: str | None = None
    interceptors: tuple[str, ...] = ()


class BatchFacts(msgspec.Struct, frozen=True):
    count: int | None = None
    records: int | None = None
    records_avg: float | None = None
    bytes_avg: float | None = None
    compression_ratio: float | None = None


class RequestFacts(msgspec.Struct, frozen=True):
    count: int | None = None
    """Produce requests."""
    bytes: int | None = None
    """Bytes sent to the brokers: requests of every kind, with their headers."""


class MeanMs(msgspec.Struct, frozen=True):
    """Where a record's time went inside and outside of the client: means in ms, by its own statistics."""

    queued: float | None = None
    """From send() until it was put into a request: linger, and what came on top of it."""
    unsent: float | None = None
    """Until the connection took the request."""
    round_trip: float | None = None
    """Until the broker's answer; None: none came."""
    report: float | None = None
    """Until the program called poll() and had its delivery report."""
    total: float | None = None


class HeldUp(msgspec.Struct, frozen=True):
    """Where the client was held up, over the run without its warm-up (of long runs the newest two minutes).

    `kind` and what follows from it is None where the run was too short for the client's statistics, which
    come four times a second; `rate` and `program` mean that nothing in the client held it up.
    """

    kind: str | None = None
    """One of `insight.bottleneck.Kind`."""
    place: str | None = None
    """program | accumulator | in flight | brokers | report | nowhere"""
    sentence: str | None = None
    mend: str | None = None
    """What would change it, with its price; None where nothing is to be mended."""
    mean_ms: MeanMs = MeanMs()
    records: float | None = None
    """So many the client held, in the mean."""
    buffer_fill: float | None = None
    """How full its memory for records was, 0 … 1."""
    batch_fill: float | None = None
    """How full the batches left, 0 … 1: by bytes or by number, whichever is more."""
    at_limit: float | None = None
    """In how much of the time (0 … 1) some broker had as many requests in flight as it may."""
    busiest_partition: int | None = None
    """For which the client held most, and the share of it."""
    busiest_share: float | None = None


class Held(msgspec.Struct, frozen=True):
    """An expectation and what the report says to it; `wanted` is its text, e.g. ">= 1"."""

    path: str
    wanted: str
    got: int | float | str | bool | None
    held: bool


class FaultFacts(msgspec.Struct, frozen=True):
    """What became of a fault: done at `at_s` seconds after the first send, or why it was not.

    The counts are those of its moment.
    """

    do: str
    target: str | None
    brokers: tuple[int, ...] = ()
    """What the target was then, by broker id; 0 is a controller that is no broker."""
    at_s: float | None = None
    sent: int | None = None
    acked: int | None = None
    failed: int | None = None
    problem: str | None = None


ExampleKind = Literal[
    "lost", "vanished", "expired", "duplicated", "reordered", "stored_though_failed", "stored_though_pending"
]  # fmt: skip


class Example(msgspec.Struct, frozen=True):
    """One record of a kind that the ledger counts, for a person to check by hand.

    `offset` is where the log has it; for lost and expired ones where it was acknowledged (a truncated
    log may have another record there); None where nobody ever knew it.
    """

    kind: ExampleKind
    partition: int | None
    offset: int | None
    key: str | None
    """Its text; None: a null key. What is no UTF-8 is escaped as \\xNN."""
    seq: int | None
    """None in load mode, where records carry no number."""
    first_offset: int | None = None
    """Of a duplicate: where the first copy is."""


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
    """From the moment a record was due (`rate`) or sent to its delivery report, without the warm-up."""
    partitions: tuple[PartitionFacts, ...]
    latency_from_send_ms: LatencyMs = LatencyMs()
    """The same from the actual send(): it hides what a stalled client held up."""
    engines: int = 1
    """So many engine processes shared the records."""
    ring: int | None = None
    """So many different records were made beforehand and sent over and over; None: each was made."""
    errors: tuple[ReportedError, ...] = ()
    batches: BatchFacts = BatchFacts()
    requests: RequestFacts = RequestFacts()
    held_up: HeldUp = HeldUp()
    moved_keys: int | None = None
    emulated: Emulated = Emulated()
    leader_changes: int | None = None
    """How often a partition got another leader; None where nobody watched."""
    faults: tuple[FaultFacts, ...] = ()
    examples: tuple[Example, ...] = ()
    """The first of each kind."""
    expect: tuple[Held, ...] = ()
    report_version: int = REPORT_VERSION
