"""What is done to Apache Kafka's own nodes: frozen, thawed, killed, stopped, wiped, started again, left behind by nobody."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from workbench.clusters.apache import ApacheCluster, processes
from workbench.clusters.apache.metadata import live_brokers
from workbench.errors import InputError
from workbench.model.fault import CONTROLLER, Action

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(kafka_libs: Path) -> AsyncIterator[ApacheCluster]:
    """Two brokers and their controller, whole again after each test."""
    made = ApacheCluster(
        brokers=2,
        config={"broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500"},
        borrow=False,
    )
    try:
        await made.start()
        yield made
    finally:
        await made.close()


def ports(cluster: ApacheCluster) -> list[int]:
    return [int(server.rpartition(":")[2]) for server in cluster.bootstrap_servers.split(",")]


async def living(cluster: ApacheCluster, wanted: set[int], by: int = 0) -> None:
    """Until a broker knows of these and no others, and each of them has started: before that it cannot stop in order."""
    while await live_brokers(ports(cluster)[by]) != wanted:  # noqa: ASYNC110 - brokers tell nobody
        await asyncio.sleep(0.1)
    while not all(has_started(cluster, broker) for broker in wanted):  # noqa: ASYNC110 - only their logs tell
        await asyncio.sleep(0.1)


def has_started(cluster: ApacheCluster, broker: int) -> bool:
    """Whether the last change of state in its log is that it has started; others serve it a moment earlier."""
    assert cluster.folder is not None
    log = (cluster.folder / f"broker-{broker}.log").read_text()
    return re.findall(r"Transition from \w+ to (\w+)", log)[-1:] == ["STARTED"]


async def test_a_frozen_broker_answers_nobody_until_it_is_thawed(cluster: ApacheCluster) -> None:
    await cluster.do(Action("freeze", (2,)))
    assert processes.is_stopped(cluster.pids["broker 2"])
    assert not processes.is_stopped(cluster.pids["broker 1"])
    assert await live_brokers(ports(cluster)[1], patience=0.5) == frozenset()
    await living(cluster, {1})
    await cluster.do(Action("thaw"))
    assert not processes.is_stopped(cluster.pids["broker 2"])
    await living(cluster, {1, 2})


async def test_a_killed_broker_is_no_death_of_the_cluster_and_starts_again_with_what_it_had(
    cluster: ApacheCluster,
) -> None:
    lost = asyncio.create_task(cluster.lost())
    before = dict(cluster.pids)
    assert cluster.folder is not None
    kept = (cluster.folder / "broker-2" / "meta.properties").read_text()
    await cluster.do(Action("kill", (2,)))
    assert processes.identity(before["broker 2"]) is None
    with pytest.raises(InputError, match="broker 1 is not dead"):
        await cluster.do(Action("wipe", (1,)))
    await living(cluster, {1})
    await cluster.do(Action("restart"))
    await living(cluster, {1, 2})
    assert cluster.pids["broker 2"] != before["broker 2"]
    assert cluster.pids["broker 1"] == before["broker 1"]
    assert (cluster.folder / "broker-2" / "meta.properties").read_text() == kept
    assert not lost.done()
    lost.cancel()


async def test_a_stopped_broker_ends_in_order_and_a_wiped_one_comes_back_empty(
    cluster: ApacheCluster,
) -> None:
    assert cluster.folder is not None
    data = cluster.folder / "broker-2"
    before = (data / "meta.properties").read_text()
    await cluster.do(Action("freeze", (2,)))
    await cluster.do(Action("stop", (2,)))
    await cluster.do(Action("wipe", (2,)))
    log = (cluster.folder / "broker-2.log").read_text()
    assert "Terminating process due to signal SIGTERM" in log
    assert "shut down completed" in log
    after = (data / "meta.properties").read_text()
    assert after != before, "it has another directory id"
    assert "node.id=2" in after
    await cluster.do(Action("restart", (2,)))
    await living(cluster, {1, 2})


async def test_the_controller_can_be_frozen_and_brokers_serve_without_it(cluster: ApacheCluster) -> None:
    await cluster.do(Action("freeze", (CONTROLLER,)))
    assert processes.is_stopped(cluster.pids["controller"])
    assert await live_brokers(ports(cluster)[0]) == {1, 2}
    await cluster.do(Action("thaw", (CONTROLLER,)))
    assert not processes.is_stopped(cluster.pids["controller"])
    await living(cluster, {1, 2})


async def test_what_it_cannot_do_is_refused(cluster: ApacheCluster) -> None:
    with pytest.raises(InputError, match="slow: Apache Kafka's nodes cannot do it"):
        await cluster.do(Action("slow", (1,), ms=5))
    with pytest.raises(InputError, match="broker 3 is not there"):
        await cluster.do(Action("freeze", (3,)))
    with pytest.raises(InputError, match="the nodes of `kwb apache up` are left alone"):
        await ApacheCluster(brokers=2).do(Action("freeze", (1,)))


async def test_a_death_by_another_hand_is_the_clusters_also_when_others_are_dead_by_ours(
    cluster: ApacheCluster,
) -> None:
    """The last test on this cluster, and its close ends a frozen node."""
    lost = asyncio.create_task(cluster.lost())
    await cluster.do(Action("kill", (2,)))
    await cluster.do(Action("freeze", (1,)))
    os.kill(cluster.pids["controller"], signal.SIGKILL)
    assert await lost == "Apache Kafka's controller was ended by signal 9"
    pids = cluster.pids
    await cluster.close()
    assert all(processes.identity(pid) is None for pid in pids.values())
