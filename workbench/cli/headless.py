"""One scenario on one cluster without a screen, interruptible at any moment."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.clusters.choice import cluster_for
from workbench.model.frame import Frame
from workbench.model.report import Report
from workbench.model.scenario import Scenario
from workbench.run.bench import Bench
from workbench.run.consent import NOBODY, Consents

_INTERRUPT_GRACE_S = 2.0


class Outcome(NamedTuple):
    report: Report | None
    interrupted: bool
    frame: Frame | None = None
    """The last one."""


def run_scenario(scenario: Scenario, *, progress: bool, consents: Consents = NOBODY) -> Outcome:
    """Raises KwbError. ^C stops the run, and its partial report comes back; a second ^C ends at once."""
    with _bar(scenario) if progress else contextlib.nullcontext(_nothing) as on_frame:
        return asyncio.run(_interruptible(scenario, on_frame, consents))


async def _interruptible(
    scenario: Scenario, on_frame: Callable[[Frame], None], consents: Consents
) -> Outcome:
    interrupts = 0
    stopping: list[asyncio.Task[None]] = []
    bench = Bench(cluster_for(scenario), lambda _event: None, consents=consents)
    last: Frame | None = None

    def heard(frame: Frame) -> None:
        nonlocal last
        last = frame
        on_frame(frame)

    running = asyncio.create_task(_run(bench, scenario, heard))

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        if bench.running and interrupts == 1:
            stopping.append(asyncio.create_task(bench.stop(_INTERRUPT_GRACE_S)))
        else:
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        return Outcome(await running, interrupts > 0, last)
    except asyncio.CancelledError:
        return Outcome(None, interrupted=True)
    finally:
        await asyncio.gather(*stopping, return_exceptions=True)


async def _run(bench: Bench, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
    try:
        await bench.open()
        return await bench.run(scenario, on_frame)
    finally:
        await bench.close()


def _nothing(_frame: Frame) -> None:
    pass


@contextlib.contextmanager
def _bar(scenario: Scenario) -> Iterator[Callable[[Frame], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting the cluster", total=scenario.send.count)

        def on_frame(frame: Frame) -> None:
            reported = frame.sent - frame.in_flight
            progress.update(task, completed=reported, description=f"{frame.state} {scenario.title}")

        yield on_frame
