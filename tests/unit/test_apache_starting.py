"""What nodes say when they refuse, and the Metadata request by hand."""

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from workbench.clusters.apache import starting
from workbench.clusters.apache.layout import nodes_of
from workbench.clusters.apache.metadata import live_brokers
from workbench.errors import ClusterError, InputError

# from Kafka 4.1.0
_TAKEN = """[main] ERROR kafka.server.BrokerServer - [BrokerServer id=1] Fatal error during broker startup
org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:7001: Address already in use.
\tat kafka.network.Acceptor.openServerSocket(SocketServer.scala:669)
"""
_REFUSED = """[main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
org.apache.kafka.common.config.ConfigException: Invalid value abc for configuration num.io.threads: Not a number
"""
_NAMES = "AbstractConfig - KafkaConfig values: \n\tlog.retention.ms = null\n\tnum.io.threads = 8\n"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (_TAKEN, "Socket server failed to bind to 127.0.0.1:7001: Address already in use."),
        (_REFUSED, "Invalid value abc for configuration num.io.threads: Not a number"),
        ("java.lang.IllegalArgumentException: requirement failed: x must be y\n\tat z", "x must be y"),
        (
            "Error: Could not find or load main class kafka.Kafka",
            "Could not find or load main class kafka.Kafka",
        ),
        ("first\nlast\n\tat somewhere\n", "last"),
        ("", "it said nothing"),
    ],
)
def test_the_telling_line(output: str, reason: str) -> None:
    assert starting.reason_of(output) == reason


def test_the_scenarios_property_is_named(tmp_path: Path) -> None:
    node = nodes_of(tmp_path, [7001, 7002])[1]
    refused = starting._refused(node, _REFUSED, {"num.io.threads": "abc"}, "ended")
    assert isinstance(refused, InputError)
    assert str(refused).startswith('cluster.config: "num.io.threads": Invalid value abc')
    other = starting._refused(node, _TAKEN, {"num.io.threads": "7"}, "ended while it started")
    assert isinstance(other, ClusterError)
    assert str(other).startswith(
        "Apache Kafka's broker 1 ended while it started: Socket server failed to bind"
    )


def test_a_property_that_kafka_does_not_know_is_refused_with_the_nearest() -> None:
    starting.check_names(_NAMES, {"log.retention.ms": "5", "listener.name.plaintext.max.connections": "5"})
    with pytest.raises(
        InputError, match=r'no broker property "log.retentoin.ms"; did you mean "log.retention.ms"'
    ):
        starting.check_names(_NAMES, {"log.retentoin.ms": "5"})
    starting.check_names("a Kafka that lists nothing", {"anything.goes": "1"})


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "broker-1.log"
    assert starting.tail(log) == ""
    log.write_text("x" * 100_000 + "last words")
    assert starting.tail(log).endswith("xlast words")
    assert len(starting.tail(log)) == 65536


def _metadata(*brokers: tuple[int, str | None]) -> bytes:
    rows = b""
    for broker, rack in brokers:
        rows += struct.pack(">ih9si", broker, 9, b"127.0.0.1", 7000 + broker)
        rows += struct.pack(">h", -1) if rack is None else struct.pack(">h", len(rack)) + rack.encode()
    body = struct.pack(">ii", 1, len(brokers)) + rows + struct.pack(">ii", 1, 0)
    return struct.pack(">i", len(body)) + body


@pytest.fixture
async def answering() -> AsyncIterator[tuple[list[bytes], int]]:
    """A server that gives the first of the list as its answer; its port."""
    answers: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack(">i", await reader.readexactly(4))
        await reader.readexactly(length)
        writer.write(answers[0])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield answers, server.sockets[0].getsockname()[1]


async def test_metadata_by_hand(answering: tuple[list[bytes], int]) -> None:
    answers, port = answering
    answers[:] = [_metadata((1, None), (3, "rack"), (2, ""))]
    assert await live_brokers(port) == {1, 2, 3}


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", _metadata((1, None))[:20]])
async def test_what_is_no_kafka_has_no_brokers(answering: tuple[list[bytes], int], answer: bytes) -> None:
    answers, port = answering
    answers[:] = [answer]
    assert await live_brokers(port) == frozenset()


async def test_nobody_listens() -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    assert await live_brokers(port) == frozenset()
