"""A run's sending: fire and forget, synchronous, asynchronous; paused, resumed and stopped from outside.

It runs on the engine's main thread. `poll()` runs while it waits for anything, because librdkafka calls
delivery callbacks only there.
"""

import signal
import threading
import time
from functools import partial
from types import FrameType
from typing import Any, Self

from confluent_kafka import KafkaException, Producer

from workbench.engine.meter import SAMPLES_PER_S, Meter
from workbench.engine.protocol import Start
from workbench.engine.rdkafka import Rdkafka
from workbench.engine.statistics import INTERVAL_MS
from workbench.serde.maker import RecordError, RecordMaker

POLL_EVERY_S = 0.0005
_WAIT_S = 0.05
_GUARD_TICK_S = 0.05
_PURGE_PATIENCE_S = 1.0
HEADER = "kwb"
"""The header that names run and sequence number, so that the read-back knows a record again."""


class Control:
    """Set by the thread that reads commands, read by the sending loop."""

    def __init__(self) -> None:
        self.interrupted = False
        self.stopping = False
        self.grace_s = 0.0
        self._resumed = threading.Event()
        self._resumed.set()

    def is_paused(self) -> bool:
        return not self._resumed.is_set()

    def pause(self) -> None:
        self._resumed.clear()
        self.interrupted = True

    def resume(self) -> None:
        self._resumed.set()
        self.interrupted = self.stopping

    def stop(self, grace_s: float) -> None:
        self.grace_s = grace_s
        self.stopping = True
        self.interrupted = True
        self._resumed.set()


class RecordTooSlow(BaseException):
    """Raised into a template that takes longer than `record_timeout_ms`; no `except Exception` catches it."""


