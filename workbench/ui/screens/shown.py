"""A screen that draws the session."""

from textual.screen import Screen

from workbench.ui.session import Session


class ShownScreen(Screen[None]):
    """`complete`: all its widgets have been there; a subclass says when, and how it is drawn (`draw`)."""

    def __init__(self, session: Session, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.session = session
        self.complete = False

    def show(self) -> None:
        """Draw the session as it is now; what did not change costs next to nothing.

        Timers, workers and what was asked for after a refresh may call at any moment: a screen that is
        still coming, has been left, or goes with the app has no widgets to draw on, and draws nothing.
        """
        if self.complete and self.app.is_running and self in self.app.screen_stack:
            self.draw()

    def draw(self) -> None:
        """Called by `show` while all widgets are there."""
        raise NotImplementedError
