"""The peer of first paint: a Textual app of three widgets."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class BareApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("bare app")
        yield Input()
        yield Static("end")


if __name__ == "__main__":
    BareApp().run()
