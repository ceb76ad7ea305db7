"""What a group's coordinator answers: Kafka's GroupMetadataManager, for classic groups.

The groups of the whole cluster are here; which broker answers for a group is decided among those that live.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from uuid import uuid4
from zlib import crc32

from kio.schema.errors import ErrorCode

from workbench.lab.groups.group import Group, Member, State, ToJoiner, ToSyncer
from workbench.lab.groups.rebalance import Rebalancing
from workbench.lab.groups.said import (
    UNKNOWN_MEMBER,
    Clock,
    Described,
    DescribedMember,
    GroupError,
    Identity,
    Join,
    Joined,
    Sync,
    Synced,
)
from workbench.lab.offsets import CommittedOffsetStore

_IN_A_REBALANCE = {State.STABLE, State.PREPARING_REBALANCE, State.COMPLETING_REBALANCE}


class GroupLimits(NamedTuple):
    """The brokers' group.* properties, times in ms."""

    initial_rebalance_delay_ms: int = 3000
    min_session_timeout_ms: int = 6000
    max_session_timeout_ms: int = 1_800_000
    max_size: int = 2**31 - 1


class Coordinator:
    """`living`: the ids of the brokers that can coordinate, as the controller knows them."""

    def __init__(
        self,
        clock: Clock,
        limits: GroupLimits,
        living: Callable[[], Sequence[int]],
        offsets: CommittedOffsetStore | None = None,
    ) -> None:
        self.offsets = offsets or CommittedOffsetStore()
        self._limits = limits
        self._living = living
        self._rebalancing = Rebalancing(clock, limits.initial_rebalance_delay_ms)
        self._groups: dict[str, Group] = {}
        self._homes: dict[str, int] = {}

    # ── where a group is ──────────────────────────────────────────────────────────────────────────

    def broker_of(self, group_id: str) -> int | None:
        """Where it was, while that broker lives; else the same choice for everybody who asks."""
        living = self._living()
        home = self._homes.get(group_id)
        if home in living:
            return home
        return max(living, key=lambda broker: crc32(f"{group_id}@{broker}".encode()), default=None)

    def need_at(self, broker: int, group_id: str) -> None:
        """Raises GroupError: NOT_COORDINATOR."""
        if self.broker_of(group_id) != broker:
            raise GroupError(ErrorCode.not_coordinator)
        if group_id in self._groups and self._homes[group_id] != broker:
            self._homes[group_id] = broker
            self._rebalancing.moved(self._groups[group_id])

    def _made(self, group_id: str) -> Group:
        if group_id not in self._groups:
            self._groups[group_id] = Group(group_id)
            home = self.broker_of(group_id)
            assert home is not None
            self._homes[group_id] = home
        return self._groups[group_id]

    def _known(self, group_id: str) -> Group:
        try:
            return self._groups[group_id]
        except KeyError:
            code = ErrorCode.unknown_member_id if group_id else ErrorCode.invalid_group_id
            raise GroupError(code) from None

    # ── JoinGroup ─────────────────────────────────────────────────────────────────────────────────

    def join(self, join: Join, reply: ToJoiner) -> None:
        """`reply` is called once, at once or when the group has come to its next generation."""
        try:
            self._join(join, reply)
        except GroupError as no:
            reply(Joined(error=no.code, member_id=join.who.member_id))

    def _join(self, join: Join, reply: ToJoiner) -> None:
        limits, unknown = self._limits, join.who.member_id == UNKNOWN_MEMBER
        if not join.group_id:
            raise GroupError(ErrorCode.invalid_group_id)
        if not limits.min_session_timeout_ms <= join.session_timeout_ms <= limits.max_session_timeout_ms:
            raise GroupError(ErrorCode.invalid_session_timeout)
        if not join.protocols or not join.protocol_type:
            raise GroupError(ErrorCode.inconsistent_group_protocol)
        group = self._made(join.group_id) if unknown else self._known(join.group_id)
        self._need_room(group, join.who.member_id)
        if not group.supports(join.protocol_type, join.protocols):
            raise GroupError(ErrorCode.inconsistent_group_protocol)
        if unknown:
            self._join_new(group, join, reply)
        else:
            self._join_known(group, join, reply)

    def _need_room(self, group: Group, member_id: str) -> None:
        if group.state is State.EMPTY:
            return
        most, member = self._limits.max_size, group.members.get(member_id)
        if group.state is State.PREPARING_REBALANCE:
            waits = member is not None and member.joining is not None
            room = waits or len(group.waiting_to_join) < most
        else:
            room = member is not None or len(group.members) < most
        if not room:
            raise GroupError(ErrorCode.group_max_size_reached)

    def _join_new(self, group: Group, join: Join, reply: ToJoiner) -> None:
        instance_id = join.who.instance_id
        member_id = f"{instance_id or join.client_id}-{uuid4()}"
        if instance_id is not None and instance_id in group.static:
            self._replace_static(group, member_id, join, reply)
        elif instance_id is None and join.must_know_id:
            self._rebalancing.add_pending(group, member_id, join.session_timeout_ms)
            reply(Joined(error=ErrorCode.member_id_required, member_id=member_id))
        else:
            self._rebalancing.add(group, member_id, join, reply)

    def _replace_static(self, group: Group, member_id: str, join: Join, reply: ToJoiner) -> None:
        """A static member came back: without a rebalance where the group stays as it was (KIP-345)."""
        old_leader = group.leader
        assert join.who.instance_id is not None
        member = group.replace_static(join.who.instance_id, member_id)
        self._rebalancing.heard(group, member)
        member.asked(join)
        if group.state is not State.STABLE or group.select_protocol() != group.protocol:
            member.joining = reply
            self._rebalancing.changed(group)
            return
        leads = group.leader == member_id
        reply(
            Joined(
                generation=group.generation,
                protocol_type=group.protocol_type,
                protocol=group.protocol,
                # An old client would begin to assign anew if it saw itself as the leader (KAFKA-7728).
                leader=(group.leader if join.may_skip_assignment else old_leader) or UNKNOWN_MEMBER,
                member_id=member_id,
                members=group.joined_members() if leads and join.may_skip_assignment else (),
                skip_assignment=leads and join.may_skip_assignment,
            )
        )

    def _join_known(self, group: Group, join: Join, reply: ToJoiner) -> None:
        if join.who.member_id in group.pending:
            if join.who.instance_id is not None:
                raise GroupError(ErrorCode.unknown_member_id)
            group.pending.pop(join.who.member_id).cancel()
            self._rebalancing.add(group, join.who.member_id, join, reply)
            return
        member = group.known(join.who)
        same = member.speaks(join.protocols)
        if group.state is State.EMPTY:
            raise GroupError(ErrorCode.unknown_member_id)
        completing = group.state is State.COMPLETING_REBALANCE
        if same and (completing or (group.state is State.STABLE and group.leader != member.id)):
            reply(group.joined(member))  # it has not heard the last answer, or nothing has changed
        else:
            self._rebalancing.rejoin(group, member, join, reply)

    # ── SyncGroup, Heartbeat, LeaveGroup ──────────────────────────────────────────────────────────

    def sync(self, sync: Sync, reply: ToSyncer) -> None:
        """`reply` is called once, at once or when the leader has assigned."""
        try:
            self._sync(sync, reply)
        except GroupError as no:
            reply(Synced(error=no.code))

    def _sync(self, sync: Sync, reply: ToSyncer) -> None:
        group = self._known(sync.group_id)
        member = self._of_generation(group, sync.who, sync.generation)
        for given, ours in zip(sync.protocol, (group.protocol_type, group.protocol), strict=True):
            if given is not None and ours is not None and given != ours:
                raise GroupError(ErrorCode.inconsistent_group_protocol)
        if group.state is State.PREPARING_REBALANCE:
            raise GroupError(ErrorCode.rebalance_in_progress)
        self._rebalancing.asked_for_assignment(group, member)
        if group.state is State.STABLE:
            reply(group.synced(member))
            return
        member.syncing = reply
        if group.leader == member.id:
            self._rebalancing.assign(group, sync.assignments)

    def heartbeat(self, group_id: str, who: Identity, generation: int) -> None:
        """Raises GroupError; REBALANCE_IN_PROGRESS tells the member to join again."""
        group = self._known(group_id)
        member = self._of_generation(group, who, generation)
        self._rebalancing.heard(group, member)
        if group.state is State.PREPARING_REBALANCE:
            raise GroupError(ErrorCode.rebalance_in_progress)

    def leave(self, group_id: str, leaving: Iterable[Identity]) -> list[ErrorCode]:
        """What became of each; a static member may be named by its instance id alone."""
        group = self._groups.get(group_id)
        if group is None:
            return [ErrorCode.unknown_member_id for _ in leaving]
        codes, left = [], False
        for who in leaving:
            if who.member_id in group.pending and who.instance_id is None:
                self._rebalancing.forget_pending(group, who.member_id)
                codes.append(ErrorCode.none)
                continue
            try:
                member = self._leaving(group, who)
            except GroupError as no:
                codes.append(no.code)
                continue
            self._rebalancing.remove(group, member)
            codes.append(ErrorCode.none)
            left = True
        if left:
            self._rebalancing.members_left(group)
        return codes

    def _leaving(self, group: Group, who: Identity) -> Member:
        if who.member_id == UNKNOWN_MEMBER and who.instance_id in group.static:
            return group.members[group.static[who.instance_id]]
        return group.known(who)

    def _of_generation(self, group: Group, who: Identity, generation: int) -> Member:
        member = group.known(who)
        if generation != group.generation:
            raise GroupError(ErrorCode.illegal_generation)
        return member

    # ── offsets ───────────────────────────────────────────────────────────────────────────────────

    def need_may_commit(
        self, group_id: str, who: Identity, generation: int, missing: ErrorCode = ErrorCode.group_id_not_found
    ) -> None:
        """Raises GroupError; `missing` where a member commits to a group that is not there.

        -1 and no member: one outside the group, that may commit while it has no members.
        """
        group = self._groups.get(group_id)
        if group is None:
            if generation >= 0:
                raise GroupError(missing)
            self._made(group_id)
            return
        if generation < 0 and group.state is State.EMPTY:
            return
        if generation < 0 and who == Identity():
            raise GroupError(ErrorCode.unknown_member_id)
        member = self._of_generation(group, who, generation)
        if group.state is State.COMPLETING_REBALANCE:
            raise GroupError(ErrorCode.rebalance_in_progress)
        self._rebalancing.heard(group, member)

    # ── from outside ──────────────────────────────────────────────────────────────────────────────

    def groups_at(self, broker: int) -> list[Described]:
        return [
            self._described(group) for group in self._groups.values() if self.broker_of(group.id) == broker
        ]

    def describe(self, group_id: str) -> Described | None:
        group = self._groups.get(group_id)
        return None if group is None else self._described(group)

    def _described(self, group: Group) -> Described:
        stable = group.state is State.STABLE
        protocol = (group.protocol if stable else None) or ""
        return Described(
            group.id,
            group.state.value,
            group.protocol_type or "",
            protocol,
            tuple(
                DescribedMember(
                    Identity(member.id, member.instance_id),
                    member.client_id,
                    member.client_host,
                    member.protocols[protocol] if stable else b"",
                    member.assignment if stable else b"",
                )
                for member in group.members.values()
            ),
        )

    def delete(self, group_id: str) -> None:
        """A group without members, and its offsets. Raises GroupError."""
        group = self._groups.get(group_id)
        if group is None:
            raise GroupError(ErrorCode.group_id_not_found)
        if group.state in _IN_A_REBALANCE:
            raise GroupError(ErrorCode.non_empty_group)
        self._rebalancing.dead(group)
        del self._groups[group_id], self._homes[group_id]
        self.offsets.forget_group(group_id)
