"""Delivery callbacks to frames: counters at the lowest cost that a Python callback can have.

The callback runs inside `poll()` on the sending thread, the snapshot on the writer thread; they share
plain counters, and the interpreter lock makes each single step whole. A snapshot reads outcomes before
`sent`, so that a frame never shows more reports than records.
"""

import time
from array import array
from collections.abc import Callable, Sequence

from workbench.engine.callbacks import lingering, named
from workbench.engine.delivery import DeliveryCallback, DeliveryError, Message, Reports
from workbench.engine.latencies import Latencies
from workbench.engine.noted import Noted
from workbench.engine.places import Offsets, Places
from workbench.engine.statistics import Statistics
from workbench.model.frame import Frame, RunState

# What became of a record, by sequence number: a partition (>= 0), or one of these
PENDING, REJECTED, FAILED = -1, -2, -3
NOT_FOLLOWED = -1
"""The sequence number of a sample whose record was not told apart from the others."""
SAMPLES_PER_S = 40
_SAMPLED_FAILURES = 200
_LEFT_TO_SNAPSHOTS = 1_000_000


class Meter:
    """Counts one run.

    For the read-back, `outcomes` and `offsets` are kept by sequence number (`remembered`), or `places` takes
    where records were acked.
    `linger` is called at the end of every delivery callback but the warm-up's (`callback_delay_ms`).
    """

    def __init__(
        self,
        run_id: str,
        target: int,
        partitions: int,
        *,
        confirmed: bool,
        remembered: bool = True,
        places: Places | None = None,
        linger: Callable[[], None] | None = None,
    ) -> None:
        self.state: RunState = "starting"
        self.sent = 0
        self.rejected = 0
        self.ring = 0
        self.offered_bytes = 0
        self.paused_s = 0.0
        self.paused_since: float | None = None
        self.bytes_per_record: int | None = None
        """Set where every record is the same: then nobody has to add up `offered_bytes`."""
        kept = target if remembered else 0
        self.outcomes = array("i", [PENDING]) * kept
        self.offsets = array("q", [-1]) * kept
        self.statistics = Statistics()
        self._linger = linger
        self._run_id = run_id
        self._target = target
        self._confirmed = confirmed
        self._remembered = remembered
        self.places = places
        self._delivered = [0] * partitions
        self._bytes = [0] * partitions
        self._failed = 0
        self._failed_bytes = 0
        self._latencies = Latencies()
        self._from_send = Latencies()
        self._noted = Noted()
        self._next_sample = 0.0
        self._started_at = time.monotonic()
        self._measured_from = 0.0
        self._warm_up = self._warm_up_bytes = 0
        self._ended_at: float | None = None
        self.on_delivery = lingering(self._make_callback(), linger)
        """The delivery callback with sequence number and intended send time (None: when it was sent)."""
        self.on_numbered_delivery = lingering(self._make_numbered_callback(), linger)
        """The delivery callback with sequence number, of a run that is remembered and has no rate."""
        self.on_any_delivery = lingering(self._make_cheapest_callback(), linger)
        """The one delivery callback of all records, where none of them has to be known again."""

    @property
    def acked(self) -> int:
        return sum(self._delivered) if self._confirmed else 0

    @property
    def failed(self) -> int:
        return self._failed

    @property
    def reported(self) -> int:
        return sum(self._delivered) + self._failed

    @property
    def in_flight(self) -> int:
        reported = self.reported
        return self.sent - self.rejected - reported

    def acked_ends(self, partitions: int) -> list[int]:
        """By partition, the log end that the acked records ask for; 0 where none was acked."""
        if self.places is not None:
            ends = [Offsets.of(runs).end for runs in self.places.runs()]
            return ends + [0] * (partitions - len(ends))
        ends = [0] * partitions
        for partition, offset in zip(self.outcomes, self.offsets, strict=True):
            if partition >= 0 and offset >= ends[partition]:
                ends[partition] = offset + 1
        return ends

    @named
    def on_statistics(self, document: str) -> None:
        """The `stats_cb` of the producer.

        What waits to be counted is counted here where nobody takes snapshots: a parent that stands still
        (its terminal's ^Z) reads no frames, and the writer thread waits for it.
        """
        self.statistics.take(document)
        if len(self._latencies) > _LEFT_TO_SNAPSHOTS:
            self._latencies.folded()
            self._from_send.folded()

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

    @named
    def on_sampled_delivery(
        self, seq: int, due: float | None, error: DeliveryError | None, message: Message
    ) -> None:
        """The delivery callback of a record that the ack pane follows."""
        if error is None:
            self._sample(seq, due, message.partition(), message.offset(), message)
        self.on_delivery(seq, due, error, message)

    @named
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
        try:
            self._delivered[partition] += 1
        except IndexError:
            self._count_in_new(partition)
        self._bytes[partition] += len(message.key() or b"") + len(message.value() or b"")

    def take(self, reports: Reports) -> None:
        """Count the delivery reports of records in load mode."""
        if reports.error is not None:
            self._take_failed(reports, reports.error)
        else:
            self._take_delivered(reports, warm_up=not self._measured_from)
        if self._linger is not None and self._measured_from:
            self._linger()

    def _take_delivered(self, reports: Reports, *, warm_up: bool) -> None:
        partition, count = reports.partition, len(reports)
        if not warm_up:
            self._latencies.take_many(reports.latencies)
        if self.places is not None:
            self.places.take(partition, reports.offsets)
        if partition >= len(self._delivered):
            self._make_room_for(partition)
        self._delivered[partition] += count
        self._bytes[partition] += reports.size
        now = time.monotonic()
        if warm_up or now >= self._next_sample:
            self._next_sample = 0.0 if warm_up else now + 1 / SAMPLES_PER_S
            self._sample_first(reports, now, warm_up=warm_up)

    def on_fatal(self, code: str, text: str) -> None:
        """Count the error after which this producer can send no more."""
        self._noted.error(code, "producer", text)

    def reject(self, seq: int, where: str, code: str, text: str) -> None:
        """Count a record that never entered the client's queue."""
        if self._remembered:
            self.outcomes[seq] = REJECTED
        self.rejected += 1
        self._noted.error(code, where, text)
        if self.rejected <= _SAMPLED_FAILURES:
            self._sample(seq, time.monotonic(), None, None, None, error=code)

    def note(self, code: str, where: str, text: str) -> None:
        """Count an error that did nothing to its record."""
        self._noted.error(code, where, text)

    def snapshot(self) -> Frame:
        """The totals now; for any thread."""
        latency, latency_max = self._latencies.folded()
        from_send, from_send_max = self._from_send.folded()
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
            partition_bytes=self._bytes_of(delivered),
            latency=latency,
            latency_max_us=latency_max,
            latency_from_send=from_send,
            latency_from_send_max_us=from_send_max,
            ring=self.ring,
            payload_bytes=self._payload_bytes(),
            samples=self._noted.samples(),
            sampled=self._noted.sampled,
            errors=self._noted.errors(),
            batches=self.statistics.batches,
            client=self.statistics.client,
        )

    def _paused_until(self, at: float) -> float:
        since = self.paused_since
        return self.paused_s + (max(0.0, at - since) if since is not None else 0.0)

    def _payload_bytes(self) -> int:
        offered = self.offered_bytes
        if self.bytes_per_record is not None:
            offered = (self.sent - self.rejected) * self.bytes_per_record
        return offered - self._failed_bytes

    def _bytes_of(self, delivered: Sequence[int]) -> tuple[int, ...]:
        """By partition."""
        if (size := self.bytes_per_record) is not None:
            return tuple(count * size for count in delivered)
        return tuple(self._bytes)

    def _make_callback(self) -> DeliveryCallback:
        # A closure: its names are cells, a third cheaper than attributes at a million calls a second
        monotonic, delivered = time.monotonic, self._delivered
        outcomes, offsets, confirmed = self.outcomes, self.offsets, self._confirmed
        remembered, sizes = self._remembered, self._bytes
        took, took_from_send = self._latencies.took, self._from_send.took

        def on_delivery(seq: int, due: float | None, error: DeliveryError | None, message: Message) -> None:
            try:
                if error is not None:
                    self._fail(seq, due, error, message)
                    return
                partition = message.partition()
                # librdkafka's own figure: from produce() to this moment, also where poll() came late (tried)
                from_send: float = message.latency()  # type: ignore[assignment]
                if due is None:
                    took(from_send)
                else:
                    took(monotonic() - due)
                    took_from_send(from_send)
                if remembered:
                    outcomes[seq] = partition  # type: ignore[assignment]  # a delivered record has one
                    # no offset where the broker knew the batch again (a duplicate sequence)
                    if confirmed and (offset := message.offset()) is not None:
                        offsets[seq] = offset
                try:
                    delivered[partition] += 1  # type: ignore[index]
                except IndexError:
                    self._count_in_new(partition)  # type: ignore[arg-type]
                sizes[partition] += len(message.key() or b"") + len(message.value() or b"")  # type: ignore[index]
            except BaseException:  # noqa: TRY203  # see callbacks.named
                raise

        return on_delivery

    def _make_numbered_callback(self) -> Callable[[int, DeliveryError | None, Message], None]:
        outcomes, offsets, delivered = self.outcomes, self.offsets, self._delivered
        took = self._latencies.took

        def on_numbered_delivery(seq: int, error: DeliveryError | None, message: Message) -> None:
            try:
                if error is not None:
                    self._fail(seq, None, error, message)
                    return
                partition: int = message.partition()  # type: ignore[assignment]  # a delivered record has one
                outcomes[seq] = partition
                offset = message.offset()
                if offset is not None:  # none under acks=0, and where the broker knew the batch again
                    offsets[seq] = offset
                took(message.latency())  # type: ignore[arg-type]
                try:
                    delivered[partition] += 1
                except IndexError:
                    self._count_in_new(partition)
            except BaseException:  # noqa: TRY203  # see callbacks.named
                raise

        return on_numbered_delivery

    def _make_cheapest_callback(self) -> Callable[[DeliveryError | None, Message], None]:
        delivered, took = self._delivered, self._latencies.took

        def on_any_delivery(error: DeliveryError | None, message: Message) -> None:
            try:
                if error is None:
                    took(message.latency())  # type: ignore[arg-type]
                    try:
                        delivered[message.partition()] += 1  # type: ignore[index]
                    except IndexError:
                        self._count_in_new(message.partition())  # type: ignore[arg-type]
                else:
                    self._fail(NOT_FOLLOWED, None, error, message)
            except BaseException:  # noqa: TRY203  # see callbacks.named
                raise

        return on_any_delivery

    def _count_in_new(self, partition: int) -> None:
        """Count in a partition that was added while the run was on."""
        self._make_room_for(partition)
        self._delivered[partition] += 1

    def _make_room_for(self, partition: int) -> None:
        missing = partition + 1 - len(self._delivered)
        self._bytes += [0] * missing
        self._delivered += [0] * missing

    def _take_failed(self, reports: Reports, error: DeliveryError) -> None:
        code, count = error.name(), len(reports)
        if self._failed < _SAMPLED_FAILURES:
            self._sample_first(reports, time.monotonic(), error=code)
        self._failed += count
        self._failed_bytes += reports.size
        self._noted.error(code, "client" if code.startswith("_") else "broker", error.str(), count)

    def _sample_first(
        self, reports: Reports, now: float, *, error: str | None = None, warm_up: bool = False
    ) -> None:
        offset = reports.offsets[0] if error is None and self._confirmed and reports.offsets[0] >= 0 else None
        partition = reports.partition if reports.partition >= 0 else None
        sent_at, seq, key = now - reports.first_latency, reports.first, reports.key
        self._noted.sample(seq, sent_at, now, partition, offset, error=error, warm_up=warm_up, key=key)

    def _fail(self, seq: int, due: float | None, error: DeliveryError, message: Message) -> None:
        if self._remembered:
            self.outcomes[seq] = FAILED
        self._failed += 1
        self._failed_bytes += len(message.key() or b"") + len(message.value() or b"")
        code = error.name()
        self._noted.error(code, "client" if code.startswith("_") else "broker", error.str())
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
        key = message.key() if message else None
        self._noted.sample(seq, due, now, partition, offset, error=error, warm_up=warm_up, key=key)
