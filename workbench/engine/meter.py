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
KEPT_SAMPLES = 64
SAMPLES_PER_S = 40
_SAMPLED_FAILURES = 200


class Message(Protocol):
    """What of a confluent_kafka.Message the meter reads."""

    def partition(self) -> int | None: ...
    def offset(self) -> int | None: ...
    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...


class DeliveryError(Protocol):
    def name(self) -> str: ...
    def str(self) -> str: ...


DeliveryCallback = Callable[[int, float, DeliveryError | None, Message], None]


class Meter:
    """Counts one run. `outcomes` and `offsets` are kept by sequence number for the read-back."""

    def __init__(self, run_id: str, target: int, partitions: int, *, confirmed: bool) -> None:
        self.state: RunState = "starting"
        self.sent = 0
        self.rejected = 0
        self.offered_bytes = 0
        self.outcomes = array("i", [PENDING]) * target
        self.offsets = array("q", [-1]) * target
        self.statistics = Statistics()
        self._run_id = run_id
        self._target = target
        self._confirmed = confirmed
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
        self._warm_up_bytes = self.offered_bytes - self._failed_bytes
        self._measured_from = time.monotonic()

    def end(self, state: RunState, at: float) -> None:
        """Fix the end of the run: frames after this say the same moment."""
        self._ended_at = at
        self.state = state

    def on_sampled_delivery(
        self, seq: int, sent_at: float, error: DeliveryError | None, message: Message
    ) -> None:
        """The delivery callback of a record that the ack pane follows."""
        self.on_delivery(seq, sent_at, error, message)
        if error is None:
            self._sample(seq, sent_at, message.partition(), message.offset(), None)

    def on_warm_up_delivery(
        self, seq: int, sent_at: float, error: DeliveryError | None, message: Message
    ) -> None:
        """The delivery callback of a warm-up record: in the ledger, not in the latency figures."""
        if error is not None:
            self._fail(seq, sent_at, error, message)
            return
        partition, offset = message.partition(), message.offset()
        assert partition is not None
        self.outcomes[seq] = partition
        if self._confirmed and offset is not None:
            self.offsets[seq] = offset
        self._sample(seq, sent_at, partition, offset, None, warm_up=True)
        self._delivered[partition] += 1

    def reject(self, seq: int, where: str, code: str, text: str) -> None:
        """Count a record that never entered the client's queue."""
        self.outcomes[seq] = REJECTED
        self.rejected += 1
        self._count_error(code, where, text)
        if self.rejected <= _SAMPLED_FAILURES:
            self._sample(seq, time.monotonic(), None, None, code)

    def snapshot(self) -> Frame:
        """The totals now; for any thread."""
        with self._folding:
            self._fold_latencies()
            histogram = dict(self._histogram)
        delivered = tuple(self._delivered)
        failed, failed_bytes, rejected = self._failed, self._failed_bytes, self.rejected
        done = sum(delivered)
        return Frame(
            run_id=self._run_id,
            at=self._ended_at or time.monotonic(),
            started_at=self._started_at,
            state=self.state,
            target=self._target,
            measured_from=self._measured_from,
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
            payload_bytes=self.offered_bytes - failed_bytes,
            samples=tuple(self._samples),
            sampled=self._sampled,
            errors=tuple(ErrorCount(c, w, n, t) for (c, w), (n, t) in list(self._errors.items())),
            batches=self.statistics.batches,
        )

    def _make_callback(self) -> DeliveryCallback:
        # A closure: its names are cells, a third cheaper than attributes at a million calls a second
        monotonic, delivered = time.monotonic, self._delivered
        outcomes, offsets, confirmed = self.outcomes, self.offsets, self._confirmed
        took = self._latencies.append

        def on_delivery(seq: int, sent_at: float, error: DeliveryError | None, message: Message) -> None:
            if error is not None:
                self._fail(seq, sent_at, error, message)
                return
            partition = message.partition()
            took(monotonic() - sent_at)
            outcomes[seq] = partition  # type: ignore[assignment]  # a delivered record has one
            if confirmed:
                offsets[seq] = message.offset()  # type: ignore[assignment]
            delivered[partition] += 1  # type: ignore[index]

        return on_delivery

    def _fail(self, seq: int, sent_at: float, error: DeliveryError, message: Message) -> None:
        self.outcomes[seq] = FAILED
        self._failed += 1
        self._failed_bytes += len(message.key() or b"") + len(message.value() or b"")
        code = error.name()
        self._count_error(code, "client" if code.startswith("_") else "broker", error.str())
        if self._failed <= _SAMPLED_FAILURES:
            partition = message.partition()
            known = partition if partition is not None and partition >= 0 else None
            self._sample(seq, sent_at, known, None, code)

    def _sample(
        self,
        seq: int,
        sent_at: float,
        partition: int | None,
        offset: int | None,
        error: str | None,
        *,
        warm_up: bool = False,
    ) -> None:
        offset = offset if self._confirmed else None
        self._samples.append(Sample(seq, sent_at, time.monotonic(), partition, offset, error, warm_up))
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
        self._latency_max = max(self._latency_max, *chunk) if count > 1 else max(self._latency_max, chunk[0])
        # Counting equal microseconds first lets C do the bulk of the work
        for us, times in Counter([int(seconds * 1e6) for seconds in chunk]).items():
            self._histogram[bucket_of(us)] += times
