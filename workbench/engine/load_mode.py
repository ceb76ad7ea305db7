"""Load mode: records are offered many at a time, and every one is accounted for.

It calls librdkafka's `rd_kafka_produce_batch` itself and takes the delivery reports by column, because
confluent-kafka's `produce_batch` wants a Python object for each record and makes one for each report
(docs/performance.md). Neither takes headers, so that the read-back matches where the reports say that
records are (see `places`).
"""

import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice

from confluent_kafka import KafkaError

from workbench.engine.holding import WAIT_S, Holding
from workbench.engine.librdkafka.bulk_producer import BulkProducer
from workbench.engine.librdkafka.offered import Offered
from workbench.engine.making import ANY, Made, Making
from workbench.engine.meter import Meter
from workbench.engine.protocol import Start

_QUEUE = "queue.buffering.max.messages"
_QUEUED_BY_DEFAULT = 100_000
_ROOM_S = 0.001
_FULL: int = KafkaError._QUEUE_FULL  # noqa: SLF001  # its name for RD_KAFKA_RESP_ERR__QUEUE_FULL
Offer = Callable[[Offered, "array[int]"], int]
"""Gives the client the first so many records, which have these numbers; how many it has taken."""


class LaidOutRing:
    """The records of a ring, laid out once: record N is the one with the number N modulo their number."""

    def __init__(self, ring: Sequence[Made], meter: Meter, offer: Offer) -> None:
        self._records = Offered(len(ring), stays=True)
        self._records.fill([made.key for made in ring], [made.value for made in ring])
        self._bytes_before = list(accumulate((made.size for made in ring), initial=0))
        self._size = len(ring)
        self._meter = meter
        self._offer = offer

    def offer(self, numbers: "array[int]") -> int:
        """Consecutive numbers; how many the client has taken."""
        taken = offered = 0
        while offered < len(numbers):
            first = numbers[offered] % self._size
            until = min(self._size, first + len(numbers) - offered)
            self._meter.offered_bytes += self._bytes_before[until] - self._bytes_before[first]
            part = numbers[offered : offered + until - first]
            taken += self._offer(self._records.part(first, until), part)
            offered += until - first
        return taken


class LoadMode:
    """The sending of one run in load mode; gates, pauses and the end are as in every other."""

    def __init__(
        self,
        start: Start,
        producer: BulkProducer,
        making: Making,
        holding: Holding,
        rejected: Callable[[], object],
    ) -> None:
        """`rejected` is called for each record that was, which may be the end of the run."""
        self._partition = ANY if start.record.partition is None else start.record.partition
        """Of every record: no partitioner of one's own runs here."""
        self._max_block_s = start.max_block_ms / 1000
        self._room = int(start.config.get(_QUEUE, _QUEUED_BY_DEFAULT))
        self._batch = min(start.send.batch or 1, self._room)
        self._producer = producer
        self._rejected = rejected
        self._meter = holding.meter
        self._making = making
        self._holding = holding
        self._records = Offered(self._batch)
        self._again = Offered(self._batch)
        """Those that found no room."""

    def warm_up(self, seq: int, look: Callable[[], None]) -> None:
        """Send one record and wait for its delivery report; `look` is called meanwhile."""
        before = self._meter.reported
        self._meter.sent += 1
        if not self._offer_made(array("Q", [seq])):
            return
        while self._meter.reported == before and not self._holding.is_given_up():
            look()
            self._producer.poll(WAIT_S)

    def send(self, numbers: Iterator[int]) -> bool:
        """Offer as many records as there are numbers; False when the run is to stop."""
        meter, control, poll = self._meter, self._holding.control, self._producer.poll
        offer = self._way()
        while batch := array("Q", islice(numbers, self._batch)):
            if control.interrupted and not self._holding.hold():
                return False
            meter.sent += len(batch)  # before poll(), so that no frame shows more reports than records
            offer(batch)
            poll(0)
        return True

    def _way(self) -> Callable[["array[int]"], object]:
        """How batches are offered: the same record over and over is laid out once."""
        constant, ring = self._making.constant(), self._making.ring()
        if constant is not None:
            self._meter.bytes_per_record = constant.size
            records = Offered(self._batch, stays=True)
            records.fill([constant.key] * self._batch, [constant.value] * self._batch)
            return partial(self._offer_laid_out, records)
        if ring is not None:
            return LaidOutRing(ring, self._meter, self._offer_laid_out).offer
        return self._offer_made

    def _offer_made(self, numbers: "array[int]") -> int:
        """Make the records and offer them; how many the client has taken."""
        made: list[Made] = []
        taken = array("Q")
        for seq in numbers:
            record = self._making.make(seq)  # a refusal is counted there
            if record is None:
                self._rejected()
            else:
                made.append(record)
                taken.append(seq)
        if not made:
            return 0
        self._records.fill([record.key for record in made], [record.value for record in made])
        self._meter.offered_bytes += sum(record.size for record in made)
        return self._offer_laid_out(self._records, taken)

    def _offer_laid_out(self, records: Offered, numbers: "array[int]") -> int:
        """Those that find no room are offered again within max.block.ms; the others are rejected."""
        give_up = time.monotonic() + self._max_block_s
        count, all_taken = len(numbers), 0
        records.number(numbers)
        while True:
            self._await_room(count, give_up)
            taken = self._producer.produce(records, count, self._partition)
            all_taken += taken
            if taken == count:
                return all_taken
            refused = records.refused(count)
            given_up = self._no_more_room(give_up)
            for index, code in refused:
                if code != _FULL or given_up:
                    self._reject(records, index, code)
            waiting = [index for index, code in refused if code == _FULL and not given_up]
            if not waiting:
                return all_taken
            self._again.take(records, waiting)
            records, count = self._again, len(waiting)

    def _await_room(self, count: int, give_up: float) -> None:
        """Each record that is refused costs an error: better to wait until all will be taken."""
        while len(self._producer) + count > self._room and time.monotonic() < give_up:
            if self._holding.is_given_up():
                return
            self._producer.poll(_ROOM_S)

    def _no_more_room(self, give_up: float) -> bool:
        """Serve reports, which make room; True when that was waited for long enough."""
        left = give_up - time.monotonic()
        if left <= 0 or self._holding.is_given_up():
            return True
        self._producer.poll(min(WAIT_S, left))
        return False

    def _reject(self, records: Offered, index: int, code: int) -> None:
        error = KafkaError(code)
        text = error.str()
        if code == _FULL:
            text = f"the queue was full for max.block.ms ({self._max_block_s:g} s)"
        if self._meter.bytes_per_record is None:
            self._meter.offered_bytes -= records.bytes_of(index)
        self._meter.reject(records.number_of(index), "send()", error.name(), text)
        self._rejected()
