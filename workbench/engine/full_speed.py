"""The hot loop: the same record at full speed, with a number of its own in a header where it is read back."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from confluent_kafka import KafkaException

from workbench.engine.holding import Holding
from workbench.engine.lasting import LastingProducer
from workbench.engine.making import HEADER, Made
from workbench.engine.meter import SAMPLES_PER_S, Meter
from workbench.engine.protocol import Start

POLL_EVERY_S = 0.0005
_CHUNK = 16
"""Records between two looks at the clock and at what is asked from outside."""
Offer = Callable[[int, Made, Callable[..., None]], bool]
"""Gives the client a record that it would not take at once."""


class FullSpeed:
    """`identity` stands before a record's number in its header; None: no header, no report is told apart."""

    def __init__(
        self, start: Start, identity: str | None, producer: LastingProducer, holding: Holding, offer: Offer
    ) -> None:
        self._topic = start.topic
        self._producer = producer
        self._holding = holding
        self._meter: Meter = holding.meter
        self._offer = offer
        self._identity = None if identity is None else identity.replace("%", "%%").encode() + b"%d"

    def send(self, made: Made, numbers: Iterator[int]) -> bool:
        """Offer as many records as there are numbers; False when the run is to stop."""
        meter, control, hold = self._meter, self._holding.control, self._holding.hold
        poll, monotonic = self._producer.poll, time.monotonic
        offer = self._offer_plain if self._identity is None else self._offer_numbered
        meter.bytes_per_record = made.size
        next_sample = next_poll = 0.0
        while chunk := tuple(islice(numbers, _CHUNK)):
            if control.interrupted and not hold():
                return False
            is_sampled = False
            now = monotonic()
            if now >= next_poll:
                poll(0)
                next_poll = now + POLL_EVERY_S
                if now >= next_sample:
                    is_sampled = True
                    next_sample = now + 1 / SAMPLES_PER_S
            meter.sent += len(chunk)  # before poll(), so that no frame shows more reports than records
            offer(made, chunk, is_sampled)
        return True

    def _offer_plain(self, made: Made, chunk: tuple[int, ...], is_sampled: bool) -> None:
        produce, topic = self._producer.produce, self._topic
        key, value, headers, timestamp, partition = made
        deliver: Callable[..., None] = self._meter.on_any_delivery
        callback = partial(self._meter.on_sampled_delivery, chunk[0], None) if is_sampled else deliver
        for seq in chunk:
            try:
                produce(topic, value, key, partition, callback, None, timestamp, headers)
            except (BufferError, KafkaException):
                self._offer(seq, made, callback)
            callback = deliver

    def _offer_numbered(self, made: Made, chunk: tuple[int, ...], is_sampled: bool) -> None:
        produce, topic = self._producer.produce, self._topic
        key, value, common, timestamp, partition = made
        identity, deliver = self._identity, self._meter.on_numbered_delivery
        assert identity is not None
        headers: list[tuple[str, bytes | None]]
        report = partial(self._meter.on_sampled_delivery, chunk[0], None) if is_sampled else None
        for seq in chunk:
            headers = [(HEADER, identity % seq)] if common is None else [*common, (HEADER, identity % seq)]
            report = report or partial(deliver, seq)
            try:
                produce(topic, value, key, partition, report, None, timestamp, headers)
            except (BufferError, KafkaException):
                self._offer(seq, made._replace(headers=headers), report)
            report = None
