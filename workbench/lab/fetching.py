"""How followers get their batches: a fetcher on each follower for each leader, over a link between them.

As in Kafka, a fetch says which offsets the follower wants next (so the leader learns its log ends), and
waits at the leader until there is something to answer. Like KIP-227's sessions, only partitions with news
travel. Batches travel by reference.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import NamedTuple, Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.log import OutOfRange
from workbench.lab.record_batch import Batch
from workbench.lab.replica import Replica

log = logging.getLogger(__name__)


_SOON_S = 0.01
FATAL = "fatal"
"""In a loop's exception context: the lab cannot go on."""


class Wanted(NamedTuple):
    """One partition in a follower's fetch."""

    key: str
    offset: int
    high_watermark: int
    leader_epoch: int


class Got(NamedTuple):
    """One partition in the leader's answer."""

    key: str
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

    replicas: dict[str, Replica]
    """By the controller's key of the partition."""


class _Position(NamedTuple):
    replica: Replica
    offset: int
    high_watermark: int


class Session:
    """The leader's side of one follower's fetches: where it stands, and what is news to it.

    Records are told at once. A high watermark that has moved waits a moment for records to travel with:
    nobody's acknowledgement depends on when followers hear of it.
    """

    def __init__(self, leader: Leader, follower: int, limits: FetchLimits) -> None:
        self._leader = leader
        self._follower = follower
        self._limits = limits
        self._positions: dict[str, _Position] = {}
        self._records: dict[str, None] = {}
        self._high_watermarks: dict[str, None] = {}
        self._waiter: asyncio.Future[None] | None = None
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None

    async def fetch(self, wanted: Iterable[Wanted]) -> list[Got]:
        errors = [error for want in wanted if (error := self._take(want)) is not None]
        if not errors and not self._records:
            await self._wait()
        return errors + self._collect()

    def wake(self) -> None:
        """End a waiting fetch, with what there is."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        for timer in (self._timer, self._soon):
            if timer is not None:
                timer.cancel()

    def forget(self, key: str) -> None:
        position = self._positions.pop(key, None)
        if position is not None:
            position.replica.on_append.remove(self._appended)
            position.replica.on_advance.remove(self._advanced)
        self._records.pop(key, None)
        self._high_watermarks.pop(key, None)

    def _take(self, want: Wanted) -> Got | None:
        replica = self._leader.replicas.get(want.key)
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
            replica.on_append.append(self._appended)
            replica.on_advance.append(self._advanced)
        self._positions[want.key] = _Position(replica, want.offset, want.high_watermark)
        if replica.log.end > want.offset:
            self._records[want.key] = None
        replica.follower_fetched(self._follower, want.offset)
        if min(replica.high_watermark, want.offset) > want.high_watermark:
            self._advanced(want.key)
        return None

    def _appended(self, key: str) -> None:
        self._records[key] = None
        self.wake()

    def _advanced(self, key: str) -> None:
        self._high_watermarks[key] = None
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON_S, self._wake_soon)

    def _wake_soon(self) -> None:
        self._soon = None
        if self._high_watermarks:
            self.wake()

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        self._until = loop.time() + self._limits.wait_s
        if self._timer is None:
            self._timer = loop.call_at(self._until, self._waited)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _waited(self) -> None:
        """One timer for all waits: it finds out whether the wait of now is over."""
        self._timer = None
        if self._waiter is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._until:
            self.wake()
        else:
            self._timer = loop.call_at(self._until, self._waited)

    def _collect(self) -> list[Got]:
        got: list[Got] = []
        room = self._limits.response_bytes
        for key in [*self._records, *self._high_watermarks.keys() - self._records.keys()]:
            if room <= 0:
                break
            self._records.pop(key, None)
            self._high_watermarks.pop(key, None)
            answer = self._read(key, min(room, self._limits.partition_bytes))
            room -= sum(batch.size for batch in answer.batches)
            got.append(answer)
        return got

    def _read(self, key: str, room: int) -> Got:
        replica, offset, _ = self._positions[key]
        try:
            batches = replica.log.read(offset, room, replica.log.end)
        except OutOfRange:
            return Got(key, ErrorCode.offset_out_of_range, [], -1, replica.log.start)
        return Got(key, ErrorCode.none, batches, replica.high_watermark, replica.log.start)


class Link:
    """The way from a follower to a leader; in this process a call."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fetch(self, wanted: list[Wanted]) -> Coroutine[None, None, list[Got]]:
        return self._session.fetch(wanted)

    def wake(self) -> None:
        self._session.wake()

    def forget(self, key: str) -> None:
        self._session.forget(key)

    def close(self) -> None:
        self._session.close()


class Fetcher:
    """A follower's side: one task for all partitions that one leader leads."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._replicas: dict[str, Replica] = {}
        self._ask: dict[str, None] = {}  # what the next fetch says; the leader knows the rest
        self._go = asyncio.Event()
        self._go.set()
        self._task: asyncio.Task[None] | None = None

    def follow(self, key: str, replica: Replica) -> None:
        """Begin to fetch a partition. A fetch that waits is ended, so that the new one goes at once."""
        self._replicas[key] = replica
        self._ask[key] = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._ended)
        else:
            self._link.wake()

    def unfollow(self, key: str) -> None:
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
        self._link.close()

    @staticmethod
    def _ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a replica fetcher died", "exception": error, FATAL: True}
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

    def _wanted(self, key: str) -> Wanted:
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
