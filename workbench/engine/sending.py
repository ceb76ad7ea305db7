"""A run's sending: fire and forget, synchronous, asynchronous; paused, resumed and stopped from outside.

It runs on the engine's main thread. `poll()` runs while it waits for anything, because librdkafka calls
delivery callbacks only there.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from confluent_kafka import KafkaException

from workbench.engine.control import Control
from workbench.engine.full_speed import POLL_EVERY_S, FullSpeed
from workbench.engine.gates import Gates
from workbench.engine.holding import WAIT_S, Holding
from workbench.engine.keys import Keys
from workbench.engine.lasting import LastingProducer
from workbench.engine.librdkafka.bulk_producer import BulkProducer
from workbench.engine.load_mode import LoadMode
from workbench.engine.loading import Loaded
from workbench.engine.making import Made, Making
from workbench.engine.meter import SAMPLES_PER_S, Meter
from workbench.engine.protocol import Start
from workbench.engine.rdkafka import Rdkafka
from workbench.engine.statistics import INTERVAL_MS
from workbench.serde.setting import SchemaIds

_GATE_S = 0.005
_REJECTED_GRACE_S = 5.0
"""What is in flight when a plan stops at a rejected record gets so long for its reports."""
_PURGE_PATIENCE_S = 1.0


class Sending:
    """One run from its first record to its last delivery report."""

    def __init__(
        self,
        start: Start,
        rdkafka: Rdkafka,
        control: Control,
        meter: Meter,
        gates: Gates,
        *,
        loaded: Loaded,
        registry: SchemaIds | None = None,
    ) -> None:
        """Raises KafkaException where the client refuses the config, RecordError, InputError for code."""
        self._plan = start.send
        self._topic = start.topic
        self._max_block_s = start.max_block_ms / 1000
        self._control = control
        self._meter = meter
        self._gates = gates
        self._making = Making(start, meter, loaded, registry)
        self.keys = Keys(meter, start.partitions, self._making.one_key)
        self._producer = producer = _producer(start, rdkafka, meter)
        self._holding = Holding(control, meter, producer.poll)
        self._produce: Any = None
        self._full_speed: FullSpeed | None = None
        self._load_mode: LoadMode | None = None
        if isinstance(producer, BulkProducer):
            self._load_mode = LoadMode(start, producer, self._making, self._holding, self._rejected)
        else:
            self._produce = producer.produce
            self._full_speed = FullSpeed(start, self._making.identity, producer, self._holding, self._offer)
        self._interval = 1 / self._plan.rate if self._plan.rate else 0.0
        self._due_from = 0.0
        """When record 0 would have been due, had there been no pause."""

    @property
    def same(self) -> Made | None:
        """The record that all are, but for the header with its number."""
        return self._making.constant()

    def refuse_what_cannot_be_made(self) -> None:
        """Raises InputError, ClusterError where not even the first record can be made."""
        with self._making:
            self._making.refuse()

    def run(self) -> None:
        """Send, then wait until every record has its report."""
        seen, producer = self._making.seen, self._producer
        watched = seen.watching(producer) if seen and isinstance(producer, LastingProducer) else None
        with contextlib.closing(producer), self._making, watched or contextlib.nullcontext():
            self._making.fill_ring()
            self._run()
            self._drain()
            self._making.close()

    def _run(self) -> None:
        meter = self._meter
        meter.start()
        if self._pass_gates():  # those before the first record
            meter.start()
        meter.state = "warm-up"
        numbers, seq = self._making.numbers(self._plan.count), -1
        for seq in islice(numbers, self._plan.warm_up):  # the last one tells where it ended
            if not self._holding.hold() or not self._pass_gates():
                return
            if self._load_mode is not None:
                self._load_mode.warm_up(seq, self._gates.look)
            else:
                self._send_and_wait(seq, None, meter.on_warm_up_delivery)
        meter.warmed_up()
        meter.state = "sending"
        self._send_all(numbers, seq + 1)

    def _send_all(self, numbers: Iterator[int], first: int) -> None:
        meter, count = self._meter, self._plan.count
        # the first after one interval, so that n records take n intervals
        self._due_from = time.monotonic() - meter.paused_s - (first - 1) * self._interval
        send = self._way()
        while meter.sent < count and self._pass_gates():
            until = self._gates.limit(count)
            if not send(islice(numbers, until - meter.sent)) or meter.sent < until:
                return  # stopped; or there are no more numbers, the others being another engine's

    def _way(self) -> Callable[[Iterator[int]], bool]:
        """How the records are sent: it takes their numbers, and answers False when the run is to stop."""
        constant = self._making.constant()
        if self._load_mode is not None:
            return self._load_mode.send
        if constant is None or self._full_speed is None or self._plan.mode == "sync" or self._interval:
            return self._send_made
        return partial(self._full_speed.send, constant)

    def _pass_gates(self) -> bool:
        """Stand still at a gate until it is open; False when the run is to stop."""
        meter, limit = self._meter, self._gates.limit
        if limit(meter.sent + 1) > meter.sent:
            return True
        began = meter.paused_since = time.monotonic()
        while limit(meter.sent + 1) <= meter.sent and not self._control.stopping:
            self._producer.poll(_GATE_S)
        meter.paused_since = None
        meter.paused_s += time.monotonic() - began
        return not self._control.stopping

    def _send_made(self, numbers: Iterator[int]) -> bool:
        """Make each record and send it at its time."""
        meter, control, monotonic = self._meter, self._control, time.monotonic
        deliver, deliver_sampled = meter.on_delivery, meter.on_sampled_delivery
        interval, due_from = self._interval, self._due_from
        synchronous = self._plan.mode == "sync"
        next_sample = next_poll = 0.0
        for seq in numbers:
            if control.interrupted and not self._holding.hold():
                return False
            due = None
            if interval:
                due = due_from + meter.paused_s + seq * interval
                if not self._wait_until(due):
                    return False
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
        return True

    def _send(self, seq: int, due: float | None, callback: Any) -> bool:
        """Make the record and offer it; False where it is rejected (and counted).

        Its latency counts from `due` where there is one: a client that stalls must not hide it.
        """
        meter = self._meter
        meter.sent += 1
        made = self._making.make(seq)
        if made is None:
            return self._rejected()
        if self.keys.is_noting:
            self.keys.note(seq, made.key)
        if not self._offer(seq, made, partial(callback, seq, due)):
            return self._rejected()
        meter.offered_bytes += made.size
        return True

    def _rejected(self) -> bool:
        """False, and the end of the run where the plan says so."""
        if self._plan.on_rejected == "stop":
            self._control.stop(_REJECTED_GRACE_S)
        return False

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
            self._gates.look()
            self._producer.poll(WAIT_S)
            if self._holding.is_given_up():
                return

    def _offer(self, seq: int, made: Made, callback: Any) -> bool:
        """Give the record to the client, waiting up to max.block.ms for room in its queue."""
        callback = self._making.delivering(callback)
        give_up: float | None = None
        while True:
            try:
                self._produce(
                    self._topic, made.value, made.key, made.partition, callback, None,
                    made.timestamp, made.headers,
                )  # fmt: skip
            except BufferError:
                now = time.monotonic()
                if give_up is None:
                    give_up = now + self._max_block_s
                if now >= give_up or (self._holding.is_given_up()):
                    text = f"the queue was full for max.block.ms ({self._max_block_s:g} s)"
                    self._refuse(seq, made, "_QUEUE_FULL", text)
                    return False
                self._producer.poll(min(WAIT_S, give_up - now))
            except KafkaException as error:
                code = error.args[0]
                self._refuse(seq, made, code.name(), code.str())
                return False
            else:
                return True

    def _refuse(self, seq: int, made: Made, code: str, text: str) -> None:
        self._meter.reject(seq, "send()", code, text)
        self._making.refused(made, code, text)

    def _wait_until(self, due: float) -> bool:
        """Wait for a record's time, delivering reports meanwhile; False when the run is to stop."""
        while (left := due - time.monotonic()) > 0:
            if self._control.interrupted:
                before = self._meter.paused_s
                if not self._holding.hold():
                    return False
                due += self._meter.paused_s - before
            elif left > 0.002:  # poll() counts in whole milliseconds
                self._producer.poll(min(left - 0.001, WAIT_S))
            else:
                self._producer.poll(0)
                time.sleep(min(left, POLL_EVERY_S))
        return True

    def _drain(self) -> None:
        """Wait for the reports in flight; after a stop only for its grace, then purge."""
        meter, control, producer = self._meter, self._control, self._producer
        if meter.in_flight:
            meter.state = "draining"
        self._gates.look()
        while meter.in_flight:
            producer.poll(WAIT_S)
            self._gates.look()
            if self._holding.is_given_up():
                self._purge()
                break
        finished = time.monotonic()
        self._await_statistics()
        meter.end("stopped" if control.stopping else "done", finished)

    def _purge(self) -> None:
        """Give up what is in flight: the client reports each as failed (_PURGE_QUEUE, _PURGE_INFLIGHT)."""
        self._producer.purge()
        until = time.monotonic() + _PURGE_PATIENCE_S
        while self._meter.in_flight and time.monotonic() < until:
            self._producer.poll(WAIT_S)

    def _await_statistics(self) -> None:
        """The sums of batches are complete one interval after the last report."""
        emitted, until = self._meter.statistics.emitted, time.monotonic() + 4 * INTERVAL_MS / 1000
        while self._meter.statistics.emitted == emitted and time.monotonic() < until:
            self._producer.poll(WAIT_S)


def _producer(start: Start, rdkafka: Rdkafka, meter: Meter) -> LastingProducer | BulkProducer:
    """The client of this run. Raises KafkaException where it refuses the config."""
    config = {"statistics.interval.ms": INTERVAL_MS, **start.config}
    if start.send.batch is None:
        client = rdkafka.producer({**config, "stats_cb": meter.on_statistics})
        return LastingProducer(client, meter.on_fatal)
    return rdkafka.bulk_producer(
        config,
        start.topic,
        reports=meter.take,
        statistics=meter.on_statistics,
        fatal=meter.on_fatal,
        one_by_one=start.send.callback_delay_ms > 0,
    )
