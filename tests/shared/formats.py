"""Every serializer through a run on a cluster, and back by the public deserializer of its format."""

import asyncio
import io
import json
import struct
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fastavro
import msgspec
import thriftpy2
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
from confluent_kafka.serialization import (
    DoubleDeserializer,
    IntegerDeserializer,
    MessageField,
    SerializationContext,
    StringDeserializer,
)
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from thriftpy2.protocol import TBinaryProtocolFactory, TCompactProtocolFactory
from thriftpy2.utils import deserialize

from workbench.cli import main
from workbench.cli.run import exit_status
from workbench.clusters.choice import cluster_for
from workbench.model.report import Report
from workbench.model.scenario import ClusterPlan, Scenario
from workbench.model.scenario_file import read_scenario
from workbench.run.bench import Bench
from workbench.run.consent import Consents
from workbench.serde.schemas import protobuf
from workbench.serde.schemas.schema import Source

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"
COUNT = 12
_BENCHES = 3
ORDER = (
    '{"id": {{ seq }}, "customer": "user-{{ seq % 3 }}", "item": "TEA", "quantity": {{ seq + 1 }}, '
    '"cents": 350, "at": 1700000000000}'
)
PAYMENT = '{"id": "p-{{ seq }}", "order": "{{ seq }}", "cents": 350, "method": "CARD"}'
READING = '{"sensor": "s-{{ seq }}", "at_ms": {{ seq }}, "value": 2.5, "unit": "PERCENT"}'
CLICK = '{"user":"u-{{ seq }}","page":"/tea","at":"2026-11-28T17:00:00Z","x":{{ seq }}}'

Case = tuple[str, str, str | None, Callable[[bytes], Any], Callable[[int], Any]]


def cases(registry_url: str) -> list[Case]:
    """Serializer, template, schema file, how the format's own library reads it, what it must say."""
    client = SchemaRegistryClient({"url": registry_url})
    context = SerializationContext("formats", MessageField.VALUE)
    order = fastavro.schema.load_schema(SCHEMAS / "order.avsc")
    payment: Any = _payment()
    reading = thriftpy2.load(str(SCHEMAS / "reading.thrift"), module_name="reading_thrift").Reading
    click = (SCHEMAS / "click.json").read_text()

    def avro(data: bytes) -> Any:
        return fastavro.schemaless_reader(io.BytesIO(data), order, None)

    def thrift(factory: Any) -> Callable[[bytes], Any]:
        return lambda data: _reading(deserialize(reading(), data, factory))

    return [
        ("string", "tea-{{ seq }}", None, StringDeserializer(), lambda n: f"tea-{n}"),
        ("bytes", "hex:00{{ '%02x' % seq }}", None, bytes, lambda n: bytes((0, n))),
        ("integer", "{{ seq - 5 }}", None, IntegerDeserializer(), lambda n: n - 5),
        ("long", "{{ seq - 5 }}", None, lambda d: struct.unpack(">q", d)[0], lambda n: n - 5),
        ("short", "{{ seq - 5 }}", None, lambda d: struct.unpack(">h", d)[0], lambda n: n - 5),
        ("float", "{{ seq / 4 }}", None, lambda d: struct.unpack(">f", d)[0], lambda n: n / 4),
        ("double", "{{ seq / 4 }}", None, DoubleDeserializer(), lambda n: n / 4),
        ("boolean", "{{ 'true' if seq % 2 else 'false' }}", None, lambda d: d == b"\x01", lambda n: n % 2 == 1),
        ("uuid", f"{uuid.UUID(int=7)}", None, lambda d: uuid.UUID(d.decode()).int, lambda _: 7),
        ("json", CLICK, "click.json", json.loads, _click),
        ("json-schema", CLICK, "click.json", lambda d: JSONDeserializer(click, schema_registry_client=client)(d, context), _click),
        ("avro", ORDER, "order.avsc", lambda d: _order(AvroDeserializer(client)(d, context)), _order_of),
        ("avro-binary", ORDER, "order.avsc", lambda d: _order(avro(d)), _order_of),
        ("avro-single-object", ORDER, "order.avsc", lambda d: _order(avro(d[10:])), _order_of),
        ("avro-file", ORDER, "order.avsc", lambda d: _order(next(fastavro.reader(io.BytesIO(d)))), _order_of),
        ("protobuf", PAYMENT, "payment.proto", lambda d: _paid(ProtobufDeserializer(payment, {"use.deprecated.format": False}, client)(d, context)), _paid_of),
        ("protobuf-binary", PAYMENT, "payment.proto", lambda d: _paid(payment.FromString(d)), _paid_of),
        ("thrift-binary", READING, "reading.thrift", thrift(TBinaryProtocolFactory()), lambda n: (f"s-{n}", n, 2.5, 2)),
        ("thrift-compact", READING, "reading.thrift", thrift(TCompactProtocolFactory()), lambda n: (f"s-{n}", n, 2.5, 2)),
    ]  # fmt: skip


