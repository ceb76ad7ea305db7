"""One question, one answer."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.ui.widgets.field import Press


class Question(ModalScreen[bool]):
    """True for `yes`. Escape is `no`. One about the run goes when that is over, and ^Q again is its `yes`."""

    DEFAULT_CSS = """
    Question { align: center middle; background: $k-base 60%; }
    Question > Vertical { width: 60; max-width: 90%; height: auto; background: $k-raised; padding: 1 2;
        border-left: outer $k-warn; }
    Question Static { height: auto; margin-bottom: 1; }
    Question Horizontal { height: 1; }
    Question Press { margin-right: 1; background: $k-line; }
    Question Press:focus { background: $k-accent; color: $k-on; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,n",
            "answer(False)",
            "no",
            show=False,
            tooltip="Leave it as it is",
            id="question.no",
            priority=True,
        ),
        Binding("y", "answer(True)", "yes", show=False, tooltip="Do it", id="question.yes"),
    ]

    def __init__(self, text: str, yes: str, no: str, *, about_run: bool = False) -> None:
        super().__init__()
        self.about_run = about_run
        self._text, self._yes, self._no = text, yes, no

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._text, markup=False)
            with Horizontal():
                yield Press(self._yes, id="yes")
                yield Press(self._no, id="no")

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    @on(Press.Pressed)
    def _pressed(self, event: Press.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)
