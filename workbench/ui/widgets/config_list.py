"""Settings in groups, edited where they stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from workbench.ui.glyphs import CHANGED, FAILED, NEXT_RUN, OPEN, WARNING, pick
from workbench.ui.keys import control_key
from workbench.ui.theme import palette
from workbench.ui.widgets.field import Field

_MARK = 2
_UNIT_ROOM = 38
_NAME = 20


@dataclass(frozen=True)
class Hint:
    """`bad` keeps the text from being taken."""

    severity: Literal["bad", "warn", "info"]
    text: str


@dataclass(frozen=True)
class Setting:
    """One row. `unit` is the value in a person's words ("60 s"); `waits`: edited, for the next run."""

    name: str
    value: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    changed: bool = False
    waits: bool = False
    read_only: bool = False
    hints: tuple[Hint, ...] = ()
    labels: tuple[str, ...] = ()
    """Shorter forms of the name."""
    short_values: tuple[str, ...] = ()


Group = tuple[str, Sequence[Setting]]
Check = Callable[[str, str], Sequence[Hint]]


class SettingRow(Widget):
    DEFAULT_CSS = """
    SettingRow { height: auto; color: $k-muted; }
    SettingRow.-cursor { background: $k-raised; }
    SettingRow > Field.-textual-compact { height: 1; padding: 0; background: $k-selected; color: $k-text; }
    """

    setting: reactive[Setting] = reactive(Setting("", ""), layout=True)
    name_width: reactive[int] = reactive(24)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.set_reactive(SettingRow.setting, setting)

    def _hint_lines(self, width: int) -> list[tuple[Hint, str]]:
        lines: list[tuple[Hint, str]] = []
        for hint in self.setting.hints:
            text = Text(hint.text)
            glyph = {"bad": FAILED, "warn": WARNING, "info": "·"}[hint.severity]
            wrapped = text.wrap(self.app.console, max(width - _MARK - 4, 8))
            for index, line in enumerate(wrapped):
                lines.append((hint, f"{'' if index else glyph:<2}{line.plain.rstrip()}"))
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        _ = container, viewport
        return 1 + len(self._hint_lines(width))

    def render(self) -> RenderableType:
        roles = palette(self.app)
        setting, width = self.setting, self.size.width
        text = Text(no_wrap=True, overflow="crop")
        mark = NEXT_RUN if setting.waits else CHANGED if setting.changed else " "
        text.append(f"{mark} ", roles.warn if setting.waits else roles.accent)
        touched = setting.changed or setting.waits
        named = pick(self.name_width, setting.name, *setting.labels)
        text.append(named.ljust(self.name_width + 1), f"bold {roles.text}" if touched else roles.muted)
        room = width - text.cell_len
        unit = setting.unit if width >= _UNIT_ROOM else ""
        value = setting.value + (f" {OPEN}" if setting.choices else "")
        if cell_len(value) + cell_len(unit) + 1 > room:
            unit = ""
        value = pick(room, value, setting.value, *setting.short_values)
        style = roles.muted if setting.read_only else roles.warn if setting.waits else roles.text
        text.append(value, f"bold {style}" if touched else style)
        text.append(" " * max(room - cell_len(value) - cell_len(unit), 0))
        text.append(unit, roles.muted)
        for hint, line in self._hint_lines(width):
            role = {"bad": roles.bad, "warn": roles.warn, "info": roles.muted}[hint.severity]
            ground = roles.tint("bad" if hint.severity == "bad" else "warn", 0.13)
            text.append(f"\n{' ' * _MARK}")
            text.append(f" {line}".ljust(width - _MARK), f"{role} on {ground}")
        return text


