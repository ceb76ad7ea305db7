"""A lab cluster for each test, and confluent-kafka's clients on it (nothing of theirs was written here)."""

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from workbench.clusters.lab import LabCluster


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

    async def until(self, true, topic=None):
        """Ask the lab for its replicas until they are as wanted; the test's time limit bounds it."""
        while True:
            states = await self.cluster.replicas(topic)
            if true(states):
                return states
            await asyncio.sleep(0.01)


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
