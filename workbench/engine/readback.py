"""Reading the log back and matching it with what the run's records were reported as."""

import time
from collections.abc import Sequence

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, TopicPartition

from workbench.engine.admin import Admin
from workbench.engine.making import Made
from workbench.engine.matching import Matching
from workbench.engine.meter import Meter
from workbench.engine.place_matching import PlaceMatching
from workbench.engine.protocol import Acked, Found, LogRange, Start
from workbench.engine.rdkafka import Rdkafka
from workbench.errors import ClusterError

_POLL_S = 0.1
_SETTLED_S = 2.0
_CHUNK = 10_000


class Unfinished(Exception):  # noqa: N818  # an answer, not a fault
    """The log could not be read to its end in time; the text says why."""


class ReadBack:
    """One run's proof. `start_offsets` are the high watermarks taken before the run, by partition.

    `same`: the record that all are, where all are the same.
    """

    def __init__(
        self, start: Start, start_offsets: list[int], meter: Meter, same: Made | None, *, confirmed: bool
    ) -> None:
        self.run_id = start.run_id
        self._run = start
        self._topic = start.topic
        self._start = list(start_offsets)
        self._meter = meter
        self._same = same
        self._tellers: list[Acked] = []
        self._confirmed = confirmed

    def read(
        self,
        rdkafka: Rdkafka,
        admin: Admin,
        timeout_s: float,
        logs: Sequence[LogRange] | None,
        others: Sequence[Acked] = (),
    ) -> Found:
        """Raises Unfinished where the cluster does not settle or the log cannot be read in time."""
        until = time.monotonic() + timeout_s
        self._include(others)
        if logs is None:
            try:
                end = self._settle(admin, until)
                log_start = admin.start_offsets(self._topic, len(self._start))
            except ClusterError as error:
                raise Unfinished(str(error)) from error
        else:
            end, log_start = [log.end for log in logs], [log.log_start for log in logs]
            self._start += [0] * (len(logs) - len(self._start))  # partitions that were added meanwhile
            self._start = [
                log.log_start if log.whole else start for start, log in zip(self._start, logs, strict=True)
            ]
        start = [max(s, low) for s, low in zip(self._start, log_start, strict=True)]
        matching = self._matching(len(start))
        consumer = rdkafka.consumer(
            {
                "group.id": f"kwb-{self.run_id}",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "enable.partition.eof": False,
                "auto.offset.reset": "error",
                "check.crcs": True,
                "fetch.wait.max.ms": 100,
            }
        )
        try:
            self._consume(consumer, start, end, until, matching)
        finally:
            consumer.close()
        return matching.found(log_start)

    def acked(self) -> Acked | None:
        """What the reports said of a run in load mode."""
        meter, places = self._meter, self._meter.places
        if places is None:
            return None
        runs = tuple(map(tuple, places.runs()))
        undelivered = meter.failed + meter.in_flight
        return Acked(tuple(self._start), runs, tuple(places.without), undelivered)

    def _include(self, others: Sequence[Acked]) -> None:
        """Look for the other engines' records too, which may have begun before this one's."""
        ours = self.acked()
        self._tellers = [*([ours] if ours else []), *others]
        for told in others:
            self._start = list(map(min, self._start, told.start))

    def _matching(self, partitions: int) -> Matching | PlaceMatching:
        if not self._tellers:
            return Matching(self._run, self._meter, partitions, confirmed=self._confirmed)
        return PlaceMatching(self._tellers, partitions, self._same)

    def _settle(self, admin: Admin, until: float) -> list[int]:
        """Wait until the partitions have leaders, the live replicas are in sync and all acked is visible."""
        needed = self._needed_ends()
        last: list[int] | None = None
        unchanged_since = time.monotonic()
        reason = "the log was not settled in time"
        while time.monotonic() < until:
            waiting = self._waiting_for(admin)
            if waiting:
                reason, last = waiting, None
            else:
                end = admin.end_offsets(self._topic, len(self._start))
                now = time.monotonic()
                if end != last:
                    last, unchanged_since = end, now
                if self._reached(end, needed) or now - unchanged_since >= _SETTLED_S:
                    return end
            time.sleep(_POLL_S)
        raise Unfinished(reason)

    def _waiting_for(self, admin: Admin) -> str | None:
        view = admin.describe(self._topic, with_config=False)
        if not view.topics:
            return f"topic {self._topic!r} is gone"
        live = {broker.id for broker in view.brokers}
        for partition in view.topics[0].partitions:
            if partition.leader < 0:
                return f"partition {partition.id} has no leader"
            behind = (set(partition.replicas) & live) - set(partition.isr)
            if behind:
                return f"partition {partition.id}: replica {min(behind)} is not in sync"
        return None

    def _needed_ends(self) -> list[int]:
        """By partition, the end offset that the acked records ask for."""
        if not self._confirmed:
            return list(self._start)
        needed = list(map(max, self._start, self._meter.acked_ends(len(self._start))))
        for told in self._tellers:
            for partition, runs in enumerate(told.runs[: len(needed)]):
                needed[partition] = max([needed[partition], *(until for _, until in runs)])
        return needed

    def _reached(self, end: list[int], needed: list[int]) -> bool:
        if any(e < n for e, n in zip(end, needed, strict=True)):
            return False
        appended = sum(end) - sum(self._start)
        if self._run.share.of == 1 and appended >= self._meter.sent - self._meter.rejected:
            return True
        # with unconfirmed or failed records about, more may still come: only quiet says that it will not
        return self._confirmed and not self._meter.in_flight and not self._meter.failed

    def _consume(
        self,
        consumer: Consumer,
        start: list[int],
        end: list[int],
        until: float,
        matching: Matching | PlaceMatching,
    ) -> None:
        open_partitions = {p for p, (s, e) in enumerate(zip(start, end, strict=True)) if s < e}
        if not open_partitions:
            return
        consumer.assign([TopicPartition(self._topic, p, start[p]) for p in open_partitions])
        position = dict(enumerate(start))
        while any(position[p] < end[p] for p in open_partitions):
            if time.monotonic() >= until:
                raise Unfinished("reading the log back took too long")
            for message in consumer.consume(_CHUNK, _POLL_S):
                error = message.error()
                if error is not None:
                    if error.code() in (KafkaError._PARTITION_EOF, KafkaError._TRANSPORT):  # noqa: SLF001
                        continue
                    raise Unfinished(f"reading the log back: {error.str()}")
                partition, offset = message.partition(), message.offset()
                assert partition is not None
                assert offset is not None
                position[partition] = offset + 1
                if offset < end[partition]:
                    matching.take(message, partition, offset)
            self._skip_what_holds_no_records(consumer, open_partitions, position)

    def _skip_what_holds_no_records(
        self, consumer: Consumer, partitions: set[int], position: dict[int, int]
    ) -> None:
        """Control records and compaction leave gaps at the end of a log: the consumer's position knows."""
        try:
            for known in consumer.position([TopicPartition(self._topic, p) for p in partitions]):
                if known.offset != OFFSET_INVALID and known.offset > position[known.partition]:
                    position[known.partition] = known.offset
        except KafkaException:
            return  # asked again after the next chunk
