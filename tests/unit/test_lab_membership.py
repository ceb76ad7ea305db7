"""Registrations, sessions and who hears what; leaders and ISRs as brokers come and go, without time or sockets."""

from types import SimpleNamespace

import pytest
from kio.schema.errors import ErrorCode

from workbench.lab.configs import BrokerConfig
from workbench.lab.controller import Controller
from workbench.lab.happenings import Happenings
from workbench.lab.leadership import Wish
from workbench.lab.membership import Duplicate


class Member:
    """A broker that notes what it is told."""

    def __init__(self, number):
        self.node = SimpleNamespace(node_id=number)
        self.hears = True
        self.alive = ()
        self.topics = {}

    def brokers_changed(self, living):
        self.alive = tuple(node.node_id for node in living.nodes)
        self.active = set(living.active)

    def caught_up(self, topics, living):
        self.topics = topics
        self.brokers_changed(living)

    def topic_changed(self, topic):
        self.topics[topic.name] = topic

    def topic_deleted(self, topic):
        del self.topics[topic.name]


class House:
    def __init__(self, **config):
        names = {name.replace("_", "."): value for name, value in config.items()}
        self.happenings = Happenings()
        self.controller = Controller(BrokerConfig(names), self.happenings)
        self.members = {number: Member(number) for number in (1, 2, 3)}
        for number, member in self.members.items():
            self.controller.register(number, member, 0.0)

    def topic(self, **config):
        names = {name.replace("_", "."): value for name, value in config.items()}
        self.controller.create_topic("t", 1, 3, names)

    @property
    def partition(self):
        return self.controller.topics["t"].partitions[0]

    def come_back(self, number, now=100.0, *, clean=False, wiped=False):
        member = self.members[number]
        self.controller.register(number, member, now, fenced=True, clean=clean, wiped=wiped)
        self.controller.heartbeat(number, now)

    @property
    def kinds(self):
        return [one.kind for one in self.happenings.since(0)]


@pytest.fixture
def house():
    made = House()
    made.topic()
    return made


class TestSessions:
    def test_who_is_silent_for_longer_than_the_session_is_stale(self, house):
        brokers = house.controller.brokers
        house.controller.heartbeat(1, 5.0)
        assert brokers.next_end() == 9.0
        assert brokers.stale(8.9) == []
        assert brokers.stale(9.0) == [2, 3]
        house.controller.fence(2)
        house.controller.fence(3)
        assert brokers.stale(9.0) == []
        assert brokers.next_end() == 14.0

    def test_a_fenced_broker_leaves_every_isr_and_is_told_of_no_more(self, house):
        house.controller.fence(1)
        assert (house.partition.isr, house.partition.leader) == ((2, 3), 2)
        assert house.members[2].alive == (2, 3)
        assert house.members[2].topics["t"].partitions[0].leader == 2
        assert house.kinds == ["fenced", "isr-shrank", "leader-elected"]

    def test_its_next_heartbeat_lets_it_in_again_but_into_no_isr(self, house):
        house.controller.fence(3)
        house.controller.heartbeat(3, 20.0)
        assert house.members[1].alive == (1, 2, 3)
        assert house.partition.isr == (1, 2)

    def test_who_heard_nothing_meanwhile_is_let_in_after_it_caught_up(self, house):
        member = house.members[3]
        member.hears = False
        house.controller.fence(3)
        member.hears = True
        house.controller.heartbeat(3, 20.0)
        assert house.controller.brokers.fenced(3)
        house.controller.create_topic("later", 1, 1)
        assert "later" not in member.topics  # nothing by halves
        house.controller.catch_up(3)
        house.controller.heartbeat(3, 21.0)
        assert not house.controller.brokers.fenced(3)
        assert "later" in member.topics
        assert member.topics["t"].partitions[0].isr == (1, 2)

    def test_a_second_life_waits_for_the_session_of_the_first(self, house):
        house.controller.heartbeat(3, 5.0)
        with pytest.raises(Duplicate):
            house.controller.register(3, house.members[3], 13.9, fenced=True)
        house.controller.register(3, house.members[3], 14.0, fenced=True)

    def test_after_a_controlled_shutdown_it_need_not_wait(self, house):
        house.controller.controlled_shutdown(1)
        assert (house.members[2].alive, house.members[2].active) == ((1, 2, 3), {2, 3})
        assert (house.partition.leader, house.partition.isr) == (2, (2, 3))
        assert not house.controller.brokers.fenced(1)
        house.controller.fence(1)
        house.come_back(1, 0.5, clean=True)
        assert house.members[2].alive == (1, 2, 3)


