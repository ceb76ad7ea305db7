"""Every advertised version of every API can be read and answered; what else comes closes the connection."""

import asyncio
import io
import struct
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import msgspec
import pytest
from kio.index import load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader, entity_writer

from workbench.lab import answers, group_answers
from workbench.lab.condition import Condition, Signal
from workbench.lab.connection import Close, Connection
from workbench.lab.produced import encode
from workbench.lab.routes import ROUTES
from workbench.lab.wire import RANGES, ProtocolError, Records, Request, Wire

NODE = answers.Node(node_id=1, host="127.0.0.1", port=9092)
TOPIC = answers.TopicMetadata(
    name="t",
    partitions=(
        answers.PartitionMetadata(
            partition_index=0, leader_id=1, leader_epoch=4, replica_nodes=(1, 2), isr_nodes=(1,)
        ),
    ),
)
RECORDS = Records()
RECORDS.pieces, RECORDS.size = [b"ab", memoryview(b"cde")], 5
ENTRY = answers.ConfigEntry(name="a", value="1", config_source=5, config_type=3)
COMMITTED = answers.CommittedTopic(name="t", partitions=(answers.CommittedPartition(partition_index=0),))
ANSWERS = {
    0: answers.Produced(
        responses=(
            answers.ProducedTopic(
                name="t",
                topic_id=None,
                partition_responses=(
                    answers.ProducedPartition(
                        index=0,
                        base_offset=9,
                        record_errors=(answers.RecordError(batch_index=1, batch_index_error_message="x"),),
                        current_leader=answers.CurrentLeader(2, 5),
                    ),
                ),
            ),
        )
    ),
    1: answers.Fetched(
        responses=(
            answers.FetchedTopic(
                topic="t",
                topic_id=None,
                partitions=(
                    answers.FetchedPartition(partition_index=0, records=RECORDS, high_watermark=7),
                    answers.FetchedPartition(partition_index=1),
                ),
            ),
        )
    ),
    2: answers.ListedOffsets(
        topics=(
            answers.ListedTopic(name="t", partitions=(answers.ListedPartition(partition_index=0, offset=3),)),
        )
    ),
    3: answers.Metadata(brokers=(NODE,), cluster_id="c", controller_id=1, topics=(TOPIC,)),
    8: answers.CommittedOffsets(topics=(COMMITTED,)),
    9: answers.CommittedOffsets(
        topics=(COMMITTED,), groups=(answers.CommittedGroup(group_id="g", topics=(COMMITTED,)),)
    ),
    11: group_answers.JoinedGroup(
        generation_id=1,
        protocol_type="consumer",
        protocol_name="range",
        leader="m",
        skip_assignment=False,
        member_id="m",
        members=(group_answers.GroupMember(member_id="m", group_instance_id=None, metadata=b"x"),),
    ),
    12: group_answers.Heartbeat(),
    13: group_answers.LeftGroup(members=(group_answers.LeavingMember(member_id="m", group_instance_id="i"),)),
    14: group_answers.SyncedGroup(protocol_type="consumer", protocol_name="range", assignment=b"x"),
    15: group_answers.DescribedGroups(
        groups=(
            group_answers.DescribedGroup(
                group_id="g",
                group_state="Stable",
                members=(
                    group_answers.DescribedGroupMember(
                        member_id="m",
                        group_instance_id=None,
                        client_id="c",
                        client_host="/127.0.0.1",
                        member_metadata=b"x",
                        member_assignment=b"y",
                    ),
                ),
            ),
        )
    ),
    16: group_answers.ListedGroups(
        groups=(group_answers.ListedGroup(group_id="g", protocol_type="consumer", group_state="Empty"),)
    ),
    42: group_answers.DeletedGroups(results=(group_answers.DeletedGroup(group_id="g"),)),
    19: answers.CreatedTopics(topics=(answers.CreatedTopic(name="t", configs=(ENTRY,)),)),
    20: answers.DeletedTopics(responses=(answers.DeletedTopic(name="t"),)),
    22: answers.ProducerId(producer_id=4, producer_epoch=0),
    23: answers.EpochEnds(
        topics=(answers.EpochEndTopic(topic="t", partitions=(answers.EpochEndPartition(partition=0),)),)
    ),
    32: answers.DescribedConfigsOfAll(
        results=(answers.DescribedConfigs(resource_type=2, resource_name="t", configs=(ENTRY,)),)
    ),
    **dict.fromkeys(
        (33, 44),
        answers.AlteredConfigsOfAll(responses=(answers.AlteredConfigs(resource_type=2, resource_name="t"),)),
    ),
    37: answers.CreatedPartitionsOfAll(results=(answers.CreatedPartitions(name="t"),)),
    46: answers.Reassignments(),
    60: answers.DescribeCluster(cluster_id="c", controller_id=1, brokers=(NODE,)),
    75: answers.DescribeTopicPartitions(topics=(TOPIC,)),
    18: answers.ApiVersions(api_keys=(answers.ApiVersion(api_key=0, min_version=0, max_version=13),)),
}
SERVED = [
    (key, version)
    for key, (low, high) in RANGES.items()
    for version in range(low, high + 1)
    if (key, version) not in {(0, 0), (0, 1), (0, 2)}
]


