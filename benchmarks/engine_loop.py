"""kwb's engine headless: the conductor, frames and all, as `kwb run` uses it.

`python -m benchmarks.engine_loop BOOTSTRAP WAY` prints records per second; ways are in `WAYS`.
"""

import asyncio
import sys

from benchmarks.constants import (
    BATCH,
    CONFIG,
    LOAD_RECORDS,
    PARTITIONS,
    RECORDS,
    REPLICATION_FACTOR,
    TOPIC,
    VALUE,
)
from workbench.clusters.remote import RemoteCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

WAYS: dict[str, SendPlan] = {
    "record": SendPlan(count=RECORDS, verify=False),
    "record-read-back": SendPlan(count=RECORDS),
    "load": SendPlan(count=LOAD_RECORDS, verify=False, batch=BATCH),
    "load-read-back": SendPlan(count=LOAD_RECORDS, batch=BATCH),
    "load-two-engines": SendPlan(count=LOAD_RECORDS, verify=False, batch=BATCH, engines=2),
    "record-for-ever": SendPlan(count=1_000_000_000, verify=False),
    "load-for-ever": SendPlan(count=1_000_000_000, verify=False, batch=BATCH),
}


def scenario(way: str) -> Scenario:
    return Scenario(
        title="bench",
        topic=TopicPlan(TOPIC, PARTITIONS, REPLICATION_FACTOR),
        producer=dict(CONFIG),
        record=RecordPlan(value=VALUE),
        send=WAYS[way],
    )


async def main() -> None:
    planned = scenario(sys.argv[2])
    bench = Bench(RemoteCluster(sys.argv[1], {}), lambda _event: None)
    try:
        await bench.open()
        report = await bench.run(planned, lambda _frame: None)
    finally:
        await bench.close()
    if report.ledger.acked != planned.send.count or report.ledger.lost:
        sys.exit(f"not all acked and kept: {report.ledger} {report.verify}")
    print(report.throughput.records_per_s)


if __name__ == "__main__":
    asyncio.run(main())