class ConfigList(VerticalScroll, can_focus=True):
    """`check` is asked at every key typed into a value."""

    DEFAULT_CSS = """
    ConfigList { height: 1fr; scrollbar-size-vertical: 1; }
    ConfigList > .group { height: 1; color: $k-muted; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("up", "go(-1)", "setting above", "config.above"),
        control_key("down", "go(1)", "setting below", "config.below"),
        control_key("home", "go(-1000)", "first setting", "config.first"),
        control_key("end", "go(1000)", "last setting", "config.last"),
        control_key("enter,space", "edit", "edit, or the next choice", "config.edit"),
        control_key("right", "turn(1)", "next choice", "config.next"),
        control_key("left", "turn(-1)", "choice before", "config.before"),
        control_key("backspace,delete", "default", "back to the default", "config.default"),
        control_key("u,ctrl+z", "undo", "undo the last change", "config.undo"),
        control_key("escape", "screen.blur", "leave the list", "config.leave"),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Edited(Message):
        """`text` None: back to the default."""

        name: str
        text: str | None

    @dataclass
    class Moved(Message):
        name: str

    class UndoWanted(Message):
        pass

    def __init__(self, check: Check, groups: Sequence[Group] = (), id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._check = check
        self._groups = list(groups)
        self._editing: SettingRow | None = None

    def compose(self) -> ComposeResult:
        for name, settings in self._groups:
            yield GroupTitle(name)
            for setting in settings:
                yield SettingRow(setting)

    def on_mount(self) -> None:
        self.watch_cursor(self.cursor, self.cursor)

    @property
    def rows(self) -> list[SettingRow]:
        return list(self.query(SettingRow))

    @property
    def current(self) -> Setting | None:
        rows = self.rows
        return rows[self.cursor].setting if rows else None

    @property
    def editing(self) -> bool:
        return self._editing is not None

    def show(self, settings: Sequence[Setting]) -> None:
        """The rows anew, in the order they were given in; the one being edited keeps its hints."""
        for row, setting in zip(self.rows, settings, strict=True):
            hints = row.setting.hints if row is self._editing else setting.hints
            row.setting = replace(setting, hints=hints)

    def on_resize(self) -> None:
        width = self.scrollable_content_region.width
        names = [(row.setting.name, *row.setting.labels) for row in self.rows]
        longest = max((len(pick(_NAME, *forms)) for forms in names), default=0)
        for row in self.rows:
            row.name_width = min(longest, max(width - 14, 8))
        if self._editing:
            self._place_field(self._editing)

    def watch_cursor(self, old: int, new: int) -> None:
        rows = self.rows
        if not rows:
            return
        rows[min(old, len(rows) - 1)].remove_class("-cursor")
        rows[new].add_class("-cursor")
        self.scroll_to_widget(rows[new], animate=False)
        self.post_message(self.Moved(rows[new].setting.name))

    def action_go(self, by: int) -> None:
        self.cursor = min(max(self.cursor + by, 0), len(self.rows) - 1)

    def action_edit(self) -> None:
        setting = self.current
        if setting is None or setting.read_only:
            self.app.bell()
        elif setting.choices:
            self.action_turn(1)
        else:
            self._begin(self.rows[self.cursor])

    def action_turn(self, by: int) -> None:
        setting = self.current
        if setting is not None and setting.choices and not setting.read_only:
            at = setting.choices.index(setting.value) + by if setting.value in setting.choices else 0
            self.post_message(self.Edited(setting.name, setting.choices[at % len(setting.choices)]))

    def action_default(self) -> None:
        setting = self.current
        if setting is not None and not setting.read_only:
            self.post_message(self.Edited(setting.name, None))

    def action_undo(self) -> None:
        self.post_message(self.UndoWanted())

    # ---- editing one value

    def _begin(self, row: SettingRow) -> None:
        if self._editing is None:
            self._editing = row
            field = ValueField(row.setting.value)
            row.mount(field)
            self._place_field(row)
            field.focus()

    def _place_field(self, row: SettingRow) -> None:
        for field in row.query(Field):
            field.styles.margin = (0, 0, 0, _MARK + row.name_width + 1)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        row = self._editing
        if row is not None:
            hints = tuple(self._check(row.setting.name, event.value.strip()))
            row.setting = replace(row.setting, hints=hints)
            event.input.set_class(any(hint.severity == "bad" for hint in hints), "-wrong")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row, text = self._editing, event.value.strip()
        if row is None:
            return
        if any(hint.severity == "bad" for hint in self._check(row.setting.name, text)):
            self.app.bell()
            return
        self._end(row)
        self.post_message(self.Edited(row.setting.name, text))

    def cancel(self) -> None:
        """Leave the value as it was."""
        if (row := self._editing) is not None:
            self._end(row)
            self.post_message(self.Moved(row.setting.name))

    @property
    def wrong_edit(self) -> str | None:
        """What is wrong with what is being typed; None where nothing is, or nobody types."""
        row = self._editing
        if row is None:
            return None
        text = row.query_one(Field).value.strip()
        bad = next((hint for hint in self._check(row.setting.name, text) if hint.severity == "bad"), None)
        return f"{row.setting.name}: {bad.text}" if bad else None

    def take(self) -> Edited | None:
        """End the edit: what was typed counts where it is right, else it is dropped."""
        row = self._editing
        if row is None:
            return None
        text = row.query_one(Field).value.strip()
        self._end(row, focus=False)
        if any(hint.severity == "bad" for hint in self._check(row.setting.name, text)):
            return None
        return self.Edited(row.setting.name, text)

    def left(self) -> None:
        """By Tab or the mouse."""
        if (edited := self.take()) is not None:
            self.post_message(edited)

    def _end(self, row: SettingRow, *, focus: bool = True) -> None:
        self._editing = None
        for field in row.query(Field):
            field.remove()
        row.setting = replace(row.setting, hints=())
        if focus:
            self.focus()

    def on_click(self, event: Click) -> None:
        row = event.widget
        if isinstance(row, SettingRow) and row is not self._editing:
            index = self.rows.index(row)
            again = index == self.cursor
            self.cursor = index
            self.focus()
            if again and event.y == 0 and event.x >= _MARK + row.name_width:
                self.action_edit()


class ValueField(Field):
    """The field in the row that is edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("escape", "cancel", "leave the value as it was", "value.cancel"),
        control_key("up,down", "submit", "take the value", "value.take"),
    ]

    def _list(self) -> ConfigList:
        return next(node for node in self.ancestors if isinstance(node, ConfigList))

    def action_cancel(self) -> None:
        self._list().cancel()

    async def action_submit(self) -> None:
        self.post_message(self.Submitted(self, self.value, None))

    def on_blur(self) -> None:
        if self.is_attached:
            self._list().left()


class GroupTitle(Widget):
    DEFAULT_CSS = "GroupTitle { height: 1; color: $k-muted; text-style: bold; }"

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = f"{OPEN} {name}"

    def render(self) -> RenderableType:
        return Text(self._text, no_wrap=True)