def answer_of(key, version):
    if key == 10:
        one = answers.Coordinator(key="g", node_id=1, host="h", port=1)
        return one if version < 4 else answers.Coordinators(coordinators=(one,))
    return ANSWERS[key]


def test_every_api_that_is_advertised_has_a_handler():
    assert set(ROUTES) == set(RANGES)


@pytest.mark.parametrize(("key", "version"), SERVED)
def test_an_answer_is_what_kio_reads(key, version):
    answer = answer_of(key, version)
    frame = Wire().write(Request(key, version, 77, None, object()), answer)
    length, correlation = struct.unpack_from(">ii", frame)
    assert length == len(frame) - 4
    assert correlation == 77
    schema = load_response_schema(key, version)
    start = 9 if schema.__header_schema__.__flexible__ else 8
    read, size = entity_reader(schema)(frame, start)
    assert start + size == len(frame)
    again = io.BytesIO()
    entity_writer(schema)(again, read)
    assert again.getvalue() == frame[start:]
    for name in set(schema.__slots__) & {"cluster_id", "controller_id", "producer_id", "error_code"}:
        assert getattr(read, name) == getattr(answer, name)


@pytest.mark.parametrize("version", range(3, 14))
@pytest.mark.parametrize("name", ["t", "x" * 200])
def test_the_quick_answer_to_produce_is_what_kio_writes(version, name):
    def produced(*partitions):
        topic = answers.ProducedTopic(name=name, topic_id=uuid4(), partition_responses=partitions)
        return answers.Produced(responses=(topic, topic))

    fine = answers.ProducedPartition(index=3, base_offset=2**40, log_start_offset=7)
    request = Request(0, version, 77, None, object())
    for answer in (produced(), produced(fine), produced(*[fine] * 200)):
        assert Wire().write(request, encode(answer, version)) == Wire().write(request, answer)
    wrong = answers.ProducedPartition(index=3, error_code=ErrorCode.corrupt_message)
    stamped = answers.ProducedPartition(index=3, log_append_time=datetime.now(UTC))
    assert encode(produced(fine, wrong), version) is None
    assert encode(produced(stamped), version) is None


def test_tagged_fields_at_their_defaults_are_not_written():
    plain = answers.Fetched(
        responses=(
            answers.FetchedTopic(
                topic="", topic_id=None, partitions=(answers.FetchedPartition(partition_index=0),)
            ),
        )
    )
    frame = Wire().write(Request(1, 16, 1, None, object()), plain)
    assert frame.endswith(b"\xff\x01\x00\x00\x00")  # empty records, then no tags at any level
    wrong = msgspec.structs.replace(plain.responses[0].partitions[0], diverging_epoch=answers.EpochEnd(3, 4))
    diverging = answers.Fetched(
        responses=(answers.FetchedTopic(topic="", topic_id=None, partitions=(wrong,)),)
    )
    read, _ = entity_reader(load_response_schema(1, 16))(
        Wire().write(Request(1, 16, 1, None, object()), diverging), 9
    )
    assert read.responses[0].partitions[0].diverging_epoch.end_offset == 4


def request_frame(key, version, schema=None, **fields):
    schema = schema or load_request_schema(key, version)
    buffer = io.BytesIO()
    buffer.write(struct.pack(">hhih", key, version, 5, 2) + b"me")
    if schema.__header_schema__.__flexible__:
        buffer.write(b"\0")
    entity_writer(schema)(buffer, schema(**fields))
    return memoryview(buffer.getvalue())


@pytest.mark.parametrize("version", [0, 9])
def test_a_request_is_read_with_either_header(version):
    more = {"include_topic_authorized_operations": False, "include_cluster_authorized_operations": False}
    request = Wire().read(request_frame(3, version, topics=(), **(more if version else {})))
    assert request[:4] == (3, version, 5, "me")
    assert request.body.topics == ()


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\0\0",
        b"\xff" * 40,
        struct.pack(">hhih", 0, 2, 1, -1),  # Produce 2 is advertised by no range that is served
        struct.pack(">hhih", 24, 0, 1, -1),  # AddPartitionsToTxn
        struct.pack(">hhih", 3, 99, 1, -1),
        struct.pack(">hhih", 3, 12, 1, 500) + b"x",
        bytes(request_frame(3, 12, topics=(), include_topic_authorized_operations=False))[:-3],
    ],
)
def test_what_is_no_request_is_refused(frame):
    with pytest.raises(ProtocolError):
        Wire().read(memoryview(frame))


