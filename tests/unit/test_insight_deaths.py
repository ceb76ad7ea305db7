"""If a broker died now: who would lead, and which acked records would be gone."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.insight.deaths import death
from workbench.insight.offsets import window
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState


def state(partition, *brokers):
    known = {broker.id: broker for broker in brokers}
    return ClusterState(0.0, tuple(known.get(n, BrokerState(n, 9090 + n)) for n in (1, 2, 3)), (partition,))


def partition(ends, isr=(1, 2, 3), leader=1, mark=100, **more):
    replicas = tuple(ReplicaState(n, 0, end, min(mark, end), in_isr=n in isr) for n, end in ends.items())
    return PartitionState("orders", 0, leader, 4, isr, replicas, minimum_isr=2, **more)


def test_what_only_the_leader_has_is_lost_under_acks_1_and_never_acked_under_acks_all():
    p = partition({1: 105, 2: 103, 3: 100})
    found = death(state(p), p, 1)
    assert (found.way, found.leader, found.log_end) == ("elected", 2, 103)
    assert (found.acks_1, found.acks_all) == (2, 0)
    assert found.isr == (2, 3)
    assert not found.refuses_all


def test_the_first_of_the_assignment_in_the_isr_leads_not_the_longest_log():
    p = partition({1: 105, 2: 100, 3: 104})
    assert death(state(p), p, 1).acks_1 == 5


def test_a_follower_s_death_loses_nothing_but_may_leave_too_few():
    p = partition({1: 105, 2: 105, 3: 90}, isr=(1, 2), mark=105)
    found = death(state(p, BrokerState(3, 9093, "dead", fenced=True)), p, 2)
    assert (found.way, found.leader, found.acks_1, found.acks_all) == ("stays", 1, 0, 0)
    assert found.refuses_all


def test_frozen_followers_still_in_the_isr_lead_once_they_are_thawed():
    frozen = [BrokerState(n, 9090 + n, "frozen", session_left_s=3.0) for n in (2, 3)]
    p = partition({1: 200, 2: 101, 3: 101}, mark=101)
    found = death(state(p, *frozen), p, 1)
    assert (found.way, found.leader, found.acks_1, found.acks_all) == ("after thaw", 2, 99, 0)


def test_what_lies_in_a_frozen_followers_socket_is_not_lost():
    frozen = [BrokerState(n, 9090 + n, "frozen", session_left_s=3.0) for n in (2, 3)]
    p = partition({1: 200, 2: 101, 3: 101}, mark=101)
    lying = msgspec.structs.replace(p.replicas[1], lying=3)
    p = msgspec.structs.replace(p, replicas=(p.replicas[0], lying, p.replicas[2]))
    found = death(state(p, *frozen), p, 1)
    assert (found.log_end, found.acks_1) == (104, 96)


@pytest.mark.parametrize(
    ("more", "way", "leader", "lost"),
    [
        ({}, "nobody", -1, (0, 0)),
        ({"unclean": True}, "unclean", 3, (120, 100)),
        ({"elr": (3,)}, "elected", 3, (120, 100)),
    ],
    ids=["clean", "unclean", "eligible leader replica"],
)
def test_without_another_in_sync_replica(more, way, leader, lost):
    p = partition({1: 200, 2: 100, 3: 80}, isr=(1,), mark=180, **more)
    found = death(state(p, BrokerState(2, 9092, "dead", fenced=True)), p, 1)
    assert (found.way, found.leader) == (way, leader)
    assert (found.acks_1, found.acks_all) == lost


def test_the_last_in_sync_replica_stays_in_the_isr_though_it_is_dead():
    p = partition({1: 200, 2: 100, 3: 80}, isr=(2,), leader=-1)
    found = death(state(p), p, 2)
    assert (found.way, found.isr) == ("nobody", (2,))


def test_all_offsets_are_shown_where_they_have_room():
    assert window(partition({1: 6, 2: 5, 3: 4}, mark=4), 10) == (0, 1, 2, 3, 4, 5)


def test_the_edges_are_shown_where_not_all_have_room():
    shown = window(partition({1: 1000, 2: 160, 3: 100}, mark=100), 12)
    assert {99, 100, 159, 160, 999} <= set(shown)
    assert len(shown) <= 12
    assert shown[-1] == 999


@given(st.lists(st.integers(0, 500), min_size=1, max_size=3), st.integers(0, 500), st.integers(1, 30))
def test_a_window_rises_and_fits(ends, mark, columns):
    p = partition(dict(enumerate(ends, 1)), mark=mark)
    shown = window(p, columns)
    assert len(shown) <= columns
    offsets = [offset for offset in shown if offset is not None]
    assert offsets == sorted(set(offsets))
    assert all(0 <= offset < max(ends) for offset in offsets)
    assert all((b == a + 1) for a, b in itertools.pairwise(shown) if None not in (a, b))
    assert offsets or not max(ends)
