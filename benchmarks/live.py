"""kwb's engine under the live screen, in a real pseudo-terminal of 140x42.

`python -m benchmarks.live BOOTSTRAP WAY` prints records per second, as the run's report says them. The screen
runs in this module's own child (`--child`), which opens the app, sends at once, writes the report's
figure to a file and quits.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.engine_loop import scenario
from workbench.dev.terminal import Terminal
from workbench.model.events import Event

_TIMEOUT_S = 120
_LOOK_S, _IDLE_S = 0.25, 0.01


def main() -> None:
    if sys.argv[1] == "--child":
        asyncio.run(_child(sys.argv[2], sys.argv[3], Path(sys.argv[4])))
        return
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "figure"
        command = [sys.executable, "-m", "benchmarks.live", "--child", *sys.argv[1:], str(answer)]
        with Terminal(command, 140, 42, {"XDG_CONFIG_HOME": folder}) as terminal:
            terminal.read_to_end(_TIMEOUT_S)
            painted = len(terminal.output)
        if not answer.exists():
            sys.exit(f"the screen gave no figure: {terminal.output[-500:].decode(errors='replace')}")
        print(answer.read_text(), painted)


async def _child(bootstrap_servers: str, way: str, answer: Path) -> None:
    from workbench.clusters.remote import RemoteCluster
    from workbench.run.bench import BESIDE_A_SCREEN, Bench
    from workbench.ui.app import KwbApp
    from workbench.ui.session import Session

    def bench_of(on_event: Callable[[Event], None]) -> Bench:
        return Bench(RemoteCluster(bootstrap_servers, {}), on_event, niceness=BESIDE_A_SCREEN)

    session = Session(scenario(way), bench_of)
    app = KwbApp(session)

    async def send_and_quit() -> None:
        while not session.can_send:
            await asyncio.sleep(0.02)
        await _stands_still()
        app.bench.action_send()
        while session.report is None and session.problem is None:
            await asyncio.sleep(0.02)
            frame = session.insight.frame if session.insight else None
            if frame and way.endswith("-for-ever") and frame.measured_from and frame.at > frame.measured_from:
                whole = answer.with_suffix(".new")  # whoever reads it finds one figure or the next
                whole.write_text(f"{frame.delivered / (frame.at - frame.measured_from)}")
                whole.replace(answer)
        if session.report is not None:
            answer.write_text(f"{session.report.throughput.records_per_s}")
        app.exit()

    sending = asyncio.create_task(send_and_quit())
    await app.run_async()
    await sending
    await session.close()


async def _stands_still() -> None:
    """A person sends from a screen that stands; what it takes to build it is the first paint's figure."""
    spent = -1.0
    while time.process_time() - spent > _IDLE_S:
        spent = time.process_time()
        await asyncio.sleep(_LOOK_S)


if __name__ == "__main__":
    main()
