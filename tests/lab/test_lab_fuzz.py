"""Requests at random against a lab in this process: answered, or the connection closed; nothing else."""

import asyncio
import logging
import struct
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kafka_socket import raw_batch, request_frame
from kio.index import load_response_schema
from kio.serial import entity_reader
from random_requests import Requests

from workbench.lab.connection import Close
from workbench.lab.lab import Lab
from workbench.lab.protocol import Start, TopicSpec
from workbench.lab.wire import RANGES, Wire

SERVED = [
    (key, version)
    for key, (low, high) in RANGES.items()
    for version in range(low, high + 1)
    if (key, version) not in {(0, 0), (0, 1), (0, 2)}
]
_PATIENCE_S = 0.02  # then the client has gone, whatever the broker waits for
WIRE = Wire()  # its readers and writers are made once for all labs
SEEDS = st.integers(0, 2**63)
QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a request cannot be made smaller by way of its seed
    suppress_health_check=list(HealthCheck),
)


async def storm(random, count):
    """A lab, that many requests, and an honest client at the end of them."""
    topics = (TopicSpec("t", 3, 3), TopicSpec("u", 1, 1, {"cleanup.policy": "compact"}))
    lab = Lab(Start(topics=topics, config={"group.min.session.timeout.ms": "1"}, retained_bytes=1 << 20))
    await lab.open()
    try:
        lab._cluster.wire = WIRE
        brokers = list(lab._cluster.brokers.values())
        ids = [topic.id for topic in lab._controller.topics.values()]
        requests = Requests(random, ("t", "u", "g", "h", "consumer", "range", "retention.ms", "5", "2"), ids)
        for _ in range(count):
            key, version = random.choice(SERVED)
            frame = requests.frame(key, version)
            if random.random() < 0.4:
                frame = requests.broken(frame)
            await send(random.choice(brokers), frame)
        await honest(lab)
    finally:
        await lab.close()


async def send(broker, frame):
    task = asyncio.create_task(broker._handle(memoryview(frame)))
    await asyncio.wait({task}, timeout=_PATIENCE_S)
    task.cancel()
    try:
        answer = await task
    except (Close, asyncio.CancelledError):
        return
    if answer is not None:
        key, version, correlation = struct.unpack_from(">hhi", frame)
        check(answer, key, version, correlation)


def check(answer, key, version, correlation):
    """What was written is an answer of that version from the first byte to the last."""
    length, number = struct.unpack_from(">ii", answer)
    assert (length, number) == (len(answer) - 4, correlation)
    if key == 18 and not 0 <= version <= 4:
        version = 0
    schema = load_response_schema(key, version)
    start = 9 if schema.__header_schema__.__flexible__ else 8
    _, size = entity_reader(schema)(answer, start)
    assert start + size == len(answer)


async def ask(broker, key, version, **fields):
    frame = request_frame(key, version, **fields)
    answer = await asyncio.wait_for(broker._handle(memoryview(frame)), 20)
    schema = load_response_schema(key, version)
    return entity_reader(schema)(answer, 9 if schema.__header_schema__.__flexible__ else 8)[0]


async def honest(lab):
    """A topic is made, its leader found, a record sent with acks=all and read."""
    brokers = lab._cluster.brokers
    wanted = {
        "name": "honest",
        "num_partitions": 1,
        "replication_factor": 3,
        "assignments": [],
        "configs": [],
    }
    made = await ask(brokers[1], 19, 5, topics=[wanted], timeout=timedelta(seconds=9), validate_only=False)
    assert made.topics[0].error_code == 0
    found = await ask(brokers[2], 3, 4, topics=[{"name": "honest"}], allow_auto_topic_creation=False)
    leader = brokers[found.topics[0].partitions[0].leader_id]
    data = [{"name": "honest", "partition_data": [{"index": 0, "records": raw_batch(3)}]}]
    produced = await ask(
        leader, 0, 7, transactional_id=None, acks=-1, timeout=timedelta(seconds=9), topic_data=data
    )
    assert produced.responses[0].partition_responses[0].error_code == 0
    part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 10_000}
    fetched = await ask(
        leader,
        1,
        11,
        replica_id=-1,
        max_wait=timedelta(0),
        min_bytes=1,
        max_bytes=10_000,
        topics=[{"topic": "honest", "partitions": [part]}],
        forgotten_topics_data=[],
    )
    assert fetched.responses[0].partitions[0].high_watermark == 3
    assert len(fetched.responses[0].partitions[0].records) == len(raw_batch(3))


@QUICK
@given(SEEDS)
def test_requests_at_random(caplog, seed):
    caplog.set_level(logging.ERROR)
    asyncio.run(storm(Random(seed), 40))
    assert caplog.records == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
@settings(QUICK, max_examples=1500, derandomize=False)
@given(SEEDS)
def test_requests_at_random_for_long(caplog, seed):
    caplog.set_level(logging.ERROR)
    asyncio.run(storm(Random(seed), 100))
    assert caplog.records == []
