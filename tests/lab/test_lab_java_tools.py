"""Apache Kafka 4.1's own Java tools on the lab."""

import asyncio
import json
import re

import pytest

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(120)]

TOPIC = "org.apache.kafka.tools.TopicCommand"
PERFORMANCE = "org.apache.kafka.tools.ProducerPerformance"
VERIFIABLE = "org.apache.kafka.tools.VerifiableProducer"
PRODUCER = "org.apache.kafka.tools.ConsoleProducer"
CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
OFFSETS = "org.apache.kafka.tools.GetOffsetShell"


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
