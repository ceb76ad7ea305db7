"""The coordinator of classic groups by a clock of our own: states, timers, who is told what."""

import heapq
import itertools

import pytest
from kio.schema.errors import ErrorCode

from workbench.lab.groups.coordinator import Coordinator, GroupLimits
from workbench.lab.groups.said import GroupError, Identity, Join, Sync
from workbench.lab.offsets import Committed


class Clock:
    def __init__(self):
        self.now, self._due, self._numbers = 0.0, [], itertools.count()

    def call_later(self, delay, callback, /):
        timer = Timer(callback)
        heapq.heappush(self._due, (self.now + delay, next(self._numbers), timer))
        return timer

    def run(self, seconds):
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, timer = heapq.heappop(self._due)
            if timer.callback is not None:
                timer.callback()
        self.now = end


class Timer:
    def __init__(self, callback):
        self.callback = callback

    def cancel(self):
        self.callback = None


class World:
    def __init__(self, delay=0, **limits):
        self.clock = Clock()
        self.living = [1, 2, 3]
        self.groups = Coordinator(self.clock, GroupLimits(delay, **limits), lambda: self.living)

    def join(
        self, member="", *, group="g", session=10, rebalance=60, protocols=("range",), instance=None, **more
    ):
        """The answers that have come for this request; none yet: an empty list."""
        got = []
        given = {name: (member or name).encode() if name == "same" else name.encode() for name in protocols}
        self.groups.join(
            Join(
                group_id=group,
                who=Identity(member, instance),
                client_id="c",
                session_timeout_ms=session * 1000,
                rebalance_timeout_ms=rebalance * 1000,
                protocol_type=more.pop("kind", "consumer"),
                protocols=given,
                **more,
            ),
            got.append,
        )
        return got

    def new(self, **more):
        """A member that has been told its id."""
        (told,) = self.join(**more)
        assert told.error == ErrorCode.member_id_required
        return told.member_id

    def sync(self, member, generation, assignments=None, *, instance=None, protocol=(None, None)):
        got = []
        self.groups.sync(
            Sync(
                group_id="g",
                who=Identity(member, instance),
                generation=generation,
                protocol=protocol,
                assignments=assignments or {},
            ),
            got.append,
        )
        return got

    def beat(self, member, generation, instance=None):
        try:
            self.groups.heartbeat("g", Identity(member, instance), generation)
        except GroupError as no:
            return no.code
        return ErrorCode.none

    def leave(self, *members):
        return self.groups.leave("g", [Identity(member) for member in members])

    def may_commit(self, member="", generation=-1, group="g"):
        try:
            self.groups.need_may_commit(group, Identity(member), generation)
        except GroupError as no:
            return no.code
        return ErrorCode.none

    @property
    def state(self):
        return self.groups.describe("g").state

    @property
    def members(self):
        return {member.who.member_id for member in self.groups.describe("g").members}

    def stable(self, count=2, **more):
        """A group of that many members in one generation; the leader first."""
        ids = [self.new(**more) for _ in range(count)]
        waiting = [self.join(member, **more) for member in ids]
        self.clock.run(0)
        answers = [answer for (answer,) in waiting]
        assert {answer.error for answer in answers} == {ErrorCode.none}
        generation = answers[0].generation
        shares = {member: member.encode() for member in ids}
        synced = [self.sync(member, generation) for member in ids[1:]]
        synced = [self.sync(ids[0], generation, shares), *synced]
        assert [answer.assignment for (answer,) in synced] == [member.encode() for member in ids]
        assert self.state == "Stable"
        return ids, generation


@pytest.fixture
def world():
    return World()


