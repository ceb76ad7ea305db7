"""confluent-kafka's admin client on the lab."""

import asyncio

import pytest
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType


async def result(future):
    return await asyncio.to_thread(future.result, 15)


async def error_of(future):
    with pytest.raises(KafkaException) as caught:
        await result(future)
    return caught.value.args[0].name()


async def test_metadata(lab):
    await lab.topic("orders", 4, 2)
    metadata = await asyncio.to_thread(lab.admin.list_topics, timeout=10)
    assert metadata.cluster_id == lab.cluster.cluster_id
    assert sorted(metadata.brokers) == [1, 2, 3]
    assert metadata.controller_id in metadata.brokers
    partitions = metadata.topics["orders"].partitions
    assert [partitions[index].leader for index in range(4)] == [1, 2, 3, 1]
    assert sorted(partitions[2].replicas) == sorted(partitions[2].isrs) == [1, 3]


async def test_describe_cluster_and_topics(lab):
    await lab.topic("orders", 2, 3)
    cluster = await result(lab.admin.describe_cluster())
    assert len(cluster.nodes) == 3
    from confluent_kafka import TopicCollection

    described = await result(lab.admin.describe_topics(TopicCollection(["orders"]))["orders"])
    assert [len(partition.isr) for partition in described.partitions] == [3, 3]


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        (NewTopic("there", 1, 1), "TOPIC_ALREADY_EXISTS"),
        (NewTopic("t", 1, 4), "INVALID_REPLICATION_FACTOR"),
        (NewTopic("t", 0, 1), "INVALID_PARTITIONS"),
        (NewTopic("bad name!", 1, 1), "TOPIC_EXCEPTION"),
        (NewTopic("t", 1, 1, config={"no.such": "1"}), "INVALID_CONFIG"),
        (NewTopic("t", 1, 1, config={"min.insync.replicas": "none"}), "INVALID_CONFIG"),
    ],
)
async def test_topics_that_cannot_be_made(lab, topic, name):
    await lab.topic("there")
    assert await error_of(lab.admin.create_topics([topic])[topic.topic]) == name
    assert {state.topic for state in await lab.cluster.replicas()} == {"there"}


async def test_partitions_are_added_and_take_records(lab):
    await lab.topic(partitions=1)
    await result(lab.admin.create_partitions([NewPartitions("t", 3)])["t"])
    reports = await lab.produce([b"x"] * 10, partition=2, acks="all")
    assert {name for name, _ in reports} == {None}
    assert await error_of(lab.admin.create_partitions([NewPartitions("t", 2)])["t"]) == "INVALID_PARTITIONS"
    assert (
        await error_of(lab.admin.create_partitions([NewPartitions("no", 2)])["no"]) == "UNKNOWN_TOPIC_OR_PART"
    )


async def test_deleting(lab):
    await lab.topic()
    await result(lab.admin.delete_topics(["t"])["t"])
    assert await lab.cluster.replicas() == ()
    assert await error_of(lab.admin.delete_topics(["t"])["t"]) == "UNKNOWN_TOPIC_OR_PART"


async def test_configs(lab_with):
    lab = await lab_with(config={"message.max.bytes": "5000"})
    await lab.topic(min_insync_replicas="2")
    topic = ConfigResource(ResourceType.TOPIC, "t")
    configs = await result(lab.admin.describe_configs([topic])[topic])
    assert configs["min.insync.replicas"].value == "2"
    assert not configs["min.insync.replicas"].is_default
    assert configs["max.message.bytes"].value == "5000"
    assert configs["message.timestamp.type"].value == "CreateTime"
    broker = ConfigResource(ResourceType.BROKER, "2")
    configs = await result(lab.admin.describe_configs([broker])[broker])
    assert configs["message.max.bytes"].value == "5000"
    assert configs["auto.create.topics.enable"].value == "false"
    missing = ConfigResource(ResourceType.TOPIC, "missing")
    assert await error_of(lab.admin.describe_configs([missing])[missing]) == "UNKNOWN_TOPIC_OR_PART"


async def test_list_offsets(lab):
    await lab.topic()
    await lab.produce([b"x"] * 7)
    where = TopicPartition("t", 0)
    for spec, offset in ((OffsetSpec.latest(), 7), (OffsetSpec.earliest(), 0)):
        found = await result(lab.admin.list_offsets({where: spec})[where])
        assert found.offset == offset
