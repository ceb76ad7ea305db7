"""Which key went where, and in which batches, on Apache Kafka: as its own log says."""

import asyncio

import pytest

from workbench.clusters.remote import RemoteCluster
from workbench.insight.record_order import in_batches, offsets_wanted
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.partitioning import predict
from workbench.run.bench import Bench

pytestmark = pytest.mark.apache


async def _ran(servers, scenario):
    bench = Bench(RemoteCluster(servers, {}), lambda _: None)
    try:
        await bench.open()
        report = await bench.run(scenario, lambda _: None)
        totals = await bench.keys()
        return report, totals, await bench.batches(scenario.topic.name, offsets_wanted(totals))
    finally:
        await bench.close()


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_batches_read_from_the_log_are_those_that_the_client_counted(apache_bootstrap, compression):
    scenario = Scenario(
        title="batches",
        topic=TopicPlan(name=f"batches-{compression}", partitions=4, create=True),
        producer={"linger.ms": "5", "compression.type": compression},
        record=RecordPlan(value="without a key"),
        send=SendPlan(count=400, rate=2000.0),
    )
    report, totals, log = asyncio.run(_ran(apache_bootstrap, scenario))
    found = in_batches(totals, log)
    assert sum(records for _, records in found) == 399
    assert len(found) == report.batches.count - 1, "the warm-up travelled alone"


def test_keys_are_where_the_partitioner_puts_them(apache_bootstrap):
    scenario = Scenario(
        title="keys",
        topic=TopicPlan(name="keys-followed", partitions=7, create=True),
        producer={"partitioner": "murmur2_random"},
        record=RecordPlan(key="user-{{ seq % 40 }}", value="v"),
        send=SendPlan(count=400),
    )
    report, totals, _ = asyncio.run(_ran(apache_bootstrap, scenario))
    assert report.moved_keys == 0
    assert {(totals.keys[n], p): records for n, p, records in totals.counts} == {
        (key := f"user-{n}".encode(), predict("murmur2", key, 7)): 10 for n in range(40)
    }
