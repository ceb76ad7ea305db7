"""The app around the bench: themes, settings, the paint timer, quitting."""

import asyncio
import gc
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from workbench import paths, settings
from workbench.errors import INTERNAL, InputError
from workbench.logs import internal_error
from workbench.model.scenario import Scenario
from workbench.producer_config.values import letters
from workbench.ui.bench_like import BenchLike, MakeBench
from workbench.ui.commands import commands
from workbench.ui.screens.bench import BenchScreen
from workbench.ui.screens.shown import ShownScreen
from workbench.ui.session import Session
from workbench.ui.theme import COLOURS_256, DEFAULT, LIGHT, ThemedApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.notifications import SeverityLevel
    from textual.timer import Timer

    from workbench.model.events import Event
    from workbench.run.scenario_documents import Document

PAINTS_PER_S = 12
PAINTS_AT_FULL_SPEED = 6
"""While records are sent as fast as it goes: on few cores painting is taken from client and brokers."""
_COLLECT_EVERY = 700, 10, 1000
"""Thresholds for garbage: to look through all takes 40 ms and more beside a load, and came every 3 s."""
_CLOSE_S = 5.0
_NOTE_S = 40


class KwbApp(ThemedApp):
    """`live=False`: no cluster is opened and nothing is painted but by `paint`; for tests and replays."""

    TITLE = "kwb"
    CSS_PATH = "styles/bench.tcss"
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 6
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"), (110, "-tight"), (136, "-normal"), (176, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-short"), (30, "-medium"), (40, "-tall"), (54, "-huge"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", tooltip="Quit", id="app.quit", show=False, priority=True),
        Binding("f1,question_mark", "help", "help", tooltip="Keys and words", id="app.help", show=False),
        Binding(
            "f2", "cluster", "cluster", tooltip="Inside the cluster, and back", id="app.cluster", show=False
        ),
        Binding(
            "f3", "compare", "compare", tooltip="Runs side by side, and back", id="app.compare", show=False
        ),
        Binding(
            "f6", "pipeline", "pipeline", tooltip="Inside the client, and back", id="app.pipeline", show=False
        ),
        Binding(
            "f9",
            "partitions",
            "partitions",
            tooltip="Which key goes where, and back",
            id="app.partitions",
            show=False,
        ),
        Binding(
            "ctrl+p", "command_palette", "commands", tooltip="All commands", id="app.commands", show=False
        ),
    ]

    def __init__(
        self,
        session: Session,
        *,
        theme: str | None = None,
        config_dir: Path | None = None,
        data_dir: Path | None = None,
        document: "Document | None" = None,
        new_bench: "Callable[[Scenario], MakeBench] | None" = None,
        live: bool = True,
    ) -> None:
        """`document`: the file the scenario came from. `new_bench`: for a scenario opened later."""
        self.data_dir = data_dir or paths.data_dir()
        self.document = document
        self.new_bench = new_bench or bench_of
        self._config_dir = config_dir or paths.config_dir()
        super().__init__(user_themes=self._config_dir / "themes")
        self.session = session
        self._live = live
        self._dirty = False
        self._painted = 0.0
        """When last (time.monotonic)."""
        self._painter: Timer | None = None
        self._failure: Exception | None = None
        self.settings = settings.Settings()
        self._load_settings(theme)

    def get_default_screen(self) -> Screen[None]:
        size = self.size
        fitting = (
            [name for least, name in points if least <= extent][-1]
            for points, extent in (
                (self.HORIZONTAL_BREAKPOINTS, size.width), (self.VERTICAL_BREAKPOINTS, size.height),
            )
        )  # fmt: skip
        self.bench = BenchScreen(self.session, size, fitting)
        return self.bench

    def _load_settings(self, theme: str | None) -> None:
        try:
            self.settings = settings.load(self._config_dir / "settings.toml")
        except InputError as error:
            self.theme_problems.append(str(error))
        wanted = theme or self.settings.theme
        if wanted is None:
            wanted = COLOURS_256 if self.console.color_system == "256" else DEFAULT
        if wanted in self.available_themes:
            self.theme = wanted
        else:
            known = ", ".join(sorted(self.theme_files))
            self.theme_problems.append(f"there is no theme {wanted}; there are {known}")
        if self.settings.keymap:
            self.set_keymap(self.settings.keymap)

    def on_mount(self) -> None:
        if self.theme_problems:
            self.notify("\n".join(self.theme_problems), title="Settings", severity="warning", timeout=12)
        if self._live:
            self._painter = self.set_interval(1 / PAINTS_PER_S, self._tick, pause=True)
            self.session.changed = self._mark

    @on(BenchScreen.Completed)
    def _open(self) -> None:
        """The cluster is started when the screen stands, so that it does not hold up the first paint."""
        gc.freeze()  # what stands now stays: it need not be looked through again while someone types
        gc.set_threshold(*_COLLECT_EVERY)
        gc.enable()
        if self._live:
            self.bench.open_bench()
            self.action_note()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: "SeverityLevel" = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Never markup: what is said may quote a file, a broker or what was pasted."""
        _ = markup
        said = "\n".join(letters(line) for line in message.split("\n"))
        super().notify(said, title=title, severity=severity, timeout=timeout, markup=False)

    # ---- painting

    def _mark(self) -> None:
        self._dirty = True
        if self._painter is not None:
            self._painter.resume()

    def _tick(self) -> None:
        """The timer stops as soon as there is nothing new: an idle screen costs nothing."""
        if self._dirty:
            if monotonic() - self._painted >= self._between_paints_s:
                self.paint()
        elif self._painter is not None:
            self._painter.pause()

    @property
    def _between_paints_s(self) -> float:
        """At least; half a tick less than the rate says, since ticks come a little early or late."""
        session, tick_s = self.session, 1 / PAINTS_PER_S
        running = session.running if session.phase == "running" else None
        at_full_speed = running and running.send.rate is None and running.send.mode != "sync"
        return 1 / PAINTS_AT_FULL_SPEED - tick_s / 2 if at_full_speed else 0.0

    def paint(self) -> None:
        self._dirty, self._painted = False, monotonic()
        if not (self.is_running and self.screen_stack):  # the timer goes on while the app shuts down
            return
        self._drop_question()
        shown = (screen for screen in reversed(self.screen_stack) if isinstance(screen, ShownScreen))
        next(shown).show()  # those that stand over it for a moment are no such screens

    def _drop_question(self) -> None:
        """Whether to stop the run is no question any more once it is over."""
        from workbench.ui.screens.question import Question

        if isinstance(self.screen, Question) and self.screen.about_run and not self.session.run_on:
            self.screen.action_answer(yes=False)

    # ---- mistakes of kwb's own

    def _handle_exception(self, error: Exception) -> None:
        self._failure = self._failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual's own prints a traceback with every local variable, secrets among them."""
        if self._failure is None:
            super()._fatal_error()
        elif not self._exit_renderables:
            self._exit_renderables.append(Text(internal_error(self._failure)))
            self._close_messages_no_wait()

    # ---- commands

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        _ = screen
        yield from commands(self)

    def action_help(self) -> None:
        from workbench.ui.screens.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help())

    def action_partitioner(self) -> None:
        from workbench.ui.screens.own_code import choose_partitioner

        choose_partitioner(self, self.session)

    def action_interceptors(self) -> None:
        from workbench.ui.screens.own_code import choose_interceptors

        choose_interceptors(self, self.session)

    def action_note(self) -> None:
        """What the scenario wants to be looked at."""
        scenario = self.session.scenario
        if scenario.note:
            text = f"{scenario.note.rstrip()}\n(^P, Note shows this again)"
            self.notify(text, title=scenario.title, timeout=_NOTE_S, markup=False)

    def action_cluster(self) -> None:
        """Between the bench and the inside of the cluster."""
        from workbench.ui.screens.cluster import ClusterScreen

        self._visit(ClusterScreen)

    def action_compare(self) -> None:
        """Between the bench and its runs side by side."""
        from workbench.ui.screens.compare import CompareScreen

        self._visit(CompareScreen)

    def action_pipeline(self) -> None:
        """Between the bench and the inside of the client."""
        from workbench.ui.screens.pipeline import PipelineScreen

        self._visit(PipelineScreen)

    def action_partitions(self) -> None:
        """Between the bench and where its keys go."""
        from workbench.ui.screens.partitions import PartitionsScreen

        self._visit(PartitionsScreen)

    def race(self) -> None:
        """Race the send modes, and watch it."""
        if self.screen is self.bench:
            self.action_compare()
        self.bench.action_race()

    def _visit(self, there: "Callable[[Session], ShownScreen]") -> None:
        """There, or back; from one such screen to another at once; not while something stands over it."""
        if self.screen is self.bench:
            self.push_screen(there(self.session))
        elif type(self.screen) is there:
            self.pop_screen()
            self.paint()
        elif isinstance(self.screen, ShownScreen):
            self.switch_screen(there(self.session))

    def action_toggle_light(self) -> None:
        self.choose_theme(DEFAULT if self.theme == LIGHT else LIGHT)

    def choose_theme(self, name: str) -> None:
        """Switch, and remember it."""
        self.theme = name
        self.settings = msgspec.structs.replace(self.settings, theme=name)
        try:
            settings.save(self._config_dir / "settings.toml", self.settings)
        except InputError as error:
            self.notify(str(error), severity="warning")

    async def action_quit(self) -> None:
        if not self.session.run_on:
            self.exit()
            return
        from workbench.ui.screens.question import Question

        if isinstance(self.screen, Question) and self.screen.about_run:
            self.screen.action_answer(yes=True)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.exit()

        frame = self.session.insight.frame if self.session.insight else None
        so_far = f" {frame.sent:,} of {frame.target:,} records are sent." if frame else ""
        self.push_screen(Question(f"A run is on.{so_far}", "Stop and quit", "Stay", about_run=True), answered)


