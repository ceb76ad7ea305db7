"""What the config pane shows: settings in groups, and what is said of them. No widgets here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

Severity = Literal["bad", "warn", "info"]
Styled = tuple[str, str]
"""A text, and the name of its role among the theme's colours."""


class Hint(msgspec.Struct, frozen=True):
    """`bad` keeps the text from being taken."""

    severity: Severity
    text: str
    clients: str = ""
    """Which client minds, for a line of its own."""
    fix: Mapping[str, str | None] | None = None
    """What the one key sets; None: back to the default."""


class Setting(msgspec.Struct, frozen=True):
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
    offers: tuple[str, ...] = ()
    """What may stand there, among others; completed while it is typed."""
    secret: bool = False
    """`value` is masked; nothing of it is shown while it is typed either."""
    words: str = ""
    """What else the filter finds it by: other names, what it does."""


class Group(msgspec.Struct, frozen=True):
    """`digest` is what a closed one says of itself: parts, of which as many are shown as fit."""

    name: str
    settings: Sequence[Setting]
    label: str = ""
    digest: Sequence[Styled] = ()
    open: bool = True
    """As it is at first."""

    @property
    def title(self) -> str:
        return self.label or self.name


class Entry(msgspec.Struct, frozen=True):
    """What the cursor can stand on: a setting, or (without one) the title of its group."""

    group: Group
    setting: Setting | None = None
    open: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return self.group.name, self.setting.name if self.setting else ""


class View:
    """Which of the groups' settings are in sight."""

    def __init__(self) -> None:
        self.wanted = ""
        """Words of the filter, all of which have to be found."""
        self.only_changed = False
        self.toggled: dict[str, bool] = {}
        """Groups that were opened (True) or closed by hand."""

    @property
    def narrowed(self) -> bool:
        return bool(self.wanted.split()) or self.only_changed

    def is_open(self, group: Group) -> bool:
        return self.narrowed or self.toggled.get(group.name, group.open)

    def entries(self, groups: Sequence[Group]) -> list[Entry]:
        """Titles and settings in the order they stand; a narrowed view leaves empty groups out."""
        found: list[Entry] = []
        for group in groups:
            settings = [setting for setting in group.settings if self._shows(setting)]
            if not settings:
                continue
            shown = self.is_open(group)
            found.append(Entry(group, None, shown))
            if shown:
                found += [Entry(group, setting) for setting in settings]
        return found

    def _shows(self, setting: Setting) -> bool:
        if self.only_changed and not (setting.changed or setting.waits or setting.hints):
            return False
        name, words = setting.name.lower(), f" {setting.words.lower()}"
        return all(word in name or f" {word}" in words for word in self.wanted.lower().split())


Check = Callable[[str, str], Sequence[Hint]]
"""What is to be said of a setting's name and the text that is being typed there."""