class TestLeadership:
    def test_what_the_last_of_the_isr_did_decides_who_may_lead(self, house):
        for number in (2, 3, 1):
            house.controller.fence(number)
        assert (house.partition.leader, house.partition.isr, house.partition.elr) == (-1, (), (1,))
        house.controller.heartbeat(2, 20.0)
        assert house.partition.leader == -1
        house.controller.heartbeat(1, 20.0)  # it was frozen: it lost nothing
        assert (house.partition.leader, house.partition.isr) == (1, (1,))
        assert house.partition.leader_epoch == 2

    def test_a_killed_leader_comes_back_as_the_last_known_one(self, house):
        for number in (2, 3, 1):
            house.controller.fence(number)
        house.come_back(1)
        assert (house.partition.leader, house.partition.isr) == (1, (1,))
        assert house.kinds[-1] == "unclean-election"

    def test_unclean_elections_where_the_topic_allows_them(self):
        house = House()
        house.topic(unclean_leader_election_enable="true")
        house.controller.fence(2)
        house.controller.fence(3)
        house.controller.heartbeat(3, 20.0)
        house.controller.fence(1)
        assert (house.partition.leader, house.partition.isr) == (3, (3,))
        assert house.kinds[-1] == "unclean-election"

    def test_brokers_may_allow_them_for_all_topics(self):
        house = House(unclean_leader_election_enable="true")
        house.topic()
        assert house.controller.topics["t"].config.unclean_leader_election

    def test_preferred_leaders_only_when_asked_for(self, house):
        house.controller.fence(1)
        house.controller.heartbeat(1, 20.0)
        answers = house.controller.leadership.alter(
            2, [Wish(house.controller.topics["t"], house.partition, (2, 3, 1))]
        )
        assert list(answers.values()) == [ErrorCode.none]
        assert house.partition.leader == 2
        house.controller.leadership.preferred()
        assert (house.partition.leader, house.partition.leader_epoch) == (1, 2)

    @pytest.mark.parametrize(
        ("broker", "change", "isr", "code"),
        [
            (2, None, (1, 2), ErrorCode.fenced_leader_epoch),
            (1, "leader", (1, 2), ErrorCode.fenced_leader_epoch),
            (1, "isr", (1, 2), ErrorCode.invalid_update_version),
            (1, "fenced", (1, 2, 3), ErrorCode.ineligible_replica),
            (1, "deleted", (1, 2), ErrorCode.unknown_topic_id),
        ],
    )
    def test_an_isr_that_is_refused(self, house, broker, change, isr, code):
        topic, partition = house.controller.topics["t"], house.partition
        match change:
            case "leader":
                house.controller.fence(1)
            case "isr":
                house.controller.fence(3)
            case "fenced":
                house.controller.fence(3)
                topic, partition = house.controller.topics["t"], house.partition
            case "deleted":
                house.controller.delete_topic("t")
        (answer,) = house.controller.leadership.alter(broker, [Wish(topic, partition, isr)]).values()
        assert answer == code


