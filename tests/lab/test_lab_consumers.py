"""confluent-kafka's consumer on the lab."""

import asyncio

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, TopicPartition


def consumer_of(lab, **config):
    return Consumer(
        {"bootstrap.servers": lab.bootstrap, "group.id": "g", "enable.auto.commit": False} | config
    )


def timed(producer_config, times):
    from confluent_kafka import Producer

    producer = Producer(producer_config)
    for at in times:
        producer.produce("t", b"%d" % at, timestamp=at)
    assert producer.flush(10) == 0


async def test_watermarks_and_offsets_for_times(lab):
    await lab.topic()
    await asyncio.to_thread(timed, {"bootstrap.servers": lab.bootstrap, "linger.ms": 100}, [100, 200, 300])
    await asyncio.to_thread(timed, {"bootstrap.servers": lab.bootstrap, "linger.ms": 100}, [400, 500])

    def ask():
        consumer = consumer_of(lab)
        try:
            marks = consumer.get_watermark_offsets(TopicPartition("t", 0), 10)
            asked = [0, 100, 150, 300, 301, 500, 501]
            found = [consumer.offsets_for_times([TopicPartition("t", 0, at)], 10)[0].offset for at in asked]
        finally:
            consumer.close()
        return marks, found

    marks, found = await asyncio.to_thread(ask)
    assert marks == (0, 5)
    assert found == [0, 0, 1, 2, 3, 4, OFFSET_END]


async def test_reading_from_the_middle_and_from_the_ends(lab):
    await lab.topic()
    await lab.produce([b"%d" % number for number in range(100)])
    assert [message.offset() for message in await lab.consume(10, start=90)] == list(range(90, 100))
    assert (await lab.consume(1, start=OFFSET_BEGINNING))[0].offset() == 0

    def wait_for_news():
        consumer = consumer_of(lab, **{"fetch.wait.max.ms": 5000})
        consumer.assign([TopicPartition("t", 0, 100)])
        assert consumer.poll(0.5) is None
        return consumer

    consumer = await asyncio.to_thread(wait_for_news)
    try:
        await lab.produce([b"news"])
        message = await asyncio.to_thread(consumer.poll, 10)
        assert message.value() == b"news"
        assert message.offset() == 100
    finally:
        await asyncio.to_thread(consumer.close)


async def test_records_much_larger_than_a_fetch(lab):
    await lab.topic(max_message_bytes="8000000")
    values = [bytes([number]) * 3_000_000 for number in range(5)]
    await lab.produce(values, message_max_bytes=8_000_000)
    got = await lab.consume(5, fetch_message_max_bytes=10_000)
    assert [message.value() for message in got] == values


async def test_committed_offsets(lab):
    await lab.topic(partitions=2)

    def commit():
        consumer = consumer_of(lab)
        try:
            consumer.commit(offsets=[TopicPartition("t", 1, 42)], asynchronous=False)
            return consumer.committed([TopicPartition("t", 0), TopicPartition("t", 1)], 10)
        finally:
            consumer.close()

    first, second = await asyncio.to_thread(commit)
    assert first.offset < 0
    assert second.offset == 42

    def committed():
        consumer = consumer_of(lab)
        try:
            return consumer.committed([TopicPartition("t", 1)], 10)[0].offset
        finally:
            consumer.close()

    assert await asyncio.to_thread(committed) == 42
    await asyncio.to_thread(lab.admin.delete_topics(["t"])["t"].result, 10)
    await lab.topic(partitions=2)
    assert await asyncio.to_thread(committed) < 0


async def test_assigned_without_an_offset_it_goes_on_from_the_committed_one(lab):
    await lab.topic()
    await lab.produce([b"%d" % number for number in range(10)])

    def go_on():
        consumer = consumer_of(lab)
        try:
            consumer.commit(offsets=[TopicPartition("t", 0, 7)], asynchronous=False)
            consumer.assign([TopicPartition("t", 0)])
            return consumer.poll(10)
        finally:
            consumer.close()

    message = await asyncio.to_thread(go_on)
    assert message.offset() == 7


async def test_an_offset_that_is_not_there(lab):
    await lab.topic()
    await lab.produce([b"x"])

    def read(reset):
        consumer = consumer_of(lab, **{"auto.offset.reset": reset})
        try:
            consumer.assign([TopicPartition("t", 0, 500)])
            return consumer.poll(10)
        finally:
            consumer.close()

    assert (await asyncio.to_thread(read, "earliest")).offset() == 0
    assert (await asyncio.to_thread(read, "error")).error().name() == "_AUTO_OFFSET_RESET"
