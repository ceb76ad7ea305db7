"""The bottom line: the keys that count now, most useful first; what does not fit is left out."""

from rich.console import RenderableType
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.theme import palette


class KeysLine(Widget):
    """`keys` are (key as shown, what it does, action); a click does it too."""

    DEFAULT_CSS = "KeysLine { height: 1; background: $k-base; color: $k-muted; padding: 0 1; }"

    auto_links = False

    keys: reactive[tuple[tuple[str, str, str], ...]] = reactive(())

    def render(self) -> RenderableType:
        roles = palette(self.app)
        room = self.content_size.width
        shown = list(self.keys)
        while shown and sum(len(key) + len(what) + 1 for key, what, _ in shown) + 3 * (len(shown) - 1) > room:
            shown.pop(-2 if len(shown) > 1 else -1)  # the last is the way to the help: it stays
        text = Text(no_wrap=True)
        for index, (key, what, action) in enumerate(shown):
            text.append("   " if index else "")
            click = Style(meta={"@click": action})
            text.append(key, Style.parse(f"bold {roles.accent}") + click)
            text.append(f" {what}", Style.parse(roles.muted) + click)
        return text