class TestPlacement:
    def test_fenced_brokers_neither_lead_new_partitions_nor_are_in_their_isr(self, house):
        house.controller.fence(2)
        topic = house.controller.create_topic("new", 3, 3)
        assert [partition.leader for partition in topic.partitions] == [1, 3, 3]
        assert all(2 not in partition.isr and 2 in partition.replicas for partition in topic.partitions)
        assert house.controller.create_topic("two", 1, 2).partitions[0].replicas == (1, 3)

    def test_with_all_brokers_fenced_there_are_no_new_topics(self, house):
        for number in (1, 2, 3):
            house.controller.fence(number)
        with pytest.raises(Exception, match="All brokers are currently fenced"):
            house.controller.create_topic("new", 1, 1)


class TestWiped:
    """KIP-858: a replica whose directory is gone is no candidate, until its new directory is assigned."""

    @pytest.fixture
    def alone(self):
        """Only broker 1 is in the ISR, and it is fenced: nobody leads."""
        made = House()
        made.topic(unclean_leader_election_enable="true")
        for number in (2, 3, 1):
            made.controller.fence(number)
        assert made.partition.leader == -1
        return made

    def test_with_its_disk_it_would_lead(self, alone):
        alone.come_back(1)
        assert alone.partition.leader == 1

    @pytest.mark.parametrize("clean", [True, False])
    def test_the_last_known_leader_does_not_lead(self, alone, clean):
        alone.come_back(1, clean=clean, wiped=True)
        assert (alone.partition.leader, alone.partition.isr) == (-1, ())
        assert (alone.partition.elr, alone.partition.wiped) == ((), (1,))
        assert alone.members[1].topics["t"] == alone.controller.topics["t"]

    def test_nor_after_one_more_life(self, alone):
        alone.come_back(1, wiped=True)
        alone.controller.fence(1)
        alone.come_back(1, 200.0)
        assert alone.partition.leader == -1

    def test_its_new_directory_is_assigned_but_nobody_elects_it_for_that(self, alone):
        alone.come_back(1, wiped=True)
        alone.controller.heartbeat(1, 101.0)
        assert (alone.partition.leader, alone.partition.wiped) == (-1, ())

    @pytest.mark.parametrize("unclean", ["true", "false"])
    def test_the_next_look_for_unclean_leaders_finds_it(self, alone, unclean):
        alone.controller.alter_topic_config("t", {"unclean.leader.election.enable": unclean})
        alone.come_back(1, wiped=True)
        alone.controller.leadership.leaderless(patrol=True)
        assert alone.partition.leader == -1, "not assigned yet"
        alone.controller.heartbeat(1, 101.0)
        alone.controller.leadership.leaderless(patrol=True)
        assert alone.partition.leader == (1 if unclean == "true" else -1)

    def test_anybody_who_comes_back_is_such_an_occasion(self, alone):
        alone.come_back(1, wiped=True)
        alone.controller.heartbeat(1, 101.0)
        alone.come_back(2)
        assert alone.partition.leader == 1

    def test_another_is_elected_uncleanly_instead(self, alone):
        alone.come_back(1, wiped=True)
        alone.come_back(2)
        assert (alone.partition.leader, alone.kinds.count("unclean-election")) == (2, 1)

    def test_in_the_isr_again_it_may_lead(self, alone):
        alone.come_back(1, wiped=True)
        alone.come_back(2)
        topic = alone.controller.topics["t"]
        wish = Wish(topic, topic.partitions[0], (1, 2))
        assert alone.controller.leadership.alter(2, [wish]) == {topic.partitions[0].key: ErrorCode.none}
        assert alone.partition.wiped == ()
        alone.controller.fence(2)
        assert alone.partition.leader == 1

    def test_what_was_made_since_is_its_own(self, alone):
        alone.come_back(1, wiped=True)
        alone.controller.create_topic("new", 1, 1)
        assert alone.controller.topics["new"].partitions[0].leader == 1

    def test_the_disk_of_one_that_was_in_the_isr_takes_it_out(self, house):
        house.come_back(3, wiped=True)
        assert (house.partition.isr, house.partition.wiped, house.partition.leader) == ((1, 2), (3,), 1)
