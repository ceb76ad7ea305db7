"""What a record costs by serializer and by template, and what the ring of load mode saves.

`python -m benchmarks.serializers` prints CPU time a record of each serializer on the sending thread (nothing
is sent), and records/s in load mode on a lab of its own: a constant payload, a template from the ring, and
the same template made for each record. `make bench` prints its rows too.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator

import msgspec

from benchmarks.constants import CONFIG, PARTITIONS, REPLICATION_FACTOR, ROUNDS
from benchmarks.measuring import row
from workbench.clusters.lab import LabCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.resources import folder
from workbench.run.bench import Bench
from workbench.serde.maker import RecordMaker
from workbench.serde.memory_ids import MemoryIds

MADE = 5_000
SENT = 300_000
ORDER = (
    '{"id": {{ seq }}, "customer": "user-{{ seq % 100 }}", "item": "TEA", "quantity": 2, "cents": 350, '
    '"at": 1700000000000}'
)
PAYMENT = '{"id": "{{ seq }}", "order": {{ seq }}, "cents": 350, "method": "CARD"}'
READING = '{"sensor": "s-{{ seq }}", "at_ms": {{ seq }}, "value": 2.5, "unit": "CELSIUS"}'
CLICK = '{"user": "u-{{ seq }}", "page": "/tea", "at": "2026-11-28T17:00:00Z", "x": {{ seq }}}'
RECORDS: tuple[tuple[str, str, str | None], ...] = (
    ("string", "user-{{ seq }}", None),
    ("integer", "{{ seq }}", None),
    ("long", "{{ seq }}", None),
    ("double", "{{ seq }}", None),
    ("uuid", "{{ uuid() }}", None),
    ("bytes", "hex:00ff{{ seq % 10 }}0", None),
    ("json", ORDER, None),
    ("json", CLICK, "click.json"),
    ("json-schema", CLICK, "click.json"),
    ("avro", ORDER, "order.avsc"),
    ("avro-single-object", ORDER, "order.avsc"),
    ("avro-file", ORDER, "order.avsc"),
    ("protobuf", PAYMENT, "payment.proto"),
    ("thrift-binary", READING, "reading.thrift"),
    ("thrift-compact", READING, "reading.thrift"),
)
TEMPLATE = '{"id": {{ seq }}, "who": "{{ name() }}", "city": "{{ city() }}", "at": "{{ now }}"}'
WAYS: dict[str, tuple[str, int]] = {
    "constant payload": ("x" * 80, 0),
    "template, from the ring of 10,000": (TEMPLATE, 10_000),
    "template, each record made": (TEMPLATE, 0),
}


def nanoseconds(name: str, template: str, schema: str | None) -> float:
    """CPU time of one record, template and serializer; the first is left out."""
    samples = folder("sample_payloads")
    assert samples is not None
    file = None if schema is None else str(samples / "schemas" / schema)
    plan = RecordPlan(value=template, value_serializer=name, value_schema_file=file)
    maker = RecordMaker(plan, 7, "bench", topic="bench", registry=MemoryIds())
    maker.make(0)
    began = time.process_time_ns()
    for seq in range(MADE):
        maker.make(seq)
    return (time.process_time_ns() - began) / MADE


async def rates(rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Records/s in load mode, nothing read back."""
    bench = Bench(LabCluster(), lambda _event: None)
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    await bench.open()
    try:
        for number in range(rounds):
            for name, (value, ring) in WAYS.items():
                scenario = Scenario(
                    topic=TopicPlan(f"ring-{number}", PARTITIONS, REPLICATION_FACTOR),
                    producer=dict(CONFIG),
                    record=RecordPlan(value=value),
                    send=SendPlan(count=SENT, verify=False, batch=10_000, ring=ring),
                )
                report = await bench.run(msgspec.structs.replace(scenario), lambda _frame: None)
                if report.ledger.acked != SENT:
                    raise SystemExit(f"{name}: {report.ledger} {report.errors}")
                found[name].append(report.throughput.records_per_s or 0.0)
    finally:
        await bench.close()
    return found


def rows(rounds: int = ROUNDS) -> Iterator[str]:
    for name, template, schema in RECORDS:
        found = [nanoseconds(name, template, schema) for _ in range(rounds)]
        what = f"{name}, {schema}" if schema else name
        per_s = 1e9 / statistics.median(found)
        yield row(f"a record costs, {what}", found, "ns of CPU", "{:>12,.0f}") + f"  {per_s:,.0f}/s"
    found_rates = asyncio.run(rates(rounds))
    for name, each in found_rates.items():
        yield row(f"load mode, {name}", each, "records/s", "{:>12,.0f}")
    constant, ring, made = (statistics.median(each) for each in found_rates.values())
    yield f"{'ring / constant payload (at least 0.5)':<52} {ring / constant:>10.2f}"
    yield f"{'each made / constant payload':<52} {made / constant:>10.2f}"


def main() -> None:
    for line in rows():
        print(line, flush=True)


if __name__ == "__main__":
    main()
