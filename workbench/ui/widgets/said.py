"""Texts that are told again and again, and lay the screen out anew only where they say another thing."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static


class Said(Static):
    """`Static.update` lays the whole screen out: beside a running load that cost more than all painting."""

    def say(self, text: Text) -> None:
        """Colours count too."""
        now = self.content
        if not isinstance(now, Text) or (now, now.style) != (text, text.style):
            self.update(text)


class Fitted(Said):
    """The longest of several wordings that fits into its line, chosen anew when its room changes."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id, classes=classes)
        self._wordings: Sequence[Text] = ()

    def say_one_of(self, wordings: Sequence[Text]) -> None:
        """The longest first; where none fits it says nothing."""
        self._wordings = wordings
        self._choose()

    def on_resize(self) -> None:
        self._choose()

    def _choose(self) -> None:
        room = self.content_size.width
        self.say(next((text for text in self._wordings if text.cell_len <= room), Text()))
