"""Runs of an engine process against librdkafka's own mock brokers; conftests take the fixtures from here."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from confluent_kafka import Producer

from workbench.engine.client import EngineClient
from workbench.engine.protocol import Start
from workbench.model.frame import Frame
from workbench.model.record import Header, RecordPlan
from workbench.model.scenario import SendMode, SendPlan

TOPIC = "engine-test"
PLAN = RecordPlan(key="user-{{ seq % 20 }}", value="{{ seq }}", headers=(Header("h", None), Header("h", "")))


@pytest.fixture(scope="module")
def mock_brokers() -> Iterator[str]:
    """Three brokers inside librdkafka; they create topics of four partitions when asked about them."""
    owner = Producer({"test.mock.num.brokers": 3, "bootstrap.servers": "replaced", "log_level": 0})
    found = owner.list_topics(TOPIC, timeout=10)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found.brokers.values())
    del owner


@pytest.fixture
async def engine(mock_brokers: str) -> AsyncIterator[EngineClient]:
    client = await EngineClient.start()
    await client.connect(mock_brokers, {}, 10)
    yield client
    await client.close()


def started(
    mode: SendMode = "async",
    count: int = 200,
    config: dict[str, str] | None = None,
    record: RecordPlan = PLAN,
    max_block_ms: int = 60_000,
    **send: object,
) -> Start:
    plan = SendPlan(mode=mode, count=count, **send)  # type: ignore[arg-type]
    return Start(
        0, os.urandom(4).hex(), TOPIC, 4, {"linger.ms": "1", **(config or {})}, max_block_ms, record, plan, 7
    )


async def nothing() -> None:
    pass


async def ended(engine: EngineClient, start: Start) -> tuple[Frame, list[Frame]]:
    frames: list[Frame] = []
    return await engine.run(start, frames.append, nothing), frames
