"""The producer's config in its pane: the filter, the settings, how much is changed and how much waits."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from workbench.producer_config import Client
from workbench.ui.config_model import Check, Group
from workbench.ui.glyphs import CHANGED, NEXT_RUN, fit
from workbench.ui.keys import control_key
from workbench.ui.theme import palette
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.field import Field
from workbench.ui.widgets.title import Pane

_JAVA = "Java's names, run by librdkafka"


class FilterField(Field):
    """Narrows the list at every key; ↓ and Enter go there, Escape clears it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("down,enter", "to_list", "to the settings", "filter.list"),
        control_key("escape", "clear", "clear the filter", "filter.clear"),
    ]

    def action_to_list(self) -> None:
        self.screen.set_focus(self.screen.query_one(ConfigList))

    def action_clear(self) -> None:
        self.value = ""
        self.screen.set_focus(self.screen.query_one(ConfigList))


class ConfigPane(Pane):
    TITLE = "Producer config"
    SHORT_TITLE = "Config"

    def __init__(self, groups: Sequence[Group], check: Check, id: str = "config") -> None:  # noqa: A002
        super().__init__(id=id)
        self._groups, self._check = groups, check

    def body(self) -> ComposeResult:
        count = sum(len(group.settings) for group in self._groups)
        yield FilterField(placeholder=f"filter {count} settings", id="filter")
        yield Static(_JAVA, id="dialect-line")
        yield ConfigList(self._check, self._groups, id="settings")
        with VerticalScroll(id="help-under"):
            yield Static("", id="help-under-text")

    def show(self, groups: Sequence[Group], client: Client) -> None:
        listed = self.query_one(ConfigList)
        listed.java = client == "java"
        listed.show(groups)
        self.set_class(client == "java", "-java")
        self.query_one(FilterField).placeholder = f"filter {len(listed.settings)} settings"
        self._count()

    def _count(self) -> None:
        listed, roles = self.query_one(ConfigList), palette(self.app)
        settings = listed.settings
        changed = sum(setting.changed for setting in settings)
        waits = sum(setting.waits for setting in settings)
        edited = [(f"{CHANGED} ", roles.accent), (f"{changed} changed", roles.muted)] if changed else []
        waiting = [(f"{NEXT_RUN} {waits} next run", roles.warn)] if waits else []
        both = [*edited, ("  ", ""), *waiting] if edited and waiting else edited or waiting
        narrowed = [("only changed", roles.accent)] if listed.view.only_changed else []
        self.title.right = Text.assemble(*fit(24, [narrowed] if narrowed else [both, waiting]))

    def show_setting(self, text: Text) -> None:
        self.query_one("#help-under-text", Static).update(text)

    def go_to_filter(self) -> None:
        self.screen.set_focus(self.query_one(FilterField))

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        listed = self.query_one(ConfigList)
        listed.call_later(listed.narrow, event.value)  # so that what it posts is its own, and goes up

    @on(ConfigList.Wanted)
    def _wanted(self, event: ConfigList.Wanted) -> None:
        if event.what == "filter":
            event.stop()
            self.go_to_filter()
        elif event.what == "narrowed":
            event.stop()
            self._count()
            field, wanted = self.query_one(FilterField), self.query_one(ConfigList).view.wanted
            if field.value != wanted:
                with field.prevent(Input.Changed):
                    field.value = wanted
