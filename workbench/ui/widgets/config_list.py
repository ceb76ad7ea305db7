"""Settings in groups, edited where they stand."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from workbench.ui.config_model import Check, Group, Hint, Setting
from workbench.ui.keys import control_key
from workbench.ui.widgets.config_lines import FIX, MARK
from workbench.ui.widgets.config_table import ConfigTable
from workbench.ui.widgets.value_field import ValueField, completions

_OFFERED = 8


class ConfigList(ConfigTable):
    """`check` is asked at every key typed into a value."""

    DEFAULT_CSS = """
    ConfigList { height: 1fr; layers: base edit; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("up", "go(-1)", "line above", "config.above"),
        control_key("down", "go(1)", "line below", "config.below"),
        control_key("pageup", "page(-1)", "page up", "config.page_up"),
        control_key("pagedown", "page(1)", "page down", "config.page_down"),
        control_key("home", "go(-10000)", "first line", "config.first"),
        control_key("end", "go(10000)", "last line", "config.last"),
        control_key("enter,space", "edit", "edit, the next choice, open or close a group", "config.edit"),
        control_key("e", "type", "type the value, with completion", "config.type"),
        control_key("right", "turn(1)", "next choice; open the group", "config.next"),
        control_key("left", "turn(-1)", "choice before; close the group", "config.before"),
        control_key("backspace,delete", "default", "back to the default", "config.default"),
        control_key("f", "fix", "apply the hint's fix", "config.fix"),
        control_key("c", "only_changed", "only what is changed, and back", "config.changed"),
        control_key("slash,ctrl+f", "filter", "filter the settings", "config.filter"),
        control_key("j", "dialect", "Java's names, librdkafka's names", "config.dialect"),
        control_key("u,ctrl+z", "undo", "undo the last change", "config.undo"),
        control_key("r,ctrl+y", "redo", "make it again", "config.redo"),
        control_key("escape", "leave", "clear the filter; leave the list", "config.leave"),
    ]

    class Edited(Message):
        def __init__(self, name: str, text: str | None) -> None:
            """`text` None: back to the default."""
            super().__init__()
            self.name, self.text = name, text

    class Typed(Message):
        def __init__(self, name: str, text: str | None) -> None:
            """Text that would be taken if the edit ended now; None: what stood there."""
            super().__init__()
            self.name, self.text = name, text

    class FixWanted(Message):
        def __init__(self, hint: Hint) -> None:
            super().__init__()
            self.hint = hint

    class Pasted(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Wanted(Message):
        def __init__(self, what: str) -> None:
            """By a key, of the pane or the screen."""
            super().__init__()
            self.what = what

    def __init__(self, check: Check, groups: Sequence[Group] = (), id: str | None = None) -> None:  # noqa: A002
        super().__init__(groups, id=id)
        self._check = check
        self.java = False
        """In Java's names."""
        self._field: ValueField | None = None
        self._editing: Setting | None = None

    @property
    def editing(self) -> bool:
        return self._field is not None

    def on_click(self, event: events.Click) -> None:
        if event.widget is not self:
            return
        y = self._first + event.y
        if y >= len(self._lines):
            return
        line = self._lines[y]
        again = line.entry == self._at
        self._stand(line.entry)
        self.focus()
        entry = self._entries[line.entry]
        if entry.setting is None:
            self._toggle(entry)
        elif line.hint is not None and line.hint.fix is not None and line.text.endswith(FIX):
            self.post_message(self.FixWanted(line.hint))
        elif again and line.part == 0 and event.x >= MARK + self._names:
            self.action_edit()

    # ---- changing

    def action_edit(self) -> None:
        entry = self._entries[self._at] if self._entries else None
        if entry is not None and entry.setting is None:
            self._toggle(entry)
        elif entry is None or entry.setting is None or entry.setting.read_only:
            self.app.bell()
        elif entry.setting.choices:
            self.action_turn(1)
        else:
            self._begin(entry.setting)

    def action_type(self) -> None:
        setting = self.current
        if setting is None or setting.read_only:
            self.app.bell()
        else:
            self._begin(setting)

    def action_turn(self, by: int) -> None:
        if not self._entries:
            return
        entry, setting = self._entries[self._at], self.current
        if setting is None:
            if entry.open != (by > 0):
                self._toggle(entry)
        elif setting.choices and not setting.read_only:
            at = setting.choices.index(setting.value) + by if setting.value in setting.choices else 0
            self.post_message(self.Edited(setting.name, setting.choices[at % len(setting.choices)]))
        elif by < 0:
            self._stand(next(i for i, each in enumerate(self._entries) if each.key == (entry.group.name, "")))

    def action_default(self) -> None:
        setting = self.current
        if setting is not None and not setting.read_only:
            self.post_message(self.Edited(setting.name, None))

    def action_fix(self) -> None:
        """Of the row; where it has none, the only one in sight."""
        hints = self.current.hints if self.current is not None else ()
        fixes = [hint for hint in hints if hint.fix is not None] or self.fixes_in_sight
        if fixes and (len(fixes) == 1 or fixes[0] in hints):
            self.post_message(self.FixWanted(fixes[0]))
        else:
            self.app.bell()

    def action_only_changed(self) -> None:
        self.left()
        self.narrow(only_changed=not self.view.only_changed)
        self.post_message(self.Wanted("narrowed"))

    def action_filter(self) -> None:
        self.post_message(self.Wanted("filter"))

    def action_dialect(self) -> None:
        self.left()
        self.post_message(self.Wanted("dialect"))

    def action_undo(self) -> None:
        self.post_message(self.Wanted("undo"))

    def action_redo(self) -> None:
        self.post_message(self.Wanted("redo"))

    def action_leave(self) -> None:
        if self.view.narrowed:
            self.widen()
        else:
            self.screen.set_focus(None)

    def widen(self) -> None:
        super().widen()
        self.post_message(self.Wanted("narrowed"))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        self.cancel()
        self.post_message(self.Pasted(text))

    # ---- editing one value

    def _begin(self, setting: Setting) -> None:
        if self._field is not None:
            return
        self._editing, self._edited = setting, (setting.name, setting.hints)
        value = "" if setting.secret else setting.value
        self._field = ValueField(value, setting.offers or setting.choices, secret=setting.secret)
        self.mount(self._field)
        self._stand(self._at, said=True)
        self._field.focus()

    def moved(self) -> None:
        if self._field is None:
            return
        y = next((y for y, line in enumerate(self._lines) if line.entry == self._at), 0) - self._first
        left = MARK + self._names + 1
        self._field.styles.offset = Offset(left, y)
        self._field.styles.width = max(self._text_width - left, 1)
        self._field.visible = 0 <= y < self.size.height

    def _said(self, text: str) -> list[Hint]:
        """What is to be said of it, and of what may stand there the words that go on so."""
        assert self._editing is not None
        hints = list(self._check(self._editing.name, text))
        offers = self._editing.offers or self._editing.choices
        begun = text.rpartition(",")[2]
        going_on = completions(offers, begun)
        if offers and going_on and text != self._editing.value:
            hints.append(Hint("info", " · ".join(going_on[:_OFFERED])))
        return hints

    def typed(self, value: str) -> None:
        """At every key; told by the field itself, so that its letter and the hint are painted at once."""
        setting, text = self._editing, value.strip()
        if setting is None or self._field is None:
            return
        hints = self._said(text)
        self._edited = setting.name, hints
        bad = any(hint.severity == "bad" for hint in hints)
        self._field.set_class(bad, "-wrong")
        self._stand(self._at, said=True)
        unchanged = bad or (setting.secret and not text)
        self.post_message(self.Typed(setting.name, None if unchanged else text))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        setting = self._editing
        if setting is None:
            return
        if self._bad(event.value.strip()):
            self.app.bell()
            return
        self._end(focus=True)
        if not (setting.secret and not event.value.strip()):
            self.post_message(self.Edited(setting.name, event.value.strip()))

    def _bad(self, text: str) -> bool:
        assert self._editing is not None
        return any(hint.severity == "bad" for hint in self._check(self._editing.name, text))

    def cancel(self) -> None:
        """Leave the value as it was."""
        if (setting := self._editing) is not None:
            self._end(focus=True)
            self.post_message(self.Typed(setting.name, None))
            self.post_message(self.Moved(setting.name))

    @property
    def wrong_edit(self) -> str | None:
        """What is wrong with what is being typed; None where nothing is, or nobody types."""
        setting, field = self._editing, self._field
        if setting is None or field is None:
            return None
        hints = self._check(setting.name, field.value.strip())
        bad = next((hint for hint in hints if hint.severity == "bad"), None)
        return f"{setting.name}: {bad.text}" if bad else None

    def take(self) -> Edited | None:
        """End the edit: what was typed counts where it is right, else it is dropped."""
        setting, field = self._editing, self._field
        if setting is None or field is None:
            return None
        text = field.value.strip()
        bad = self._bad(text)
        self._end(focus=False)
        self.post_message(self.Typed(setting.name, None))
        if bad or text == setting.value or (setting.secret and not text):
            return None
        return self.Edited(setting.name, text)

    def left(self) -> None:
        """By Tab or the mouse."""
        if (edited := self.take()) is not None:
            self.post_message(edited)

    def _end(self, *, focus: bool) -> None:
        field, self._field, self._editing, self._edited = self._field, None, None, None
        if field is not None:
            field.remove()
        self._stand(self._at, said=True)
        if focus:
            self.focus()
