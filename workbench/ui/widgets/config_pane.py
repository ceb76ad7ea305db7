"""The producer's config in its pane: how much of it is changed, how much waits."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult

from workbench.ui.glyphs import CHANGED, NEXT_RUN, fit
from workbench.ui.theme import palette
from workbench.ui.widgets.config_list import Check, ConfigList, Group, Setting
from workbench.ui.widgets.title import Pane


class ConfigPane(Pane):
    TITLE = "Producer config"

    def __init__(self, groups: Sequence[Group], check: Check, id: str = "config") -> None:  # noqa: A002
        super().__init__(id=id)
        self._groups, self._check = groups, check

    def body(self) -> ComposeResult:
        yield ConfigList(self._check, self._groups, id="settings")

    def show(self, settings: Sequence[Setting]) -> None:
        self.query_one(ConfigList).show(settings)
        roles = palette(self.app)
        changed = sum(setting.changed for setting in settings)
        waits = sum(setting.waits for setting in settings)
        edited = [(f"{CHANGED} ", roles.accent), (f"{changed} changed", roles.muted)] if changed else []
        waiting = [(f"{NEXT_RUN} {waits} next run", roles.warn)] if waits else []
        both = [*edited, ("  ", ""), *waiting] if edited and waiting else edited or waiting
        self.title.right = Text.assemble(*fit(24, [both, waiting]))
