"""Whether code that a scenario names may run: shows where it lies and how it begins, and asks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.errors import KwbError
from workbench.producer_config.values import letters
from workbench.ui.theme import palette
from workbench.ui.widgets.field import Press

if TYPE_CHECKING:
    from textual.screen import Screen

    from workbench.run.consent import CodeFile
    from workbench.ui.session import Session

_MEANS = (
    "↑ ↓ read on. It would run in the engine process, with all your rights. "
    "A yes is remembered until the file changes."
)


class CodeQuestion(ModalScreen[bool]):
    """True: it may run. Escape is no."""

    DEFAULT_CSS = """
    CodeQuestion { align: center middle; background: $k-base 60%; }
    CodeQuestion > Vertical { width: 90; max-width: 94%; height: auto; max-height: 90%; background: $k-raised;
        padding: 1 2; border-left: outer $k-warn; }
    CodeQuestion VerticalScroll { height: auto; max-height: 50vh; margin: 1 0; padding: 0 1;
        background: $k-base; }
    CodeQuestion Static { height: auto; }
    CodeQuestion Horizontal { height: 1; margin-top: 1; }
    CodeQuestion Press { margin-right: 1; background: $k-line; }
    CodeQuestion Press:focus { background: $k-accent; color: $k-on; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,n",
            "answer(False)",
            "no",
            show=False,
            tooltip="It does not run",
            id="code.no",
            priority=True,
        ),
        Binding("up", "scroll(-1)", "up", show=False, tooltip="Read on", id="code.up", priority=True),
        Binding("down", "scroll(1)", "down", show=False, tooltip="Read on", id="code.down", priority=True),
        Binding("pageup", "scroll(-10)", "up", show=False, tooltip="Read on", id="code.pageup"),
        Binding("pagedown", "scroll(10)", "down", show=False, tooltip="Read on", id="code.pagedown"),
        Binding("y", "answer(True)", "yes", show=False, tooltip="It may run", id="code.yes"),
    ]

    def __init__(self, files: "Sequence[CodeFile]") -> None:
        super().__init__()
        self._files = files

    def compose(self) -> ComposeResult:
        what = "a file of code" if len(self._files) == 1 else f"{len(self._files)} files of code"
        with Vertical():
            yield Static(Text(f"This scenario names {what}. May it run?", style="bold"))
            with VerticalScroll(can_focus=False):
                yield Static(self._shown())
            yield Static(Text(_MEANS, style=palette(self.app).muted))
            with Horizontal():
                yield Press("Yes, run it (y)", "Yes (y)", id="yes")
                yield Press("No (Escape)", "No", id="no")

    def _shown(self) -> Text:
        roles = palette(self.app)
        text = Text()
        for number, file in enumerate(self._files):
            text.append("\n\n" if number else "")
            for named in file.named:
                text.append(f"{named.key} ", roles.muted)
                text.append(f"{named.reference}\n", f"bold {roles.accent}")
            text.append(letters(file.path), roles.muted)
            for at, line in enumerate(file.lines, start=1):
                text.append(f"\n{at:>3} ", roles.faint)
                text.append(letters(line))
            left = file.line_count - len(file.lines)
            if left > 0:
                text.append(f"\n    … and {left:,} more lines", roles.faint)
        return text

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    @on(Press.Pressed)
    def _pressed(self, event: Press.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


def ask_for_code(screen: "Screen[None]", session: "Session", then: Callable[[], object]) -> bool:
    """Whether there is something to be asked (or missing) first; `then` is called after a yes."""
    try:
        files = session.code_to_ask
    except KwbError as error:
        screen.app.notify(str(error), title="Code is missing", severity="error", timeout=10)
        return True
    if not files:
        return False

    app = screen.app
    app.clear_notifications()  # a scenario's note would cover the question

    def answered(yes: bool | None) -> None:
        if not yes:
            app.notify("Nothing was run. Send asks again.", title="Not allowed", severity="warning")
            return
        try:
            session.allow(files)
        except KwbError as error:
            app.notify(str(error), severity="warning")
        then()

    app.push_screen(CodeQuestion(files), answered)
    return True
