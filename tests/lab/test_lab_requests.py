"""Requests as bytes: what no well-behaved client sends, and what clients do not show of the answers."""

import asyncio
import struct
from datetime import timedelta

import kafka_socket
import pytest
from kafka_socket import raw_batch
from kio.index import load_request_schema


@pytest.fixture
async def connect(lab):
    sockets = []

    async def connect(broker=1):
        sockets.append(await kafka_socket.connect(lab.bootstrap, broker))
        return sockets[-1]

    yield connect
    for socket in sockets:
        socket.writer.close()


class TestApiVersions:
    async def test_an_unknown_version_is_answered_in_version_0(self, connect):
        socket = await connect()
        socket.number = 1
        socket.writer.write(struct.pack(">ihhih", 10, 18, 77, 1, -1))
        answer = await socket.receive(18, 0)
        assert answer.error_code == 35
        assert [(api.api_key, api.min_version) for api in answer.api_keys] == [(18, 0)]

    async def test_ranges_that_librdkafka_looks_for(self, connect):
        answer = await (await connect()).ask(18, 3, client_software_name="x", client_software_version="1")
        ranges = {api.api_key: (api.min_version, api.max_version) for api in answer.api_keys}
        assert ranges[0][0] == 0
        assert ranges[1][0] == 4
        assert ranges[22][0] == 0
        assert ranges[10][0] == 0


class TestProduce:
    @pytest.mark.parametrize(
        ("records", "code"),
        [
            (raw_batch()[:-1] + b"\x01", 2),
            (raw_batch(base=3), 87),
            (raw_batch(magic=1), 87),
            (raw_batch() + raw_batch(), 87),
            (raw_batch()[:-5], 87),
            (b"", 87),
        ],
        ids=["CRC", "base offset", "magic", "two batches", "truncated", "empty"],
    )
    async def test_batches_that_brokers_refuse(self, lab, connect, records, code):
        await lab.topic()
        socket = await connect()
        answer = await socket.produce(records)
        assert (answer.error_code, answer.base_offset) == (code, -1)
        assert (await socket.produce(raw_batch())).base_offset == 0

    async def test_no_records_at_all(self, lab, connect):
        await lab.topic()
        socket = await connect()
        socket.send_batch(None)
        assert await socket.closed()

    async def test_acks(self, lab, connect):
        await lab.topic()
        socket = await connect()
        assert (await socket.produce(raw_batch(), acks=2)).error_code == 21
        socket.send_batch(raw_batch(), acks=0)
        answer = await socket.produce(raw_batch(), acks=1)  # the next answer on the line is this one's
        assert (answer.error_code, answer.base_offset) == (0, 1)

    async def test_acks_0_that_fails_is_hung_up_on(self, lab, connect):
        await lab.topic()
        socket = await connect()
        socket.send_batch(raw_batch(), acks=0, topic="missing")
        assert await socket.closed()

    async def test_the_wrong_broker_and_partition(self, lab, connect):
        await lab.topic(partitions=2)
        socket = await connect(2)
        assert (await socket.produce(raw_batch())).error_code == 6
        assert (await socket.produce(raw_batch(), partition=1)).error_code == 0
        assert (await socket.produce(raw_batch(), partition=7)).error_code == 3
        assert (await socket.produce(raw_batch(), topic="missing")).error_code == 3

    async def test_by_an_unknown_topic_id(self, lab, connect):
        import uuid

        socket = await connect()
        part = {"index": 0, "records": raw_batch()}
        data = [{"topic_id": uuid.uuid4(), "partition_data": [part]}]
        answer = await socket.ask(0, 13, acks=1, timeout=timedelta(seconds=1), topic_data=data)
        assert answer.responses[0].partition_responses[0].error_code == 100

    async def test_idempotence_on_the_wire(self, lab, connect):
        await lab.topic()
        socket = await connect()
        given = await socket.ask(
            22,
            4,
            transactional_id=None,
            transaction_timeout=timedelta(milliseconds=1),
            producer_id=-1,
            producer_epoch=-1,
        )
        pid = given.producer_id
        assert (given.error_code, given.producer_epoch) == (0, 0)

        async def send(seq, count=1, epoch=0):
            answer = await socket.produce(raw_batch(count, pid=pid, epoch=epoch, seq=seq))
            return answer.error_code, answer.base_offset

        assert await send(0, 3) == (0, 0)
        assert await send(3) == (0, 3)
        assert await send(0, 3) == (0, 0)
        assert await send(5) == (45, -1)
        assert await send(4, epoch=1) == (45, -1)
        assert await send(0, epoch=1) == (0, 4)
        assert await send(4) == (47, -1)
        (state,) = await lab.cluster.replicas("t")
        assert state.replica(1).log_end == 5

    async def test_a_connection_is_served_in_order_also_while_acks_all_waits(self, lab, connect):
        await lab.topic()
        await lab.cluster.pause_fetching(3)
        socket = await connect()
        first = socket.send_batch(raw_batch())
        second = socket.send_batch(raw_batch(), acks=1)
        (state,) = await lab.until(lambda states: states[0].replica(2).log_end == 1)
        assert state.replica(1).log_end == 1
        await lab.cluster.pause_fetching(3, paused=False)
        for number, offset in ((first, 0), (second, 1)):
            answer = await socket.receive(0, 9, number)
            assert answer.responses[0].partition_responses[0].base_offset == offset

    async def test_the_request_says_how_long_acks_all_waits(self, lab, connect):
        await lab.topic()
        await lab.cluster.pause_fetching(3)
        socket = await connect()
        assert (await socket.produce(raw_batch(), timeout=0.1)).error_code == 7