class TestJoining:
    def test_a_member_is_told_its_id_first_and_then_leads(self, world):
        member = world.new()
        assert member.startswith("c-")
        waiting = world.join(member)
        assert waiting == []
        assert world.state == "PreparingRebalance"
        world.clock.run(0)
        (joined,) = waiting
        assert (joined.generation, joined.leader, joined.protocol) == (1, member, "range")
        assert [one.member_id for one in joined.members] == [member]
        assert world.state == "CompletingRebalance"

    def test_an_old_client_joins_at_once(self, world):
        waiting = world.join(must_know_id=False)
        world.clock.run(0)
        assert waiting[0].error == ErrorCode.none

    def test_an_id_that_is_not_used_is_forgotten_and_holds_nobody_up(self, world):
        (first,), _ = world.stable(1)
        never = world.new(session=10)
        again = world.join(first, protocols=("range", "x"))
        assert again == []  # the pending one may still come
        world.clock.run(10)
        assert again[0].generation == 2
        assert world.join(never)[0].error == ErrorCode.unknown_member_id

    def test_only_the_leader_learns_the_members(self, world):
        ids = [world.new() for _ in range(3)]
        waiting = [world.join(member) for member in ids]
        world.clock.run(0)
        assert [len(answer.members) for (answer,) in waiting] == [3, 0, 0]
        assert {answer.leader for (answer,) in waiting} == {ids[0]}

    def test_the_first_rebalance_waits_for_more_members(self):
        world = World(delay=3000)
        first = world.join(world.new())
        world.clock.run(2)
        second = world.join(world.new())
        world.clock.run(2)  # the first three seconds are over, but one has come meanwhile
        assert first == second == []
        world.clock.run(2)
        assert {answer.generation for (answer,) in (first, second)} == {1}

    def test_the_first_rebalance_waits_no_longer_than_the_rebalance_timeout(self):
        world = World(delay=3000)
        first = world.join(world.new(rebalance=5), rebalance=5)
        for _ in range(4):
            world.clock.run(1)
            world.join(world.new(rebalance=5), rebalance=5)
        world.clock.run(1)
        assert first[0].generation == 1
        assert len(first[0].members) == 5

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"group": ""}, ErrorCode.invalid_group_id),
            ({"session": 5}, ErrorCode.invalid_session_timeout),
            ({"session": 1801}, ErrorCode.invalid_session_timeout),
            ({"protocols": ()}, ErrorCode.inconsistent_group_protocol),
            ({"kind": ""}, ErrorCode.inconsistent_group_protocol),
            ({"kind": "connect"}, ErrorCode.inconsistent_group_protocol),
            ({"protocols": ("sticky",)}, ErrorCode.inconsistent_group_protocol),
            ({"member": "nobody"}, ErrorCode.unknown_member_id),
            ({"member": "nobody", "group": "none"}, ErrorCode.unknown_member_id),
            ({"member": "x", "instance": "i"}, ErrorCode.unknown_member_id),
        ],
    )
    def test_what_is_refused(self, world, given, code):
        world.stable()
        assert world.join(given.pop("member", ""), **given)[0].error == code

    def test_a_group_that_is_full(self):
        world = World(max_size=2)
        ids, _ = world.stable()
        assert world.join()[0].error == ErrorCode.group_max_size_reached
        assert world.join(ids[0], protocols=("range", "more")) == []

    def test_the_protocol_is_the_one_that_most_prefer_of_those_all_speak(self, world):
        ids = [world.new() for _ in range(3)]
        spoken = (("a", "b", "c"), ("b", "a"), ("b", "c", "a"))
        waiting = [world.join(member, protocols=names) for member, names in zip(ids, spoken, strict=True)]
        world.clock.run(0)
        assert {answer.protocol for (answer,) in waiting} == {"b"}
        assert [one.metadata for one in waiting[0][0].members] == [b"b"] * 3


