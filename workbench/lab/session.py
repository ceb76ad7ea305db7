"""The leader's side of one follower's fetches: where it stands, and what is news to it.

As in Kafka, a fetch says which offsets the follower wants next (so the leader learns its log ends), and
waits until there is something to answer. Like KIP-227's sessions, only partitions with news travel.
"""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.log import OutOfRange
from workbench.lab.record_batch import Batch
from workbench.lab.replica import Replica

_SOON_S = 0.01


class Wanted(NamedTuple):
    """One partition in a follower's fetch."""

    key: str
    offset: int
    high_watermark: int
    leader_epoch: int
    last_epoch: int
    """Of the last batch before `offset`; -1 for none."""


class Got(NamedTuple):
    """One partition in the leader's answer. Batches travel by reference."""

    key: str
    leader_epoch: int
    """What the fetch said."""
    error: ErrorCode
    batches: list[Batch]
    high_watermark: int
    log_start: int
    log_end: int = -1
    diverging: tuple[int, int] | None = None
    """Epoch and its end: the follower's log has another history (KIP-595)."""


class FetchLimits(NamedTuple):
    """replica.fetch.wait.max.ms (in s), replica.fetch.max.bytes, replica.fetch.response.max.bytes."""

    wait_s: float
    partition_bytes: int
    response_bytes: int


class Leader(Protocol):
    """A broker as its followers' sessions see it."""

    replicas: dict[str, Replica]
    """By the controller's key of the partition."""


class Broken(Exception):  # noqa: N818 (what happened to a connection)
    """The leader's process is dead: there is no answer."""


class _Position(NamedTuple):
    replica: Replica
    offset: int
    leader_epoch: int


class Session:
    """One connection of a follower; it ends where either of the two dies.

    Records are told at once. A high watermark that has moved waits a moment for records to travel with:
    nobody's acknowledgement depends on when followers hear of it.
    """

    def __init__(self, leader: Leader, follower: int, limits: FetchLimits) -> None:
        self._leader = leader
        self._follower = follower
        self._limits = limits
        self._positions: dict[str, _Position] = {}
        self._news: dict[str, None] = {}  # records, or an error to tell
        self._high_watermarks: dict[str, None] = {}
        self._waiter: asyncio.Future[None] | None = None
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None
        self.fetched = float("-inf")
        """When the follower last asked for anything (the event loop's time)."""
        self.broken = False

    async def fetch(self, wanted: Iterable[Wanted]) -> list[Got]:
        """Raises Broken."""
        if self.broken:
            raise Broken
        self.fetched = now = asyncio.get_running_loop().time()
        errors = [error for want in wanted if (error := self._take(want, now)) is not None]
        if not errors and not self._news:
            await self._wait(now)
        if self.broken:
            raise Broken
        return errors + self._collect()

    def wake(self) -> None:
        """End a waiting fetch, with what there is."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        """The connection is gone; a fetch that waits ends with Broken."""
        self.broken = True
        for timer in (self._timer, self._soon):
            if timer is not None:
                timer.cancel()
        for key in list(self._positions):
            self.forget(key)
        self.wake()

    def forget(self, key: str) -> None:
        position = self._positions.pop(key, None)
        if position is not None:
            position.replica.on_append.remove(self._appended)
            position.replica.on_advance.remove(self._advanced)
            position.replica.follower_left(self._follower)
        self._news.pop(key, None)
        self._high_watermarks.pop(key, None)

    def _take(self, want: Wanted, now: float) -> Got | None:
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
            return Got(want.key, want.leader_epoch, error, [], -1, -1)
        log = replica.log
        if want.last_epoch != log.last_epoch or not log.start <= want.offset <= log.end:
            refusal = _refusal(want, replica)
            if refusal is not None:
                return refusal
        if want.key not in self._positions:
            replica.on_append.append(self._appended)
            replica.on_advance.append(self._advanced)
        self._positions[want.key] = _Position(replica, want.offset, want.leader_epoch)
        if log.end > want.offset:
            self._news[want.key] = None
        replica.follower_fetched(self._follower, want.offset, now)
        if min(replica.high_watermark, want.offset) > want.high_watermark:
            self._advanced(want.key)
        return None

    def _appended(self, key: str) -> None:
        self._news[key] = None
        self.wake()

    def _advanced(self, key: str) -> None:
        self._high_watermarks[key] = None
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON_S, self._wake_soon)

    def _wake_soon(self) -> None:
        self._soon = None
        if self._high_watermarks:
            self.wake()

    async def _wait(self, now: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        self._until = now + self._limits.wait_s
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
        for key in [*self._news, *self._high_watermarks.keys() - self._news.keys()]:
            if room <= 0:
                break
            self._news.pop(key, None)
            self._high_watermarks.pop(key, None)
            answer = self._read(key, min(room, self._limits.partition_bytes))
            room -= sum(batch.size for batch in answer.batches)
            got.append(answer)
        return got

    def _read(self, key: str, room: int) -> Got:
        replica, offset, epoch = self._positions[key]
        log = replica.log
        try:
            batches = log.read(offset, room, log.end)
        except OutOfRange:  # retention was quicker
            return Got(key, epoch, ErrorCode.offset_out_of_range, [], -1, log.start, log.end)
        return Got(key, epoch, ErrorCode.none, batches, replica.high_watermark, log.start)


def _refusal(want: Wanted, replica: Replica) -> Got | None:
    """The follower must truncate first, or begin anew."""
    log = replica.log
    diverging = None
    if want.offset >= log.start and want.last_epoch >= 0:
        diverging = log.diverges(want.offset, want.last_epoch)
    if diverging is not None:
        return Got(want.key, want.leader_epoch, ErrorCode.none, [], -1, log.start, log.end, diverging)
    if log.start <= want.offset <= log.end:
        return None
    return Got(want.key, want.leader_epoch, ErrorCode.offset_out_of_range, [], -1, log.start, log.end)
