"""A run's sending: fire and forget, synchronous, asynchronous; paused, resumed and stopped from outside.

It runs on the engine's main thread. `poll()` runs while it waits for anything, because librdkafka calls
delivery callbacks only there.
"""

import time
from functools import partial
from typing import Any

from confluent_kafka import KafkaException, Producer

from workbench.engine.control import Control
from workbench.engine.making import Made, Making
from workbench.engine.meter import SAMPLES_PER_S, Meter
from workbench.engine.protocol import Start
from workbench.engine.rdkafka import Rdkafka
from workbench.engine.statistics import INTERVAL_MS
from workbench.errors import InputError

POLL_EVERY_S = 0.0005
_WAIT_S = 0.05
_LOOK_EVERY = 15  # a bit mask
_PURGE_PATIENCE_S = 1.0


class Sending:
    """One run from its first record to its last delivery report."""

    def __init__(self, start: Start, rdkafka: Rdkafka, control: Control, meter: Meter) -> None:
        """Raises KafkaException where the client refuses the config, RecordError for the record."""
        self._plan = start.send
        self._topic = start.topic
        self._partition = -1 if start.record.partition is None else start.record.partition
        self._max_block_s = start.max_block_ms / 1000
        self._control = control
        self._meter = meter
        self._making = Making(start, meter)
        self._producer: Producer = rdkafka.producer(
            {"statistics.interval.ms": INTERVAL_MS, **start.config, "stats_cb": meter.statistics.take}
        )
        # its stubs know neither bytes that may be None nor headers that may be null
        self._produce: Any = self._producer.produce
        self._stop_at: float | None = None

    def refuse_what_cannot_be_made(self) -> None:
        """Raises InputError where not even the first record can be made: no other would be better."""
        with self._making:
            refusal = self._making.refusal()
        if refusal is not None:
            raise InputError(refusal)

    def run(self) -> None:
        """Send, then wait until every record has its report."""
        meter = self._meter
        meter.start()
        with self._making:
            meter.state = "warm-up"
            first = min(self._plan.warm_up, self._plan.count)
            for seq in range(first):
                if not self._hold():
                    break
                self._send_and_wait(seq, None, meter.on_warm_up_delivery)
            else:
                meter.warmed_up()
                meter.state = "sending"
                self._send_all(first)
        self._drain()

    def _send_all(self, first: int) -> None:
        constant = self._making.constant()
        if constant is not None and self._plan.mode != "sync" and not self._plan.rate:
            self._send_constant(first, constant)
        else:
            self._send_made(first)

    def _send_constant(self, first: int, made: Made) -> None:
        """Send the same record at full speed: the hot loop, kept flat on purpose."""
        meter, control, monotonic = self._meter, self._control, time.monotonic
        produce, poll, topic, partition = self._produce, self._producer.poll, self._topic, self._partition
        key, value, headers = made
        deliver = callback = meter.on_any_delivery
        next_sample = next_poll = 0.0
        meter.bytes_per_record = made.size
        for seq in range(first, self._plan.count):
            if not seq & _LOOK_EVERY:
                meter.sent = seq  # before poll(), so that no frame shows more reports than records
                if control.interrupted and not self._hold():
                    return
                now = monotonic()
                if now >= next_poll:
                    poll(0)
                    next_poll = now + POLL_EVERY_S
                    if now >= next_sample:
                        callback = partial(meter.on_sampled_delivery, seq, None)
                        next_sample = now + 1 / SAMPLES_PER_S
            try:
                produce(topic, value, key, partition, callback, None, 0, headers)
            except (BufferError, KafkaException):
                meter.sent = seq + 1
                self._offer(seq, made, callback)
            callback = deliver
        meter.sent = self._plan.count

    def _send_made(self, first: int) -> None:
        """Make each record and send it at its time."""
        meter, control, monotonic = self._meter, self._control, time.monotonic
        deliver, deliver_sampled = meter.on_delivery, meter.on_sampled_delivery
        interval = 1 / self._plan.rate if self._plan.rate else 0.0
        synchronous = self._plan.mode == "sync"
        began = monotonic()
        next_sample = next_poll = 0.0
        for seq in range(first, self._plan.count):
            if control.interrupted and not self._hold():
                return
            due = None
            if interval:
                # the first after one interval, so that n records take n intervals
                due = began + meter.paused_s + (seq - first + 1) * interval
                if not self._wait_until(due):
                    return
            now = monotonic()
            callback = deliver
            if now >= next_sample:
                callback = deliver_sampled
                next_sample = now + 1 / SAMPLES_PER_S
            if synchronous:
                self._send_and_wait(seq, due, callback)
                continue
            self._send(seq, due, callback)
            if now >= next_poll:
                self._producer.poll(0)
                next_poll = now + POLL_EVERY_S

    def _send(self, seq: int, due: float | None, callback: Any) -> bool:
        """Make the record and offer it; False where it is rejected (and counted).

        Its latency counts from `due` where there is one: a client that stalls must not hide it.
        """
        meter = self._meter
        meter.sent = seq + 1
        made = self._making.make(seq)
        if made is None:
            return False
        if not self._offer(seq, made, partial(callback, seq, due)):
            return False
        meter.offered_bytes += made.size
        return True

    def _send_and_wait(self, seq: int, due: float | None, callback: Any) -> None:
        """Send synchronously: wait for this record's own delivery report, not for `flush()`."""
        reported = False

        def on_delivery(*report: Any) -> None:
            nonlocal reported
            callback(*report)
            reported = True

        if not self._send(seq, due, on_delivery):
            return
        while not reported:
            self._producer.poll(_WAIT_S)
            if self._control.stopping and not self._grace_left():
                return

    def _offer(self, seq: int, made: Made, callback: Any) -> bool:
        """Give the record to the client, waiting up to max.block.ms for room in its queue."""
        give_up: float | None = None
        while True:
            try:
                self._produce(
                    self._topic, made.value, made.key, self._partition, callback, None, 0, made.headers
                )
            except BufferError:
                now = time.monotonic()
                if give_up is None:
                    give_up = now + self._max_block_s
                if now >= give_up or (self._control.stopping and not self._grace_left()):
                    text = f"the queue was full for max.block.ms ({self._max_block_s:g} s)"
                    self._meter.reject(seq, "send()", "_QUEUE_FULL", text)
                    return False
                self._producer.poll(min(_WAIT_S, give_up - now))
            except KafkaException as error:
                code = error.args[0]
                self._meter.reject(seq, "send()", code.name(), code.str())
                return False
            else:
                return True

    def _wait_until(self, due: float) -> bool:
        """Wait for a record's time, delivering reports meanwhile; False when the run is to stop."""
        while (left := due - time.monotonic()) > 0:
            if self._control.interrupted:
                before = self._meter.paused_s
                if not self._hold():
                    return False
                due += self._meter.paused_s - before
            elif left > 0.002:  # poll() counts in whole milliseconds
                self._producer.poll(min(left - 0.001, _WAIT_S))
            else:
                self._producer.poll(0)
                time.sleep(min(left, POLL_EVERY_S))
        return True

    def _hold(self) -> bool:
        """Stay here while paused; False when the run is to stop."""
        control, meter = self._control, self._meter
        if control.is_paused():
            before, meter.state = meter.state, "paused"
            began = meter.paused_since = time.monotonic()
            while control.is_paused():
                self._producer.poll(_WAIT_S)
            meter.paused_since = None
            meter.paused_s += time.monotonic() - began
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
