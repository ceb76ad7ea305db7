"""One broker's copy of a partition: as its leader, or as a follower, by what the controller last said."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.in_sync import InSync
from workbench.lab.log import Log
from workbench.lab.moments import Moments
from workbench.lab.producer_state import ProducerState
from workbench.lab.record_batch import Batch, Checked, Rejected, check
from workbench.lab.retention import Budget
from workbench.lab.topic import Partition, Topic

Watcher = Callable[[], None]


class Appended(NamedTuple):
    """`next_offset` is what the high watermark must reach before acks=all is answered."""

    base_offset: int
    next_offset: int
    duplicate: bool
    max_timestamp: int


class Home(Protocol):
    """The broker, as its replicas need it."""

    id: int
    max_lag_s: float
    moments: Moments

    def now(self) -> float:
        """The event loop's time."""
        ...

    def eligible(self, broker: int) -> bool:
        """Whether a follower may join an ISR, as far as this broker knows."""
        ...

    def wants_isr(self, replica: "Replica", isr: tuple[int, ...]) -> None:
        """Ask the controller for another ISR."""

    def truncated(self, replica: "Replica", records: int) -> None: ...


class Stored(NamedTuple):
    """What of a replica is on disk, or would be."""

    log: Log
    high_watermark: int


class Replica:
    """Begins to lead at once where the controller said so.

    `high_watermark` is what this broker knows: the leader decides it, a follower hears of it with its
    next fetch.
    """

    def __init__(
        self, home: Home, topic: Topic, partition: Partition, budget: Budget, stored: Stored | None = None
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.log = stored.log if stored else Log()
        self.high_watermark = stored.high_watermark if stored else 0
        self.is_leader = False
        self.epoch_start = 0
        """Where the leader's log ended when it began to lead."""
        self.on_append: list[Callable[[str], None]] = []
        self.on_advance: list[Callable[[str], None]] = []
        """Followers' sessions: told (with the partition's key) of appends and of the high watermark."""
        self.in_sync = InSync(home.id, home.eligible, home.max_lag_s)
        self.minimum_isr = topic.minimum_isr(partition)
        self._home = home
        self._budget = budget
        self._producers = ProducerState()
        self._producers.rebuild(self.log, self.log.start)
        self._awaited: deque[tuple[int, asyncio.Future[ErrorCode]]] = deque()
        self._watchers: set[Watcher] = set()
        if partition.leader == home.id:
            self._lead()

    @property
    def broker(self) -> int:
        return self._home.id

    @property
    def where(self) -> str:
        return f"{self.topic.name}-{self.partition.index}"

    @property
    def stored(self) -> Stored:
        return Stored(self.log, self.high_watermark)

    # ── what the controller says ──────────────────────────────────────────────────────────────────

    def decided(self, topic: Topic, partition: Partition) -> None:
        """The controller's newest word about this partition."""
        before = self.partition
        self.topic, self.partition = topic, partition
        self.minimum_isr = topic.minimum_isr(partition)
        if partition.leader != self._home.id:
            if self.is_leader:
                self._resign(ErrorCode.not_leader_or_follower)
        elif not self.is_leader or partition.leader_epoch != before.leader_epoch:
            self._lead()
        else:
            self.in_sync.decided(partition.isr)
            self.reconsider()

    def gone(self, error: ErrorCode = ErrorCode.unknown_topic_or_partition) -> None:
        """The topic was deleted, or the broker is dead: whoever waits for it is answered."""
        self._resign(error)

    def _lead(self) -> None:
        self.is_leader = True
        self.epoch_start = self.log.end
        self.log.begin_epoch(self.partition.leader_epoch)
        self.in_sync.begin(self.partition.replicas, self.partition.isr, self._home.now())
        self._budget.leads(self)
        self._advance()

    def _resign(self, error: ErrorCode) -> None:
        self.is_leader = False
        self._budget.gone(self)
        while self._awaited:
            _, waiter = self._awaited.popleft()
            if not waiter.done():
                waiter.set_result(error)
        self._told()

    # ── the leader ────────────────────────────────────────────────────────────────────────────────

    def append_from_producer(self, raw: bytes, acks: int, taken: float = 0.0) -> Appended:
        """`taken`: when the request's turn came. Raises Rejected."""
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
            if self._home.moments.on:
                self._home.moments.came_again(self.partition.key, original)
            return Appended(original, end, True, batch.max_timestamp)
        return self._append(batch, taken)

    def _append(self, checked: Checked, taken: float) -> Appended:
        self._budget.before_append()
        batch = checked.at(self.log.end, self.partition.leader_epoch)
        self.log.append(batch)
        self._budget.appended(batch)
        self._producers.appended(batch)
        if self._home.moments.on:
            self._home.moments.appended(
                self.partition.key, self._home.id, batch.base_offset, batch.next_offset, taken
            )
        for told in self.on_append:
            told(self.partition.key)
        if self.in_sync.waits_for_nobody:
            self._advance()
        return Appended(batch.base_offset, batch.next_offset, False, batch.max_timestamp)

    def follower_fetched(self, number: int, offset: int, now: float) -> None:
        """A follower asks from `offset` on: it has everything before."""
        in_sync = self.in_sync
        follower = in_sync.followers.get(number)
        if follower is None:
            return
        before = follower.end
        follower.asks(offset, self.log.end, now)
        if in_sync.some_outside:
            self._let_in()
        if offset != before:
            self._advance()

    def follower_left(self, number: int) -> None:
        """Its connection is gone; when it comes back its log may be another one."""
        follower = self.in_sync.followers.get(number)
        if follower is not None:
            follower.end = -1

    def reconsider(self) -> None:
        """The ISR, or who may be in it, is another one."""
        self._advance()
        self._let_in()

    def _let_in(self) -> None:
        """Ask for the ISR to grow by a follower that has caught up."""
        grown = self.in_sync.grown(max(self.high_watermark, self.epoch_start))
        if grown is not None:
            self._want(grown)

    def drop_laggards(self, now: float, sessions: Mapping[int, float]) -> None:
        """Kafka's isr-expiration. `sessions`: when each follower last fetched from this broker."""
        self._advance()
        left = self.in_sync.shrunk(self.log.end, now, sessions)
        if left is not None:
            self._want(left)

    def _want(self, isr: tuple[int, ...]) -> None:
        self.in_sync.ask(isr)
        self._home.wants_isr(self, isr)

    def _advance(self) -> None:
        """The high watermark is the lowest log end in the ISR; below the minimum ISR it stays (KIP-966)."""
        if len(self.partition.isr) < self.minimum_isr:
            return
        lowest = self.in_sync.lowest_end(self.log.end, self._home.now)
        if lowest <= self.high_watermark:
            return
        self.high_watermark = lowest
        if self._home.moments.on:
            self._home.moments.committed(self.partition.key, lowest)
        while self._awaited and self._awaited[0][0] <= lowest:
            _, waiter = self._awaited.popleft()
            if not waiter.done():
                waiter.set_result(self._enough())
        for told in self.on_advance:
            told(self.partition.key)
        self._told()

    def _enough(self) -> ErrorCode:
        """Of what the high watermark has passed: the ISR may have shrunk since it was appended."""
        enough = self.in_sync.size >= self.minimum_isr
        return ErrorCode.none if enough else ErrorCode.not_enough_replicas_after_append

    def replicated(self, next_offset: int) -> asyncio.Future[ErrorCode] | None:
        """Resolves when the high watermark has reached `next_offset`; None where it already has."""
        if self.high_watermark >= next_offset and not self._enough():
            return None
        waiter: asyncio.Future[ErrorCode] = asyncio.get_running_loop().create_future()
        if self.high_watermark >= next_offset:
            waiter.set_result(self._enough())
            return waiter
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
            if self._home.moments.on:
                self._home.moments.followed(self.partition.key, self._home.id, batch.base_offset)

    def heard(self, high_watermark: int, log_start: int) -> None:
        """What the leader's answer said besides batches."""
        if log_start > self.log.start:
            self.log.trim(log_start)
        known = min(high_watermark, self.log.end)
        if known > self.high_watermark:
            self.high_watermark = known
            self._told()

    def truncate(self, epoch: int, end: int) -> None:
        """The leader's history is another one: in it, `epoch` ends at `end`."""
        self._cut(self.log.truncate(self.log.shared_with(epoch, end)))

    def restart_at(self, leader_start: int, leader_end: int) -> None:
        """The leader does not have the offset that was asked for: too old, or never written."""
        if self.log.end > leader_end:
            self._cut(self.log.truncate(leader_end))
            return
        self.log.restart_at(leader_start)
        self._cut(0)

    def _cut(self, records: int) -> None:
        self.high_watermark = max(self.log.start, min(self.high_watermark, self.log.end))
        self._producers.rebuild(self.log, self.log.start)
        if records:
            self._home.truncated(self, records)

    # ── consumers that wait for more ──────────────────────────────────────────────────────────────

    def watch(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)

    def _told(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
