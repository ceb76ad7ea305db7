"""What is said of brokers, replicas, happenings and faults to come."""

from typing import get_args

import msgspec
import pytest

from workbench.insight.foretold import forecast, foretold
from workbench.insight.happenings import Timeouts, events, told
from workbench.insight.replicas import broker_facts, replica_facts
from workbench.model.cluster_state import (
    BrokerState,
    ClusterState,
    Happened,
    HappenedKind,
    PartitionState,
    ReplicaState,
)

TIMEOUTS = Timeouts(session_s=9.0, lag_s=30.0)


def cluster(*brokers, ends=(105, 103, 100), isr=(1, 2, 3), leader=1, mark=100, **more):
    known = {broker.id: broker for broker in brokers}
    replicas = tuple(
        ReplicaState(n, 0, end, min(mark, end), "leader" if n == leader else "follower", 4, n in isr)
        for n, end in enumerate(ends, 1)
    )
    partition = PartitionState("orders", 0, leader, 4, isr, replicas, minimum_isr=2, **more)
    return ClusterState(100.0, tuple(known.get(n, BrokerState(n, 9090 + n)) for n in (1, 2, 3)), (partition,))


def said(state, broker):
    partition = state.partitions[0]
    return replica_facts(state, partition, partition.replica(broker))


def test_replicas_of_a_healthy_partition():
    state = cluster()
    assert [said(state, n).forms[0] for n in (1, 2, 3)] == [
        "LEADER",
        "in sync, 2 on the way",
        "in sync, 5 on the way",
    ]
    assert [said(state, n).alone for n in (1, 2, 3)] == [2, 0, 0]


def test_a_frozen_follower_is_in_the_isr_and_behind():
    facts = said(cluster(BrokerState(3, 9093, "frozen", session_left_s=3.8)), 3)
    assert (facts.standing, facts.forms[0], facts.tone) == ("behind", "in ISR, 5 behind", "warn")


def test_one_out_of_the_isr_a_dead_one_and_a_zombie():
    state = cluster(BrokerState(3, 9093, "dead", fenced=True), isr=(1, 2))
    assert said(state, 3).forms[0] == "down, log ends here"
    assert said(cluster(isr=(1, 2)), 3).forms[0] == "not in ISR, 5 behind"
    zombie = msgspec.structs.replace(cluster(leader=2), at=1.0)
    partition = zombie.partitions[0]
    first = msgspec.structs.replace(partition.replicas[0], role="leader", leader_epoch=3)
    facts = replica_facts(zombie, partition, first)
    assert (facts.standing, facts.forms[0]) == ("zombie", "believes it leads, epoch 3")


def parted(state, broker, at, **more):
    """From `at` on that broker's records are not its leader's."""
    partition = state.partitions[0]
    replicas = tuple(
        msgspec.structs.replace(replica, parts_at=at, **more) if replica.broker == broker else replica
        for replica in partition.replicas
    )
    return msgspec.structs.replace(state, partitions=(msgspec.structs.replace(partition, replicas=replicas),))


def test_a_dead_one_whose_records_are_no_leaders_any_more_says_how_many_will_be_cut():
    dead = BrokerState(1, 9091, "dead", fenced=True)
    state = parted(cluster(dead, leader=2, isr=(2, 3), ends=(140, 200, 200)), 1, 105)
    assert said(state, 1).forms[0] == "down, 35 to be cut when it starts"
    assert foretold(state, dead, TIMEOUTS)[0] == (
        "K starts it again: 35 records that no leader has are cut; W wipes that log first"
    )


def test_what_a_zombie_has_alone_is_not_hidden_by_a_leader_whose_log_is_longer():
    state = cluster(
        BrokerState(1, 9091, isolated=True, fenced=True), leader=2, isr=(2, 3), ends=(140, 200, 200)
    )
    state = parted(state, 1, 105, role="leader")
    assert [said(state, n).alone for n in (1, 2, 3)] == [35, 0, 0]
    found = forecast(state, state.partitions[0], 1)
    assert (found.acks_1[0], found.lost_1) == ("35 acked by it alone are cut when it hears", 35)


def test_what_only_the_leader_has_is_not_hidden_by_a_longer_log_of_another_history():
    dead = BrokerState(1, 9091, "dead", fenced=True)
    state = parted(cluster(dead, leader=2, isr=(2,), ends=(140, 120, 110)), 1, 105)
    assert [said(state, n).alone for n in (1, 2, 3)] == [0, 10, 0]


def test_nobody_has_caught_up_with_a_leader_that_there_is_not():
    assert said(cluster(leader=-1, isr=()), 3).forms[0] == "not in ISR"