class Guard:
    """Interrupts the making of a record that takes too long. Main thread only (signals).

    One repeating timer for the whole run: arming one for each record would cost two system calls each.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.making_since: float | None = None

    def __enter__(self) -> Self:
        signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_REAL, _GUARD_TICK_S, _GUARD_TICK_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        since = self.making_since
        if since is not None and time.monotonic() - since > self._timeout_s:
            self.making_since = None
            raise RecordTooSlow


class Sending:
    """One run from its first record to its last delivery report."""

    def __init__(self, start: Start, rdkafka: Rdkafka, control: Control, meter: Meter) -> None:
        """Raises KafkaException or ValueError where the client refuses the config."""
        self._plan = start.send
        self._topic = start.topic
        self._max_block_s = start.max_block_ms / 1000
        self._control = control
        self._meter = meter
        self._maker = RecordMaker(start.record, start.seed, start.run_id, start.value_bytes)
        self._guard = Guard(start.send.record_timeout_ms / 1000)
        self._fixed_partition = -1 if start.record.partition is None else start.record.partition
        self._identity = f"{start.run_id}/" if start.send.verify else None
        self._producer: Producer = rdkafka.producer(
            {"statistics.interval.ms": INTERVAL_MS, **start.config, "stats_cb": meter.statistics.take}
        )
        # its stubs know neither bytes that may be None nor headers that may be null
        self._produce: Any = self._producer.produce
        self._paused_s = 0.0
        self._stop_at: float | None = None

    def run(self) -> None:
        """Send, then wait until every record has its report."""
        meter = self._meter
        meter.start()
        with self._guard:
            meter.state = "warm-up"
            first = min(self._plan.warm_up, self._plan.count)
            for seq in range(first):
                if not self._hold():
                    break
                self._offer_and_wait(seq, time.monotonic(), meter.on_warm_up_delivery)
            else:
                meter.warmed_up()
                meter.state = "sending"
                self._offer_all(first)
        self._drain()

    def _offer_all(self, first: int) -> None:
        """Offer every record at its time: the hot loop, kept flat on purpose."""
        meter, control, monotonic = self._meter, self._control, time.monotonic
        poll, offer = self._producer.poll, self._offer
        deliver, deliver_sampled = meter.on_delivery, meter.on_sampled_delivery
        synchronous = self._plan.mode == "sync"
        interval = 1 / self._plan.rate if self._plan.rate else 0.0
        began = monotonic()
        next_sample = next_poll = 0.0
        for seq in range(first, self._plan.count):
            if control.interrupted and not self._hold():
                return
            now = monotonic()
            if interval:
                due = began + self._paused_s + (seq - first) * interval
                if now < due:
                    self._wait_until(due)
                    if control.interrupted and not self._hold():
                        return
                now = due
            callback = deliver
            if now >= next_sample:
                callback = deliver_sampled
                next_sample = now + 1 / SAMPLES_PER_S
            if synchronous:
                self._offer_and_wait(seq, now, callback)
                continue
            offer(seq, now, callback)
            if now >= next_poll:
                poll(0)
                next_poll = now + POLL_EVERY_S

    def _offer(self, seq: int, sent_at: float, callback: Any) -> bool:
        """Make the record and give it to the client; False (and counted) where it is rejected."""
        meter = self._meter
        meter.sent = seq + 1
        made = self._make(seq)
        if made is None:
            return False
        key, value, headers = made
        if self._identity is not None:
            headers = [*headers, (HEADER, f"{self._identity}{seq}".encode())]
        partition = self._fixed_partition
        give_up = 0.0
        while True:
            try:
                self._produce(
                    self._topic, value, key, partition, partial(callback, seq, sent_at), None, 0, headers
                )
            except BufferError:
                now = time.monotonic()
                give_up = give_up or now + self._max_block_s
                if now >= give_up or (self._control.stopping and not self._grace_left()):
                    meter.reject(
                        seq, "send()", "_QUEUE_FULL", f"queue full for max.block.ms ({self._max_block_s:g} s)"
                    )
                    return False
                self._producer.poll(min(_WAIT_S, give_up - now))
            except KafkaException as error:
                code = error.args[0]
                meter.reject(seq, "send()", code.name(), code.str())
                return False
            else:
                break
        meter.offered_bytes += len(key or b"") + len(value or b"")
        return True

    def _make(self, seq: int) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]] | None:
        guard = self._guard
        try:
            guard.making_since = time.monotonic()
            made = self._maker.make(seq)
            guard.making_since = None
        except RecordError as error:
            guard.making_since = None
            self._meter.reject(seq, error.kind, "_BAD_RECORD", f"{error.where}: {error.reason}")
        except RecordTooSlow:
            text = f"took longer than record_timeout_ms ({self._plan.record_timeout_ms} ms)"
            self._meter.reject(seq, "template", "_RECORD_TIMEOUT", text)
        except MemoryError:
            guard.making_since = None
            self._meter.reject(seq, "template", "_OUT_OF_MEMORY", "the record does not fit in memory")
        else:
            return made
        return None

    def _offer_and_wait(self, seq: int, sent_at: float, callback: Any) -> None:
        """Send synchronously: wait for this record's own delivery report, not for `flush()`."""
        reported = False

        def on_delivery(*report: Any) -> None:
            nonlocal reported
            callback(*report)
            reported = True

        if not self._offer(seq, sent_at, on_delivery):
            return
        while not reported:
            self._producer.poll(_WAIT_S)
            if self._control.stopping and not self._grace_left():
                return

    def _wait_until(self, due: float) -> None:
        while not self._control.interrupted and (left := due - time.monotonic()) > 0:
            if left > 0.002:  # poll() counts in whole milliseconds
                self._producer.poll(min(left - 0.001, _WAIT_S))
            else:
                self._producer.poll(0)
                time.sleep(min(left, 0.0005))

    def _hold(self) -> bool:
        """Stay here while paused; False when the run is to stop."""
        control, meter = self._control, self._meter
        if control.is_paused():
            before, meter.state = meter.state, "paused"
            began = time.monotonic()
            while control.is_paused():
                self._producer.poll(_WAIT_S)
            self._paused_s += time.monotonic() - began
            meter.state = before
        return not control.stopping

    def _grace_left(self) -> bool:
        """Whether reports may still be waited for after a stop."""
        now = time.monotonic()
        if self._stop_at is None:
            self._stop_at = now + self._control.grace_s
        return now < self._stop_at

    def _drain(self) -> None:
        """Wait for the reports in flight; after a stop only for its grace, then purge."""
        meter, control, producer = self._meter, self._control, self._producer
        if meter.in_flight:
            meter.state = "draining"
        while meter.in_flight:
            producer.poll(_WAIT_S)
            if control.stopping and not self._grace_left():
                self._purge()
                break
        finished = time.monotonic()
        self._await_statistics()
        meter.end("stopped" if control.stopping else "done", finished)

    def _purge(self) -> None:
        """Give up what is in flight: the client reports each as failed (_PURGE_QUEUE, _PURGE_INFLIGHT)."""
        self._producer.purge(in_queue=True, in_flight=True)
        until = time.monotonic() + _PURGE_PATIENCE_S
        while self._meter.in_flight and time.monotonic() < until:
            self._producer.poll(_WAIT_S)

    def _await_statistics(self) -> None:
        """The sums of batches are complete one interval after the last report."""
        emitted, until = self._meter.statistics.emitted, time.monotonic() + 4 * INTERVAL_MS / 1000
        while self._meter.statistics.emitted == emitted and time.monotonic() < until:
            self._producer.poll(_WAIT_S)
