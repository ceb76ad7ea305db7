"""What no client should send: answered as by a real broker or hung up on, while others go on."""

import asyncio
import random
import struct
from datetime import timedelta
from pathlib import Path

import kafka_socket
import pytest
from kafka_socket import raw_batch, request_frame

from workbench.lab.wire import RANGES


def resident_kb(pid):
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])


def open_files(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def framed(body):
    return struct.pack(">i", len(body)) + body


@pytest.fixture
async def connect(lab):
    sockets = []

    async def connect(broker=1):
        sockets.append(await kafka_socket.connect(lab.bootstrap, broker))
        return sockets[-1]

    yield connect
    for socket in sockets:
        socket.writer.close()


async def works(lab):
    """Whether honest records are acknowledged by all replicas."""
    return {name for name, _ in await lab.produce([b"x"] * 10, acks="all")} == {None}


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\xff",
        bytes(4),
        struct.pack(">i", 3) + b"abc",
        struct.pack(">ihhih", 10, 99, 0, 1, -1),
        struct.pack(">ihhih", 10, 3, 99, 1, -1),
        struct.pack(">ihhih", 40, 3, 12, 1, -1) + b"\xff" * 30,
        struct.pack(">ihhih", 40, 0, 9, 1, -1) + b"\x7f" * 30,
        bytes(range(256)) * 300,
    ],
    ids=lambda data: data[:8].hex(),
)
async def test_what_is_not_kafka_is_hung_up_on(lab, connect, data):
    await lab.topic()
    socket = await connect()
    socket.writer.write(data)
    assert await socket.closed()
    assert await works(lab)


async def test_half_a_request(lab, connect):
    await lab.topic()
    socket = await connect()
    socket.writer.write(struct.pack(">i", 1_000_000) + b"half")
    await socket.writer.drain()
    assert await works(lab)
    socket.writer.write_eof()
    assert await socket.closed()


async def test_many_promises_of_large_requests_cost_nothing(lab, connect):
    await lab.topic()
    for _ in range(50):
        socket = await connect()
        socket.writer.write(struct.pack(">i", 100_000_000) + b"x" * 10)
        await socket.writer.drain()
    assert await works(lab)
    resident = resident_kb(lab.cluster._child.pid)
    assert resident < 200_000, f"{resident} kB"


async def test_a_client_that_goes_while_it_waits(lab, connect):
    await lab.topic()
    await lab.cluster.pause_fetching(2)
    socket = await connect()
    socket.send_batch(raw_batch())
    await lab.until(lambda states: states[0].replica(1).log_end == 1)
    socket.writer.transport.abort()
    await lab.cluster.pause_fetching(2, paused=False)
    await lab.until(lambda states: states[0].replica(1).high_watermark == 1)
    assert {name for name, _ in await lab.produce([b"x"])} == {None}


async def test_a_thousand_connections(lab, connect):
    """Idle ones, halves of requests, frames of nothing: the others go on, and all are let go of."""
    await lab.topic()
    pid = lab.cluster._child.pid
    assert await works(lab)
    before = open_files(pid)
    sockets = []
    for number in range(1000):
        socket = await connect(number % 3 + 1)
        kinds = (b"", b"\0\0", struct.pack(">i", 2**26), struct.pack(">i", 50_000) + bytes(40_000))
        socket.writer.write(kinds[number % 4])
        sockets.append(socket)
    honest = await connect()
    for _ in range(20):
        assert (await honest.produce(raw_batch())).error_code == 0
    assert await works(lab)
    resident = resident_kb(pid)
    assert resident < 400_000, f"{resident} kB"
    for socket in sockets:
        socket.writer.transport.abort()
    while open_files(pid) > before + 20:  # noqa: ASYNC110 (bounded by the test's time limit)
        await asyncio.sleep(0.05)


async def test_apis_and_versions_that_are_not_served(lab, connect):
    await lab.topic()
    for key in (*range(-2, 100), 2**15 - 1):
        low, high = RANGES.get(key, (0, -1))
        for version in {-1, low - 1, high + 1, 2**15 - 1} - set(range(low, high + 1)):
            if key == 18:
                continue  # answered, with the versions that there are
            socket = await connect(key % 3 + 1)
            socket.writer.write(framed(struct.pack(">hhih", key, version, 1, -1) + bytes(30)))
            assert await socket.closed(), (key, version)
    assert await works(lab)


