"""The lab against librdkafka's built-in mock cluster in C: a process each, same client, same records.

The mock keeps one log a partition and checks no record; the lab has three that follow each other.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks import constants, mock_cluster
from benchmarks.alone import measured
from benchmarks.measuring import alternating
from workbench.clusters.lab import LabCluster
from workbench.lab.protocol import TopicSpec

CLIENTS = {"bare loop": "benchmarks.bare_loop", "produce_batch": "benchmarks.batch_loop"}
ROUNDS = 5
_PATIENCE_S = 30


def rates() -> dict[str, list[float]]:
    """Records a second, by client and cluster: "bare loop on the lab", and so on."""
    return asyncio.run(_rates())


async def _rates() -> dict[str, list[float]]:
    topic = TopicSpec(constants.TOPIC, mock_cluster.PARTITIONS, mock_cluster.BROKERS)
    lab = LabCluster(brokers=mock_cluster.BROKERS, topics=(topic,))
    await lab.start()
    try:
        with _mock() as mock:
            competitors = {
                f"{name} on {cluster}": partial(measured, module, bootstrap)
                for name, module in CLIENTS.items()
                for cluster, bootstrap in (("the lab", lab.bootstrap_servers), ("the mock", mock))
            }
            return await asyncio.to_thread(alternating, competitors, ROUNDS)
    finally:
        await lab.close()


@contextmanager
def _mock() -> Iterator[str]:
    """Its bootstrap servers."""
    command = [sys.executable, "-m", "benchmarks.mock_cluster"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it says there that it is a mock
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate(timeout=_PATIENCE_S)
