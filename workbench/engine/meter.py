"""Delivery callbacks to frames: counters at the lowest cost that a Python callback can have.

The callback runs inside `poll()` on the sending thread, the snapshot on the writer thread; they share
plain counters, and the interpreter lock makes each single step whole. A snapshot reads outcomes before
`sent`, so that a frame never shows more reports than records.
"""

import threading
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable
from typing import Protocol

from workbench.engine.statistics import Statistics
from workbench.model.frame import ErrorCount, Frame, RunState, Sample
from workbench.model.histogram import bucket_of

# What became of a record, by sequence number: a partition (>= 0), or one of these
PENDING, REJECTED, FAILED = -1, -2, -3
NOT_FOLLOWED = -1
"""The sequence number of a sample whose record was not told apart from the others."""
KEPT_SAMPLES = 64
SAMPLES_PER_S = 40
_SAMPLED_FAILURES = 200
_MICROSECONDS = (1e6).__mul__


class Message(Protocol):
    """What of a confluent_kafka.Message the meter reads."""

    def partition(self) -> int | None: ...
    def offset(self) -> int | None: ...
    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...
    def latency(self) -> float | None: ...


class DeliveryError(Protocol):
    def name(self) -> str: ...
    def str(self) -> str: ...


DeliveryCallback = Callable[[int, float | None, DeliveryError | None, Message], None]


