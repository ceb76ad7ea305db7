"""The app on a recording instead of a cluster."""

from typing import TYPE_CHECKING, Any

from workbench.dev.recording import Recording
from workbench.dev.replay import ReplayBench
from workbench.ui.app import KwbApp
from workbench.ui.session import Session

if TYPE_CHECKING:
    from textual.pilot import Pilot


def play(recording: Recording, screen: str = "bench", theme: str | None = None) -> int:
    """Play at once, stay until the user quits; `screen`: opened at the end ("cluster": at once)."""
    session = Session(recording.head.scenario, lambda on_event: ReplayBench(recording, on_event))
    app = KwbApp(session, theme=theme)

    async def press_send(pilot: "Pilot[Any]") -> None:
        while not app.bench.complete:
            await pilot.pause(0.01)
        await pilot.pause()
        await app.workers.wait_for_complete([each for each in app.workers if each.group == "open"])
        await pilot.pause()
        if screen == "cluster":
            app.action_cluster()
        app.bench.action_send()
        await pilot.pause()
        await app.workers.wait_for_complete([each for each in app.workers if each.group == "run"])
        if screen == "distribution":
            app.bench.action_distribution()
        if screen == "partitions":
            app.action_partitions()
        if screen == "pipeline":
            app.action_pipeline()
        if screen == "compare":
            app.action_compare()

    app.run(auto_pilot=press_send)
    return app.return_code or 0