@pytest.mark.parametrize("key", sorted(RANGES))
async def test_requests_that_are_cut_short(lab, connect, key):
    """Of every version, at every length: nothing is answered that was not asked."""
    await lab.topic()
    fields = {
        0: {"transactional_id": None, "acks": 1, "timeout": timedelta(seconds=1), "topic_data": []},
        3: {"topics": [], "allow_auto_topic_creation": False},
        10: {"key": "g", "key_type": 0, "coordinator_keys": ["g"]},
        18: {"client_software_name": "c", "client_software_version": "1"},
    }
    for version in range(RANGES[key][0], RANGES[key][1] + 1):
        if (key, version) in {(0, 0), (0, 1), (0, 2)}:
            continue
        try:
            whole = request_frame(key, version, 1, **fields.get(key, {}))
        except TypeError:  # a field that has no default: any bytes will do
            whole = struct.pack(">hhih", key, version, 1, -1) + bytes(40)
        for length in {0, 1, 7, 8, 9, 10, 11, len(whole) - 1}:
            if length < min(len(whole), 10):
                socket = await connect()
                socket.writer.write(framed(whole[:length]))
                assert await socket.closed(), (version, length)
    assert await works(lab)


async def test_collections_that_claim_to_be_huge(lab, connect):
    """The native reader of kio asks for the memory first, and its process ends if it gets none."""
    await lab.topic()
    head = struct.pack(">hhih", 3, 9, 1, -1) + b"\0"
    claims = [b"\xff\xff\xff\xff\x0f", b"\xff\xff\xff\xff\x07", b"\x80\x80\x80\x80\x08", b"\xff" * 9]
    frames = [head + claim for claim in claims]
    frames += [struct.pack(">hhihi", 3, 1, 1, -1, count) for count in (2**31 - 1, -(2**31), -2, 10**6)]
    frames.append(head + b"\x81\x80\x80\x01" + bytes(3 * 2**21))  # 2,097,152 topics without a name
    for frame in frames:
        socket = await connect()
        socket.writer.write(framed(frame))
        assert await socket.closed()
    assert await works(lab)
    assert resident_kb(lab.cluster._child.pid) < 300_000


async def test_frames_of_random_bytes(lab, connect):
    await lab.topic()
    chance = random.Random(5)
    for _ in range(300):
        socket = await connect(chance.randrange(1, 4))
        data = chance.randbytes(chance.choice((3, 10, 40, 200, 5000)))
        if chance.random() < 0.7:  # a header that leads somewhere
            key = chance.choice(sorted(RANGES))
            version = chance.randint(*RANGES[key])
            data = framed(struct.pack(">hhih", key, version, 1, -1) + data)
        socket.writer.write(data)
        socket.writer.write_eof()
        await asyncio.wait_for(socket.reader.read(), 20)
        socket.writer.close()
    assert await works(lab)


async def test_clients_that_ask_and_do_not_read(lab, connect):
    """Their answers pile up to a limit; then the one that has not read for longest is hung up on."""
    await lab.topic("big", 1, 1, max_message_bytes="30000000")
    await lab.topic()
    big = await connect()
    for _ in range(2):
        answer = await big.produce(raw_batch(size=25_000_000), topic="big", acks=1)
        assert answer.error_code == 0
    part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 2**31 - 1}
    lazy = []
    for _ in range(20):
        socket = await connect()
        socket.reader._transport.pause_reading()
        socket.send(
            1,
            11,
            replica_id=-1,
            max_wait=timedelta(0),
            min_bytes=1,
            max_bytes=2**31 - 1,
            topics=[{"topic": "big", "partitions": [part]}],
            forgotten_topics_data=[],
        )
        lazy.append(socket)
    assert await works(lab)
    resident = resident_kb(lab.cluster._child.pid)
    assert resident < 700_000, f"{resident} kB"
    lazy[0].reader._transport.resume_reading()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await lazy[0].reader.readexactly(50_000_000)
    lazy[-1].reader._transport.resume_reading()
    await lazy[-1].reader.readexactly(50_000_000)


async def test_large_requests_that_never_end(lab, connect):
    await lab.topic()
    start = struct.pack(">i", 90_000_000) + bytes(40_000_000)
    for _ in range(15):
        socket = await connect()
        socket.writer.write(start)
        try:
            await socket.writer.drain()
        except ConnectionResetError:
            continue
    assert await works(lab)
    resident = resident_kb(lab.cluster._child.pid)
    assert resident < 700_000, f"{resident} kB"
