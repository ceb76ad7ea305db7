"""A text that is told at every paint, and lays the screen out anew only where it says another thing."""

from rich.text import Text
from textual.widgets import Static


class Said(Static):
    """`Static.update` lays the whole screen out: beside a running load that cost more than all painting."""

    def say(self, text: Text) -> None:
        """Colours count too."""
        now = self.content
        if not isinstance(now, Text) or (now, now.style) != (text, text.style):
            self.update(text)
