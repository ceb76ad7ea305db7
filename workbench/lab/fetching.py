"""How followers get their batches: a fetcher on each follower for each leader, over a link between them.

As in Kafka, a fetch says which offsets the follower wants next (so the leader learns its log ends), and
waits at the leader until there is something to answer. Like KIP-227's sessions, only partitions with news
travel. Batches travel by reference.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import NamedTuple, Protocol
from uuid import UUID

from kio.schema.errors import ErrorCode

from workbench.lab.log import OutOfRange
from workbench.lab.record_batch import Batch
from workbench.lab.replica import Replica

log = logging.getLogger(__name__)

Key = tuple[UUID, int]
"""A partition: topic id and index."""


class Wanted(NamedTuple):
    """One partition in a follower's fetch."""

    key: Key
    offset: int
    high_watermark: int
    leader_epoch: int


class Got(NamedTuple):
    """One partition in the leader's answer."""

    key: Key
    error: ErrorCode
    batches: list[Batch]
    high_watermark: int
    log_start: int


class FetchLimits(NamedTuple):
    """replica.fetch.wait.max.ms (in s), replica.fetch.max.bytes, replica.fetch.response.max.bytes."""

    wait_s: float
    partition_bytes: int
    response_bytes: int


class Leader(Protocol):
    """A broker as its followers' links see it."""

    def replica(self, key: Key) -> Replica | None: ...


class _Position(NamedTuple):
    replica: Replica
    offset: int
    high_watermark: int


class Session:
    """The leader's side of one follower's fetches: where it stands, and what is news to it."""

    def __init__(self, leader: Leader, follower: int, limits: FetchLimits) -> None:
        self._leader = leader
        self._follower = follower
        self._limits = limits
        self._positions: dict[Key, _Position] = {}
        self._news: dict[Key, None] = {}
        self._waiter: asyncio.Future[None] | None = None

    async def fetch(self, wanted: Iterable[Wanted]) -> list[Got]:
        errors = [error for want in wanted if (error := self._take(want)) is not None]
        if not errors and not self._news:
            await self._wait()
        return errors + self._collect()

    def wake(self) -> None:
        """End a waiting fetch, with what there is."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def forget(self, key: Key) -> None:
        position = self._positions.pop(key, None)
        if position is not None:
            position.replica.on_append.remove(self._told)
        self._news.pop(key, None)

    def _take(self, want: Wanted) -> Got | None:
        replica = self._leader.replica(want.key)
        error = ErrorCode.none
        if replica is None:
            error = ErrorCode.unknown_topic_id
        elif not replica.is_leader:
            error = ErrorCode.not_leader_or_follower
        elif want.leader_epoch != replica.partition.leader_epoch:
            newer = want.leader_epoch > replica.partition.leader_epoch
            error = ErrorCode.unknown_leader_epoch if newer else ErrorCode.fenced_leader_epoch
        if replica is None or error:
            return Got(want.key, error, [], -1, -1)
        if want.key not in self._positions:
            replica.on_append.append(self._told)
        self._positions[want.key] = position = _Position(replica, want.offset, want.high_watermark)
        replica.follower_fetched(self._follower, want.offset)
        if self._has_news(position):
            self._news[want.key] = None
        return None

    def _has_news(self, position: _Position) -> bool:
        replica = position.replica
        return replica.log.end > position.offset or (
            min(replica.high_watermark, position.offset) > position.high_watermark
        )

    def _told(self, replica: Replica) -> None:
        self._news[replica.topic.id, replica.partition.index] = None
        self.wake()

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(self._limits.wait_s, self.wake)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _collect(self) -> list[Got]:
        got: list[Got] = []
        room = self._limits.response_bytes
        for key in list(self._news):
            if room <= 0:
                break
            del self._news[key]
            replica, offset, _ = self._positions[key]
            try:
                batches = replica.log.read(
                    offset, min(room, self._limits.partition_bytes), replica.log.end, at_least_one=True
                )
            except OutOfRange:
                got.append(Got(key, ErrorCode.offset_out_of_range, [], -1, replica.log.start))
                continue
            room -= sum(batch.size for batch in batches)
            got.append(Got(key, ErrorCode.none, batches, replica.high_watermark, replica.log.start))
        return got


class Link:
    """The way from a follower to a leader; in this process a call."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def fetch(self, wanted: list[Wanted]) -> list[Got]:
        return await self._session.fetch(wanted)

    def wake(self) -> None:
        self._session.wake()

    def forget(self, key: Key) -> None:
        self._session.forget(key)


class Fetcher:
    """A follower's side: one task for all partitions that one leader leads."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._replicas: dict[Key, Replica] = {}
        self._ask: dict[Key, None] = {}  # what the next fetch says; the leader knows the rest
        self._go = asyncio.Event()
        self._go.set()
        self._task: asyncio.Task[None] | None = None

    def follow(self, key: Key, replica: Replica) -> None:
        """Begin to fetch a partition. A fetch that waits is ended, so that the new one goes at once."""
        self._replicas[key] = replica
        self._ask[key] = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._ended)
        else:
            self._link.wake()

    def unfollow(self, key: Key) -> None:
        self._replicas.pop(key, None)
        self._ask.pop(key, None)
        self._link.forget(key)

    def pause(self, paused: bool) -> None:
        """While paused nothing is fetched, and what a fetch under way brings is dropped."""
        if paused:
            self._go.clear()
        else:
            self._go.set()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @staticmethod
    def _ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a replica fetcher died", "exception": error}
            task.get_loop().call_exception_handler(context)

    async def _run(self) -> None:
        while True:
            await self._go.wait()
            wanted = [self._wanted(key) for key in self._ask if key in self._replicas]
            self._ask.clear()
            answer = await self._link.fetch(wanted)
            taken = self._go.is_set()
            for got in answer:
                self._ask[got.key] = None
                if taken:
                    self._take(got)

    def _wanted(self, key: Key) -> Wanted:
        replica = self._replicas[key]
        return Wanted(key, replica.log.end, replica.high_watermark, replica.partition.leader_epoch)

    def _take(self, got: Got) -> None:
        replica = self._replicas.get(got.key)
        if replica is None:  # deleted meanwhile
            del self._ask[got.key]
        elif got.error:
            log.warning("%s: replica fetch answered %s", replica.where, got.error.name)
            del self._ask[got.key]  # until the controller says something new
        else:
            replica.append_from_leader(got.batches)
            replica.heard(got.high_watermark, got.log_start)
