"""Reading the log back and matching it with what the run's records were reported as."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, TopicPartition

from workbench.engine.admin import Admin
from workbench.engine.making import HEADER
from workbench.engine.meter import FAILED, Meter
from workbench.engine.protocol import Found
from workbench.engine.rdkafka import Rdkafka
from workbench.errors import ClusterError

_POLL_S = 0.1
_SETTLED_S = 2.0
_CHUNK = 10_000
_KEYS_FOLLOWED = 1_000_000


class Unfinished(Exception):  # noqa: N818  # an answer, not a fault
    """The log could not be read to its end in time; the text says why."""


class ReadBack:
    """One run's proof. `start_offsets` are the high watermarks taken before the run, by partition."""

    def __init__(
        self, run_id: str, topic: str, start_offsets: list[int], meter: Meter, *, confirmed: bool
    ) -> None:
        self.run_id = run_id
        self._topic = topic
        self._start = start_offsets
        self._meter = meter
        self._confirmed = confirmed
        self._seen = bytearray(meter.sent)
        self._stored = [0] * len(start_offsets)
        self._duplicated = 0
        self._reordered = 0
        self._highest = [-1] * len(start_offsets)
        self._keys: dict[bytes, int] = {}
        self._moved: set[bytes] = set()
        self._all_keys = True

    def read(self, rdkafka: Rdkafka, admin: Admin, timeout_s: float) -> Found:
        """Raises Unfinished where the cluster does not settle or the log cannot be read in time."""
        until = time.monotonic() + timeout_s
        try:
            end = self._settle(admin, until)
            log_start = admin.start_offsets(self._topic, len(self._start))
        except ClusterError as error:
            raise Unfinished(str(error)) from error
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
            self._consume(
                consumer, [max(s, low) for s, low in zip(self._start, log_start, strict=True)], end, until
            )
        finally:
            consumer.close()
        return self._match(log_start)

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
        needed = list(self._start)
        if self._confirmed:
            for partition, offset in zip(self._meter.outcomes, self._meter.offsets, strict=True):
                if partition >= 0 and offset >= needed[partition]:
                    needed[partition] = offset + 1
        return needed

    def _reached(self, end: list[int], needed: list[int]) -> bool:
        appended = sum(end) - sum(self._start)
        if appended >= self._meter.sent - self._meter.rejected:
            return True
        # with unconfirmed or failed records about, more may still come: only quiet says that it will not
        certain = self._confirmed and not self._meter.in_flight and FAILED not in self._meter.outcomes
        return certain and all(e >= n for e, n in zip(end, needed, strict=True))

    def _consume(self, consumer: Consumer, start: list[int], end: list[int], until: float) -> None:
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
                    self._take(message.headers(), partition, message.key())
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

    def _take(self, headers: object, partition: int, key: bytes | None) -> None:
        seq = self._sequence(headers)
        if seq is None or seq >= len(self._seen):
            return
        if self._seen[seq]:
            self._duplicated += 1
            return
        self._seen[seq] = 1
        self._stored[partition] += 1
        if seq < self._highest[partition]:
            self._reordered += 1
        else:
            self._highest[partition] = seq
        if key is not None and self._all_keys and self._keys.setdefault(key, partition) != partition:
            self._moved.add(key)
        self._all_keys = len(self._keys) <= _KEYS_FOLLOWED

    def _sequence(self, headers: object) -> int | None:
        if isinstance(headers, list):
            for name, value in reversed(headers):
                if name == HEADER and value is not None:
                    run_id, _, seq = value.decode(errors="replace").partition("/")
                    return int(seq) if run_id == self.run_id and seq.isdecimal() else None
        return None

    def _match(self, log_start: list[int]) -> Found:
        counts = {"delivered": 0, "failed": 0, "pending": 0}
        missing = expired = 0
        for seq, (partition, offset) in self._outcomes():
            if self._seen[seq]:
                kind = "delivered" if partition >= 0 else "failed" if partition == FAILED else "pending"
                counts[kind] += 1
            elif partition >= 0:
                missing += 1
                if self._confirmed and offset < log_start[partition]:
                    expired += 1
        acked = counts["delivered"] if self._confirmed else 0
        return Found(
            stored=sum(self._stored),
            acked_stored=acked,
            lost=missing - expired if self._confirmed else 0,
            expired=expired,
            unconfirmed_stored=counts["delivered"] - acked,
            vanished=0 if self._confirmed else missing,
            stored_though_failed=counts["failed"],
            stored_though_pending=counts["pending"],
            duplicated=self._duplicated,
            reordered=self._reordered,
            partitions=tuple(self._stored),
            moved_keys=len(self._moved) if self._all_keys else None,
        )

    def _outcomes(self) -> Iterator[tuple[int, tuple[int, int]]]:
        pairs = zip(self._meter.outcomes, self._meter.offsets, strict=True)
        return enumerate(pair for pair, _ in zip(pairs, self._seen, strict=False))
