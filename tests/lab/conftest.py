"""A lab cluster for each test, and confluent-kafka's clients on it (nothing of theirs was written here)."""

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from workbench.clusters.lab import LabCluster
from workbench.model.fault import Action


class Clients:
    """confluent-kafka on one lab. Its calls block, so each runs in a thread."""

    def __init__(self, cluster: LabCluster) -> None:
        self.cluster = cluster
        self.bootstrap = cluster.bootstrap_servers

    @cached_property
    def admin(self) -> AdminClient:
        """Kept: one that is collected purges its futures."""
        return AdminClient({"bootstrap.servers": self.bootstrap})

    async def topic(self, name="t", partitions=1, factor=3, **config):
        config = {key.replace("_", "."): value for key, value in config.items()}
        futures = self.admin.create_topics([NewTopic(name, partitions, factor, config=config)])
        await asyncio.to_thread(futures[name].result, 15)
        return name

    async def produce(self, values, topic="t", *, timeout=20, partition=None, **config):
        """Delivery reports in order of sending: (error name or None, message)."""
        named = {key.replace("_", "."): value for key, value in config.items()}
        config = {"bootstrap.servers": self.bootstrap, "linger.ms": 5, **named}
        where = {} if partition is None else {"partition": partition}
        return await asyncio.to_thread(_produce, config, topic, values, timeout, where)

    async def consume(self, count, topic="t", partitions=1, *, start=0, timeout=20, **config):
        named = {key.replace("_", "."): value for key, value in config.items()}
        config = {"bootstrap.servers": self.bootstrap, "group.id": "tests", **named}
        assignment = [TopicPartition(topic, index, start) for index in range(partitions)]
        return await asyncio.to_thread(_consume, config, assignment, count, timeout)

    async def seen(self, topic="t"):
        """What a consumer sees of partition 0: all up to the end that the broker tells it."""
        return await asyncio.to_thread(_seen, self.bootstrap, topic)

    async def admin_knows(self):
        """The admin client has its connections."""
        await asyncio.to_thread(self.admin.list_topics, timeout=10)

    async def do(self, kind, *brokers, **more):
        await self.cluster.do(Action(kind, brokers, **more))

    def producer(self, **config):
        return Sender(self.bootstrap, {key.replace("_", "."): value for key, value in config.items()})

    async def until_brokers(self, true):
        """As `until`, for the brokers' own states, by id."""
        while True:
            states = {state.id: state for state in (await self.cluster.describe()).brokers}
            if true(states):
                return states
            await asyncio.sleep(0.01)

    async def happened(self, *kinds):
        return [one for one in (await self.cluster.describe()).happened if one.kind in kinds]

    async def until(self, true, topic=None):
        """Ask the lab for its replicas until they are as wanted; the test's time limit bounds it."""
        while True:
            states = await self.cluster.replicas(topic)
            if true(states):
                return states
            await asyncio.sleep(0.01)


class Sender:
    """A producer that lives on while faults come and go. `reports`: error name or None, by value."""

    def __init__(self, bootstrap, config):
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, **config})
        self.reports = {}

    def send(self, values, topic="t"):
        for value in values:
            self._producer.produce(topic, value, partition=0, on_delivery=self._delivered)
        self._producer.poll(0)

    def _delivered(self, error, message):
        self.reports[message.value()] = error.name() if error else None

    async def reported(self, count, timeout=30):
        """Wait until so many reports have come."""
        while len(self.reports) < count:
            assert timeout > 0, f"{len(self.reports)} of {count} reports"
            await asyncio.to_thread(self._producer.poll, 0.05)
            timeout -= 0.05

    async def ack(self, values, topic="t"):
        """Send, and wait until all are acknowledged."""
        self.send(values, topic)
        await self.reported(len(self.reports.keys() | set(values)))
        assert {self.reports[value] for value in values} == {None}

    async def flush(self, timeout=30):
        assert await asyncio.to_thread(self._producer.flush, timeout) == 0


def _produce(config, topic, values, timeout, where):
    producer = Producer(config)
    reports = [None] * len(values)
    for index, value in enumerate(values):

        def report(error, message, index=index):
            reports[index] = (error.name() if error else None, message)

        while True:
            try:
                producer.produce(topic, value, on_delivery=report, **where)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(timeout) == 0
    return reports


def _consume(config, assignment, count, timeout):
    consumer = Consumer(config)
    consumer.assign(assignment)
    got = []
    try:
        for _ in range(timeout * 2):
            got += consumer.consume(max(count - len(got), 1), 0.5)
            if len(got) >= count:
                break
    finally:
        consumer.close()
    assert [message.error() for message in got if message.error()] == []
    return got


def _seen(bootstrap, topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "tests", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = []
    try:
        for _ in range(100):  # half a second each, at most
            message = consumer.poll(0.5)
            if message is not None and message.error():
                assert message.error().code() == KafkaError._PARTITION_EOF
                return values
            if message is not None:
                values.append(message.value())
    finally:
        consumer.close()
    raise AssertionError(f"no end was told after {len(values)} records")


@pytest.fixture
async def lab() -> AsyncIterator[Clients]:
    cluster = LabCluster()
    await cluster.start()
    try:
        yield Clients(cluster)
    finally:
        await cluster.close()


@pytest.fixture
async def lab_with():
    """A lab with other broker properties or counts."""
    started = []

    async def start(**arguments):
        cluster = LabCluster(**arguments)
        started.append(cluster)
        await cluster.start()
        return Clients(cluster)

    yield start
    for cluster in started:
        await cluster.close()


@pytest.fixture(scope="session")
def kafka_libs() -> Path:
    """Apache Kafka's jars, for its Java tools; skips where there are none."""
    import shutil

    from workbench.clusters.apache.jars import find_jars

    libs = find_jars()
    if libs is None or shutil.which("java") is None:
        pytest.skip("needs Java 17 and Kafka's jars: set KWB_KAFKA_LIBS or KAFKA_HOME")
    return libs