async def _main(app: KwbApp) -> int:
    loop = asyncio.get_running_loop()
    leaving: list[asyncio.Task[None]] = []
    loop.add_signal_handler(signal.SIGTERM, app.exit)
    loop.add_signal_handler(signal.SIGHUP, lambda: leaving.append(asyncio.create_task(_hung_up(app))))
    try:
        await app.run_async()
    finally:
        if not leaving:
            await app.session.close()
    await asyncio.gather(*leaving)
    return INTERNAL if app.return_code else 0


async def _hung_up(app: KwbApp) -> None:
    """The terminal is gone: end the children, then this process at once.

    Textual's driver would wait for ever for room in the queue of a writer that has failed (seen).
    """
    try:
        async with asyncio.timeout(_CLOSE_S):
            await app.session.close()
    finally:
        os._exit(128 + signal.SIGHUP)


def bench_of(scenario: Scenario) -> MakeBench:
    """The real one; imported after the first paint."""

    def make(on_event: "Callable[[Event], None]") -> BenchLike:
        from workbench.clusters.choice import cluster_for
        from workbench.run.bench import BESIDE_A_SCREEN, Bench
        from workbench.run.consent import Consents

        consents = Consents.of_the_user()
        return Bench(cluster_for(scenario), on_event, consents=consents, niceness=BESIDE_A_SCREEN)

    return make


def start(
    scenario: Scenario,
    theme: str | None = None,
    make_bench: MakeBench | None = None,
    document: "Document | None" = None,
) -> int:
    """Open the screen until the user quits; returns the exit status. No child is left behind."""
    gc.disable()  # until the screen stands: nothing made so far is garbage
    session = Session(scenario, make_bench or bench_of(scenario))
    return asyncio.run(_main(KwbApp(session, theme=theme, document=document)))
