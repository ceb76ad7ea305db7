"""CPU milliseconds a paint at 140x42: the Cluster screen, and a bare widget whose cells all change."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.painting import bare, milliseconds, print_ratios
from workbench.dev.recording import Head, Recording
from workbench.dev.replay import ReplayBench
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState
from workbench.model.cluster_view import BrokerView, ClusterView, PartitionView, TopicView
from workbench.model.report import Client
from workbench.model.scenario import Scenario
from workbench.ui.app import KwbApp
from workbench.ui.session import Session

_SIZE = (140, 42)
_PARTITIONS, _BROKERS = 6, (1, 2, 3)


def state(turn: int) -> ClusterState:
    """Records come in, one broker stands still."""
    partitions = []
    for index in range(_PARTITIONS):
        end, leader = 9_000 + 7 * turn + index, index % 3 + 1
        replicas = tuple(
            ReplicaState(b, 0, end if b == leader else end - 3 * b, end - 12, in_isr=True) for b in _BROKERS
        )
        partitions.append(PartitionState("orders", index, leader, 4, _BROKERS, replicas, minimum_isr=2))
    brokers = [
        BrokerState(b, 9090 + b, "frozen" if b == 3 else "running", session_left_s=4.0) for b in _BROKERS
    ]
    return ClusterState(100.0 + turn / 10, tuple(brokers), tuple(partitions))


async def _cluster() -> float:
    views = tuple(PartitionView(n, n % 3 + 1, _BROKERS, _BROKERS) for n in range(_PARTITIONS))
    view = ClusterView("bench", 1, tuple(BrokerView(b, "127.0.0.1", 9090 + b) for b in _BROKERS))
    head = Head(Scenario(), TopicView("orders", views), view, Client("librdkafka", "2.16.0"))
    recording = Recording(head, ())
    with TemporaryDirectory() as folder:
        session = Session(Scenario(), lambda on_event: ReplayBench(recording, on_event))
        app = KwbApp(session, config_dir=Path(folder), live=False)
        async with app.run_test(size=_SIZE) as pilot:
            while not app.bench.complete:
                await pilot.pause(0.01)
            await session.open()
            await pilot.press("f2")
            await pilot.pause()

            def paint(turn: int) -> None:
                session.cluster_state = state(turn)
                app.paint()

            return await milliseconds(pilot, paint)


def main() -> None:
    """One of the two; without a word both, alternating, each in a process of its own."""
    if sys.argv[1:]:
        print(asyncio.run(_cluster() if sys.argv[1] == "cluster" else bare(_SIZE)))
    else:
        print_ratios("benchmarks.cluster_screen", "cluster")


if __name__ == "__main__":
    main()
