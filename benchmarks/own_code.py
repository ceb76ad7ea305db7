"""What partitioners and interceptors in kwb's engine cost, in records/s, against the same records without.

`python -m benchmarks.own_code` measures on a lab of its own, alternating; `make bench` prints its rows too.
"""

import asyncio
import statistics

import msgspec

from benchmarks.constants import CONFIG, PARTITIONS, REPLICATION_FACTOR, ROUNDS
from workbench.clusters.lab import LabCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench
from workbench.run.consent import Consents

RECORDS = 100_000
BASE = "the client's own partitioner"
WAYS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    BASE: (None, ()),
    "Java's default (emulated)": ("java", ()),
    "RoundRobinPartitioner (emulated)": ("RoundRobinPartitioner", ()),
    "a Python function (partitioners:vip_first)": ("partitioners:vip_first", ()),
    "one on_send (interceptors:mask_card)": (None, ("interceptors:mask_card",)),
    "on_send and on_acknowledgement (CountPerKey)": (None, ("interceptors:CountPerKey",)),
    "all three sample interceptors": (
        None, ("interceptors:Trace", "interceptors:mask_card", "interceptors:CountPerKey"),
    ),
}  # fmt: skip


def scenario(partitioner: str | None, interceptors: tuple[str, ...]) -> Scenario:
    return Scenario(
        title="own code",
        topic=TopicPlan("own-code", PARTITIONS, REPLICATION_FACTOR),
        producer=dict(CONFIG),
        record=RecordPlan(key="user-{{ seq % 100 }}", value="x" * 100),
        send=SendPlan(count=RECORDS, verify=False, partitioner=partitioner, interceptors=interceptors),
    )


async def rates(rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Records/s of each way, in rounds one after another, on one lab and one engine."""
    bench = Bench(LabCluster(), lambda _event: None, consents=Consents(allow_all=True))
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    await bench.open()
    try:
        for number in range(rounds):
            for name, way in WAYS.items():
                plan = scenario(*way)
                topic = msgspec.structs.replace(plan.topic, name=f"own-code-{number}")
                report = await bench.run(msgspec.structs.replace(plan, topic=topic), lambda _frame: None)
                if report.ledger.acked != RECORDS or report.errors:
                    raise SystemExit(f"{name}: {report.ledger} {report.errors}")
                found[name].append(report.throughput.records_per_s or 0.0)
    finally:
        await bench.close()
    return found


def rows(found: dict[str, list[float]]) -> list[str]:
    """A line a way: median, what one record costs more than the client's own way, and the spread."""
    base = statistics.median(found[BASE])
    told = []
    for name, each in found.items():
        middle = statistics.median(each)
        more = (1 / middle - 1 / base) * 1e6
        told.append(
            f"{name:<46} {middle:>10,.0f} records/s  {more:>+6.1f} µs a record"
            f"  ({min(each):,.0f} … {max(each):,.0f})"
        )
    return told


def main() -> None:
    print(f"{RECORDS:,} records with a key from a template, async, {CONFIG}:")
    print("\n".join(rows(asyncio.run(rates()))))


if __name__ == "__main__":
    main()
