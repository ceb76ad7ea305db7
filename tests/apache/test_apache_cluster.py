"""ApacheCluster on real nodes: started, lost, killed with its parent, gone without a trace."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from workbench.clusters.apache import ApacheCluster, processes
from workbench.clusters.apache.layout import pick_ports
from workbench.errors import ClusterError, InputError

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]

_PARENT = """
import asyncio
from workbench.clusters.apache import ApacheCluster

async def main():
    cluster = ApacheCluster(brokers=1)
    await cluster.start()
    print(cluster.folder, *cluster.pids.values(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def _ended(pid: int) -> bool:
    return processes.identity(pid) is None


async def test_start_and_close_leave_no_process_and_no_folder(own_cache: Path) -> None:
    cluster = ApacheCluster(brokers=1, config={"message.max.bytes": "2000000"})
    await cluster.start()
    assert cluster.version is not None
    assert cluster.version.startswith("Apache Kafka ")
    pids = cluster.pids
    assert sorted(pids) == ["broker 1", "controller"]
    assert not any(_ended(pid) for pid in pids.values())
    folder = cluster.folder
    assert folder is not None
    assert "message.max.bytes=2000000\n" in (folder / "broker-1.properties").read_text()
    assert "Kafka Server started" in (folder / "broker-1.log").read_text()
    await cluster.close()
    await cluster.close()
    assert all(_ended(pid) for pid in pids.values())
    assert list((own_cache / "runs").iterdir()) == []


async def test_a_bad_broker_property_is_named(own_cache: Path) -> None:
    cluster = ApacheCluster(config={"log.cleanup.policy": "burn"})
    with pytest.raises(InputError, match=r'cluster\.config: "log\.cleanup\.policy": Invalid value burn'):
        await cluster.start()
    assert cluster.pids == {}
    assert list((own_cache / "runs").iterdir()) == []


async def test_a_broker_that_ends_while_it_starts_says_why(own_cache: Path) -> None:
    """The property passes the format and fails the broker."""
    cluster = ApacheCluster(brokers=1, config={"replica.selector.class": "no.such.Selector"})
    with pytest.raises(
        InputError, match=r'"replica\.selector\.class": ClassNotFoundException: no\.such\.Selector'
    ):
        await cluster.start()
    assert list((own_cache / "runs").iterdir()) == []


async def test_a_killed_node_is_lost_by_name(own_cache: Path) -> None:
    base = pick_ports(1, 0)[0]
    cluster = ApacheCluster(brokers=1, base_port=base)
    try:
        await cluster.start()
        assert cluster.bootstrap_servers == f"127.0.0.1:{base}"
        with pytest.raises(ClusterError, match=f"port {base} is taken"):
            await ApacheCluster(brokers=1, base_port=base).start()
        os.kill(cluster.pids["broker 1"], signal.SIGKILL)
        assert await cluster.lost() == "Apache Kafka's broker 1 was ended by signal 9"
    finally:
        await cluster.close()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
async def test_no_java_outlives_a_killed_parent_and_the_next_run_sweeps_up(own_cache: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _PARENT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    folder, *pids = (await parent.stdout.readline()).decode().split()
    assert len(pids) == 2
    parent.kill()
    await parent.wait()
    while not all(_ended(int(pid)) for pid in pids):  # noqa: ASYNC110 - not our children
        await asyncio.sleep(0.05)
    runs = own_cache / "runs"
    left = Path(folder)
    assert left in runs.iterdir()
    cluster = ApacheCluster(brokers=1)
    try:
        await cluster.start()
        assert [cluster.folder] == list(runs.iterdir())
    finally:
        await cluster.close()


def test_the_shared_cluster_serves_producers_and_consumer_groups(apache_bootstrap: str) -> None:
    admin = AdminClient({"bootstrap.servers": apache_bootstrap})
    topic = f"served-{time.monotonic_ns()}"
    admin.create_topics([NewTopic(topic, 3, 3)])[topic].result(20)
    found = admin.list_topics(topic, timeout=20)
    while len(found.topics[topic].partitions) < 3:  # the broker asked may not know it yet
        found = admin.list_topics(topic, timeout=20)
    assert sorted(found.brokers) == [1, 2, 3]
    assert {len(partition.replicas) for partition in found.topics[topic].partitions.values()} == {3}
    producer = Producer({"bootstrap.servers": apache_bootstrap, "acks": "all", "enable.idempotence": True})
    for number in range(300):
        producer.produce(topic, str(number).encode(), key=str(number).encode())
    assert producer.flush(30) == 0
    consumer = Consumer(
        {"bootstrap.servers": apache_bootstrap, "group.id": topic, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    values: set[bytes] = set()
    while len(values) < 300:
        values.update(
            message.value() for message in consumer.consume(300, timeout=1) if message.error() is None
        )
    consumer.close()
    assert values == {str(number).encode() for number in range(300)}
