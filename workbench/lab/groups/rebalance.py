"""How a group comes to its next generation, and the timers that drive it. Kafka's GroupMetadataManager."""

from collections.abc import Callable, Mapping
from functools import partial

from kio.schema.errors import ErrorCode

from workbench.lab.groups.group import Group, Member, State, ToJoiner
from workbench.lab.groups.said import Clock, Join, Joined, Synced

_NEW_MEMBER_JOIN_TIMEOUT_S = 300  # Kafka's NewMemberJoinTimeoutMs: it does not hear when such a one hangs up


class Rebalancing:
    """Moves groups from state to state; whoever waits is answered on the way."""

    def __init__(self, clock: Clock, initial_delay_ms: int) -> None:
        self._clock = clock
        self._initial_delay_ms = initial_delay_ms

    # ── members come, change and go ───────────────────────────────────────────────────────────────

    def add(self, group: Group, member_id: str, join: Join, reply: ToJoiner) -> None:
        member = Member(member_id, join)
        member.joining = reply
        if group.state is State.PREPARING_REBALANCE and group.previous_state is State.EMPTY:
            group.new_member_added = True  # the first rebalance waits a little longer for others
        group.add(member, join.protocol_type)
        self._expire_in(group, member, _NEW_MEMBER_JOIN_TIMEOUT_S)
        self.changed(group)

    def add_pending(self, group: Group, member_id: str, session_timeout_ms: int) -> None:
        """It was told its id, and has its session timeout to join with it."""

        def gone() -> None:
            self.forget_pending(group, member_id)

        group.pending[member_id] = self._clock.call_later(session_timeout_ms / 1000, gone)

    def forget_pending(self, group: Group, member_id: str) -> None:
        group.pending.pop(member_id).cancel()
        if group.state is State.PREPARING_REBALANCE:
            self._complete_if_all_joined(group)

    def rejoin(self, group: Group, member: Member, join: Join, reply: ToJoiner) -> None:
        """A member asks again, for a new generation."""
        member.asked(join)
        member.joining = reply
        self.changed(group)

    def remove(self, group: Group, member: Member) -> None:
        member.answer_join(Joined(error=ErrorCode.unknown_member_id))
        member.answer_sync(Synced(error=ErrorCode.unknown_member_id))
        group.remove(member.id)

    def heard(self, group: Group, member: Member) -> None:
        """Its session begins anew."""
        self._expire_in(group, member, member.session_timeout_ms / 1000)

    def _expire_in(self, group: Group, member: Member, seconds: float) -> None:
        if member.session is not None:
            member.session.cancel()
        member.session = self._clock.call_later(seconds, partial(self._expired, group, member))

    def _expired(self, group: Group, member: Member) -> None:
        if group.members.get(member.id) is not member or member.may_be_silent:
            return
        self.remove(group, member)
        self.members_left(group)

    def members_left(self, group: Group) -> None:
        if group.state in {State.STABLE, State.COMPLETING_REBALANCE}:
            self.prepare(group)
        elif group.state is State.PREPARING_REBALANCE:
            self._complete_if_all_joined(group)

    # ── the join phase ────────────────────────────────────────────────────────────────────────────

    def changed(self, group: Group) -> None:
        """Who is in it or what they speak has changed."""
        if group.state is State.PREPARING_REBALANCE:
            self._complete_if_all_joined(group)
        else:
            self.prepare(group)

    def prepare(self, group: Group) -> None:
        """Ask all members to join again; a group that was empty waits for more to come."""
        if group.state is State.COMPLETING_REBALANCE:
            for member in group.members.values():
                member.assignment = b""
                member.answer_sync(Synced(error=ErrorCode.rebalance_in_progress))
        self._stop_sync_timer(group)
        initial = group.state is State.EMPTY
        group.becomes(State.PREPARING_REBALANCE)
        if initial:
            group.new_member_added = False
            delay = self._initial_delay_ms
            self._wait_for_more(group, delay, max(group.rebalance_timeout_ms - delay, 0))
        elif group.all_joined:
            self._complete_join(group)
        else:
            self._complete_join_later(group)

    def _wait_for_more(self, group: Group, delay_ms: int, left_ms: int) -> None:
        def over() -> None:
            if group.new_member_added and left_ms > 0:
                group.new_member_added = False
                more = min(self._initial_delay_ms, left_ms)
                self._wait_for_more(group, more, left_ms - more)
            else:
                self._complete_join(group)

        self._set_rebalance_timer(group, delay_ms, over)

    def _complete_join_later(self, group: Group) -> None:
        self._set_rebalance_timer(group, group.rebalance_timeout_ms, partial(self._complete_join, group))

    def _set_rebalance_timer(self, group: Group, delay_ms: int, over: Callable[[], None]) -> None:
        self._stop_rebalance_timer(group)
        group.rebalance = self._clock.call_later(delay_ms / 1000, over)

    def _complete_if_all_joined(self, group: Group) -> None:
        if group.all_joined and group.previous_state is not State.EMPTY:
            self._complete_join(group)

    def _complete_join(self, group: Group) -> None:
        """Those that did not come are out, except static members, whose session decides."""
        self._stop_rebalance_timer(group)
        for member in list(group.members.values()):
            if member.joining is None and not member.is_static:
                group.remove(member.id)
        if group.members and not group.elect_joined_leader():
            self._complete_join_later(group)
            return
        group.next_generation()
        for member in list(group.members.values()):
            group.unsynced.add(member.id)
            member.answer_join(group.joined(member))
            self.heard(group, member)
            member.is_new = False
        if group.members:
            self._wait_for_syncs(group)

    # ── the sync phase ────────────────────────────────────────────────────────────────────────────

    def _wait_for_syncs(self, group: Group) -> None:
        generation = group.generation

        def over() -> None:
            late = [group.members[member_id] for member_id in group.unsynced]
            if group.generation != generation or not late:
                return
            for member in late:
                self.remove(group, member)
            self.members_left(group)

        self._stop_sync_timer(group)
        group.sync = self._clock.call_later(group.rebalance_timeout_ms / 1000, over)

    def asked_for_assignment(self, group: Group, member: Member) -> None:
        group.unsynced.discard(member.id)
        if not group.unsynced:
            self._stop_sync_timer(group)

    def assign(self, group: Group, assignments: Mapping[str, bytes]) -> None:
        """The leader has decided: everybody gets a share, of nothing where it named none."""
        group.becomes(State.STABLE)
        for member in group.members.values():
            member.assignment = assignments.get(member.id, b"")
            if member.syncing is not None:
                member.answer_sync(group.synced(member))
                self.heard(group, member)

    # ── timers ────────────────────────────────────────────────────────────────────────────────────

    def _stop_sync_timer(self, group: Group) -> None:
        if group.sync is not None:
            group.sync.cancel()
            group.sync = None

    def _stop_rebalance_timer(self, group: Group) -> None:
        if group.rebalance is not None:
            group.rebalance.cancel()
            group.rebalance = None

    def dead(self, group: Group) -> None:
        """Deleted: nothing of it goes on."""
        group.becomes(State.DEAD)
        for timer in (group.rebalance, group.sync, *group.pending.values()):
            if timer is not None:
                timer.cancel()

    def moved(self, group: Group) -> None:
        """Another broker coordinates it now: what waited at the old one must be asked again."""
        for member in group.members.values():
            member.answer_join(Joined(error=ErrorCode.not_coordinator, member_id=member.id))
            member.answer_sync(Synced(error=ErrorCode.not_coordinator))
            self.heard(group, member)
