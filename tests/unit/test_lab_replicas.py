"""Replicas and their fetchers without sockets: log ends, high watermarks, what acks=all waits for, memory."""

import asyncio
import struct
import time

import msgspec
import pytest
from crc32c import crc32c
from kio.schema.errors import ErrorCode

from workbench.lab.broker import Broker, Cluster
from workbench.lab.configs import BrokerConfig
from workbench.lab.controller import Controller
from workbench.lab.fetching import FATAL
from workbench.lab.record_batch import HEADER, Rejected
from workbench.lab.retention import Budget

NOW = int(time.time() * 1000)
MB = 1024 * 1024


def raw_batch(count=1, size=100, at=None, pid=-1, seq=-1):
    """Records that nobody looks into, so they are zeros."""
    at = at or int(time.time() * 1000)
    raw = bytearray(
        HEADER.pack(0, 49 + size, -1, 2, 0, 3, count - 1, at, at, pid, 0, seq, count) + bytes(size)
    )
    struct.pack_into(">I", raw, 17, crc32c(bytes(raw[21:])))
    return bytes(raw)


class House:
    """Brokers that talk to each other but to no client."""

    def __init__(self, brokers=3, limit=64 * MB, **config):
        self.budget = Budget(limit)
        names = {name.replace("_", "."): value for name, value in config.items()}
        self.controller = Controller(BrokerConfig(names))
        self.cluster = Cluster(self.controller, "test", self.budget)
        for number in range(1, brokers + 1):
            broker = self.cluster.brokers[number] = Broker(number, self.cluster)
            self.controller.register(number, broker)

    def topic(self, factor=3, **config):
        topic = self.controller.create_topic(
            "t", 1, factor, {name.replace("_", "."): value for name, value in config.items()}
        )
        return [
            self.cluster.brokers[number].replicas[topic.partitions[0].key]
            for number in topic.partitions[0].replicas
        ]


@pytest.fixture
async def house():
    houses = []

    def build(*args, **more):
        houses.append(House(*args, **more))
        return houses[-1]

    yield build
    for one in houses:
        for broker in one.cluster.brokers.values():
            await broker.close()


async def until(true):
    while not true():  # noqa: ASYNC110 (bounded by the test's time limit)
        await asyncio.sleep(0)