@pytest.mark.parametrize(
    ("broker", "state", "next_"),
    [
        (BrokerState(3, 9093, "frozen", session_left_s=3.8, since=93.8), "frozen 6.2 s",
         "answers nobody; leaves the ISRs in 3.8 s"),
        (BrokerState(3, 9093, "dead", session_left_s=8.0, since=99.0), "dead 1.0 s", "leaves the ISRs in 8.0 s"),
        (BrokerState(3, 9093, "dead", fenced=True, since=80.0), "dead 20.0 s", "fenced: in no ISR, leads nothing"),
        (BrokerState(3, 9093, isolated=True, session_left_s=1.0, since=92.0), "isolated 8.0 s",
         "clients only; leaves the ISRs in 1.0 s"),
        (BrokerState(3, 9093, delay_ms=200), "slow, 200 ms",
         "5 requests/s a connection; leaves an ISR when 30 s behind"),
        (BrokerState(3, 9093, "starting"), "starting", "catches up, then rejoins the ISRs"),
        (BrokerState(3, 9093, session_left_s=8.5), "up", "fetches p0 from broker 1"),
    ],
)  # fmt: skip
def test_what_a_broker_does_and_what_comes_next(broker, state, next_):
    facts = broker_facts(cluster(broker), broker, TIMEOUTS)
    assert (facts.state, facts.forms[0]) == (state, next_)


def test_a_forecast_names_the_next_leader_and_both_acks():
    state = cluster()
    found = forecast(state, state.partitions[0], 1)
    assert found.who[0] == "broker 2 leads; its log ends at 103"
    assert found.acks_1[0] == "2 acked records lost"
    assert found.acks_all[0] == "0 lost: 103 to 104 were never acked"
    assert (found.lost_1, found.lost_all) == (2, 0)


def test_a_forecast_of_an_unclean_election_names_committed_records():
    state = cluster(ends=(200, 100, 90), isr=(1,), mark=180, unclean=True)
    found = forecast(state, state.partitions[0], 1)
    assert found.who[0] == "broker 2 leads uncleanly; its log ends at 100"
    assert found.acks_all[0] == "80 records lost, acked and committed"


def test_a_wiped_leader_that_nobody_can_follow_promises_nothing_of_its_disk():
    dead = BrokerState(1, 9091, "dead", session_left_s=7.0)
    alone = cluster(dead, isr=(1,), ends=(105, 60, 60))
    assert forecast(alone, alone.partitions[0], 1).acks_1[0] == "0 lost while its disk survives"
    wiped = cluster(dead, isr=(1,), ends=(0, 60, 60), mark=0)
    found = forecast(wiped, wiped.partitions[0], 1)
    assert found.acks_1[0] == found.acks_all[0] == "its log is empty: what it had alone is gone"
    assert (found.lost_1, found.lost_all) == (None, None)


def test_what_freezing_would_do_is_said_before():
    state = cluster()
    assert foretold(state, state.brokers[0], TIMEOUTS)[-3] == "F freezes it: writes to p0 wait, 9 s at most"
    assert (
        foretold(state, state.brokers[2], TIMEOUTS)[-3] == "F freezes it: acks=all on p0 waits, 9 s at most"
    )
    dead = BrokerState(3, 9093, "dead", fenced=True)
    assert "starts it again" in foretold(cluster(dead), dead, TIMEOUTS)[0]
    wiped = cluster(dead, ends=(105, 103, 0))
    assert (
        foretold(wiped, dead, TIMEOUTS)[0]
        == "K starts it again: its log is empty, it fetches what leaders have"
    )
    out = cluster(isr=(1, 2))
    assert foretold(out, out.brokers[2], TIMEOUTS)[0] == "F freezes it: nothing waits for it"
    cut_off = BrokerState(3, 9093, isolated=True, fenced=True)
    assert foretold(cluster(cut_off, isr=(1, 2)), cut_off, TIMEOUTS)[1] == (
        "I lets it rejoin: it hears what it missed and cuts its log to fit"
    )


def test_what_slowness_does_to_many_requests_is_said_before_and_after():
    state = cluster()
    assert "S: +200 ms, so 5 requests/s" in foretold(state, state.brokers[0], TIMEOUTS)[0]
    slow = cluster(BrokerState(1, 9091, delay_ms=200))
    assert "S: quick again" in foretold(slow, slow.brokers[0], TIMEOUTS)[0]
    words = [told(happened("slowed", count=ms), 2, TIMEOUTS).consequence for ms in (200, 300, 3, 4000, 0)]
    assert words == [
        "5 requests/s a connection: each takes 200 ms more",
        "3.3 requests/s a connection: each takes 300 ms more",
        "333 requests/s a connection: each takes 3 ms more",
        "0.25 requests/s a connection: each takes 4000 ms more",
        "its requests wait no more",
    ]