def test_an_unknown_version_of_api_versions_is_not_an_error():
    request = Wire().read(memoryview(struct.pack(">hhih", 18, 99, 3, -1)))
    assert request.body is None


class WrongError(Exception):
    pass


async def until(true):
    while not true():  # noqa: ASYNC110 (bounded by the test's time limit)
        await asyncio.sleep(0)


@pytest.fixture
async def echo():
    """A server that answers each frame with its length, one after the other; how it was called; its port."""
    seen, live, gate = [], set(), asyncio.Event()
    gate.set()

    async def handle(frame):
        seen.append(bytes(frame[:8]))
        await gate.wait()
        if frame[:5] == b"close":
            raise Close("asked to")
        if frame[:5] == b"wrong":
            raise WrongError
        return None if frame[:4] == b"none" else struct.pack(">i", len(frame))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(handle, 1 << 24, live, Condition(Signal())), "127.0.0.1", 0
    )
    yield seen, gate, live, server.sockets[0].getsockname()[1]
    server.close()
    for connection in list(live):
        await connection.closed()


def framed(*bodies):
    return b"".join(struct.pack(">i", len(body)) + body for body in bodies)


class TestConnection:
    async def test_frames_of_all_sizes_however_they_are_cut(self, echo):
        _, _, _, port = echo
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sizes = [0, 1, 8, 60_000, 65_536, 1_000_000, 3, 40_000, 5]
        data = framed(*(bytes(size) for size in sizes))
        for start in range(0, len(data), 37_777):
            writer.write(data[start : start + 37_777])
            await writer.drain()
        answered = struct.unpack(f">{len(sizes)}i", await reader.readexactly(4 * len(sizes)))
        assert list(answered) == sizes
        writer.close()

    async def test_what_arrives_is_what_was_sent(self):
        """Also where the room of a large frame serves the next one."""
        live = set()

        async def handle(frame):
            return framed(bytes(frame))

        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Connection(handle, 1 << 24, live, Condition(Signal())), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        random = Random(7)
        bodies = [random.randbytes(size) for size in (300_000, 5, 1_500_000, 300_000, 5_000_000, 70_000) * 2]
        writer.write(framed(*bodies))
        for body in bodies:
            (length,) = struct.unpack(">i", await reader.readexactly(4))
            assert await reader.readexactly(length) == body
        writer.close()
        server.close()
        for connection in list(live):
            await connection.closed()

    async def test_one_byte_at_a_time(self, echo):
        _, _, _, port = echo
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for byte in framed(b"abc", b"", b"defgh"):
            writer.write(bytes([byte]))
            await writer.drain()
        assert struct.unpack(">3i", await reader.readexactly(12)) == (3, 0, 5)
        writer.close()

    async def test_one_request_at_a_time(self, echo):
        seen, gate, _, port = echo
        gate.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed(b"first", b"second", bytes(2_000_000), b"third"))
        await until(lambda: seen)
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)
        other_writer.write(framed(b"other"))
        await until(lambda: len(seen) == 2)
        assert seen == [b"first", b"other"]
        gate.set()
        assert struct.unpack(">4i", await reader.readexactly(16)) == (5, 6, 2_000_000, 5)
        assert struct.unpack(">i", await other_reader.readexactly(4)) == (5,)
        writer.close()
        other_writer.close()

    async def test_no_answer_where_there_is_none(self, echo):
        _, _, _, port = echo
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed(b"none", b"abc"))
        assert struct.unpack(">i", await reader.readexactly(4)) == (3,)
        writer.close()

    @pytest.mark.parametrize(
        "data", [framed(b"close", b"abc"), framed(b"wrong"), b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xff"]
    )
    async def test_closed(self, echo, data):
        _, _, live, port = echo
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        assert await _rest(reader) == b""
        writer.close()
        await until(lambda: not live)

    async def test_half_a_request(self, echo):
        seen, _, live, port = echo
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(struct.pack(">i", 500_000) + b"half of it")
        writer.write_eof()
        assert await _rest(reader) == b""
        writer.close()
        assert seen == []
        await until(lambda: not live)


async def _rest(reader):
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