class TestFetch:
    async def test_the_broker_rewrites_offset_and_epoch_only(self, lab, connect):
        await lab.topic()
        socket = await connect()
        sent = raw_batch(2, size=30)
        await socket.produce(sent)
        await socket.produce(sent)
        got = await socket.fetch(3)
        assert struct.unpack_from(">qii", got.records) == (2, len(sent) - 12, 0)
        assert got.records[16:] == sent[16:]
        assert (got.high_watermark, got.last_stable_offset, got.log_start_offset) == (4, 4, 0)

    async def test_sizes(self, lab, connect):
        await lab.topic()
        socket = await connect()
        for _ in range(3):
            await socket.produce(raw_batch(size=1000))
        one = len(raw_batch(size=1000))
        assert len((await socket.fetch(0, max_bytes=10)).records) == one
        assert len((await socket.fetch(0, max_bytes=2 * one + 50)).records) == 2 * one
        assert len((await socket.fetch(0)).records) == 3 * one

    async def test_errors_come_at_once_and_with_empty_records(self, lab, connect):
        await lab.topic()
        socket = await connect()
        for offset, epoch, code in ((9, -1, 1), (0, 4, 75)):
            got = await socket.fetch(offset, epoch=epoch, wait=50)
            assert (got.error_code, got.records, got.high_watermark) == (code, b"", -1)

    async def test_it_waits_for_records(self, lab, connect):
        await lab.topic()
        reader, writer = await connect(), await connect()
        waiting = asyncio.create_task(reader.fetch(0, wait=50))
        await writer.produce(raw_batch())
        assert len((await waiting).records) == len(raw_batch())

    async def test_it_waits_no_longer_than_asked(self, lab, connect):
        await lab.topic()
        got = await (await connect()).fetch(0, wait=0.05)
        assert (got.error_code, got.records, got.high_watermark) == (0, b"", 0)

    async def test_what_a_follower_has_can_be_read_there(self, lab, connect):
        """KIP-392: from version 11 on consumers may fetch from a follower; it shows what it knows."""
        await lab.topic()
        await (await connect()).produce(raw_batch())
        await lab.until(lambda states: states[0].replica(2).high_watermark == 1)
        follower = await connect(2)
        assert len((await follower.fetch(0)).records) == len(raw_batch())
        assert (await follower.fetch(0, version=10)).error_code == 6

    async def test_nobody_plays_a_follower_over_tcp(self, lab, connect):
        await lab.topic()
        assert (await (await connect()).fetch(0, replica=2)).error_code == 31

    async def test_no_fetch_sessions(self, lab, connect):
        await lab.topic()
        more = {"session_id": 5, "session_epoch": 1, "topics": [], "forgotten_topics_data": []}
        answer = await (await connect()).ask(
            1, 11, replica_id=-1, max_wait=timedelta(0), min_bytes=0, max_bytes=1, isolation_level=0, **more
        )
        assert answer.error_code == 70


async def test_where_epochs_end(lab, connect):
    await lab.topic()
    socket = await connect()
    await socket.produce(raw_batch(3))

    async def ask(current, epoch):
        part = {"partition": 0, "current_leader_epoch": current, "leader_epoch": epoch}
        answer = await socket.ask(23, 4, topics=[{"topic": "t", "partitions": [part]}])
        found = answer.topics[0].partitions[0]
        return found.error_code, found.leader_epoch, found.end_offset

    assert await ask(0, 0) == (0, 0, 3)
    assert await ask(5, 0) == (75, -1, -1)


async def test_describe_topic_partitions_goes_on_by_cursor(lab, connect):
    await lab.topic("a", partitions=3, factor=1)
    await lab.topic("b", partitions=2, factor=1)
    socket = await connect()
    cursor, seen = None, []
    while True:
        answer = await socket.ask(75, 0, topics=[], response_partition_limit=2, cursor=cursor)
        seen += [
            (topic.name, partition.partition_index)
            for topic in answer.topics
            for partition in topic.partitions
        ]
        if answer.next_cursor is None:
            break
        schema = load_request_schema(75, 0)
        kind = __import__(schema.__module__, fromlist=["Cursor"]).Cursor
        cursor = kind(
            topic_name=answer.next_cursor.topic_name, partition_index=answer.next_cursor.partition_index
        )
    assert seen == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]
