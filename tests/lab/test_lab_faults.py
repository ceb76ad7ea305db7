"""Brokers that are frozen, killed, stopped, cut off or wiped: who leads then, and what is lost."""

import asyncio
import struct

import pytest

from workbench.errors import InputError
from workbench.insight.happenings import Timeouts, told
from workbench.lab.protocol import TopicSpec

QUICK = {"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "200"}


def values(count, start=0):
    return [b"%06d" % number for number in range(start, start + count)]


@pytest.fixture
async def quick(lab_with):
    """A lab that fences after a second, with a topic of one partition on brokers 1 (leader), 2 and 3."""

    async def start(*, brokers=3, factor=3, config=None, **properties):
        topic = {key.replace("_", "."): value for key, value in properties.items()}
        topics = [TopicSpec("t", 1, factor, topic)]
        return await lab_with(brokers=brokers, config={**QUICK, **(config or {})}, topics=topics)

    return start


def isr(*members):
    return lambda states: set(states[0].isr) == set(members)


def led_by(*brokers):
    return lambda states: states[0].leader in brokers


async def stored(lab, topic="t"):
    """All that a consumer sees, once the whole ISR has it."""
    (state,) = await lab.until(
        lambda states: (
            states[0].leader > 0
            and states[0].replica(states[0].leader).high_watermark
            == states[0].replica(states[0].leader).log_end
        ),
        topic,
    )
    count = state.replica(state.leader).log_end
    return [message.value() for message in await lab.consume(count, topic)]


# frozen followers must not be fenced before they thaw, on a busy machine neither
OUTLASTS = {"broker.session.timeout.ms": "5000"}


class TestLoss:
    """Followers frozen, records acknowledged, the leader killed, the followers thawed."""

    async def recipe(self, lab, sender):
        await sender.ack(values(1))
        await lab.do("freeze", 2, 3)
        sender.send(values(1, 1))  # travels with the fetches that the followers have pending

    async def test_acks_1_loses_what_it_acknowledged(self, quick):
        lab = await quick(config=OUTLASTS)
        sender = lab.producer(acks="1")
        await self.recipe(lab, sender)
        await sender.reported(2)
        await sender.ack(values(100, 2))
        await lab.do("kill", 1)
        await lab.do("thaw", 2, 3)
        await lab.until(led_by(2, 3))
        kept = await stored(lab)
        assert kept in (values(1), values(2))  # one, if it was frozen between two fetches
        await sender.ack(values(1, 200))
        assert await stored(lab) == [*kept, *values(1, 200)]
        (state,) = await lab.cluster.replicas("t")
        assert state.replica(1).parted == 102 - len(kept)
        await lab.do("restart")
        (state,) = await lab.until(isr(1, 2, 3))
        assert {replica.parted for replica in state.replicas} == {0}
        assert [(r.log_end, r.leader_epoch) for r in state.replicas] == [
            (len(kept) + 1, state.leader_epoch)
        ] * 3
        (cut,) = await lab.happened("truncated")
        assert (cut.broker, cut.count) == (1, 102 - len(kept))

    async def test_what_a_frozen_successor_will_still_append_does_not_count_as_parted(self, quick):
        lab = await quick(config=OUTLASTS)
        sender = lab.producer(acks="1")
        await self.recipe(lab, sender)
        await sender.reported(2)
        await sender.ack(values(100, 2))
        await lab.do("stop", 1)
        (state,) = await lab.until(led_by(2))
        foretold = state.replica(1).parted
        await lab.do("thaw", 2, 3)
        (state,) = await lab.until(lambda states: states[0].replica(2).role == "leader")
        assert state.replica(1).parted == foretold >= 100

    async def test_acks_all_acknowledges_none_of_it_and_loses_none(self, quick):
        lab = await quick(config=OUTLASTS)
        sender = lab.producer(acks="all")
        await self.recipe(lab, sender)
        sender.send(values(100, 2))
        await lab.until(lambda states: states[0].replica(1).log_end > 1)
        assert len(sender.reports) == 1
        await lab.do("kill", 1)
        await lab.do("thaw", 2, 3)
        await lab.until(led_by(2, 3))
        await sender.reported(102)
        assert set(sender.reports.values()) == {None}
        assert set(await stored(lab)) == set(values(102))

    async def test_an_idempotent_producer_stores_each_once(self, quick):
        lab = await quick(config=OUTLASTS)
        sender = lab.producer(enable_idempotence="true")
        await self.recipe(lab, sender)
        sender.send(values(100, 2))
        await lab.until(lambda states: states[0].replica(1).log_end > 1)
        await lab.do("kill", 1)
        await lab.do("thaw", 2, 3)
        await sender.reported(102)
        assert set(sender.reports.values()) == {None}
        assert await stored(lab) == values(102)


async def test_a_frozen_leader_that_thaws_still_believes_it_leads(quick):
    lab = await quick()
    sender = lab.producer(acks="1")
    await sender.ack(values(1))
    await lab.do("freeze", 1)
    sender.send(values(20, 1))  # they lie in its socket
    (state,) = await lab.until(led_by(2, 3))
    assert state.replica(1).role == "leader"
    assert state.replica(1).leader_epoch < state.leader_epoch
    await lab.do("thaw", 1)
    (state,) = await lab.until(isr(1, 2, 3))
    await sender.reported(21)
    cut = await lab.happened("truncated")
    assert [one.broker for one in cut] == [1]
    kept = await stored(lab)
    acked = [value for value, error in sender.reports.items() if error is None]
    assert len(set(acked) - set(kept)) == cut[0].count > 0
    assert len({replica.log_end for replica in state.replicas}) == 1


class TestBelowTheMinimumIsr:
    async def test_acks_1_is_taken_but_nobody_sees_it(self, quick):
        """KIP-966: the high watermark stays; acks=all is refused before anything is appended."""
        lab = await quick(min_insync_replicas="2")
        one, every = lab.producer(acks="1"), lab.producer(acks="all", message_timeout_ms="1500")
        await one.ack(values(5))
        await lab.until(lambda states: states[0].replica(1).high_watermark == 5)
        await lab.do("freeze", 2, 3)
        (state,) = await lab.until(isr(1))
        assert state.elr in {(2,), (3,)}  # who left last lacks nothing that acks=all acknowledged
        every.send([b"refused"])
        await one.ack(values(5, 5))
        await every.reported(1)
        assert every.reports == {b"refused": "_MSG_TIMED_OUT"}
        (state,) = await lab.cluster.replicas("t")
        assert (state.replica(1).log_end, state.replica(1).high_watermark) == (10, 5)
        assert await lab.seen() == values(5)
        await lab.do("thaw")
        await lab.until(isr(1, 2, 3))
        assert await stored(lab) == values(10)
        await every.ack([b"taken"])

    async def test_with_followers_gone_only_who_lacks_nothing_may_lead(self, quick):
        lab = await quick(min_insync_replicas="2")
        await lab.producer(acks="all").ack(values(5))
        await lab.do("freeze", 3)
        await lab.until(isr(1, 2))
        await lab.do("freeze", 2)
        await lab.until(lambda states: states[0].elr == (2,))
        await lab.do("kill", 1)
        await lab.until(led_by(-1))
        await lab.do("thaw", 3)
        await lab.until_brokers(lambda states: not states[3].fenced)
        (state,) = await lab.cluster.replicas("t")
        assert (state.leader, state.isr, state.elr) == (-1, (), (1, 2))
        await lab.do("thaw", 2)
        (state,) = await lab.until(led_by(2))
        await lab.until(isr(2, 3))
        assert await stored(lab) == values(5)


class TestSlowFollowers:
    async def test_one_that_lags_leaves_the_isr_and_comes_back(self, quick):
        lab = await quick(config={"replica.lag.time.max.ms": "1000", "replica.fetch.wait.max.ms": "100"})
        sender = lab.producer(acks="all")
        await sender.ack(values(1))
        await lab.cluster.pause_fetching(3)
        sender.send(values(1, 1))
        await lab.until(isr(1, 2))
        await sender.reported(2)
        assert (await lab.until_brokers(bool))[3].fenced is False
        await lab.cluster.pause_fetching(3, paused=False)
        await lab.until(isr(1, 2, 3))
        assert [one.brokers for one in await lab.happened("isr-shrank", "isr-grew")] == [(1, 2), (1, 2, 3)]
        (state,) = await lab.cluster.replicas("t")
        assert (state.leader_epoch, state.replica(3).log_end) == (0, 2)

    async def test_a_leader_cut_off_from_the_controller_cannot_shrink_its_isr(self, quick):
        config = {"broker.session.timeout.ms": "60000", "replica.lag.time.max.ms": "500"}
        lab = await quick(config={**config, "replica.fetch.wait.max.ms": "100"})
        one = lab.producer(acks="1")
        every = lab.producer(acks="all", request_timeout_ms="1500", message_timeout_ms="3000")
        await one.ack(values(1))
        await every.ack([b"warm"])
        await lab.do("isolate", 1)
        await one.ack(values(5, 1))
        every.send([b"x"])
        await every.reported(2)
        assert every.reports[b"x"] == "_MSG_TIMED_OUT"
        (state,) = await lab.cluster.replicas("t")
        assert (set(state.isr), state.replica(1).high_watermark) == ({1, 2, 3}, 2)
        await lab.do("thaw", 1)
        await every.ack([b"y"])
        assert set(values(6)) < set(await stored(lab))
        assert await lab.happened("truncated") == []


async def test_an_isolated_leader_acknowledges_what_will_be_lost(quick):
    lab = await quick()
    sender = lab.producer(acks="1")
    await sender.ack(values(1))
    await lab.until(lambda states: states[0].replica(2).high_watermark == 1)
    await lab.do("isolate", 1)
    await lab.until(led_by(2))
    await sender.ack(values(10, 1))  # it does not know yet; nor does its client
    (state,) = await lab.cluster.replicas("t")
    assert (state.replica(1).role, state.replica(1).log_end) == ("leader", 11)
    (elected,) = await lab.happened("leader-elected")
    assert told(elected, 1, Timeouts()).consequence == "producers go on there, once they hear of it"
    assert [replica.parts_at for replica in state.replicas] == [1, -1, -1]
    await lab.do("thaw", 1)
    await lab.until(isr(1, 2, 3))
    assert await stored(lab) == values(1)
    assert [(one.broker, one.count) for one in await lab.happened("truncated")] == [(1, 10)]


class TestUnclean:
    async def alone(self, lab, sender):
        """The followers die, the leader goes on alone and dies too, one follower comes back."""
        await sender.ack(values(5))
        await lab.until(lambda states: states[0].replica(2).log_end == 5)
        await lab.do("kill", 2, 3)
        await lab.until(isr(1))
        await sender.ack(values(5, 5))
        await lab.do("kill", 1)
        await lab.until(led_by(-1))
        await lab.do("restart", 2)
        await lab.until_brokers(lambda states: not states[2].fenced and states[2].condition == "running")

    async def test_off_nobody_leads_until_the_last_leader_is_back(self, quick):
        lab = await quick()
        await self.alone(lab, lab.producer(acks="1"))
        (state,) = await lab.cluster.replicas("t")
        assert (state.leader, state.isr, state.elr) == (-1, (), (1,))
        reports = await lab.produce([b"x"], message_timeout_ms=1000)
        assert {name for name, _ in reports} == {"_MSG_TIMED_OUT"}
        await lab.do("restart")
        await lab.until(isr(1, 2, 3))
        assert await stored(lab) == values(10)
        assert await lab.happened("truncated") == []

    async def test_on_whoever_is_there_leads_and_the_rest_is_lost(self, quick):
        lab = await quick(unclean_leader_election_enable="true")
        await self.alone(lab, lab.producer(acks="1"))
        await lab.until(led_by(2))
        assert len(await lab.happened("unclean-election")) == 1
        assert await stored(lab) == values(5)
        await lab.do("restart")
        await lab.until(isr(1, 2, 3))
        assert await stored(lab) == values(5)
        assert [(one.broker, one.count) for one in await lab.happened("truncated")] == [(1, 5)]


class TestLifeAndDeath:
    async def test_a_killed_brokers_log_survives(self, quick):
        lab = await quick(factor=1)
        sender = lab.producer(acks="all")
        await sender.ack(values(10))
        port = (await lab.until_brokers(bool))[1].port
        await lab.do("kill", 1)
        await lab.until(led_by(-1))
        await lab.do("restart", 1)
        await lab.until(led_by(1))
        assert (await lab.until_brokers(bool))[1].port == port
        assert await stored(lab) == values(10)
        await sender.ack(values(1, 10))

    async def test_one_killed_while_it_starts_keeps_its_log(self, quick):
        lab = await quick(factor=1, config={"broker.session.timeout.ms": "4000"})
        await lab.producer(acks="all").ack(values(10))
        await lab.do("kill", 1)
        await lab.do("restart", 1)  # it waits until its former session is over
        assert (await lab.until_brokers(bool))[1].condition == "starting"
        await lab.do("kill", 1)
        (state,) = await lab.until(led_by(-1))
        assert (state.replica(1).log_end, state.replica(1).high_watermark) == (10, 10)
        await lab.do("restart", 1)
        await lab.until(led_by(1))
        assert await stored(lab) == values(10)

    async def test_one_killed_while_it_starts_can_be_wiped(self, quick):
        lab = await quick()
        await lab.producer(acks="all").ack(values(10))
        await lab.do("kill", 3)
        await lab.do("restart", 3)
        await lab.do("kill", 3)
        await lab.do("wipe", 3)
        await lab.until(isr(1, 2))
        await lab.cluster.pause_fetching(3)
        await lab.do("restart", 3)
        await lab.until_brokers(lambda states: states[3].condition == "running" and not states[3].fenced)
        assert (await lab.cluster.replicas("t"))[0].replica(3).log_end == 0

    async def test_a_wiped_one_leads_nothing_that_it_had_alone(self, quick):
        """KIP-858: its log directory is another one."""
        lab = await quick(factor=1, unclean_leader_election_enable="true")
        sender = lab.producer(acks="all", message_timeout_ms="1500")
        await sender.ack(values(10))
        await lab.do("kill", 1)
        await lab.until(led_by(-1))
        await lab.do("wipe", 1)
        await lab.do("restart", 1)
        await lab.until_brokers(lambda states: states[1].condition == "running" and not states[1].fenced)
        sender.send([b"x"])
        await sender.reported(11)
        assert sender.reports[b"x"] == "_MSG_TIMED_OUT"
        (state,) = await lab.cluster.replicas("t")
        assert (state.leader, state.isr, state.replica(1).log_end) == (-1, (), 0)
        assert await lab.happened("unclean-election") == []
        await lab.topic("anew", 3, 1)  # on all three
        for partition in range(3):
            ((error, _),) = await lab.produce([b"y"], "anew", partition=partition)
            assert error is None

    async def test_a_wiped_one_leads_empty_when_unclean_leaders_are_looked_for(self, quick):
        """Every five minutes, unless the controller is told otherwise (tried on Apache Kafka 4.1.0)."""
        config = {"unclean.leader.election.interval.ms": "500"}
        lab = await quick(factor=1, config=config, unclean_leader_election_enable="true")
        await lab.producer(acks="all").ack(values(10))
        await lab.do("kill", 1)
        await lab.until(led_by(-1))
        await lab.do("wipe", 1)
        await lab.do("restart", 1)
        await lab.until(led_by(1))
        await lab.producer(acks="all").ack(values(1, 10))
        assert await stored(lab) == values(1, 10)
        assert len(await lab.happened("unclean-election")) == 1

    async def test_a_wiped_follower_fetches_everything_again(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await sender.ack(values(50))
        await lab.do("kill", 3)
        await lab.do("wipe", 3)
        assert (await lab.cluster.replicas("t"))[0].replica(3).log_end == 0
        await sender.ack(values(50, 50))
        await lab.do("restart", 3)
        await lab.until(lambda states: states[0].replica(3).log_end == 100)
        await lab.until(isr(1, 2, 3))
        assert await stored(lab) == values(100)

    async def test_one_that_came_back_counts_only_after_it_has_fetched(self, quick):
        """What the leader knew of its former life says nothing about a disk that may be another one."""
        lab = await quick()
        await lab.producer(acks="all").ack(values(50))
        await lab.do("kill", 3)
        await lab.until(isr(1, 2))
        await lab.do("wipe", 3)
        await lab.cluster.pause_fetching(3)
        await lab.do("restart", 3)
        await lab.until_brokers(lambda states: states[3].condition == "running" and not states[3].fenced)
        assert set((await lab.cluster.replicas("t"))[0].isr) == {1, 2}
        await lab.cluster.pause_fetching(3, paused=False)
        await lab.until(isr(1, 2, 3))

    async def test_a_wiped_leader_takes_nothing_along(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await sender.ack(values(50))
        await lab.do("kill", 1)
        await lab.do("wipe", 1)
        await lab.do("restart", 1)
        await lab.until(led_by(2))
        await lab.until(isr(1, 2, 3))
        assert await stored(lab) == values(50)

    @pytest.mark.parametrize("how", ["stop", "kill"])
    async def test_in_the_middle_of_a_load_acks_all_loses_nothing(self, quick, how):
        lab = await quick(min_insync_replicas="2")
        sender = lab.producer(acks="all", linger_ms="5")
        for round_ in range(6):
            sender.send(values(500, 500 * round_))
            await sender.reported(min(500 * round_ + 1, 2000))
            if round_ == 2:
                await lab.do(how, 1)
        await sender.flush()
        await sender.reported(3000)
        assert set(sender.reports.values()) == {None}
        await lab.do("restart", 1)
        await lab.until(isr(1, 2, 3))
        assert set(await stored(lab)) == set(values(3000))

    async def test_a_stopped_leader_hands_over_first(self, quick):
        """Nobody waits for its session to end, neither when it goes nor when it comes."""
        lab = await quick(config={"broker.session.timeout.ms": "600000"})
        await lab.do("stop", 1)
        (state,) = await lab.cluster.replicas("t")
        assert (state.leader, set(state.isr), state.leader_epoch) == (2, {2, 3}, 1)
        assert (await lab.until_brokers(bool))[1].condition == "dead"
        (fenced,) = await lab.happened("fenced")
        assert told(fenced, 1, Timeouts()).consequence == "it told the controller so: nobody waits 9 s"
        await lab.do("restart", 1)
        (state,) = await lab.until(isr(1, 2, 3))
        assert state.leader == 2

    async def test_the_preferred_leader_leads_again_at_the_next_balance(self, quick):
        lab = await quick(config={"leader.imbalance.check.interval.seconds": "1"})
        await lab.do("stop", 1)
        await lab.until(led_by(2))
        await lab.do("restart", 1)
        (state,) = await lab.until(led_by(1))
        assert set(state.isr) == {1, 2, 3}

    async def test_a_dead_ones_port_refuses_and_its_connections_are_closed(self, quick):
        lab = await quick()
        port = (await lab.until_brokers(bool))[2].port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await lab.do("kill", 2)
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_a_frozen_one_is_connected_to_but_answers_only_when_it_thaws(self, quick):
        lab = await quick()
        port = (await lab.until_brokers(bool))[2].port
        await lab.do("freeze", 2)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(struct.pack(">ihhih", 10, 18, 0, 7, -1))
        answer = asyncio.create_task(reader.readexactly(8))
        await lab.until_brokers(lambda states: states[2].fenced)
        assert not answer.done()
        await lab.do("thaw", 2)
        assert struct.unpack(">ii", await answer)[1] == 7
        writer.close()

    async def test_a_frozen_one_that_is_killed_answers_nothing_of_what_lay_there(self, quick):
        lab = await quick()
        sender = lab.producer(acks="1", enable_idempotence="false")
        await sender.ack(values(1))
        await lab.do("freeze", 1)
        sender.send(values(5, 1))
        await lab.do("kill", 1)
        await lab.until(led_by(2))
        (state,) = await lab.cluster.replicas("t")
        assert state.replica(1).log_end == 1
        await sender.reported(6)
        assert set(await stored(lab)) == set(values(6))

    async def test_all_frozen_and_thawed_again(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await sender.ack(values(1))
        await lab.do("freeze", 1, 2, 3)
        sender.send(values(5, 1))
        await lab.until(led_by(-1))
        assert len(sender.reports) == 1
        await lab.do("thaw")
        await lab.until(isr(1, 2, 3))
        await sender.reported(6)
        assert set(sender.reports.values()) == {None}
        assert set(await stored(lab)) == set(values(6))


class TestWhatClientsFeel:
    async def test_a_dropped_answer_duplicates(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await sender.ack([b"warm"])
        await lab.do("drop-response", 1, times=2)
        await sender.ack([b"x"])
        assert await stored(lab) == [b"warm", b"x", b"x", b"x"]

    async def test_but_not_with_idempotence(self, quick):
        lab = await quick()
        sender = lab.producer(enable_idempotence="true")
        await sender.ack([b"warm"])
        await lab.do("drop-response", 1, times=2)
        await sender.ack([b"x"])
        assert await stored(lab) == [b"warm", b"x"]

    @pytest.mark.parametrize(("idempotence", "copies"), [("false", 2), ("true", 1)])
    async def test_a_request_that_times_out_is_sent_again(self, lab_with, idempotence, copies):
        """Duplicates without a race: followers frozen for longer than the request timeout."""
        lab = await lab_with(topics=[TopicSpec("t", 1, 3, {"min.insync.replicas": "2"})])
        sender = lab.producer(
            acks="all", enable_idempotence=idempotence, request_timeout_ms="1000", retry_backoff_ms="100"
        )
        await sender.ack([b"warm"])
        await lab.do("freeze", 2, 3)
        sender.send([b"a"])
        await lab.until(lambda states: states[0].replica(1).log_end >= 2)
        if copies > 1:
            await lab.until(lambda states: states[0].replica(1).log_end >= 3)
        else:
            sender.send([b"b"])
        await lab.do("thaw")
        await sender.reported(2 if copies > 1 else 3)
        assert set(sender.reports.values()) == {None}
        got = await stored(lab)
        assert (got.count(b"a") >= copies) if copies > 1 else (got == [b"warm", b"a", b"b"])

    async def test_an_error_is_answered_so_many_times_and_nothing_appended(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await lab.do("error", 1, code="NOT_ENOUGH_REPLICAS", times=3)
        await sender.ack([b"x"])
        assert await stored(lab) == [b"x"]
        await lab.do("error", 1, code="MESSAGE_TOO_LARGE", times=1)
        sender.send([b"y"])
        await sender.reported(2)
        assert sender.reports[b"y"] == "MSG_SIZE_TOO_LARGE"
        await sender.ack([b"z"])
        assert await stored(lab) == [b"x", b"z"]

    async def test_a_slow_broker_delays_clients_and_followers(self, quick):
        lab = await quick()
        await lab.producer(acks="all").ack([b"warm"])
        await lab.do("slow", 3, ms=400)
        (every,) = await lab.produce([b"x"], acks="all", linger_ms=0)
        assert every[1].latency() >= 0.4  # its fetch goes out so much later
        assert (await lab.until_brokers(bool))[3].delay_ms == 400
        await lab.do("slow", 3, ms=0)
        await lab.do("slow", 1, ms=300)
        (one,) = await lab.produce([b"x"], acks="1", linger_ms=0)
        assert one[1].latency() >= 0.3
        await lab.do("thaw", 1)
        assert {state.delay_ms for state in (await lab.until_brokers(bool)).values()} == {0}

    async def test_a_consumer_goes_on_with_the_next_leader(self, quick):
        lab = await quick()
        sender = lab.producer(acks="all")
        await sender.ack(values(5))
        reading = asyncio.create_task(lab.consume(15))
        await lab.do("kill", 1)
        await sender.ack(values(5, 5))
        await lab.do("kill", 2)
        await sender.ack(values(5, 10))
        assert [message.value() for message in await reading] == values(15)

    async def test_a_cut_off_broker_passes_nothing_on_to_the_controller(self, quick):
        lab = await quick(config={"broker.session.timeout.ms": "600000"})
        await lab.admin_knows()
        await lab.do("isolate", 1, 2, 3)
        asked = asyncio.create_task(lab.topic("later"))
        await lab.until_brokers(lambda states: all(state.isolated for state in states.values()))
        assert await lab.cluster.partitions("later") == ()
        await lab.do("thaw")
        assert await asked == "later"
        assert len(await lab.cluster.partitions("later")) == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("before", "fault", "words"),
        [
            ([], ("restart", 1), "cannot restart broker 1: it runs; kill or stop it first"),
            ([], ("wipe", 1), "it runs"),
            ([], ("thaw", 1), "it is neither frozen, isolated nor slow"),
            ([("kill", 1)], ("kill", 1), "it is dead already"),
            ([("kill", 1)], ("freeze", 1), "it is dead; restart it first"),
            ([("kill", 1)], ("freeze", 2, 1), "broker 1: it is dead"),
            ([("freeze", 1)], ("freeze", 1), "it is frozen already"),
            ([("freeze", 1)], ("stop", 1), "it is frozen; thaw it first"),
            ([("freeze", 1)], ("error", 1), "frozen"),
            ([("isolate", 1)], ("isolate", 1), "it is isolated already"),
            ([("isolate", 1)], ("stop", 1), "it cannot hand over what it leads"),
            ([], ("freeze", 9), "there is no such broker \\(1 to 3\\)"),
            ([], ("freeze", 0), "cannot freeze the controller"),
            ([], ("freeze",), "freeze needs a broker"),
            ([], ("add-partitions", 1), "nothing that is done to a broker"),
        ],
    )
    async def test_what_cannot_be(self, quick, before, fault, words):
        lab = await quick()
        for kind, *brokers in before:
            await lab.do(kind, *brokers)
        count = len((await lab.cluster.describe()).happened)
        with pytest.raises(InputError, match=words):
            await lab.do(*fault, code="CORRUPT_MESSAGE")
        assert len((await lab.cluster.describe()).happened) == count

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"kind": "error", "code": "NOT_ENOUGH_REPLICA"}, "did you mean NOT_ENOUGH_REPLICAS"),
            ({"kind": "error", "code": "CORRUPT_MESSAGE", "times": 0}, "at least 1"),
            ({"kind": "slow", "ms": -1}, "ms must be"),
        ],
    )
    async def test_what_is_wrong_with_it(self, quick, more, words):
        lab = await quick()
        kind = more.pop("kind")
        with pytest.raises(InputError, match=words):
            await lab.do(kind, 1, **more)

    async def test_with_nothing_to_undo_everything_is_undone(self, quick):
        lab = await quick()
        await lab.do("thaw")
        await lab.do("restart")


async def test_what_is_undone_is_told_as_what_it_was(quick):
    lab = await quick()
    await lab.do("slow", 1, ms=50)
    await lab.do("isolate", 2)
    await lab.do("drop-response", 3)
    await lab.do("thaw")
    told = [(one.kind, one.broker, one.count) for one in await lab.happened("slowed", "isolated", "joined")]
    assert told == [("slowed", 1, 50), ("isolated", 2, 0), ("slowed", 1, 0), ("joined", 2, 0)]


async def test_what_the_cluster_shows(quick):
    lab = await quick(min_insync_replicas="2")
    assert lab.cluster.faults >= {"freeze", "kill", "isolate"}
    (view,) = await lab.cluster.partitions("t")
    assert (view.leader, view.replicas, view.isr, view.leader_epoch) == (1, (1, 2, 3), (1, 2, 3), 0)
    assert await lab.cluster.partitions("no-such-topic") == ()
    await lab.do("freeze", 3)
    await lab.do("isolate", 2)
    await lab.until(isr(1))
    told = await lab.cluster.describe("t")
    states = {state.id: state for state in told.brokers}
    assert (states[3].condition, states[3].fenced, states[2].isolated) == ("frozen", True, True)
    (state,) = told.partitions
    assert [replica.in_isr for replica in state.replicas] == [True, False, False]
    assert [replica.role for replica in state.replicas] == ["leader", "follower", "follower"]
    kinds = [one.kind for one in told.happened]
    assert kinds[:2] == ["frozen", "isolated"]
    assert kinds.count("fenced") == kinds.count("isr-shrank") == 2
    assert [one.at for one in told.happened] == sorted(one.at for one in told.happened)
    assert (await lab.cluster.describe(since=told.happened[-1].number)).happened == ()
    (view,) = await lab.cluster.partitions("t")
    assert len(view.elr) == 1
