"""The bottom line: the keys that count now, most useful first; what does not fit is left out."""

from rich.console import RenderableType
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from workbench.ui.session import Phase
from workbench.ui.theme import palette
from workbench.ui.widgets.acks import Acks
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.config_pane import FilterField
from workbench.ui.widgets.heatmap import Heatmap
from workbench.ui.widgets.payload import Payload
from workbench.ui.widgets.time_plot import TimePlot
from workbench.ui.widgets.value_field import ValueField

Key = tuple[str, str, str]
_SEND: dict[Phase, str] = {
    "idle": "send", "running": "pause", "paused": "resume", "unavailable": "try again",
}  # fmt: skip


def keys_that_count(phase: Phase, focused: Widget | None, *, tabs: bool) -> tuple[Key, ...]:
    """The most useful first, the way to the help last."""
    keys: list[Key] = []
    if word := _SEND.get(phase):
        keys.append(("^S", word, "screen.send"))
    if phase in ("running", "pausing", "paused"):
        keys.append(("^G", "stop", "screen.stop"))
    keys += _keys_of(focused)
    typing = isinstance(focused, Input | TextArea)
    if tabs:
        keys.append(("Esc 1-4" if typing else "1-4", "tab", "screen.next_tab"))
    keys += [
        ("Tab", "next", "app.focus_next"),
        ("F2", "cluster", "app.cluster"),
        ("^O", "zoom", "screen.zoom"),
        ("^P", "commands", "app.command_palette"),
        ("^Q", "quit", "app.quit"),
        ("F3", "compare", "app.compare"),
        ("F6", "pipeline", "app.pipeline"),
        ("F9", "keys", "app.partitions"),
        ("F1" if typing else "?", "help", "app.help"),
    ]
    return tuple(keys)


def _keys_of(focused: Widget | None) -> list[Key]:
    """What the control that has the focus takes itself."""
    keys: list[Key] = []
    if isinstance(focused, ValueField):
        keys += [("Enter", "take", "focused.submit"), ("Esc", "leave as it was", "focused.cancel")]
    elif isinstance(focused, FilterField):
        keys += [("Enter", "to the settings", "focused.to_list"), ("Esc", "show all", "focused.clear")]
    elif isinstance(focused, ConfigList):
        keys += [("Enter", "edit", "screen.edit_setting"), ("/", "filter", "screen.filter")]
        if focused.fixes_in_sight:
            keys.append(("f", "fix", "focused.fix"))
        keys += [("u", "undo", "screen.undo"), ("c", "changed", "focused.only_changed")]
        other = "librdkafka" if focused.java else "Java"
        keys += [("j", other, "screen.dialect"), ("Bksp", "default", "screen.default_setting")]
    elif isinstance(focused, TimePlot):
        keys += _keys_of_plot(focused)
    elif isinstance(focused, Acks):
        keys += [("↑↓", "its moments", "focused.go(1)"), ("Space", "hold", "focused.hold")]
    elif isinstance(focused, Payload):
        keys += [("^T", "next part", "screen.next_part"), ("^N", "editor", "screen.edit_outside")]
    return keys


def _keys_of_plot(plot: TimePlot) -> list[Key]:
    rows = isinstance(plot, Heatmap)
    held = plot.window.held or plot.window.cursor_s is not None
    keys = [
        ("←→↑↓" if rows else "←→", "look", "focused.moment(-1)"),
        ("Esc", "go on", "focused.release") if held else ("Space", "stand still", "focused.hold"),
        ("-+", "slices", "focused.zoom(1)"),
    ]
    if rows:
        keys += [("b", "bytes, records", "focused.measure"), ("p", "keys", "app.partitions")]
    return keys


class KeysLine(Widget):
    """`keys` are (key as shown, what it does, action); a click does it too."""

    DEFAULT_CSS = "KeysLine { height: 1; background: $k-base; color: $k-muted; padding: 0 1; }"

    auto_links = False

    keys: reactive[tuple[Key, ...]] = reactive(())

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
