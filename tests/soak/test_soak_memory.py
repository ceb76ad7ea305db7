"""Memory of all of kwb's processes while millions of records are sent: it does not grow with them.

Compared are two moments of one run: late enough for the first that buffers and the lab's memory (which keeps
the newest records) are full, and the end. `make soak` sends ten million.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.dev.processes import Taken, family, is_supported
from workbench.dev.terminal import Terminal

pytestmark = pytest.mark.skipif(not is_supported(), reason="needs Linux's /proc")

SCREEN = """
import asyncio, sys
from pathlib import Path
from workbench.clusters.lab import LabCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench
from workbench.ui.app import KwbApp
from workbench.ui.session import Session

told, count, batch = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) or None
plan = Scenario(
    title="soak", topic=TopicPlan("soak", 6, 3), producer={"linger.ms": "5"}, record=RecordPlan(value="x" * 100),
    send=SendPlan(count=count, verify=False, batch=batch),
)

async def main():
    limit = {"log.retention.bytes": "2000000", "log.retention.check.interval.ms": "200"}
    session = Session(plan, lambda on_event: Bench(LabCluster(config=limit), on_event))
    app = KwbApp(session)

    async def send():
        while not session.can_send:
            await asyncio.sleep(0.02)
        app.bench.action_send()
        while session.report is None and session.problem is None:
            await asyncio.sleep(0.05)
            if session.insight:
                told.write_text(str(session.insight.frame.acked))
        told.write_text(f"end {session.report.ledger.acked if session.report else session.problem}")
        await asyncio.Event().wait()

    sending = asyncio.create_task(send())
    await app.run_async()
    sending.cancel()
    await session.close()

asyncio.run(main())
"""


def grown(terminal: Terminal, told: Path, count: int) -> Iterator[tuple[Taken, Taken]]:
    """Each process a third of the way and at the end."""

    def has_acked(number: int) -> bool:
        text = told.read_text() if told.exists() else ""
        return text.startswith("end") or (text.isdecimal() and int(text) >= number)

    terminal.read_until(lambda: has_acked(count // 3), 120)
    before = {taken.pid: taken for taken in family(terminal.pid)}
    terminal.read_until(lambda: told.read_text().startswith("end"), 600)
    for taken in family(terminal.pid):
        if taken.pid in before:
            yield before[taken.pid], taken


@pytest.mark.parametrize(
    ("count", "batch", "most_mb"),
    [
        pytest.param(600_000, 10_000, 40, id="600,000 in load mode"),
        pytest.param(10_000_000, 10_000, 40, marks=pytest.mark.soak, id="ten million in load mode"),
        pytest.param(10_000_000, 0, 40, marks=pytest.mark.soak, id="ten million one by one"),
    ],
)
@pytest.mark.timeout(900)
def test_memory_does_not_grow_with_the_records(tmp_path: Path, count: int, batch: int, most_mb: int) -> None:
    told = tmp_path / "acked"
    program = tmp_path / "screen.py"
    program.write_text(SCREEN)
    command = [sys.executable, str(program), str(told), str(count), str(batch)]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "XDG_CONFIG_HOME": home, "PYTHONPATH": str(Path.cwd())}
        with Terminal(command, 140, 42, env) as terminal:
            found = list(grown(terminal, told, count))
    assert told.read_text() == f"end {count}"
    names = {now.name for _, now in found}
    assert {"workbench.engine.main", "workbench.lab.main"} <= names
    more = {now.name: (now.resident_bytes - then.resident_bytes) / 1e6 for then, now in found}
    assert max(more.values()) < most_mb, f"megabytes more at the end than after a third: {more}"
