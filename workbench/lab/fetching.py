"""How followers get their batches: a fetcher on each follower for each leader, over a link between them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.condition import Condition
from workbench.lab.replica import Replica
from workbench.lab.session import Broken, Got, Session, Wanted

log = logging.getLogger(__name__)

FATAL = "fatal"
"""In a loop's exception context: the lab cannot go on."""


class Peer(Protocol):
    """The leader's broker, as a link to it sees it."""

    condition: Condition

    def session_for(self, follower: int) -> Session:
        """A new one, also where there is one: the follower has connected anew."""
        ...


class Link:
    """The way from a follower to a leader.

    What is sent while it is cut, or while the leader is frozen, arrives later; if the leader dies, never.
    """

    def __init__(self, follower: int, mine: Condition, peer: Peer) -> None:
        self._follower = follower
        self._mine = mine
        self._peer = peer
        self._session: Session | None = None
        self.lying: list[Got] = []
        """An answer that has come and is not taken yet: the follower is frozen."""

    async def fetch(self, wanted: Callable[[], list[Wanted]]) -> list[Got]:
        """Raises Broken, also where the leader began a new life since the last fetch."""
        mine, theirs = self._mine, self._peer.condition
        if mine.frozen:
            await mine.thawed()
        if not theirs.up:
            raise Broken
        if self._session is None:
            self._session = self._peer.session_for(self._follower)
        session = self._session
        asked = wanted()
        if delay := mine.delay_s + theirs.delay_s:
            await asyncio.sleep(delay)
        if theirs.frozen or theirs.isolated or mine.isolated:
            await theirs.until(lambda: not self._cut or session.broken)
        try:
            answer = await session.fetch(asked)
        except Broken:
            self._session = None
            raise
        if theirs.frozen or theirs.isolated or mine.isolated or mine.frozen:
            self.lying = answer
            try:
                await theirs.until(lambda: (not self._cut or session.broken) and not mine.frozen)
            finally:
                self.lying = []
        return answer

    @property
    def _cut(self) -> bool:
        theirs = self._peer.condition
        return theirs.frozen or theirs.isolated or self._mine.isolated

    def wake(self) -> None:
        if self._session is not None:
            self._session.wake()

    def forget(self, key: str) -> None:
        if self._session is not None:
            self._session.forget(key)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


class Fetcher:
    """A follower's side: one task for all partitions that one leader leads."""

    def __init__(self, link: Link, backoff_s: float) -> None:
        self._link = link
        self._backoff_s = backoff_s
        self._replicas: dict[str, Replica] = {}
        self._ask: dict[str, None] = {}  # what the next fetch says; the leader knows the rest
        self._go = asyncio.Event()
        self._go.set()
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def follow(self, key: str, replica: Replica) -> None:
        """Begin to fetch a partition. A fetch that waits is ended, so that the new one goes at once."""
        self._replicas[key] = replica
        self._ask[key] = None
        self._work.set()
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

    def lying(self, key: str) -> int:
        """How many of a partition's records lie in the follower's socket."""
        answer = next((got for got in self._link.lying if got.key == key), None)
        if answer is None or not answer.batches or key not in self._replicas:
            return 0
        return max(0, answer.batches[-1].next_offset - self._replicas[key].log.end)

    def stop(self) -> None:
        """At once; the follower's process is dead."""
        if self._task is not None:
            self._task.cancel()
        self._link.close()

    async def close(self) -> None:
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    @staticmethod
    def _ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a replica fetcher died", "exception": error, FATAL: True}
            task.get_loop().call_exception_handler(context)

    async def _run(self) -> None:
        while True:
            await self._go.wait()
            if not self._replicas:
                self._work.clear()
                await self._work.wait()
            try:
                answer = await self._link.fetch(self._next)
            except Broken:
                await asyncio.sleep(self._backoff_s)
                self._ask = dict.fromkeys(self._replicas)  # a new session knows nothing
                continue
            taken = self._go.is_set()
            for got in answer:
                self._ask[got.key] = None
                if taken:
                    self._take(got)

    def _next(self) -> list[Wanted]:
        wanted = [self._wanted(key) for key in self._ask if key in self._replicas]
        self._ask.clear()
        return wanted

    def _wanted(self, key: str) -> Wanted:
        replica = self._replicas[key]
        log = replica.log
        return Wanted(key, log.end, replica.high_watermark, replica.partition.leader_epoch, log.last_epoch)

    def _take(self, got: Got) -> None:
        replica = self._replicas.get(got.key)
        if replica is None:  # deleted meanwhile, or somebody else leads
            del self._ask[got.key]
        elif got.leader_epoch != replica.partition.leader_epoch:
            return  # asked before the controller's newest word
        elif got.diverging is not None:
            replica.truncate(*got.diverging)
        elif got.error == ErrorCode.offset_out_of_range:
            replica.restart_at(got.log_start, got.log_end)
        elif got.error:
            log.info("%s: replica fetch answered %s", replica.where, got.error.name)
            del self._ask[got.key]
            asyncio.get_running_loop().call_later(self._backoff_s, self._again, got.key)
        else:
            replica.append_from_leader(got.batches)
            replica.heard(got.high_watermark, got.log_start)

    def _again(self, key: str) -> None:
        if key in self._replicas and key not in self._ask:
            self._ask[key] = None
            self._link.wake()
