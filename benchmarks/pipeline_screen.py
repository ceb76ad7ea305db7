"""CPU milliseconds a paint at 140x42: the Pipeline screen, and a bare widget whose cells all change.

As a run has it, 12 frames come a second and the client's statistics with every third: then all bars, counts
and the history move. Cutting frames into slices is left out: it is for every screen.
"""

import asyncio
import math
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.painting import bare, milliseconds, print_ratios
from workbench.dev.recording import Head, Recording
from workbench.dev.replay import ReplayBench
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.cluster_view import BrokerView, ClusterView, PartitionView, TopicView
from workbench.model.frame import Frame
from workbench.model.histogram import bucket_of
from workbench.model.report import Client
from workbench.model.scenario import Scenario, SendPlan
from workbench.ui.app import KwbApp
from workbench.ui.session import Session

_SIZE = (140, 42)
_PARTITIONS, _BROKERS = 6, (1, 2, 3)
_FRAMES_PER_S = 12
_A_STATISTIC = 3
"""Frames."""
_A_FRAME = 2_000
_BEFORE = 480 * _A_STATISTIC
"""Two minutes, so that the history is full."""


def frame(turn: int) -> Frame:
    """More records wait and fewer, by turns; the requests in flight change with them."""
    done = _A_FRAME * (turn + 1)
    at = 1.0 + (turn + 1) / _FRAMES_PER_S
    told = turn - turn % _A_STATISTIC
    return Frame(
        "r", at, 0.5, "sending", 10**9, measured_from=1.0, sent=done + 4000, acked=done,
        partitions=tuple(done // _PARTITIONS + p for p in range(_PARTITIONS)),
        latency={bucket_of(4000 + 7 * p): done // 9 for p in range(9)}, latency_max_us=9000,
        client=client(told, 1.0 + (told + 1) / _FRAMES_PER_S),
    )  # fmt: skip


def client(turn: int, at: float) -> ClientState:
    queued = tuple(round(900 * (1 + math.sin(turn / 5 + p))) for p in range(_PARTITIONS))
    travelling = tuple(round(300 * (1 + math.cos(turn / 3 + p))) for p in range(_PARTITIONS))
    brokers = tuple(
        BrokerFlight(
            b, "UP", 1 + (turn + b) % 5, 200 + 31 * (turn % 7), (turn * b) % 3, 40, 3.0 + turn % 9, 0
        )
        for b in _BROKERS
    )
    sent, records = _A_FRAME * (turn + 1), sum(queued) + sum(travelling) + 90
    waits = Waits(sent, sent * (6.0 + turn % 4), sent, sent * 0.2, sent * (4.0 + turn % 3))
    return ClientState(
        at=at, late_s=0.001 * (turn % 6), records=records, records_max=100_000, bytes=records * 120,
        bytes_max=2**30, queued=queued, travelling=travelling, brokers=brokers,
        batch_records=90.0 + turn % 40, batch_bytes=9_000.0 + 100 * (turn % 40), waits=waits,
    )  # fmt: skip


async def _pipeline() -> float:
    views = tuple(PartitionView(n, n % 3 + 1, _BROKERS, _BROKERS) for n in range(_PARTITIONS))
    view = ClusterView("bench", 1, tuple(BrokerView(b, "127.0.0.1", 9090 + b) for b in _BROKERS))
    scenario = Scenario(send=SendPlan(count=10**9))
    recording = Recording(
        Head(scenario, TopicView("orders", views), view, Client("librdkafka", "2.16.0")), ()
    )
    with TemporaryDirectory() as folder:
        session = Session(scenario, lambda on_event: ReplayBench(recording, on_event))
        app = KwbApp(session, config_dir=Path(folder), live=False)
        async with app.run_test(size=_SIZE) as pilot:
            while not app.bench.complete:
                await pilot.pause(0.01)
            await session.open()
            session.running, session.phase, session.run_number = scenario, "running", 1
            for turn in range(_BEFORE):
                session.on_frame(frame(turn))
            await pilot.press("f6")
            await pilot.pause()

            def paint(turn: int) -> float:
                begun = time.process_time()
                session.on_frame(frame(_BEFORE + turn))
                fed = time.process_time() - begun
                app.paint()
                return fed

            return await milliseconds(pilot, paint)


def main() -> None:
    """One of the two; without a word both, alternating, each in a process of its own."""
    if sys.argv[1:]:
        print(asyncio.run(_pipeline() if sys.argv[1] == "pipeline" else bare(_SIZE)))
    else:
        print_ratios("benchmarks.pipeline_screen", "pipeline")


if __name__ == "__main__":
    main()
