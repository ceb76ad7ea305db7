"""A classic group and its members: who there is, what they can speak, who leads. Kafka's ClassicGroup."""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import Enum

from kio.schema.errors import ErrorCode

from workbench.lab.groups.said import (
    UNKNOWN_MEMBER,
    GroupError,
    Identity,
    Join,
    Joined,
    JoinedMember,
    Synced,
    Timer,
)

ToJoiner = Callable[[Joined], None]
ToSyncer = Callable[[Synced], None]


class State(Enum):
    """By Kafka's names, as ListGroups and DescribeGroups spell them."""

    EMPTY = "Empty"
    PREPARING_REBALANCE = "PreparingRebalance"
    COMPLETING_REBALANCE = "CompletingRebalance"
    STABLE = "Stable"
    DEAD = "Dead"


class Member:
    """`joining` and `syncing` answer its request that waits, if one does."""

    def __init__(self, member_id: str, join: Join) -> None:
        self.id = member_id
        self.instance_id = join.who.instance_id
        self.client_id = join.client_id
        self.client_host = join.client_host
        self.is_new = True
        self.assignment = b""
        self.joining: ToJoiner | None = None
        self.syncing: ToSyncer | None = None
        self.session: Timer | None = None
        self.asked(join)

    def asked(self, join: Join) -> None:
        """Take over what its newest JoinGroup says."""
        self.session_timeout_ms = join.session_timeout_ms
        self.rebalance_timeout_ms = join.rebalance_timeout_ms
        self.protocols = dict(join.protocols)

    @property
    def is_static(self) -> bool:
        return self.instance_id is not None

    @property
    def may_be_silent(self) -> bool:
        """Its request waits for the others, and a connection is served one request at a time."""
        return (self.joining is not None and not self.is_new) or self.syncing is not None

    def speaks(self, protocols: Mapping[str, bytes]) -> bool:
        """Whether it said the same before, in the same order."""
        return list(self.protocols.items()) == list(protocols.items())

    def answer_join(self, joined: Joined) -> None:
        if self.joining is not None:
            reply, self.joining = self.joining, None
            reply(joined)

    def answer_sync(self, synced: Synced) -> None:
        if self.syncing is not None:
            reply, self.syncing = self.syncing, None
            reply(synced)


class Group:
    """Members in the order in which they came. A group without a protocol type has only offsets."""

    def __init__(self, group_id: str) -> None:
        self.id = group_id
        self.state = State.EMPTY
        self.previous_state = State.EMPTY
        self.generation = 0
        self.protocol_type: str | None = None
        self.protocol: str | None = None
        self.leader: str | None = None
        self.members: dict[str, Member] = {}
        self.static: dict[str, str] = {}
        """Member id by instance id."""
        self.pending: dict[str, Timer] = {}
        """Members that were told their id and have not joined with it yet."""
        self.unsynced: set[str] = set()
        """Those of this generation that have not asked for their assignment yet."""
        self.new_member_added = False
        self.rebalance: Timer | None = None
        self.sync: Timer | None = None

    def becomes(self, state: State) -> None:
        self.previous_state, self.state = self.state, state

    # ── members ───────────────────────────────────────────────────────────────────────────────────

    def add(self, member: Member, protocol_type: str) -> None:
        if not self.members:
            self.protocol_type = protocol_type
        self.members[member.id] = member
        if member.instance_id is not None:
            self.static[member.instance_id] = member.id
        if self.leader is None:
            self.leader = member.id

    def remove(self, member_id: str) -> None:
        member = self.members.pop(member_id)
        if member.session is not None:
            member.session.cancel()
        if member.instance_id is not None:
            del self.static[member.instance_id]
        self.unsynced.discard(member_id)
        if self.leader == member_id:
            self.leader = next(iter(self.members), None)

    def replace_static(self, instance_id: str, new_id: str) -> Member:
        """A static member came back under a new id; whoever still waits under the old one is fenced."""
        old_id = self.static[instance_id]
        member = self.members.pop(old_id)
        if member.session is not None:
            member.session.cancel()
        member.answer_join(Joined(error=ErrorCode.fenced_instance_id, member_id=old_id))
        member.answer_sync(Synced(error=ErrorCode.fenced_instance_id))
        member.id = new_id
        self.members[new_id] = member
        self.static[instance_id] = new_id
        if self.leader == old_id:
            self.leader = new_id
        return member

    def known(self, who: Identity) -> Member:
        """Raises GroupError: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID."""
        if who.instance_id is not None:
            current = self.static.get(who.instance_id)
            if current is None:
                raise GroupError(ErrorCode.unknown_member_id)
            if current != who.member_id:
                raise GroupError(ErrorCode.fenced_instance_id)
        if who.member_id not in self.members:
            raise GroupError(ErrorCode.unknown_member_id)
        return self.members[who.member_id]

    @property
    def waiting_to_join(self) -> list[Member]:
        return [member for member in self.members.values() if member.joining is not None]

    @property
    def all_joined(self) -> bool:
        return not self.pending and all(member.joining is not None for member in self.members.values())

    @property
    def rebalance_timeout_ms(self) -> int:
        return max((member.rebalance_timeout_ms for member in self.members.values()), default=0)

    def elect_joined_leader(self) -> bool:
        """Whether the leader is one that has joined; else another that has takes its place."""
        if self.leader is None:
            return False
        if self.members[self.leader].joining is None:
            joined = self.waiting_to_join
            if not joined:
                return False
            self.leader = joined[0].id
        return True

    # ── protocols ─────────────────────────────────────────────────────────────────────────────────

    def supports(self, protocol_type: str, protocols: Mapping[str, bytes]) -> bool:
        """Whether one that speaks these can be a member."""
        if not protocol_type or not protocols:
            return False
        if not self.members:
            return True
        return protocol_type == self.protocol_type and not self._common().isdisjoint(protocols)

    def _common(self) -> set[str]:
        """The protocols that every member speaks."""
        counts = Counter(name for member in self.members.values() for name in member.protocols)
        return {name for name, count in counts.items() if count == len(self.members)}

    def select_protocol(self) -> str:
        """The one that most members prefer, of those that all of them speak."""
        common = self._common()
        votes = Counter(
            next(name for name in member.protocols if name in common) for member in self.members.values()
        )
        return votes.most_common(1)[0][0]

    def next_generation(self) -> None:
        self.generation += 1
        self.unsynced.clear()
        if self.members:
            self.protocol = self.select_protocol()
            self.becomes(State.COMPLETING_REBALANCE)
        else:
            self.protocol = None
            self.becomes(State.EMPTY)

    # ── what members are told ─────────────────────────────────────────────────────────────────────

    def joined(self, member: Member) -> Joined:
        """The generation that stands, for one member of it."""
        return Joined(
            generation=self.generation,
            protocol_type=self.protocol_type,
            protocol=self.protocol,
            leader=self.leader or UNKNOWN_MEMBER,
            member_id=member.id,
            members=self.joined_members() if member.id == self.leader else (),
        )

    def joined_members(self) -> tuple[JoinedMember, ...]:
        assert self.protocol is not None
        return tuple(
            JoinedMember(member.id, member.instance_id, member.protocols[self.protocol])
            for member in self.members.values()
        )

    def synced(self, member: Member) -> Synced:
        return Synced(protocol_type=self.protocol_type, protocol=self.protocol, assignment=member.assignment)
