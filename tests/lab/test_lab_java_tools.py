"""Apache Kafka 4.1's own Java tools on the lab."""

import asyncio
import json
import re

import pytest

from workbench.serde.record_texts import console_producer
from workbench.serde.record_texts.told import Told

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(120)]

TOPIC = "org.apache.kafka.tools.TopicCommand"
PERFORMANCE = "org.apache.kafka.tools.ProducerPerformance"
VERIFIABLE = "org.apache.kafka.tools.VerifiableProducer"
PRODUCER = "org.apache.kafka.tools.ConsoleProducer"
CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
OFFSETS = "org.apache.kafka.tools.GetOffsetShell"
GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
CONFIGS = "kafka.admin.ConfigCommand"


@pytest.fixture
def java(kafka_libs):
    async def run(tool, *arguments, given=b"", status=0):
        process = await asyncio.create_subprocess_exec(
            *("java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *("-cp", str(kafka_libs / "*"), tool, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, errors = await asyncio.wait_for(process.communicate(given), 90)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = out.decode() + errors.decode()
        assert process.returncode == status, text
        return text

    return run


async def test_topics(lab, java):
    to = ("--bootstrap-server", lab.bootstrap)
    sizes = ("--partitions", "3", "--replication-factor", "3", "--config", "min.insync.replicas=2")
    assert "Created topic t." in await java(TOPIC, *to, "--create", "--topic", "t", *sizes)
    described = await java(TOPIC, *to, "--describe", "--topic", "t")
    assert "PartitionCount: 3\tReplicationFactor: 3\tConfigs: min.insync.replicas=2" in described
    leaders = re.findall(r"Partition: (\d)\tLeader: (\d)\tReplicas: ([\d,]+)\tIsr: ([\d,]+)", described)
    assert leaders == [
        ("0", "1", "1,2,3", "1,2,3"),
        ("1", "2", "2,3,1", "2,3,1"),
        ("2", "3", "3,1,2", "3,1,2"),
    ]
    await java(TOPIC, *to, "--alter", "--topic", "t", "--partitions", "5")
    assert len(await lab.cluster.replicas("t")) == 5
    assert (await java(TOPIC, *to, "--list")).splitlines()[0] == "t"
    await java(TOPIC, *to, "--delete", "--topic", "t")
    assert await lab.cluster.replicas("t") == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--partitions", "1", "--replication-factor", "4"), "InvalidReplicationFactorException"),
        (("--topic", "bad name!"), "InvalidTopicException"),
        (("--config", "no.such=1"), "Unknown topic config name"),
    ],
)
async def test_topics_that_cannot_be(lab, java, arguments, words):
    to = ("--bootstrap-server", lab.bootstrap)
    named = () if "--topic" in arguments else ("--topic", "t")
    assert words in await java(TOPIC, *to, "--create", *named, *arguments, status=1)


async def test_console_producer_and_consumer(lab, java):
    await lab.topic()
    to = ("--bootstrap-server", lab.bootstrap, "--topic", "t")
    lines = [f"line {number}" for number in range(200)]
    await java(PRODUCER, *to, given="\n".join(lines).encode())
    out = await java(
        CONSUMER,
        *to,
        "--partition",
        "0",
        "--offset",
        "earliest",
        "--max-messages",
        "200",
        "--timeout-ms",
        "30000",
    )
    assert [line for line in out.splitlines() if line.startswith("line ")] == lines


@pytest.mark.parametrize("codec", ["snappy", "lz4", "zstd"])
async def test_a_null_key_in_a_compressed_batch(lab, java, codec):
    await lab.topic(cleanup_policy="compact")
    keys = ("parse.key=true", "key.separator=:", "null.marker=NULL")
    properties = [word for pair in keys for word in ("--property", pair)]
    to = ("--bootstrap-server", lab.bootstrap, "--topic", "t", "--compression-codec", codec, *properties)
    with_keys = "\n".join(f"{number}:{'x' * 200}" for number in range(50))
    assert "InvalidRecordException" not in await java(PRODUCER, *to, given=with_keys.encode())
    (state,) = await lab.cluster.replicas("t")
    assert state.replica(state.leader).log_end == 50
    assert "InvalidRecordException" in await java(PRODUCER, *to, given=f"{with_keys}\nNULL:x".encode())


