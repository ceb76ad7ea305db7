"""What a leader knows of its followers, and what follows for the ISR: Kafka's Partition and Replica.

Times are the event loop's, in seconds.
"""

import sys
from collections.abc import Callable, Mapping

NEVER = float("-inf")


class Follower:
    """One follower, as its fetches show it. `end` is its log end; -1 until its first fetch."""

    __slots__ = ("caught_up", "end", "fetched", "leader_end")

    def __init__(self, caught_up: float) -> None:
        self.end = -1
        self.caught_up = caught_up
        """When it last had all that the leader had."""
        self.fetched = NEVER
        """When it last asked for this partition."""
        self.leader_end = 0
        """Where the leader's log ended then."""

    def asks(self, offset: int, leader_end: int, now: float) -> None:
        """It has everything before `offset`."""
        if offset >= leader_end:
            self.caught_up = now
        elif offset >= self.leader_end:  # by now it has what there was when it asked before
            self.caught_up = max(self.caught_up, self.fetched)
        self.end, self.leader_end, self.fetched = offset, leader_end, now

    def behind_since(self, session_fetched: float) -> float:
        """Followers ask only for partitions with news, so one that had it all had it until its last fetch."""
        return max(self.caught_up, session_fetched) if self.end >= self.leader_end else self.caught_up


class InSync:
    """The ISR of a led partition: what the controller said, and what was asked of it and not yet answered.

    Until the answer the larger set counts for the high watermark (KIP-497).
    """

    def __init__(self, leader: int, eligible: Callable[[int], bool], max_lag_s: float) -> None:
        self.isr: tuple[int, ...] = ()
        self.asked: tuple[int, ...] | None = None
        self.followers: dict[int, Follower] = {}
        self._leader = leader
        self._eligible = eligible
        self._max_lag_s = max_lag_s
        self._inside: tuple[Follower, ...] = ()
        self._outside: tuple[int, ...] = ()
        self.waits_for_nobody = True
        self.some_outside = False

    def begin(self, replicas: tuple[int, ...], isr: tuple[int, ...], now: float) -> None:
        """A new leader knows nothing yet, and gives the ISR its time."""
        self.followers = {
            replica: Follower(now if replica in isr else NEVER)
            for replica in replicas
            if replica != self._leader
        }
        self.decided(isr)

    def decided(self, isr: tuple[int, ...]) -> None:
        self.isr = isr
        self.asked = None
        self._count()

    def refused(self) -> None:
        self.asked = None
        self._count()

    def ask(self, isr: tuple[int, ...]) -> None:
        self.asked = isr
        self._count()

    def _count(self) -> None:
        maximal = {*self.isr, *(self.asked or ())}
        self._inside = tuple(f for number, f in self.followers.items() if number in maximal)
        self._outside = tuple(number for number in self.followers if number not in maximal)
        self.waits_for_nobody, self.some_outside = not self._inside, bool(self._outside)

    @property
    def size(self) -> int:
        """Of the maximal ISR."""
        return len(self._inside) + 1

    def lowest_end(self, log_end: int, now: Callable[[], float]) -> int:
        """What all in the maximal ISR have, and those that are about to join it."""
        lowest = log_end
        for follower in self._inside:
            if follower.end < lowest:  # noqa: PLR1730 (the hottest line: a call would double it)
                lowest = follower.end
        if self.some_outside:
            return min(lowest, self._lowest_to_join(now()))
        return lowest

    def _lowest_to_join(self, now: float) -> int:
        return min(
            (
                follower.end
                for number, follower in self.followers.items()
                if number in self._outside
                and now - follower.caught_up <= self._max_lag_s
                and self._eligible(number)
            ),
            default=sys.maxsize,
        )

    def grown(self, needed_end: int) -> tuple[int, ...] | None:
        """The ISR with a follower whose log reaches `needed_end`; None where there is none outside it."""
        if self.asked is not None:
            return None
        for number in self._outside:
            if self.followers[number].end >= needed_end and self._eligible(number):
                return (*self.isr, number)
        return None

    def shrunk(self, log_end: int, now: float, sessions: Mapping[int, float]) -> tuple[int, ...] | None:
        """The ISR without followers that have lagged for too long; None where it need not shrink.

        `sessions`: when each follower last fetched anything from this broker.
        """
        if self.asked is not None:
            return None
        left = tuple(number for number in self.isr if not self._lags(number, log_end, now, sessions))
        return left if len(left) < len(self.isr) else None

    def _lags(self, number: int, log_end: int, now: float, sessions: Mapping[int, float]) -> bool:
        follower = self.followers.get(number)
        if follower is None or follower.end == log_end:
            return False
        return now - follower.behind_since(sessions.get(number, NEVER)) > self._max_lag_s