async def settle():
    """Long enough for every fetcher to have gone round, were it to."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_followers_fetch_what_the_leader_appends(house):
    leader, *followers = house().topic()
    first = leader.append_from_producer(raw_batch(3), acks=-1)
    assert (first.base_offset, first.next_offset) == (0, 3)
    assert leader.high_watermark == 0
    assert await leader.replicated(3) == ErrorCode.none
    assert [follower.log.end for follower in followers] == [3, 3]
    await until(lambda: all(follower.high_watermark == 3 for follower in followers))
    assert leader.replicated(3) is None
    mine, theirs = (replica.log.read(0, MB, 3)[0] for replica in (leader, followers[0]))
    assert mine is theirs


async def test_a_paused_follower_holds_the_high_watermark(house):
    made = house()
    leader, second, third = made.topic()
    leader.append_from_producer(raw_batch(), acks=1)
    await leader.replicated(1)
    made.cluster.brokers[third.broker].pause_fetching(True)
    leader.append_from_producer(raw_batch(2), acks=-1)
    waiter = leader.replicated(3)
    await until(lambda: second.log.end == 3)
    await settle()
    assert (leader.log.end, second.log.end, third.log.end) == (3, 3, 1)
    assert leader.high_watermark == 1
    assert not waiter.done()
    made.cluster.brokers[third.broker].pause_fetching(False)
    assert await waiter == ErrorCode.none
    assert third.log.end == leader.high_watermark == 3


async def test_with_one_replica_the_append_is_all(house):
    (leader,) = house().topic(1)
    leader.append_from_producer(raw_batch(), acks=-1)
    assert leader.high_watermark == 1
    assert leader.replicated(1) is None


async def test_waiters_are_answered_in_order_of_offset(house):
    made = house()
    leader, *_ = made.topic()
    for broker in made.cluster.brokers.values():
        broker.pause_fetching(True)
    for seq in range(3):
        leader.append_from_producer(raw_batch(pid=5, seq=seq), acks=-1)
    late = leader.replicated(3)
    again = leader.append_from_producer(raw_batch(pid=5, seq=1), acks=-1)  # the client's retry
    assert (again.base_offset, again.duplicate, leader.log.end) == (1, True, 3)
    early = leader.replicated(again.next_offset)
    leader.follower_fetched(2, 2, 0.0)
    leader.follower_fetched(3, 2, 0.0)
    assert early.done()
    assert not late.done()


async def test_below_the_minimum_isr(house):
    """KIP-966: acks=all is refused, acks=1 is taken but not visible."""
    made = house()
    leader, *followers = made.topic(min_insync_replicas="2")
    for follower in followers:
        made.controller.fence(follower.broker)
    assert leader.partition.isr == (leader.broker,)
    with pytest.raises(Rejected) as caught:
        leader.append_from_producer(raw_batch(), acks=-1)
    assert caught.value.code == ErrorCode.not_enough_replicas
    assert leader.append_from_producer(raw_batch(), acks=1).base_offset == 0
    await settle()
    assert leader.high_watermark == 0
    assert leader.log.end == 1


async def test_an_isr_that_shrank_once_the_high_watermark_had_passed_is_told_after_the_append(house):
    """As Kafka's Partition.checkEnoughReplicasReachOffset; while it waits, KIP-966 leaves only the time-out."""
    made = house()
    leader, *followers = made.topic(min_insync_replicas="2")
    appended = leader.append_from_producer(raw_batch(), acks=-1)
    assert await leader.replicated(appended.next_offset) == ErrorCode.none
    made.controller.fence(followers[0].broker)
    assert leader.replicated(appended.next_offset) is None, "two are enough"
    made.controller.fence(followers[1].broker)
    assert await leader.replicated(appended.next_offset) == ErrorCode.not_enough_replicas_after_append


async def test_the_minimum_isr_is_never_above_the_replication_factor(house):
    (leader,) = house().topic(1, min_insync_replicas="3")
    assert leader.minimum_isr == 1
    assert leader.append_from_producer(raw_batch(), acks=-1).next_offset == leader.high_watermark


async def test_a_deleted_topic_answers_who_waits(house):
    made = house()
    leader, *_ = made.topic()
    for broker in made.cluster.brokers.values():
        broker.pause_fetching(True)
    leader.append_from_producer(raw_batch(), acks=-1)
    waiter = leader.replicated(1)
    woken = []
    leader.watch(lambda: woken.append(1))
    made.controller.delete_topic("t")
    assert waiter.result() == ErrorCode.unknown_topic_or_partition
    assert woken
    for broker in made.cluster.brokers.values():
        broker.pause_fetching(False)
    again, *followers = made.topic()
    again.append_from_producer(raw_batch(), acks=-1)
    assert await again.replicated(1) == ErrorCode.none
    assert [follower.log.end for follower in followers] == [1, 1]


async def test_added_partitions_are_followed_at_once(house):
    made = house(replica_fetch_wait_max_ms="60000")
    leader, *_ = made.topic()
    leader.append_from_producer(raw_batch(), acks=-1)
    await leader.replicated(1)
    made.controller.add_partitions("t", 2, None, validate_only=False)
    partition = made.controller.topics["t"].partitions[1]
    second = made.cluster.brokers[partition.leader].replicas[partition.key]
    second.append_from_producer(raw_batch(), acks=-1)
    assert await second.replicated(1) == ErrorCode.none


