"""The app on a recording instead of a cluster."""

from workbench.dev.recording import Recording
from workbench.dev.replay import ReplayBench
from workbench.ui.app import KwbApp
from workbench.ui.session import Session


class Player(KwbApp):
    """Starts to play by itself; `screen` "distribution" opens that over it at the end."""

    def __init__(self, session: Session, screen: str, theme: str | None) -> None:
        super().__init__(session, theme=theme)
        self._then = screen

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._play())

    async def _play(self) -> None:
        await self.workers.wait_for_complete([each for each in self.bench.workers if each.group == "open"])
        await self.session.run()
        if self._then == "distribution":
            self.bench.action_distribution()


def play(recording: Recording, screen: str = "bench", theme: str | None = None) -> int:
    """Until the user quits; returns the exit status."""
    session = Session(recording.head.scenario, lambda on_event: ReplayBench(recording, on_event))
    app = Player(session, screen, theme)
    app.run()
    return app.return_code or 0