class Meter:
    """Counts one run.

    `remembered`: `outcomes` and `offsets` are kept by sequence number, for the read-back.
    """

    def __init__(
        self, run_id: str, target: int, partitions: int, *, confirmed: bool, remembered: bool = True
    ) -> None:
        self.state: RunState = "starting"
        self.sent = 0
        self.rejected = 0
        self.offered_bytes = 0
        self.paused_s = 0.0
        self.paused_since: float | None = None
        self.bytes_per_record: int | None = None
        """Set where every record is the same: then nobody has to add up `offered_bytes`."""
        kept = target if remembered else 0
        self.outcomes = array("i", [PENDING]) * kept
        self.offsets = array("q", [-1]) * kept
        self.statistics = Statistics()
        self._run_id = run_id
        self._target = target
        self._confirmed = confirmed
        self._remembered = remembered
        self._delivered = [0] * partitions
        self._failed = 0
        self._failed_bytes = 0
        self._latencies: list[float] = []
        self._folding = threading.Lock()
        self._histogram: Counter[int] = Counter()
        self._latency_max = 0.0
        self._samples: deque[Sample] = deque(maxlen=KEPT_SAMPLES)
        self._sampled = 0
        self._errors: dict[tuple[str, str], tuple[int, str]] = {}
        self._started_at = time.monotonic()
        self._measured_from = 0.0
        self._warm_up = self._warm_up_bytes = 0
        self._ended_at: float | None = None
        self.on_delivery = self._make_callback()
        """The delivery callback with sequence number and intended send time (None: when it was sent)."""
        self.on_any_delivery = self._make_cheapest_callback()
        """The one delivery callback of all records, where none of them has to be known again."""

    @property
    def reported(self) -> int:
        return sum(self._delivered) + self._failed

    @property
    def in_flight(self) -> int:
        reported = self.reported
        return self.sent - self.rejected - reported

    def start(self) -> None:
        self._started_at = time.monotonic()

    def warmed_up(self) -> None:
        """Say that the warm-up is over: rates count from now."""
        self._warm_up = sum(self._delivered)
        self._warm_up_bytes = self._payload_bytes()
        self._measured_from = time.monotonic()

    def end(self, state: RunState, at: float) -> None:
        """Fix the end of the run: frames after this say the same moment."""
        self._ended_at = at
        self.state = state

    def on_sampled_delivery(
        self, seq: int, due: float | None, error: DeliveryError | None, message: Message
    ) -> None:
        """The delivery callback of a record that the ack pane follows."""
        self.on_delivery(seq, due, error, message)
        if error is None:
            self._sample(seq, due, message.partition(), message.offset(), message)

    def on_warm_up_delivery(
        self, seq: int, due: float | None, error: DeliveryError | None, message: Message
    ) -> None:
        """The delivery callback of a warm-up record: in the ledger, not in the latency figures."""
        if error is not None:
            self._fail(seq, due, error, message)
            return
        partition, offset = message.partition(), message.offset()
        assert partition is not None
        if self._remembered:
            self.outcomes[seq] = partition
            if self._confirmed and offset is not None:
                self.offsets[seq] = offset
        self._sample(seq, due, partition, offset, message, warm_up=True)
        self._delivered[partition] += 1

    def reject(self, seq: int, where: str, code: str, text: str) -> None:
        """Count a record that never entered the client's queue."""
        if self._remembered:
            self.outcomes[seq] = REJECTED
        self.rejected += 1
        self._count_error(code, where, text)
        if self.rejected <= _SAMPLED_FAILURES:
            self._sample(seq, time.monotonic(), None, None, None, error=code)

    def snapshot(self) -> Frame:
        """The totals now; for any thread."""
        with self._folding:
            self._fold_latencies()
            histogram = dict(self._histogram)
        at = self._ended_at or time.monotonic()
        delivered = tuple(self._delivered)
        failed, rejected = self._failed, self.rejected
        done = sum(delivered)
        return Frame(
            run_id=self._run_id,
            at=at,
            started_at=self._started_at,
            state=self.state,
            target=self._target,
            measured_from=self._measured_from,
            paused_s=self._paused_until(at),
            warm_up=self._warm_up,
            warm_up_bytes=self._warm_up_bytes,
            sent=self.sent,
            rejected=rejected,
            acked=done if self._confirmed else 0,
            unconfirmed=0 if self._confirmed else done,
            failed=failed,
            partitions=delivered,
            latency=histogram,
            latency_max_us=round(self._latency_max * 1e6),
            payload_bytes=self._payload_bytes(),
            samples=tuple(self._samples),
            sampled=self._sampled,
            errors=tuple(ErrorCount(c, w, n, t) for (c, w), (n, t) in list(self._errors.items())),
            batches=self.statistics.batches,
        )

    def _paused_until(self, at: float) -> float:
        since = self.paused_since
        return self.paused_s + (max(0.0, at - since) if since is not None else 0.0)

    def _payload_bytes(self) -> int:
        offered = self.offered_bytes
        if self.bytes_per_record is not None:
            offered = (self.sent - self.rejected) * self.bytes_per_record
        return offered - self._failed_bytes

    def _make_callback(self) -> DeliveryCallback:
        # A closure: its names are cells, a third cheaper than attributes at a million calls a second
        monotonic, delivered = time.monotonic, self._delivered
        outcomes, offsets, confirmed = self.outcomes, self.offsets, self._confirmed
        remembered = self._remembered
        took = self._latencies.append

        def on_delivery(seq: int, due: float | None, error: DeliveryError | None, message: Message) -> None:
            if error is not None:
                self._fail(seq, due, error, message)
                return
            partition = message.partition()
            # librdkafka's own figure: from produce() to this moment, also where poll() came late (tried)
            took(message.latency() if due is None else monotonic() - due)  # type: ignore[arg-type]
            if remembered:
                outcomes[seq] = partition  # type: ignore[assignment]  # a delivered record has one
                if confirmed:
                    offsets[seq] = message.offset()  # type: ignore[assignment]
            delivered[partition] += 1  # type: ignore[index]

        return on_delivery

    def _make_cheapest_callback(self) -> Callable[[DeliveryError | None, Message], None]:
        delivered, took = self._delivered, self._latencies.append

        def on_any_delivery(error: DeliveryError | None, message: Message) -> None:
            if error is None:
                took(message.latency())  # type: ignore[arg-type]
                delivered[message.partition()] += 1  # type: ignore[index]
            else:
                self._fail(NOT_FOLLOWED, None, error, message)

        return on_any_delivery

    def _fail(self, seq: int, due: float | None, error: DeliveryError, message: Message) -> None:
        if self._remembered:
            self.outcomes[seq] = FAILED
        self._failed += 1
        self._failed_bytes += len(message.key() or b"") + len(message.value() or b"")
        code = error.name()
        self._count_error(code, "client" if code.startswith("_") else "broker", error.str())
        if self._failed <= _SAMPLED_FAILURES:
            partition = message.partition()
            known = partition if partition is not None and partition >= 0 else None
            self._sample(seq, due, known, None, message, error=code)

    def _sample(
        self,
        seq: int,
        due: float | None,
        partition: int | None,
        offset: int | None,
        message: Message | None,
        *,
        error: str | None = None,
        warm_up: bool = False,
    ) -> None:
        now = time.monotonic()
        if due is None:
            due = now - (message.latency() or 0.0 if message else 0.0)
        offset = offset if self._confirmed else None
        self._samples.append(Sample(seq, due, now, partition, offset, error, warm_up))
        self._sampled += 1

    def _count_error(self, code: str, where: str, text: str) -> None:
        count, first_text = self._errors.get((code, where), (0, text))
        self._errors[code, where] = (count + 1, first_text)

    def _fold_latencies(self) -> None:
        count = len(self._latencies)
        if not count:
            return
        chunk = self._latencies[:count]
        del self._latencies[:count]
        self._latency_max = max(max(chunk), self._latency_max)  # noqa: PLW3301  # a million arguments are no call
        # Counting equal microseconds first lets C do the bulk of the work
        for us, times in Counter(map(int, map(_MICROSECONDS, chunk))).items():
            self._histogram[bucket_of(us)] += times