def stops(state):
    """What is said of X on broker 1."""
    return (
        foretold(state, state.brokers[0], TIMEOUTS)[0].split("X shuts it down in order: ")[1].split("   ")[0]
    )


def test_what_a_controlled_shutdown_would_do_is_said_before():
    frozen = [BrokerState(n, 9090 + n, "frozen", session_left_s=3.0) for n in (2, 3)]
    dead = [BrokerState(n, 9090 + n, "dead", fenced=True) for n in (2, 3)]
    assert stops(cluster()) == "others lead first, nothing waits"
    assert stops(cluster(*frozen)) == "who leads next lacks 2 records that acks=1 acked"
    assert stops(cluster(*frozen, ends=(105, -1, -1))) == "who leads next is frozen: writes wait"
    assert stops(cluster(*frozen, ends=(105, 105, 105))) == "who leads next is frozen: writes wait"
    assert stops(cluster(*dead, isr=(1,))) == "nobody else can lead p0: writes wait"
    assert stops(cluster(dead[1], isr=(1, 2))) == "acks=all is refused on p0 from then on"
    assert stops(cluster(leader=2)) == "it leaves its ISRs at once, nothing waits for it"
    assert stops(cluster(dead[1], leader=2, isr=(1, 2))) == "acks=all is refused on p0 from then on"


@pytest.mark.parametrize(
    ("leader", "said_of_it"),
    [
        (BrokerState(1, 9091, "dead", session_left_s=7.0), "its leader, broker 1, is dead: writes wait"),
        (BrokerState(1, 9091, "frozen", session_left_s=7.0), "its leader, broker 1, is frozen: writes wait"),
        (BrokerState(1, 9091, isolated=True), "its leader, broker 1, is cut off: acks=all waits"),
    ],
    ids=["dead", "frozen", "isolated"],
)
def test_nothing_is_on_the_way_from_a_leader_that_nobody_can_fetch_from(leader, said_of_it):
    state = cluster(leader)
    assert said(state, 3).forms[0] == "in ISR, lacks 5"
    found = forecast(state, state.partitions[0], 3)
    assert (found.who[0], found.acks_1) == (said_of_it, ("0 more lost",))


def happened(kind, **more):
    return Happened(1, 10.0, kind, 2, **more)


def test_a_shrunk_isr_below_the_minimum_says_what_stops():
    enough = told(happened("isr-shrank", topic="t", partition=3, brokers=(1, 2)), 2, TIMEOUTS)
    few = told(happened("isr-shrank", topic="t", partition=3, brokers=(1,)), 2, TIMEOUTS)
    assert (enough.what, enough.severity) == ("ISR shrank to {1,2}", "warn")
    assert few.consequence == "below min.insync 2: acks=all is refused, HW stays"
    assert few.severity == "bad"


def test_what_happens_alike_to_several_partitions_is_one_event():
    shrank = [
        happened("isr-shrank", topic="t", partition=p, brokers=b) for p, b in ((1, (3, 1)), (0, (1, 3)))
    ]
    cut = [happened("truncated", topic="t", partition=p, count=50) for p in range(6)]
    frozen = happened("frozen")
    found = events([frozen, *shrank, *cut], 2, TIMEOUTS, wall=1000.0)
    assert [(one.where, one.what) for one in found] == [
        ("broker 2", "frozen"),
        ("p0 p1", "ISR shrank to {1,3}"),
        ("6 partitions", "truncated"),
    ]
    assert found[2].consequence == "broker 2 cut 300 records that its leader does not have"
    assert {one.at for one in found} == {1010.0}


def test_different_isrs_and_leaders_are_different_events():
    shrank = [happened("isr-shrank", topic="t", partition=p, brokers=(p,)) for p in (1, 2)]
    led = [Happened(1, 10.0, "leader-elected", p, "t", p, count=4) for p in (1, 2)]
    assert len(events([*shrank, *led], 2, TIMEOUTS, wall=0.0)) == 4


@pytest.mark.parametrize("kind", get_args(HappenedKind))
def test_everything_that_can_happen_has_words(kind):
    found = told(happened(kind, brokers=(1, 2), count=1), 2, TIMEOUTS)
    assert found.what
    assert found.consequence
    assert "{" not in found.consequence


def test_timeouts_come_from_the_brokers_properties():
    found = Timeouts.of({"broker.session.timeout.ms": "3000"})
    assert (found.session_s, found.lag_s) == (3.0, 30.0)