def check_every_format(bootstrap: str, registry_url: str, folder: Path, capsys: Any) -> dict[str, int]:
    """Two serializers a run, as key and as value. Bytes of a first record, by serializer.

    The first by `kwb run`, the others as it does, by engines that are started once.
    """
    all_cases = cases(registry_url)
    pairs = list(zip(all_cases[::2], [*all_cases[1::2], all_cases[0]], strict=True))
    paths = [folder / f"{key[0]}.toml" for key, _ in pairs]
    for path, (key, value) in zip(paths, pairs, strict=True):
        record = "".join(_part(part, case) for part, case in (("key", key), ("value", value)))
        path.write_text(
            f"[topic]\nname = 'formats-{key[0]}'\npartitions = 1\nreplication_factor = 3\ncreate = true\n"
            f"[record]\n{record}[registry]\nurl = '{registry_url}'\n[send]\ncount = {COUNT}\n"
            f"[[expect]]\nledger.acked = {COUNT}\nledger.stored = {COUNT}\n"
        )
    assert main(["run", str(paths[0]), "-b", bootstrap, "--quiet"]) == 0, capsys.readouterr().err
    rest = [read_scenario(path).scenario for path in paths[1:]]
    for report, pair in zip(asyncio.run(reports(bootstrap, rest)), pairs[1:], strict=True):
        assert exit_status(report) == 0, (pair[0][0], pair[1][0], report.errors)
    sizes = {}
    for key, value in pairs:
        stored_of_both = consumed(bootstrap, f"formats-{key[0]}")
        for case, stored in zip((key, value), stored_of_both, strict=True):
            name, _, _, read, wanted = case
            assert [read(data) for data in stored] == [wanted(number) for number in range(COUNT)], name
            sizes[name] = len(stored[0])
    return sizes


async def reports(bootstrap: str, scenarios: Sequence[Scenario]) -> list[Report]:
    """What came of each, in order; run by some benches at a time, which mostly wait."""
    cluster = ClusterPlan("remote", bootstrap_servers=bootstrap)
    waiting = list(enumerate(msgspec.structs.replace(each, cluster=cluster) for each in scenarios))[::-1]
    found: dict[int, Report] = {}

    async def work() -> None:
        bench = Bench(cluster_for(waiting[-1][1]), lambda _: None, consents=Consents(allow_all=True))
        await bench.open()
        try:
            while waiting:
                number, scenario = waiting.pop()
                found[number] = await bench.run(scenario, lambda _: None)
        finally:
            await bench.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(_BENCHES):
            group.create_task(work())
    return [found[number] for number in range(len(scenarios))]


def _part(part: str, case: Case) -> str:
    name, template, schema, _, _ = case
    file = f"{part}_schema_file = {json.dumps(str(SCHEMAS / schema))}\n" if schema else ""
    return f"{part} = {json.dumps(template)}\n{part}_serializer = '{name}'\n{file}"


def consumed(bootstrap: str, topic: str, count: int = COUNT) -> tuple[list[bytes], list[bytes]]:
    """Keys and values of the first `count` records, in the order of the log."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "formats", "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        found: list[Any] = []
        deadline = time.monotonic() + 30
        while len(found) < count and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                found.append(message)
        return [message.key() or b"" for message in found], [message.value() or b"" for message in found]
    finally:
        consumer.close()


def _order(read: Any) -> tuple[Any, ...]:
    return read["id"], read["customer"], read["quantity"], read["cents"], read["note"], read["at"].timestamp()


def _order_of(number: int) -> tuple[Any, ...]:
    return number, f"user-{number % 3}", number + 1, 350, None, 1_700_000_000.0


def _click(number: int) -> dict[str, Any]:
    return {"user": f"u-{number}", "page": "/tea", "at": "2026-11-28T17:00:00Z", "x": number}


def _payment() -> Any:
    path = SCHEMAS / "payment.proto"
    files: descriptor_pb2.FileDescriptorSet = protobuf._compiled(Source(path.read_text(), SCHEMAS))
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Payment"))


def _paid(message: Any) -> tuple[Any, ...]:
    return message.id, message.order, message.cents, message.method


def _paid_of(number: int) -> tuple[Any, ...]:
    return f"p-{number}", number, 350, 1


def _reading(read: Any) -> tuple[Any, ...]:
    return read.sensor, read.at_ms, read.value, read.unit
