"""Topic configs changed on a running lab, and what each then does to records."""

import asyncio
import time

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

SET, DELETE, APPEND, SUBTRACT = AlterConfigOpType


async def result(future):
    return await asyncio.to_thread(future.result, 15)


class Configs:
    def __init__(self, lab):
        self.admin = lab.admin

    async def alter(self, *changes, topic="t", kind=ResourceType.TOPIC, **more):
        """(operation, name, value); returns None, or the error's name and text."""
        entries = [ConfigEntry(name, value, incremental_operation=how) for how, name, value in changes]
        asked = ConfigResource(kind, topic, incremental_configs=entries)
        error = await asyncio.to_thread(
            self.admin.incremental_alter_configs([asked], **more)[asked].exception, 15
        )
        return None if error is None else (error.args[0].name(), error.args[0].str())

    async def shown(self, name, topic="t"):
        """Value, and whether the topic has it of its own."""
        asked = ConfigResource(ResourceType.TOPIC, topic)
        entry = (await result(self.admin.describe_configs([asked])[asked]))[name]
        return entry.value, entry.source == 1


@pytest.fixture
def configs(lab):
    return Configs(lab)


async def names(lab, values=(b"x",), **config):
    return {name for name, _ in await lab.produce(list(values), **config)}


async def test_a_property_is_set_shown_and_taken_back(lab, configs):
    await lab.topic(retention_ms="1000000")
    assert await configs.shown("max.message.bytes") == ("1048588", False)
    assert await configs.alter((SET, "max.message.bytes", "500")) is None
    assert await configs.shown("max.message.bytes") == ("500", True)
    assert await configs.shown("retention.ms") == ("1000000", True)
    assert await names(lab, [b"x" * 1000]) == {"MSG_SIZE_TOO_LARGE"}
    assert await configs.alter((DELETE, "max.message.bytes", None)) is None
    assert await configs.shown("max.message.bytes") == ("1048588", False)
    assert await names(lab, [b"x" * 1000]) == {None}