class TestRebalance:
    def test_who_comes_later_makes_the_others_join_again(self, world):
        (first,), generation = world.stable(1)
        second = world.new()
        waiting = world.join(second)
        assert world.beat(first, generation) == ErrorCode.rebalance_in_progress
        assert world.sync(first, generation)[0].error == ErrorCode.rebalance_in_progress
        again = world.join(first)
        assert [answer.generation for (answer,) in (waiting, again)] == [2, 2]
        assert len(again[0].members) == 2

    def test_who_does_not_come_back_in_time_is_out(self, world):
        (first, second), generation = world.stable(2, rebalance=20, session=30)
        third = world.new(rebalance=20, session=30)
        waiting = world.join(third, rebalance=20, session=30)
        again = world.join(first, rebalance=20, session=30)
        world.clock.run(20)
        assert waiting[0].generation == again[0].generation == generation + 1
        assert world.members == {first, third}
        assert world.beat(second, generation) == ErrorCode.unknown_member_id

    def test_a_leader_that_is_gone_is_replaced(self, world):
        (first, second), generation = world.stable(2)
        waiting = world.join(world.new())
        again = world.join(second)
        assert world.leave(first) == [ErrorCode.none]
        assert {answer.leader for (answer,) in (waiting, again)} == {second}
        assert again[0].generation == generation + 1

    def test_a_session_that_ends_rebalances(self, world):
        (first, second), generation = world.stable(2, session=10)
        world.clock.run(6)
        assert world.beat(first, generation) == ErrorCode.none
        world.clock.run(6)
        assert world.members == {first}
        assert world.state == "PreparingRebalance"
        assert world.beat(second, generation) == ErrorCode.unknown_member_id
        assert world.join(first)[0].generation == generation + 1

    def test_who_waits_in_a_join_need_not_send_heartbeats(self, world):
        (first, second), generation = world.stable(2, session=10, rebalance=300)
        again = world.join(first, protocols=("range", "x"), session=10, rebalance=300)
        for _ in range(10):
            world.clock.run(8)
            assert world.beat(second, generation) == ErrorCode.rebalance_in_progress
        assert again == []
        assert world.members == {first, second}
        world.join(second, session=10, rebalance=300)
        assert again[0].generation == generation + 1

    def test_the_last_one_leaves_an_empty_group(self, world):
        (first, second), generation = world.stable()
        assert world.leave(first, second, "nobody") == [
            ErrorCode.none,
            ErrorCode.none,
            ErrorCode.unknown_member_id,
        ]
        assert world.state == "Empty"
        assert world.beat(first, generation) == ErrorCode.unknown_member_id
        _, later = world.stable(1)
        assert later > generation

    def test_a_follower_that_asks_again_gets_what_stands_and_a_leader_a_new_generation(self, world):
        (first, second), generation = world.stable()
        assert world.join(second)[0].generation == generation
        assert world.state == "Stable"
        assert world.join(first) == []
        assert world.state == "PreparingRebalance"

    def test_who_did_not_hear_the_answer_gets_it_again(self, world):
        member = world.new()
        world.join(member)
        world.clock.run(0)
        (again,) = world.join(member)
        assert (again.generation, len(again.members)) == (1, 1)
        assert world.state == "CompletingRebalance"


class TestSync:
    def test_followers_wait_for_the_leader_and_later_ones_get_their_share(self, world):
        ids = [world.new() for _ in range(3)]
        for member in ids:
            world.join(member)
        world.clock.run(0)
        early = world.sync(ids[1], 1)
        assert early == []
        assert world.sync(ids[0], 1, {ids[1]: b"1"})[0].assignment == b""
        assert early[0].assignment == b"1"
        assert world.sync(ids[2], 1)[0].assignment == b""
        assert world.state == "Stable"

    def test_generations_and_protocols(self, world):
        (first, _), generation = world.stable()
        assert world.sync(first, generation - 1)[0].error == ErrorCode.illegal_generation
        wrong = world.sync(first, generation, protocol=("consumer", "sticky"))
        assert wrong[0].error == ErrorCode.inconsistent_group_protocol
        assert world.sync(first, generation, protocol=("consumer", "range"))[0].error == ErrorCode.none
        assert world.sync("nobody", generation)[0].error == ErrorCode.unknown_member_id

    def test_a_new_join_sends_back_who_waits_for_an_assignment(self, world):
        ids = [world.new() for _ in range(2)]
        for member in ids:
            world.join(member)
        world.clock.run(0)
        waiting = world.sync(ids[1], 1)
        world.join(world.new())
        assert waiting[0].error == ErrorCode.rebalance_in_progress

    def test_who_never_asks_for_its_share_is_out_after_the_rebalance_timeout(self, world):
        ids = [world.new(rebalance=20, session=60) for _ in range(2)]
        for member in ids:
            world.join(member, rebalance=20, session=60)
        world.clock.run(0)
        waiting = world.sync(ids[1], 1)
        world.clock.run(20)
        assert waiting[0].error == ErrorCode.rebalance_in_progress
        assert world.members == {ids[1]}
        assert world.join(ids[1])[0].leader == ids[1]


