"""kwb's engine headless: the conductor, frames and all, as `kwb run` uses it, without read-back.

`python -m benchmarks.engine_loop BOOTSTRAP` prints records per second.
"""

import asyncio
import sys

from benchmarks.constants import CONFIG, PARTITIONS, RECORDS, REPLICATION_FACTOR, TOPIC, VALUE
from workbench.clusters.remote import RemoteCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench


def scenario() -> Scenario:
    return Scenario(
        title="bench",
        topic=TopicPlan(TOPIC, PARTITIONS, REPLICATION_FACTOR),
        producer=dict(CONFIG),
        record=RecordPlan(value=VALUE),
        send=SendPlan(mode="async", count=RECORDS + 1, warm_up=1, verify=False),
    )


async def main() -> None:
    bench = Bench(RemoteCluster(sys.argv[1], {}), lambda _event: None)
    try:
        await bench.open()
        report = await bench.run(scenario(), lambda _frame: None)
    finally:
        await bench.close()
    if report.ledger.acked != RECORDS + 1:
        sys.exit(f"not all acked: {report.ledger}")
    print(report.throughput.records_per_s)


if __name__ == "__main__":
    asyncio.run(main())
