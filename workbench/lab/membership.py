"""The brokers as the controller holds them: registrations, sessions, fencing (Kafka's ClusterControlManager).

Times are passed in, in seconds of one clock.
"""

from typing import NamedTuple, Protocol

from workbench.lab.answers import Node
from workbench.lab.topic import Topic


class Living(NamedTuple):
    """`nodes` are not fenced, in order of id; `active` are those of them that are not shutting down."""

    nodes: tuple[Node, ...]
    active: frozenset[int]


class Member(Protocol):
    """A broker as the controller speaks to it."""

    @property
    def node(self) -> Node: ...
    @property
    def hears(self) -> bool:
        """Whether the controller's word reaches it now; what did not is made up for by `caught_up`."""
        ...

    def topic_changed(self, topic: Topic) -> None: ...
    def topic_deleted(self, topic: Topic) -> None: ...
    def brokers_changed(self, living: Living) -> None: ...
    def caught_up(self, topics: dict[str, Topic], living: Living) -> None: ...


class Duplicate(Exception):  # noqa: N818 (an answer to a broker)
    """DUPLICATE_BROKER_REGISTRATION: the session of the broker's former life is still good."""


class _Registration:
    __slots__ = ("contact", "fenced", "leaving", "member")

    def __init__(self, member: Member, contact: float, *, fenced: bool) -> None:
        self.member = member
        self.contact = contact
        self.fenced = fenced
        self.leaving = False


class Membership:
    """By broker id, in order of id."""

    def __init__(self, session_timeout_s: float) -> None:
        self.timeout_s = session_timeout_s
        self._registered: dict[int, _Registration] = {}
        self._behind: set[int] = set()

    def __contains__(self, broker: object) -> bool:
        return broker in self._registered

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(self._registered)

    def member(self, broker: int) -> Member:
        return self._registered[broker].member

    def members(self) -> list[Member]:
        """Those that hear; the others are noted as behind.

        A broker that is behind hears nothing more until it has caught up with all.
        """
        hearing = []
        for number, registration in self._registered.items():
            if number not in self._behind and registration.member.hears:
                hearing.append(registration.member)
            else:
                self._behind.add(number)
        return hearing

    def living(self) -> Living:
        return Living(
            tuple(one.member.node for one in self._registered.values() if not one.fenced),
            frozenset(filter(self.active, self._registered)),
        )

    def is_behind(self, broker: int) -> bool:
        return broker in self._behind

    def has_caught_up(self, broker: int) -> None:
        self._behind.discard(broker)

    def active(self, broker: int) -> bool:
        """May lead and be in an ISR: neither fenced nor leaving."""
        known = self._registered.get(broker)
        return known is not None and not known.fenced and not known.leaving

    def fenced(self, broker: int) -> bool:
        known = self._registered.get(broker)
        return known is None or known.fenced

    def begin(self, broker: int, member: Member, now: float, *, fenced: bool) -> None:
        """Raises Duplicate."""
        known = self._registered.get(broker)
        if known is not None and not known.fenced and now < known.contact + self.timeout_s:
            raise Duplicate
        self._registered[broker] = _Registration(member, now, fenced=fenced)
        self._registered = dict(sorted(self._registered.items()))
        self._behind.add(broker)

    def touch(self, broker: int, now: float) -> None:
        self._registered[broker].contact = now

    def set_fenced(self, broker: int, *, fenced: bool) -> None:
        self._registered[broker].fenced = fenced

    def set_leaving(self, broker: int) -> None:
        self._registered[broker].leaving = True

    def stale(self, now: float) -> list[int]:
        """Whose session has ended and who is not fenced yet."""
        return [number for number, one in self._registered.items() if self._ends(one) <= now]

    def session_left(self, broker: int, now: float) -> float | None:
        """Seconds until it is fenced if it is not heard of before; None where it is fenced."""
        known = self._registered.get(broker)
        return None if known is None or known.fenced else max(0.0, self._ends(known) - now)

    def next_end(self) -> float | None:
        """When the next session ends if nobody is heard of."""
        return min((self._ends(one) for one in self._registered.values() if not one.fenced), default=None)

    def _ends(self, one: _Registration) -> float:
        return float("inf") if one.fenced else one.contact + self.timeout_s
