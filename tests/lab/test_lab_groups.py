"""confluent-kafka's groups on the lab: subscribe(), shares, rebalances, committed offsets."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from confluent_kafka import (
    Consumer,
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    KafkaException,
    TopicPartition,
)

SETTINGS = {
    "group.id": "g",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 200,
}


class Reader:
    """A member of a group that polls in a thread until it is closed."""

    def __init__(self, lab, topic="t", **config):
        self.consumer = Consumer({"bootstrap.servers": lab.bootstrap, **SETTINGS, **config})
        self.mine, self.got, self.going = set(), [], True
        self.consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)
        self.thread = ThreadPoolExecutor(1)  # asyncio's own has few threads on a small machine
        self.task = asyncio.get_running_loop().run_in_executor(self.thread, self._run)

    def _assigned(self, consumer, partitions):
        self.mine = {one.partition for one in partitions}

    def _revoked(self, consumer, partitions):
        self.mine -= {one.partition for one in partitions}

    def _run(self):
        while self.going:
            message = self.consumer.poll(0.05)
            if message is not None:
                assert message.error() is None, message.error()
                self.got.append((message.partition(), message.offset(), message.value()))

    async def stop(self):
        self.going = False
        await self.task
        self.thread.shutdown()

    async def close(self):
        await self.stop()
        await asyncio.to_thread(self.consumer.close)


async def until(true):
    """The test's time limit bounds it."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


@pytest.fixture
async def reader(lab):
    """Starts members; closed at the end, those that the test has not closed."""
    readers = []

    def start(**config):
        readers.append(Reader(lab, **config))
        return readers[-1]

    yield start
    for one in readers:
        if one.going:
            await one.close()


async def result(future):
    return await asyncio.to_thread(future.result, 15)


async def test_one_member_reads_everything(lab, reader):
    await lab.topic(partitions=3)
    await lab.produce([b"%d" % number for number in range(300)])
    one = reader()
    await until(lambda: len(one.got) == 300)
    assert one.mine == {0, 1, 2}
    assert sorted(int(value) for _, _, value in one.got) == list(range(300))


async def test_two_members_share_and_one_that_leaves_gives_its_share_back(lab, reader):
    await lab.topic(partitions=4)
    first = reader()
    await until(lambda: first.mine == {0, 1, 2, 3})
    second = reader()
    await until(lambda: len(first.mine) == len(second.mine) == 2)
    assert first.mine | second.mine == {0, 1, 2, 3}
    for partition in range(4):
        await lab.produce([b"%d" % partition], partition=partition)
    await until(lambda: len(first.got) + len(second.got) == 4)
    assert {partition for partition, _, _ in first.got} == first.mine
    assert {partition for partition, _, _ in second.got} == second.mine
    await second.close()
    await until(lambda: first.mine == {0, 1, 2, 3})


async def test_a_member_that_falls_silent_loses_its_share(lab, reader):
    """Its process is frozen as far as the group can see: it neither polls nor leaves."""
    await lab.topic(partitions=2)
    first, second = reader(), reader(**{"max.poll.interval.ms": 6000})
    await until(lambda: len(first.mine) == len(second.mine) == 1)
    await second.stop()
    await until(lambda: first.mine == {0, 1})
    await asyncio.to_thread(second.consumer.close)


@pytest.mark.parametrize("strategy", ["range", "roundrobin", "cooperative-sticky"])
async def test_committed_offsets_are_where_the_next_one_goes_on(lab, reader, strategy):
    await lab.topic(partitions=2)
    await lab.produce([b"%d" % number for number in range(10)], partition=0)
    config = {"partition.assignment.strategy": strategy}
    first = reader(**config)
    await until(lambda: len(first.got) == 10)
    await first.stop()
    await asyncio.to_thread(first.consumer.commit, asynchronous=False)
    await asyncio.to_thread(first.consumer.close)
    await lab.produce([b"new"], partition=0)
    second = reader(**config)
    await until(lambda: second.got)
    assert second.got == [(0, 10, b"new")]


