"""One broker's copy of a partition, and what its leader knows of the other copies."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from kio.schema.errors import ErrorCode

from workbench.lab.controller import Partition, Topic
from workbench.lab.log import Log
from workbench.lab.producer_state import ProducerState
from workbench.lab.record_batch import Batch, Checked, Rejected, check
from workbench.lab.retention import Budget

Watcher = Callable[[], None]


class Appended(NamedTuple):
    """`next_offset` is what the high watermark must reach before acks=all is answered."""

    base_offset: int
    next_offset: int
    duplicate: bool
    max_timestamp: int


class Replica:
    """Leader or follower, by what the controller last said.

    `high_watermark` is what this broker knows: the leader decides it, a follower hears of it with its
    next fetch.
    """

    def __init__(self, broker: int, topic: Topic, partition: Partition, budget: Budget) -> None:
        self.broker = broker
        self.topic = topic
        self.partition = partition
        self.log = Log()
        self.high_watermark = 0
        self.follower_ends: dict[int, int] = {}
        self.on_append: list[Callable[[str], None]] = []
        self.on_advance: list[Callable[[str], None]] = []
        """Followers' sessions: told (with the partition's key) of appends and of the high watermark."""
        self._budget = budget
        self._producers = ProducerState()
        self._awaited: deque[tuple[int, asyncio.Future[ErrorCode]]] = deque()
        self._watchers: set[Watcher] = set()

    @property
    def is_leader(self) -> bool:
        return self.partition.leader == self.broker

    @property
    def where(self) -> str:
        return f"{self.topic.name}-{self.partition.index}"

    @property
    def minimum_isr(self) -> int:
        return min(self.topic.config.min_insync_replicas, len(self.partition.replicas))

    def decided(self, topic: Topic, partition: Partition) -> None:
        """The controller's newest word about this partition."""
        self.topic, self.partition = topic, partition

    def gone(self) -> None:
        """The topic was deleted: whoever waits for it is answered."""
        while self._awaited:
            _, waiter = self._awaited.popleft()
            if not waiter.done():
                waiter.set_result(ErrorCode.unknown_topic_or_partition)
        self._budget.gone(self)
        self._told()

    # ── the leader ────────────────────────────────────────────────────────────────────────────────

    def append_from_producer(self, raw: bytes, acks: int) -> Appended:
        """Raises Rejected."""
        if acks == -1 and len(self.partition.isr) < self.minimum_isr:
            raise Rejected(
                ErrorCode.not_enough_replicas,
                f"The size of the current ISR {list(self.partition.isr)} is insufficient to satisfy the "
                f"min.isr requirement of {self.minimum_isr} for partition {self.where}",
            )
        batch = check(raw, self.topic.config.rules, self.where)
        original = self._producers.duplicate_of(batch)
        if original is not None:
            end = original + batch.last_delta + 1
            return Appended(original, end, True, batch.max_timestamp)
        return self._append(batch)

    def _append(self, checked: Checked) -> Appended:
        self._budget.before_append(self)
        batch = checked.at(self.log.end, self.partition.leader_epoch)
        self.log.append(batch)
        self._budget.appended(self, batch)
        self._producers.appended(batch)
        for told in self.on_append:
            told(self.partition.key)
        if len(self.partition.isr) == 1:
            self._advance()
        return Appended(batch.base_offset, batch.next_offset, False, batch.max_timestamp)

    def follower_fetched(self, follower: int, offset: int) -> None:
        """A follower asks from `offset` on: it has everything before."""
        if self.follower_ends.get(follower) != offset:
            self.follower_ends[follower] = offset
            self._advance()

    def _advance(self) -> None:
        """The high watermark is the lowest log end in the ISR; below the minimum ISR it stays (KIP-966)."""
        isr = self.partition.isr
        if len(isr) < self.minimum_isr:
            return
        ends = self.follower_ends
        lowest = min(self.log.end if member == self.broker else ends.get(member, 0) for member in isr)
        if lowest <= self.high_watermark:
            return
        self.high_watermark = lowest
        while self._awaited and self._awaited[0][0] <= lowest:
            _, waiter = self._awaited.popleft()
            if not waiter.done():
                waiter.set_result(ErrorCode.none)
        for told in self.on_advance:
            told(self.partition.key)
        self._told()

    def replicated(self, next_offset: int) -> asyncio.Future[ErrorCode] | None:
        """Resolves when the high watermark has reached `next_offset`; None where it already has."""
        if self.high_watermark >= next_offset:
            return None
        waiter: asyncio.Future[ErrorCode] = asyncio.get_running_loop().create_future()
        if self._awaited and self._awaited[-1][0] > next_offset:  # a duplicate of an earlier batch
            self._awaited.append((next_offset, waiter))
            self._awaited = deque(sorted(self._awaited, key=lambda item: item[0]))
        else:
            self._awaited.append((next_offset, waiter))
        return waiter

    # ── a follower ────────────────────────────────────────────────────────────────────────────────

    def append_from_leader(self, batches: list[Batch]) -> None:
        for batch in batches:
            self.log.append(batch)
            self._producers.appended(batch)

    def heard(self, high_watermark: int, log_start: int) -> None:
        """What the leader's answer said besides batches."""
        if log_start > self.log.start:
            self.log.trim(log_start)
        known = min(high_watermark, self.log.end)
        if known > self.high_watermark:
            self.high_watermark = known
            self._told()

    # ── consumers that wait for more ──────────────────────────────────────────────────────────────

    def watch(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)

    def _told(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