class TestStaticMembers:
    def stable(self, world, **more):
        waiting = world.join(instance="i", **more)
        world.clock.run(0)
        (joined,) = waiting
        assert (
            world.sync(joined.member_id, 1, {joined.member_id: b"all"}, instance="i")[0].assignment == b"all"
        )
        return joined.member_id

    def test_one_that_comes_back_keeps_its_share_without_a_rebalance(self, world):
        old = self.stable(world)
        (again,) = world.join(instance="i")
        assert again.member_id != old
        assert (again.generation, again.leader, again.skip_assignment) == (1, again.member_id, True)
        assert world.state == "Stable"
        assert world.sync(again.member_id, 1, instance="i")[0].assignment == b"all"
        assert world.beat(old, 1, "i") == ErrorCode.fenced_instance_id
        assert world.beat(again.member_id, 1, "i") == ErrorCode.none

    def test_an_old_client_is_not_told_that_it_leads(self, world):
        old = self.stable(world)
        (again,) = world.join(instance="i", may_skip_assignment=False)
        assert (again.leader, again.members, again.skip_assignment) == (old, (), False)

    def test_one_that_speaks_another_protocol_rebalances(self, world):
        self.stable(world, protocols=("range", "sticky"))
        again = world.join(instance="i", protocols=("sticky",))
        assert again[0].generation == 2

    def test_it_is_out_when_its_session_ends_and_an_admin_may_send_it_away(self, world):
        self.stable(world, session=10)
        world.clock.run(10)
        assert world.members == set()
        world.join(instance="i")
        world.clock.run(0)
        assert world.groups.leave("g", [Identity("", "i")]) == [ErrorCode.none]
        assert world.members == set()

    def test_two_of_one_name(self, world):
        waiting = world.join(instance="i")
        second = world.join(instance="i")
        assert waiting[0].error == ErrorCode.fenced_instance_id
        world.clock.run(0)
        assert second[0].error == ErrorCode.none


class TestOffsets:
    def test_who_may_commit(self, world):
        assert world.may_commit() == ErrorCode.none
        assert world.may_commit("x", 3, group="none") == ErrorCode.group_id_not_found
        (first, second), generation = world.stable()
        assert world.may_commit(first, generation) == ErrorCode.none
        assert world.may_commit(first, generation - 1) == ErrorCode.illegal_generation
        assert world.may_commit("nobody", generation) == ErrorCode.unknown_member_id
        assert world.may_commit() == ErrorCode.unknown_member_id
        world.leave(first, second)
        assert world.may_commit() == ErrorCode.none

    def test_not_between_join_and_sync_but_in_the_join_phase(self, world):
        member = world.new()
        world.join(member)
        world.clock.run(0)
        assert world.may_commit(member, 1) == ErrorCode.rebalance_in_progress
        world.sync(member, 1)
        world.join(world.new())
        assert world.may_commit(member, 1) == ErrorCode.none

    def test_a_commit_keeps_the_session_alive(self, world):
        (first,), generation = world.stable(1, session=10)
        for _ in range(3):
            world.clock.run(8)
            assert world.may_commit(first, generation) == ErrorCode.none
        assert world.members == {first}

    def test_deleting(self, world):
        with pytest.raises(GroupError) as caught:
            world.groups.delete("g")
        assert caught.value.code == ErrorCode.group_id_not_found
        (first,), _ = world.stable(1)
        world.groups.offsets.commit("g", "t", 0, Committed(5, -1, None))
        with pytest.raises(GroupError) as caught:
            world.groups.delete("g")
        assert caught.value.code == ErrorCode.non_empty_group
        world.leave(first)
        world.groups.delete("g")
        assert world.groups.describe("g") is None
        assert world.groups.offsets.committed("g", "t", 0) is None


class TestWhere:
    def test_groups_are_spread_and_stay_until_their_broker_is_gone(self, world):
        homes = {name: world.groups.broker_of(name) for name in map(str, range(100))}
        assert set(homes.values()) == {1, 2, 3}
        world.living = [1, 3]
        moved = {name: world.groups.broker_of(name) for name in homes}
        assert all(moved[name] == home for name, home in homes.items() if home != 2)
        assert set(moved.values()) == {1, 3}
        world.living = []
        assert world.groups.broker_of("g") is None

    def test_a_group_goes_on_at_another_broker_and_stays_there(self, world):
        ids, generation = world.stable()
        old = world.groups.broker_of("g")
        waiting = world.join(ids[0])
        world.living = [broker for broker in (1, 2, 3) if broker != old]
        new = world.groups.broker_of("g")
        with pytest.raises(GroupError) as caught:
            world.groups.need_at(old, "g")
        assert caught.value.code == ErrorCode.not_coordinator
        world.groups.need_at(new, "g")
        assert waiting[0].error == ErrorCode.not_coordinator
        world.living = [1, 2, 3]
        assert world.groups.broker_of("g") == new
        assert [group.group_id for group in world.groups.groups_at(new)] == ["g"]
        again = [world.join(member) for member in ids]
        assert {answer.generation for (answer,) in again} == {generation + 1}
