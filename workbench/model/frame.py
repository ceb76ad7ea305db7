"""What the engine tells about a run 10-20 times a second: totals since the run began, never deltas.

A frame may be dropped on the way without harm: the next one says it all again. Times are
`time.monotonic()` seconds, one clock for all processes of a machine.
"""

from typing import Literal

import msgspec

from workbench.model.client_state import ClientState

RunState = Literal["starting", "warm-up", "sending", "paused", "draining", "done", "stopped", "died"]
"""draining: all is offered, reports are awaited. stopped: by the user. died: the engine is gone."""

ENDED: frozenset[RunState] = frozenset({"done", "stopped", "died"})


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One record followed from send() to its delivery report.

    `sent_at` is the intended send time in rate mode, else the moment send() was called;
    `reported_at` is when the delivery callback ran. `offset` is None where the broker confirmed none
    (acks=0 or an error); `partition` is None where the record failed before it had one.
    """

    seq: int
    sent_at: float
    reported_at: float
    partition: int | None
    offset: int | None
    error: str | None = None
    warm_up: bool = False
    key: bytes | None = None
    """Its first bytes; None: it has none, or never had bytes at all."""

    @property
    def latency_ms(self) -> float:
        return (self.reported_at - self.sent_at) * 1000


UNHARMED = frozenset({"_INTERCEPTOR_FAILED", "_INTERCEPTOR_TIMEOUT"})
"""What an interceptor raised: the record goes on without it (Java's rule)."""


class ErrorCount(msgspec.Struct, frozen=True, array_like=True):
    """How often an error was met.

    `where`: template | interceptor | serializer | registry | partitioner | send() | broker | client |
    producer.
    Those of the producer are fatal: it can send no more. They are no record's; all others are one each, but
    for those of `UNHARMED`: they did nothing to their record.
    """

    code: str
    where: str
    count: int
    text: str = ""


class Batches(msgspec.Struct, frozen=True):
    """Record batches as the client built them, from its own statistics; None: not known (yet)."""

    count: int | None = None
    records: int | None = None
    bytes: int | None = None
    """Bytes of all batches on the wire, after compression."""
    requests: int | None = None
    """Produce requests sent to all brokers."""
    wire_bytes: int | None = None
    """Bytes sent to all brokers: requests of every kind, with their headers."""


class Frame(msgspec.Struct, frozen=True):
    """Totals of a run. sent = rejected + acked + unconfirmed + failed + in flight, at every moment."""

    run_id: str
    at: float
    started_at: float
    state: RunState
    target: int
    measured_from: float = 0.0
    """When the warm-up was over; 0 until then. Rates count from here."""
    paused_s: float = 0.0
    """How long the run has stood still at the user's wish; no rate counts it."""
    warm_up: int = 0
    """Records of the warm-up among those delivered, and their `warm_up_bytes` in `payload_bytes`."""
    warm_up_bytes: int = 0
    sent: int = 0
    rejected: int = 0
    acked: int = 0
    unconfirmed: int = 0
    failed: int = 0
    partitions: tuple[int, ...] = ()
    """Records acked or unconfirmed, by partition."""
    partition_bytes: tuple[int, ...] = ()
    """Bytes of their keys and values, by partition."""
    latency: dict[int, int] = {}
    """Histogram, see `histogram`, of the moment a record was due (`rate`; without one, of send()) to its
    delivery report; warm-up and failures are not in it."""
    latency_max_us: int = 0
    latency_from_send: dict[int, int] = {}
    """With a rate: the same records from their actual send(); empty without, where `latency` says that."""
    latency_from_send_max_us: int = 0
    payload_bytes: int = 0
    """Bytes of keys and values of the records that the client took and has not reported failed."""
    samples: tuple[Sample, ...] = ()
    """The newest sampled records, oldest first."""
    sampled: int = 0
    """How many were sampled in all, so that a reader knows which of `samples` are new."""
    errors: tuple[ErrorCount, ...] = ()
    batches: Batches = Batches()
    ring: int = 0
    """Different records that were made beforehand and are sent over and over; 0: each is made."""
    client: ClientState | None = None
    """How it stands inside the client; None: not known (yet)."""

    @property
    def in_flight(self) -> int:
        return self.sent - self.rejected - self.acked - self.unconfirmed - self.failed

    @property
    def delivered(self) -> int:
        """Records that the client reported without an error."""
        return self.acked + self.unconfirmed

    @property
    def seconds(self) -> float:
        return self.at - self.started_at