@pytest.mark.parametrize("acks", ["0", "1", "all"])
async def test_producer_performance(lab, java, acks):
    await lab.topic(partitions=3)
    properties = (f"bootstrap.servers={lab.bootstrap}", f"acks={acks}", "compression.type=lz4")
    sizes = ("--num-records", "50000", "--record-size", "100", "--throughput", "-1")
    out = await java(PERFORMANCE, "--topic", "t", *sizes, "--producer-props", *properties)
    assert "50000 records sent" in out
    assert "Uncaught" not in out
    states = await lab.cluster.replicas("t")
    assert sum(state.replica(state.leader).log_end for state in states) == 50000


async def test_verifiable_producer(lab, java):
    await lab.topic(partitions=2)
    to = ("--bootstrap-server", lab.bootstrap, "--topic", "t", "--max-messages", "500", "--acks", "-1")
    out = await java(VERIFIABLE, *to)
    said = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    acked = [word for word in said if word["name"] == "producer_send_success"]
    assert len(acked) == 500
    assert {(word["partition"], word["offset"]) for word in acked} == {
        (state.partition, offset)
        for state in await lab.cluster.replicas("t")
        for offset in range(state.replicas[0].log_end)
    }
    to = ("--bootstrap-server", lab.bootstrap)
    offsets = await java(OFFSETS, *to, "--topic", "t")
    assert sum(int(count) for count in re.findall(r"^t:\d:(\d+)$", offsets, re.MULTILINE)) == 500


async def test_console_consumer_in_a_group_and_consumer_groups(lab, java):
    await lab.topic(partitions=3)
    # some in each: Java commits nothing for a partition whose first offset it has not yet asked for when it closes
    for partition in range(3):
        await lab.produce([b"line %d" % number for number in range(partition, 100, 3)], partition=partition)
    to = ("--bootstrap-server", lab.bootstrap)
    reads = (*to, "--topic", "t", "--group", "g", "--timeout-ms", "30000", "--max-messages")
    out = await java(CONSUMER, *reads, "100", "--from-beginning")
    assert {line for line in out.splitlines() if line.startswith("line ")} == {
        f"line {number}" for number in range(100)
    }
    await lab.produce([b"line new"])
    assert "line new" in await java(CONSUMER, *reads, "1")
    described = await java(GROUPS, *to, "--describe", "--group", "g")
    ends = re.findall(r"^g +t +\d +(\d+) +(\d+) +(\d+) +- ", described, re.MULTILINE)
    assert len(ends) == 3, described
    assert sum(int(current) for current, _, _ in ends) == 101
    assert {lag for _, _, lag in ends} == {"0"}
    states = await java(GROUPS, *to, "--list", "--state")
    assert re.search(r"^g +Empty", states, re.MULTILINE), states
    assert "Deletion of requested consumer groups ('g') was successful" in await java(
        GROUPS, *to, "--delete", "--group", "g"
    )
    assert "g" not in (await java(GROUPS, *to, "--list")).split()


async def test_configs(lab, java):
    await lab.topic()
    about = ("--bootstrap-server", lab.bootstrap, "--entity-type", "topics", "--entity-name", "t")
    change = ("--alter", "--add-config", "min.insync.replicas=2,cleanup.policy=[compact,delete]")
    assert "Completed updating config for topic t." in await java(CONFIGS, *about, *change)
    shown = await java(CONFIGS, *about, "--describe")
    assert "min.insync.replicas=2 sensitive=false" in shown
    assert "cleanup.policy=compact,delete" in shown
    await java(CONFIGS, *about, "--alter", "--delete-config", "cleanup.policy")
    assert "cleanup.policy" not in await java(CONFIGS, *about, "--describe")
    refused = await java(CONFIGS, *about, "--alter", "--add-config", "no.such=1", status=1)
    assert "Unknown topic config name: no.such" in refused


async def test_the_line_that_kwb_writes_is_that_record_to_the_console_producer(lab, java):
    records = (
        Told(key=b"user-1", value=b'{"id":\t1}', headers=(("s", b"k:w"), ("s", b""), ("n", None))),
        Told(value=None),
        Told(key=b"", value=b""),
    )
    await lab.topic()
    given = "".join(f"{console_producer.line(told)}\n" for told in records).encode()
    options = [
        word
        for name, text in console_producer.PROPERTIES.items()
        for word in ("--property", f"{name}={text}")
    ]
    await java(PRODUCER, "--bootstrap-server", lab.bootstrap, "--topic", "t", *options, given=given)
    read = await lab.consume(len(records))
    assert [(message.key(), message.value(), tuple(message.headers() or ())) for message in read] == [
        (told.key, told.value, told.headers) for told in records
    ]