async def test_lists_are_appended_to_and_subtracted_from(lab, configs):
    await lab.topic()
    assert await configs.alter((APPEND, "cleanup.policy", "compact")) is None
    assert await configs.shown("cleanup.policy") == ("delete,compact", True)
    assert await configs.alter((SUBTRACT, "cleanup.policy", "delete")) is None
    assert await configs.shown("cleanup.policy") == ("compact", True)
    refused = await configs.alter((APPEND, "retention.ms", "5"))
    assert refused == ("INVALID_CONFIG", "Can't APPEND to key retention.ms because its type is not LIST.")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("no.such", "1", "Unknown topic config name: no.such"),
        ("segment.bytes", "2000000", "The lab does not act on the topic config segment.bytes"),
        (
            "max.message.bytes",
            "many",
            "Invalid value many for configuration max.message.bytes: Not a number of type INT",
        ),
        ("min.insync.replicas", "0", "Value must be at least 1"),
        ("message.timestamp.type", "Never", "String must be one of: CreateTime, LogAppendTime"),
        ("cleanup.policy", "compact,burn", "String must be one of: compact, delete"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(lab, configs, name, value, words):
    await lab.topic()
    error, text = await configs.alter((SET, "retention.ms", "5"), (SET, name, value))
    assert error == "INVALID_CONFIG"
    assert words in text
    assert await configs.shown("retention.ms") == ("604800000", False)


async def test_other_refusals(lab, configs):
    await lab.topic()
    change = (SET, "retention.ms", "5")
    missing = await configs.alter(change, topic="missing")
    assert missing == ("UNKNOWN_TOPIC_OR_PART", "The topic 'missing' does not exist.")
    fixed = await configs.alter(
        (SET, "min.insync.replicas", "2"), topic="1", kind=ResourceType.BROKER, broker=1
    )
    assert fixed == ("INVALID_REQUEST", "Cannot update these configs dynamically: min.insync.replicas")
    assert await configs.alter(change, validate_only=True) is None
    assert await configs.shown("retention.ms") == ("604800000", False)


@pytest.mark.filterwarnings("ignore:alter_configs has been deprecated")
async def test_the_old_way_puts_back_what_is_not_named(lab, configs):
    await lab.topic(retention_ms="5000", retention_bytes="7")
    asked = ConfigResource(ResourceType.TOPIC, "t", {"retention.bytes": "8"})
    await result(lab.admin.alter_configs([asked])[asked])
    assert await configs.shown("retention.bytes") == ("8", True)
    assert await configs.shown("retention.ms") == ("604800000", False)


async def test_a_compacted_topic_takes_no_record_without_a_key(lab, configs):
    await lab.topic(cleanup_policy="compact")

    def produce(keys):
        producer = Producer({"bootstrap.servers": lab.bootstrap, "linger.ms": 0})
        got = []
        for key in keys:
            producer.produce("t", b"x", key, on_delivery=lambda error, _: got.append(error and error.name()))
            producer.flush(10)
        return got

    assert await asyncio.to_thread(produce, [b"k", None, b""]) == [None, "INVALID_RECORD", None]
    assert await configs.alter((SET, "cleanup.policy", "delete")) is None
    assert await asyncio.to_thread(produce, [None]) == [None]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_null_keys_are_found_in_a_compressed_batch(lab, configs, codec):
    await lab.topic(cleanup_policy="compact")

    def produce(keys):
        config = {"linger.ms": 1000, "compression.type": codec, "batch.num.messages": len(keys)}
        producer = Producer({"bootstrap.servers": lab.bootstrap, **config})
        got = set()
        for key in keys:
            producer.produce(
                "t", bytes(100), key, on_delivery=lambda error, _: got.add(error and error.name())
            )
        producer.flush(10)
        return got

    assert await asyncio.to_thread(produce, [b"k"] * 20) == {None}
    # librdkafka tells the records beside them apart where more than one is named (KIP-467)
    refused = await asyncio.to_thread(produce, [*[b"k"] * 20, None, None])
    assert refused == {"INVALID_RECORD", "_INVALID_DIFFERENT_RECORD"}
    assert await configs.alter((SET, "cleanup.policy", "delete")) is None
    assert await asyncio.to_thread(produce, [*[b"k"] * 20, None]) == {None}


async def test_the_brokers_time(lab, configs):
    await lab.topic()
    before = int(time.time() * 1000)
    await lab.produce([b"own"])
    assert await configs.alter((SET, "message.timestamp.type", "LogAppendTime")) is None
    await lab.produce([b"broker"])
    own, stamped = await lab.consume(2)
    assert own.timestamp()[0] == 1
    kind, at = stamped.timestamp()
    assert kind == 2
    assert at >= before


async def test_how_far_a_timestamp_may_be_off(lab, configs):
    await lab.topic()

    def produce(timestamp):
        producer = Producer({"bootstrap.servers": lab.bootstrap})
        got = []
        producer.produce(
            "t", b"x", timestamp=timestamp, on_delivery=lambda error, _: got.append(error and error.name())
        )
        producer.flush(10)
        return got

    now = int(time.time() * 1000)
    assert await asyncio.to_thread(produce, now + 7_200_000) == ["INVALID_TIMESTAMP"]
    assert await asyncio.to_thread(produce, 1) == [None]
    await configs.alter(
        (SET, "message.timestamp.after.max.ms", "9000000"), (SET, "message.timestamp.before.max.ms", "1000")
    )
    assert await asyncio.to_thread(produce, now + 7_200_000) == [None]
    assert await asyncio.to_thread(produce, now - 60_000) == ["INVALID_TIMESTAMP"]


async def test_a_lower_min_insync_replicas_lets_waiting_records_through(lab_with):
    lab = await lab_with(config={"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "200"})
    configs = Configs(lab)
    await lab.topic(min_insync_replicas="2")
    (state,) = await lab.cluster.replicas("t")
    await lab.do("kill", *({1, 2, 3} - {state.leader}))
    await lab.until(lambda states: states[0].isr == (state.leader,))
    assert await names(lab, [b"unseen"], acks="1") == {None}
    refused = await names(lab, acks="all", message_timeout_ms=1500)
    assert refused == {"_MSG_TIMED_OUT"}
    (before,) = await lab.cluster.replicas("t")
    assert before.replica(state.leader).high_watermark == 0
    assert await configs.alter((SET, "min.insync.replicas", "1")) is None
    await lab.until(lambda states: states[0].replica(state.leader).high_watermark == 1)
    assert await names(lab, acks="all") == {None}
    assert await configs.alter((SET, "min.insync.replicas", "2")) is None
    assert await names(lab, acks="all", message_timeout_ms=1500) == {"_MSG_TIMED_OUT"}
