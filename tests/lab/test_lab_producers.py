"""confluent-kafka's producer on the lab."""

import asyncio
import time

import pytest
from confluent_kafka import KafkaException, Producer

VALUES = [b"value %d" % number for number in range(500)]


def names(reports):
    return {name for name, _ in reports}


@pytest.mark.parametrize("acks", ["0", "1", "all"])
async def test_acks(lab, acks):
    await lab.topic(partitions=3)
    reports = await lab.produce(VALUES, acks=acks)
    assert names(reports) == {None}
    offsets = {report.offset() for _, report in reports}
    assert (offsets == {None}) is (acks == "0")
    got = await lab.consume(500, partitions=3)
    assert sorted(message.value() for message in got) == sorted(VALUES)
    states = await lab.until(
        lambda states: all(
            len({(replica.log_end, replica.high_watermark) for replica in state.replicas}) == 1
            for state in states
        )
    )
    assert sum(state.replicas[0].log_end for state in states) == 500


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
async def test_each_compression_arrives_as_sent_and_compressed(lab, codec):
    await lab.topic()
    values = [b"the same again " * 20 + b"%d" % number for number in range(300)]
    reports = await lab.produce(values, compression_type=codec, acks="all", linger_ms=200)
    assert names(reports) == {None}
    got = await lab.consume(300)
    assert [message.value() for message in got] == values


async def test_librdkafka_acks_what_was_refused_where_the_next_one_was_taken(lab):
    """The client's own doing (IMPLICITACK), on the sequence rule that Kafka has too: record_batch_cases.py."""
    await lab.topic()
    sender = lab.producer(enable_idempotence="true", linger_ms="0", batch_num_messages="1")
    await lab.do("error", 1, code="NOT_ENOUGH_REPLICAS")
    sender.send([b"one", b"two", b"three"])
    await sender.reported(3)
    assert set(sender.reports.values()) == {None}
    assert [message.value() for message in await lab.consume(2)] == [b"two", b"three"]
    (state,) = await lab.cluster.replicas("t")
    assert state.replica(state.leader).log_end == 2


async def test_keys_headers_and_nulls_arrive(lab):
    await lab.topic()

    def send():
        producer = Producer({"bootstrap.servers": lab.bootstrap})
        producer.produce("t", None, b"tombstone", headers=[("a", b"1"), ("a", None), ("", b"")])
        producer.produce("t", b"", b"")
        producer.produce("t", b"v", None, timestamp=1234)
        return producer.flush(10)

    assert await asyncio.to_thread(send) == 0
    first, second, third = await lab.consume(3)
    assert (first.key(), first.value()) == (b"tombstone", None)
    assert first.headers() == [("a", b"1"), ("a", None), ("", b"")]
    assert (second.key(), second.value()) == (b"", b"")
    assert (third.key(), third.value(), third.timestamp()) == (None, b"v", (1, 1234))


async def test_an_idempotent_producer(lab):
    await lab.topic(partitions=2)
    values = [b"%d" % number for number in range(5000)]
    reports = await lab.produce(values, partition=1, enable_idempotence=True, linger_ms=0)
    assert names(reports) == {None}
    assert [report.offset() for _, report in reports] == list(range(5000))


async def test_a_topic_stamped_by_the_brokers(lab):
    await lab.topic(message_timestamp_type="LogAppendTime")
    before = int(time.time() * 1000)
    ((error, report),) = await lab.produce([b"x"])
    assert error is None
    kind, at = report.timestamp()
    assert kind == 2
    assert before - 1 <= at <= time.time() * 1000 + 1
    (message,) = await lab.consume(1)
    assert message.timestamp() == (kind, at)


async def test_a_record_larger_than_the_topic_takes(lab):
    await lab.topic(max_message_bytes="1000")
    reports = await lab.produce([bytes(2000)], message_timeout_ms=10_000)
    assert names(reports) == {"MSG_SIZE_TOO_LARGE"}
    assert names(await lab.produce([bytes(100)])) == {None}


async def test_a_timestamp_two_hours_ahead(lab):
    await lab.topic()

    def send():
        errors = []
        producer = Producer({"bootstrap.servers": lab.bootstrap})
        at = int(time.time() * 1000) + 7_200_000
        producer.produce("t", b"x", timestamp=at, on_delivery=lambda error, _: errors.append(error.name()))
        producer.flush(10)
        return errors

    assert await asyncio.to_thread(send) == ["INVALID_TIMESTAMP"]


async def test_topics_that_are_not_there(lab):
    reports = await lab.produce([b"x"], "missing", message_timeout_ms=1500)
    assert names(reports) <= {"_MSG_TIMED_OUT", "UNKNOWN_TOPIC_OR_PART"}
    assert names(reports)
    reports = await lab.produce([b"x"], "bad name!", message_timeout_ms=20_000)
    assert names(reports) == {"TOPIC_EXCEPTION"}
    assert await lab.cluster.replicas() == ()


async def test_a_topic_made_by_producing(lab_with):
    lab = await lab_with(config={"auto.create.topics.enable": "true", "num.partitions": "2"})
    reports = await lab.produce([b"x"], "fresh", allow_auto_create_topics=True)
    assert names(reports) == {None}
    assert len(await lab.cluster.replicas("fresh")) == 2


async def test_a_topic_deleted_and_made_anew(lab):
    await lab.topic()
    await lab.produce(VALUES)
    await asyncio.to_thread(lab.admin.delete_topics(["t"])["t"].result, 10)
    await lab.topic()
    reports = await lab.produce([b"x"])
    assert [report.offset() for _, report in reports] == [0]


async def test_transactions_are_refused(lab):
    def begin():
        producer = Producer({"bootstrap.servers": lab.bootstrap, "transactional.id": "t1"})
        producer.init_transactions(15)

    with pytest.raises(KafkaException) as caught:
        await asyncio.to_thread(begin)
    assert caught.value.args[0].name() == "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"


async def test_what_is_beyond_the_memory_is_gone_from_the_beginning(lab_with):
    lab = await lab_with(retained_bytes=4 * 1024 * 1024)
    await lab.topic()
    reports = await lab.produce([bytes(10_000)] * 2000, acks="all")
    assert names(reports) == {None}
    described = await lab.cluster.describe("t")
    (state,) = described.partitions
    assert state.replicas[0].log_end == 2000
    assert state.replicas[0].log_start > 1000
    got = await lab.consume(1, auto_offset_reset="earliest")
    assert got[0].offset() >= state.replicas[0].log_start
    (told,) = [one for one in described.happened if one.kind == "log-trimmed"]
    assert (told.topic, told.partition, told.count) == ("t", 0, state.replicas[0].log_start)
