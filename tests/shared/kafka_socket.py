"""Requests by hand over one connection, asked and answered by kio's schemas."""

import asyncio
import dataclasses
import io
import struct
import time
import typing
from datetime import timedelta

from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer
from record_batch_cases import batch, record


def raw_batch(count=1, *, base=0, magic=2, pid=-1, epoch=-1, seq=-1, size=0):
    """Records without key and value, the last with `size` zeros."""
    now = int(time.time() * 1000)
    values = [None] * (count - 1) + [bytes(size)]
    return batch(
        [record(delta, key=None, value=value) for delta, value in enumerate(values)],
        base=base,
        magic=magic,
        base_time=now,
        max_time=now,
        producer_id=pid,
        producer_epoch=epoch,
        sequence=seq,
    )


def entity(schema, values):
    """A request of kio's from plain data: dicts for structs, lists for arrays."""
    made = {}
    for field in dataclasses.fields(schema):
        if field.name not in values:
            continue
        value = values[field.name]
        parts = typing.get_args(field.type)
        parts += tuple(inner for part in parts for inner in typing.get_args(part))  # of an array or null
        inner = [part for part in parts if dataclasses.is_dataclass(part)]
        made[field.name] = (
            tuple(entity(inner[0], item) for item in value)
            if inner and isinstance(value, list)
            else tuple(value)
            if isinstance(value, list)
            else value
        )
    return schema(**made)


def request_frame(key, version, number=1, **values):
    """Header and body, without the length."""
    schema = load_request_schema(key, version)
    buffer = io.BytesIO()
    buffer.write(struct.pack(">hhih", key, version, number, -1))
    if schema.__header_schema__.__flexible__:
        buffer.write(b"\0")
    entity_writer(schema)(buffer, entity(schema, values))
    return buffer.getvalue()


class Socket:
    """One connection to a broker, asking and answering by kio."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.number = 0

    def send(self, key, version, **values):
        self.number += 1
        frame = request_frame(key, version, self.number, **values)
        self.writer.write(struct.pack(">i", len(frame)) + frame)
        return self.number

    async def receive(self, key, version, number=None):
        (length,) = struct.unpack(">i", await self.reader.readexactly(4))
        frame = await self.reader.readexactly(length)
        assert struct.unpack_from(">i", frame)[0] == (number or self.number)
        schema = load_response_schema(key, version)
        start = 5 if schema.__header_schema__.__flexible__ else 4
        answer, size = entity_reader(schema)(frame, start)
        assert start + size == length
        return answer

    async def ask(self, key, version, **values):
        self.send(key, version, **values)
        return await self.receive(key, version)

    def send_batch(self, records, *, acks=-1, topic="t", partition=0, timeout=10, version=9):
        data = [{"name": topic, "partition_data": [{"index": partition, "records": records}]}]
        return self.send(
            0,
            version,
            transactional_id=None,
            acks=acks,
            timeout=timedelta(seconds=timeout),
            topic_data=data,
        )

    async def produce(self, records, *, version=9, **more):
        self.send_batch(records, version=version, **more)
        return (await self.receive(0, version)).responses[0].partition_responses[0]

    async def fetch(
        self, offset, *, version=11, wait=0.0, min_bytes=1, max_bytes=1 << 20, epoch=-1, replica=-1
    ):
        part = {
            "partition": 0,
            "fetch_offset": offset,
            "partition_max_bytes": max_bytes,
            "current_leader_epoch": epoch,
        }
        answer = await self.ask(
            1,
            version,
            replica_id=replica,
            max_wait=timedelta(seconds=wait),
            min_bytes=min_bytes,
            max_bytes=max_bytes,
            topics=[{"topic": "t", "partitions": [part]}],
            forgotten_topics_data=[],
        )
        return answer.responses[0].partitions[0]

    async def closed(self):
        """Whether the broker closes, having said nothing."""
        try:
            return await self.reader.read() == b""
        except ConnectionResetError:
            return True


async def connect(bootstrap, broker=1):
    """To broker n of a bootstrap list."""
    host, _, port = bootstrap.split(",")[broker - 1].rpartition(":")
    return Socket(*await asyncio.open_connection(host, int(port)))
