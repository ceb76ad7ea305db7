"""Settings in groups as lines with a cursor. They are painted, not widgets: there are hundreds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import events
from textual.message import Message

from workbench.ui.config_model import Entry, Group, Hint, Setting, View
from workbench.ui.theme import Roles
from workbench.ui.widgets import config_lines
from workbench.ui.widgets.chart import Chart, span

if TYPE_CHECKING:
    from workbench.ui.widgets.config_lines import Line

_WHEEL = 2


class ConfigTable(Chart, can_focus=True):
    """What is in sight, where the cursor stands, and how it is painted."""

    class Moved(Message):
        def __init__(self, name: str) -> None:
            """`name` is empty on a group's title."""
            super().__init__()
            self.name = name

    def __init__(self, groups: Sequence[Group] = (), id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.view = View()
        self._groups = list(groups)
        self._entries: list[Entry] = self.view.entries(self._groups)
        self._lines: list[Line] = []
        self._names = 0
        self._at = min(1, max(len(self._entries) - 1, 0))
        self._first = 0
        self._edited: tuple[str, Sequence[Hint]] | None = None
        """The setting that is being edited, and what is said of what is typed."""

    # ---- what is shown

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    @property
    def settings(self) -> list[Setting]:
        """All, in sight or not."""
        return [setting for group in self._groups for setting in group.settings]

    @property
    def current(self) -> Setting | None:
        return self._entries[self._at].setting if self._entries else None

    @property
    def fixes_in_sight(self) -> list[Hint]:
        """Each once, in their order."""
        shown = self._lines[self._first : self._first + max(self.size.height, 1)]
        found: list[Hint] = []
        for line in shown:
            if line.hint is not None and line.hint.fix is not None and line.hint not in found:
                found.append(line.hint)
        return found

    def show(self, groups: Sequence[Group]) -> None:
        """The cursor stays where it stands, the value that is being edited as it is."""
        self._groups = list(groups)
        self._refill()

    def narrow(self, wanted: str | None = None, *, only_changed: bool | None = None) -> None:
        """To what the filter's words find, or to what is changed."""
        self.view.wanted = self.view.wanted if wanted is None else wanted
        self.view.only_changed = self.view.only_changed if only_changed is None else only_changed
        self._refill()
        if wanted:
            self._stand(self._best(wanted.lower().split()))

    def _best(self, words: Sequence[str]) -> int:
        """The first whose name has what is wanted, else the first that was found."""
        found = [(index, entry.setting.name) for index, entry in enumerate(self._entries) if entry.setting]
        named = [index for index, name in found if all(word in name for word in words)]
        return (named or [index for index, _ in found] or [0])[0]

    def go_to(self, name: str) -> None:
        """Open what it stands in, leave off a filter that hides it, and put the cursor on it."""
        group = next((group for group in self._groups for each in group.settings if each.name == name), None)
        if group is None:
            return
        key = group.name, name
        self.view.toggled[group.name] = True
        if key not in [each.key for each in self.view.entries(self._groups)]:
            self.widen()
        self._refill()
        self._stand(next(i for i, each in enumerate(self._entries) if each.key == key))

    def widen(self) -> None:
        """Show all again."""
        self.narrow("", only_changed=False)

    def _refill(self) -> None:
        key = self._entries[self._at].key if self._entries else ("", "")
        self._entries = self.view.entries(self._groups)
        keys = [entry.key for entry in self._entries]
        at = keys.index(key) if key in keys else keys.index((key[0], "")) if (key[0], "") in keys else 0
        self._stand(at, said=key == (keys[at] if keys else None))

    def _stand(self, at: int, *, said: bool = False) -> None:
        self._at = min(max(at, 0), max(len(self._entries) - 1, 0))
        self._lay()
        self._into_sight()
        self.draw()
        self.moved()
        if not said:
            entry = self._entries[self._at] if self._entries else None
            self.post_message(self.Moved(entry.setting.name if entry and entry.setting else ""))

    def _lay(self) -> None:
        width = self._text_width
        self._lines = config_lines.lines_of(self._entries, width, self._at, self._edited)
        self._names = config_lines.name_width(self._entries, width)

    @property
    def _text_width(self) -> int:
        return max(self.size.width - 2, 0)

    def _into_sight(self) -> None:
        """The whole of the cursor's entry, its first line at least."""
        height = max(self.size.height, 1)
        of_it = [y for y, line in enumerate(self._lines) if line.entry == self._at] or [0]
        if of_it[-1] >= self._first + height:
            self._first = of_it[-1] - height + 1
        if of_it[0] < self._first:
            self._first = of_it[0] - (1 if of_it[0] == 1 else 0)
        self._first = min(max(self._first, 0), max(len(self._lines) - height, 0))

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        names, room = self._names, width - 2
        shown: list[list[Segment]] = []
        for line in self._lines[self._first : self._first + height]:
            entry = self._entries[line.entry]
            at = line.entry == self._at
            ground = roles.raised if at else None
            if line.hint is not None:
                shown.append(config_lines.hint_line(roles, room, line))
            elif entry.setting is None:
                shown.append(config_lines.title_line(roles, room, entry, ground))
            else:
                editing = at and self._edited is not None
                shown.append(
                    config_lines.setting_line(roles, room, entry.setting, names, ground, editing=editing)
                )
        if not self._entries:
            shown.append([span("nothing is found; Escape shows all", roles.muted)])
        lines, first = len(self._lines), self._first
        return [
            [*line, span(" "), span(" ", None, roles.line if _in_bar(y, lines, first, height) else None)]
            for y, line in enumerate(shown)
        ]

    def on_resize(self, event: events.Resize) -> None:
        self._lay()
        self._into_sight()
        super().on_resize(event)
        self.moved()

    def moved(self) -> None:
        """The lines stand elsewhere now."""

    # ---- moving

    def action_go(self, by: int) -> None:
        self._stand(self._at + by)

    def action_page(self, by: int) -> None:
        self._stand(self._at + by * max(self.size.height - 2, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-_WHEEL, event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(_WHEEL, event)

    def _scroll(self, by: int, event: events.MouseEvent) -> None:
        first = min(max(self._first + by, 0), max(len(self._lines) - self.size.height, 0))
        if first != self._first:
            event.stop()
            self._first = first
            self.draw()
            self.moved()

    def _toggle(self, entry: Entry) -> None:
        self.view.toggled[entry.group.name] = not self.view.is_open(entry.group)
        self._refill()


def _in_bar(y: int, lines: int, first: int, height: int) -> bool:
    """Whether the scrollbar is there, at this row of the window."""
    if lines <= height:
        return False
    size = max(1, height * height // lines)
    top = round(first * (height - size) / (lines - height))
    return top <= y < top + size
