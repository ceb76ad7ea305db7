"""Runs side by side: pin one as A, change something, run again; or race the three send modes."""

import time
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from workbench.errors import InputError
from workbench.insight.comparison import Comparison
from workbench.run.compare_page import save_page
from workbench.ui.glyphs import OK
from workbench.ui.screens.beside import BesideScreen
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.widgets.compare.run_list import RunList
from workbench.ui.widgets.compare.side_by_side import SideBySide
from workbench.ui.widgets.header import Header
from workbench.ui.widgets.keys_line import KeysLine
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.run_strip import RunStrip
from workbench.ui.widgets.said import Said
from workbench.ui.widgets.title import Pane

_HOW = (
    "Run something (^S), go back and change a setting, run again: the two stand side by side here.",
    "a pins a run as A; r sends the same records in the three modes, one after another.",
)


def _key(keys: str, action: str, what: str, tip: str) -> Binding:
    return Binding(keys, action, what, tooltip=tip, id=f"compare.{what}", show=False)


class Words(Pane):
    TITLE = "In words"

    def body(self) -> ComposeResult:
        yield Said("", id="compare-text")


class CompareScreen(BesideScreen):
    AUTO_FOCUS = "#run-list"
    KEY = "F3"
    CSS_PATH = "../styles/compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("r", "race", "race", "The same records in the three send modes, one after another"),
        _key("h", "save_html", "html", "Save it as one HTML page"),
        _key("v", "save_svg", "svg", "Save the screen as an SVG picture"),
        _key("ctrl+s", "send", "send", "Send; while a run is on: pause, resume"),
        _key("ctrl+g", "stop_run", "stop-run", "Stop the run, and the race with it"),
        _key("escape", "bench", "bench", "Back to the bench"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list = HoldingPane("Runs", lambda: RunList(id="run-list"), id="runs")
        self._sides = HoldingPane("Side by side", lambda: SideBySide(id="side-by-side"), id="sides")

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield Words(id="words")
        yield self._list
        yield self._sides
        yield RunStrip(id="run-strip")
        yield KeysLine(id="keys")

    def draw(self) -> None:
        """Draw the runs that have ended, and what is known of those set side by side."""
        runs = self.session.runs
        comparison = runs.comparison()
        self._list.content.show(runs.finished, runs.labels())
        self._sides.content.show(comparison)
        self._show_words(comparison)
        self._share_rows(len(runs.finished))
        pinned = runs.pinned
        newest = "B is the newest run" if pinned else "A is the run before B, B the newest"
        self._list.title.right = (
            f"run {pinned.number} is pinned as A, {newest}" if pinned else newest,
            newest,
            "",
        )
        self._sides.title.right = (f"{OK} the better one", "")
        keys = [("A", "pin", "screen.pin"), ("B", "against", "screen.against")] if runs.finished else []
        if self.session.can_send:
            keys.append(("R", "race", "screen.race"))
        if len(comparison.sides) > 1:
            keys += [("H", "HTML", "screen.save_html"), ("V", "SVG", "screen.save_svg")]
        self.show_frame(*keys)

    def _share_rows(self, count: int) -> None:
        """A few runs take the rows they need, many scroll in a quarter of the screen."""
        styles, height = self._list.styles, 1 + min(max(count, 1), max(2, self.size.height // 4 - 2))
        if styles.height is None or styles.height.value != height:
            styles.height = height

    def _show_words(self, comparison: Comparison) -> None:
        roles, racing = palette(self.app), self.session.racing
        text = Text()
        if racing:
            text.append(f"Racing, {racing}: as fast as each mode goes.\n", f"bold {roles.wire}")
        lines = comparison.words if len(comparison.sides) > 1 else _HOW
        colour = roles.text if len(comparison.sides) > 1 else roles.muted
        text.append("\n".join(lines), colour)
        text.rstrip()
        self.query_one("#compare-text", Said).say(text)

    # ---- what the keys do

    @on(RunList.Pinned)
    def _pinned(self, event: RunList.Pinned) -> None:
        if isinstance(event, RunList.Against):
            self.session.runs.set_against(event.number)
        else:
            self.session.runs.pin(event.number)
        self.show()

    def action_pin(self) -> None:
        self._list.content.action_pin()

    def action_against(self) -> None:
        self._list.content.action_against()

    def action_race(self) -> None:
        self.app.bench.action_race()  # type: ignore[attr-defined]

    def action_save_html(self) -> None:
        comparison = self.session.runs.comparison()
        if len(comparison.sides) < 2:
            self.notify("There are no two runs to compare yet", title="Not saved", severity="warning")
            return
        path = _free_name("html")
        title = " against ".join(dict.fromkeys(side.run.scenario.title for side in comparison.sides))
        try:
            save_page(path, comparison, title)
        except InputError as error:
            self.notify(str(error), title="Not saved", severity="error")
        else:
            self.notify(f"{path}\nOne page, nothing else needed.", title="Saved")

    def action_save_svg(self) -> None:
        path = _free_name("svg")
        try:
            path.write_text(self.app.export_screenshot(title="kwb: compare"), encoding="utf-8")
        except OSError as error:
            self.notify(f"{path}: {error.strerror}", title="Not saved", severity="error")
        else:
            self.notify(str(path), title="Saved")


def _free_name(ending: str) -> Path:
    """In the folder that kwb was started in; no file of that name is there yet."""
    stem = f"kwb-compare-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (f"{stem}.{ending}", *(f"{stem}-{n}.{ending}" for n in range(2, 100)))
    return next(path for name in names if not (path := Path.cwd() / name).exists())
