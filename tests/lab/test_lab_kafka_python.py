"""kafka-python on the lab: a client of another author, without librdkafka's or Java's code."""

import asyncio

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


def producer_of(lab, **config):
    from kafka import KafkaProducer

    return KafkaProducer(bootstrap_servers=lab.bootstrap.split(","), **config)


def consumer_of(lab, *topics, **config):
    from kafka import KafkaConsumer

    defaults = {"auto_offset_reset": "earliest", "consumer_timeout_ms": 15_000}
    return KafkaConsumer(*topics, bootstrap_servers=lab.bootstrap.split(","), **(defaults | config))


def produce(lab, values, **config):
    """Partitions and offsets, in order of sending."""
    producer = producer_of(lab, **config)
    try:
        sent = [producer.send("t", value) for value in values]
        producer.flush(20)
        return [(one.get(10).partition, one.get(10).offset) for one in sent]
    finally:
        producer.close()


def read(consumer, count):
    got = []
    for message in consumer:
        got.append((message.partition, message.offset, message.value))
        if len(got) == count:
            break
    return got


@pytest.mark.parametrize("config", [{"acks": "all"}, {"acks": 1, "enable_idempotence": False}])
@pytest.mark.parametrize("codec", [None, "gzip"])
async def test_produce_and_consume(lab, config, codec):
    await lab.topic(partitions=3)
    values = [b"%d" % number for number in range(500)]
    placed = await asyncio.to_thread(lambda: produce(lab, values, compression_type=codec, **config))

    def consume():
        consumer = consumer_of(lab, "t")
        try:
            return read(consumer, 500)
        finally:
            consumer.close()

    got = await asyncio.to_thread(consume)
    assert sorted(got) == sorted((*where, value) for where, value in zip(placed, values, strict=True))


async def test_a_group(lab):
    await lab.topic(partitions=2)
    await asyncio.to_thread(lambda: produce(lab, [b"%d" % number for number in range(50)]))

    def join(count):
        consumer = consumer_of(lab, "t", group_id="g", enable_auto_commit=False)
        try:
            got = read(consumer, count)
            consumer.commit()
            return [value for _, _, value in got], {part.partition for part in consumer.assignment()}
        finally:
            consumer.close()

    values, mine = await asyncio.to_thread(join, 50)
    assert sorted(map(int, values)) == list(range(50))
    assert mine == {0, 1}
    await asyncio.to_thread(lambda: produce(lab, [b"new"]))
    assert (await asyncio.to_thread(join, 1))[0] == [b"new"]


async def test_what_is_too_large(lab):
    from kafka.errors import MessageSizeTooLargeError

    await lab.topic(max_message_bytes="1000")
    with pytest.raises(MessageSizeTooLargeError):
        await asyncio.to_thread(lambda: produce(lab, [bytes(5000)]))
