"""A pane, and its one-line title: the name left, the pane's one number right."""

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.glyphs import pick
from workbench.ui.theme import palette


class Title(Widget):
    """`title.right = Text(...)` sets the number; of several texts the longest that fits.

    `short` is the name where the whole one has no room.
    """

    DEFAULT_CSS = """
    Title { height: 1; width: 1fr; color: $k-text; text-style: bold; }
    """

    label: reactive[str] = reactive("", layout=False)
    right: reactive[Text | str | tuple[str, ...]] = reactive("", layout=False)

    def __init__(
        self,
        label: str,
        right: Text | str = "",
        id: str | None = None,  # noqa: A002
        short: str = "",
    ) -> None:
        super().__init__(id=id)
        self._short = short
        self.set_reactive(Title.label, label)
        self.set_reactive(Title.right, right)

    def _right(self, room: int) -> Text:
        if isinstance(self.right, Text):
            return self.right.copy()
        forms = (self.right,) if isinstance(self.right, str) else self.right
        return Text(pick(room, *forms), palette(self.app).muted)

    def render(self) -> RenderableType:
        width = self.size.width
        right = self._right(width - len(self._short or self.label) - 1)
        right.stylize_before("not bold")
        room = max(width - right.cell_len - 1, 0)
        left = Text(pick(room, self.label, *filter(None, (self._short,))), no_wrap=True)
        left.append(" " * max(width - left.cell_len - right.cell_len, 0))
        left.append_text(right)
        return left


class Pane(Vertical):
    """A tinted surface with a title; the accent bar at its left says that the focus is inside.

    A subclass gives its contents in `body`.
    """

    DEFAULT_CSS = """
    Pane { background: $k-surface; border-left: blank $k-surface; padding: 0 1; }
    Pane:focus-within { border-left: outer $k-accent; }
    Pane:focus-within > Title { color: $k-accent; }
    """

    TITLE = ""
    SHORT_TITLE = ""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.add_class("-pane")
        self.title = Title(self.TITLE, short=self.SHORT_TITLE)

    def compose(self) -> ComposeResult:
        yield self.title
        yield from self.body()

    def body(self) -> ComposeResult:
        yield from ()