async def test_auto_commit_at_close(lab, reader):
    await lab.topic()
    await lab.produce([b"x"] * 7)
    first = reader(**{"enable.auto.commit": True})
    await until(lambda: len(first.got) == 7)
    await first.close()
    found = await result(lab.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("g")])["g"])
    assert [(one.partition, one.offset) for one in found.topic_partitions] == [(0, 7)]


async def test_a_static_member_that_comes_back_in_time_makes_no_rebalance(lab, reader):
    await lab.topic(partitions=2)
    first, second = reader(**{"group.instance.id": "a"}), reader(**{"group.instance.id": "b"})
    await until(lambda: len(first.mine) == len(second.mine) == 1)
    rebalances = []
    first._revoked = lambda *_: rebalances.append(time.monotonic())
    share = set(second.mine)
    await second.close()
    again = reader(**{"group.instance.id": "b"})
    await until(lambda: again.mine)
    assert again.mine == share
    assert rebalances == []


async def test_a_commit_of_an_old_generation_is_refused(lab, reader):
    await lab.topic(partitions=2)
    first = reader()
    await until(lambda: len(first.mine) == 2)
    foreign = Consumer({"bootstrap.servers": lab.bootstrap, **SETTINGS})
    try:
        offsets = [TopicPartition("t", 0, 3)]
        with pytest.raises(KafkaException) as caught:
            await asyncio.to_thread(foreign.commit, offsets=offsets, asynchronous=False)
        assert caught.value.args[0].name() == "UNKNOWN_MEMBER_ID"
    finally:
        await asyncio.to_thread(foreign.close)


async def test_a_topic_that_grows_is_shared_anew(lab, reader):
    from confluent_kafka.admin import NewPartitions

    await lab.topic(partitions=1)
    one = reader(**{"topic.metadata.refresh.interval.ms": 300})
    await until(lambda: one.mine == {0})
    await result(lab.admin.create_partitions([NewPartitions("t", 3)])["t"])
    await until(lambda: one.mine == {0, 1, 2})


async def test_what_an_admin_sees_and_does(lab, reader):
    await lab.topic(partitions=2)
    one = reader(**{"client.id": "someone"})
    await until(lambda: len(one.mine) == 2)
    listed = await result(lab.admin.list_consumer_groups())
    assert [(group.group_id, group.state) for group in listed.valid] == [("g", ConsumerGroupState.STABLE)]
    described = await result(lab.admin.describe_consumer_groups(["g"])["g"])
    assert (described.state, described.partition_assignor) == (ConsumerGroupState.STABLE, "range")
    (member,) = described.members
    assert (member.client_id, member.host) == ("someone", "/127.0.0.1")
    assert {one.partition for one in member.assignment.topic_partitions} == {0, 1}
    with pytest.raises(KafkaException) as caught:
        await result(lab.admin.delete_consumer_groups(["g"])["g"])
    assert caught.value.args[0].name() == "NON_EMPTY_GROUP"
    offsets = [TopicPartition("t", 0, 5)]
    await one.close()
    moved = lab.admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions("g", offsets)])
    await result(moved["g"])
    found = await result(lab.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("g")])["g"])
    assert [(one.partition, one.offset) for one in found.topic_partitions] == [(0, 5)]
    await result(lab.admin.delete_consumer_groups(["g"])["g"])
    assert (await result(lab.admin.list_consumer_groups())).valid == []


async def test_many_groups_are_spread_over_the_brokers(lab, reader):
    await lab.topic()
    await lab.produce([b"x"])
    readers = [reader(**{"group.id": f"g{number}"}) for number in range(8)]
    await until(lambda: all(one.got for one in readers))
    listed = await result(lab.admin.list_consumer_groups())
    assert {group.group_id for group in listed.valid} == {f"g{number}" for number in range(8)}