async def test_small_fetches_bring_everything_in_the_end(house):
    made = house(replica_fetch_max_bytes="100", replica_fetch_response_max_bytes="300")
    leader, *followers = made.topic()
    for _ in range(50):
        leader.append_from_producer(raw_batch(), acks=-1)
    assert await leader.replicated(50) == ErrorCode.none
    assert [follower.log.end for follower in followers] == [50, 50]


class TestMemory:
    async def test_beyond_the_limit_the_log_start_moves_on_every_replica(self, house):
        made = house(limit=4 * MB)
        leader, *followers = made.topic()
        for turn in range(200):
            leader.append_from_producer(raw_batch(10, 100_000), acks=-1)
            await leader.replicated(10 * (turn + 1))
            assert leader.log.cost <= 4 * MB
        assert leader.log.end == 2000
        assert leader.log.start > 0
        for follower in followers:
            assert follower.log.cost <= 5 * MB
            assert follower.log.start > 0

    async def test_the_largest_log_pays(self, house):
        made = house(limit=4 * MB)
        topic = made.controller.create_topic("t", 2, 1)
        quiet, loud = (
            made.cluster.brokers[partition.leader].replicas[partition.key] for partition in topic.partitions
        )
        quiet.append_from_producer(raw_batch(), acks=1)
        for _ in range(100):
            loud.append_from_producer(raw_batch(1, 100_000), acks=1)
        assert quiet.log.start == 0
        assert loud.log.start > 0
        assert loud.log.end == 100

    async def test_what_followers_lack_is_kept_until_the_lab_is_full(self, house):
        made = house(limit=MB)
        leader, *_ = made.topic()
        made.cluster.brokers[2].pause_fetching(True)
        with pytest.raises(Rejected) as caught:  # noqa: PT012 (which append is refused does not matter)
            for _ in range(100):
                leader.append_from_producer(raw_batch(1, 100_000), acks=1)
        assert caught.value.code == ErrorCode.kafka_storage_error
        assert leader.log.start == 0
        assert leader.log.cost < 3 * MB
        made.cluster.brokers[2].pause_fetching(False)
        assert await leader.replicated(leader.log.end) == ErrorCode.none
        assert leader.append_from_producer(raw_batch(), acks=1).base_offset > 0

    async def test_a_deleted_topic_frees_its_bytes(self, house):
        made = house(limit=4 * MB)
        for _ in range(10):
            leader, *_ = made.topic()
            for _ in range(30):
                leader.append_from_producer(raw_batch(1, 100_000), acks=1)
            assert leader.log.start == 0
            made.controller.delete_topic("t")
        assert made.budget.used == 0

    async def test_retention_ms_and_bytes(self, house):
        made = house()
        (leader,) = made.topic(1, retention_ms="60000", retention_bytes="150000")
        leader.append_from_producer(raw_batch(at=NOW - 120_000), acks=1)
        leader.append_from_producer(raw_batch(), acks=1)
        made.budget.expire()
        assert leader.log.start == 1
        for _ in range(4):
            leader.append_from_producer(raw_batch(1, 50_000), acks=1)
        made.budget.expire()
        assert leader.log.cost <= 150_000
        assert leader.log.end == 6


async def test_a_fetch_with_another_epoch_is_refused(house):
    made = house()
    leader, follower, _ = made.topic()
    await settle()
    newer = msgspec.structs.replace(follower.partition, leader_epoch=5)
    follower.decided(follower.topic, newer)
    leader.append_from_producer(raw_batch(), acks=1)
    await settle()
    assert follower.log.end == 0  # what was under way was asked under the old epoch
    leader.append_from_producer(raw_batch(), acks=1)
    await settle()
    assert follower.log.end == 0


async def test_a_fetcher_that_dies_is_no_secret(house):
    leader, follower, _ = house().topic()
    contexts = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: contexts.append(context))

    def fail(batches):
        raise MemoryError

    follower.append_from_leader = fail
    leader.append_from_producer(raw_batch(), acks=1)
    await until(lambda: contexts)
    assert contexts[0][FATAL]
    assert isinstance(contexts[0]["exception"], MemoryError)
