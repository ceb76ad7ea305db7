"""Panes that hold one widget."""

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.widget import Widget

from workbench.ui.widgets.title import Pane

W = TypeVar("W", bound=Widget)


class HoldingPane(Pane, Generic[W]):
    """A pane around one widget, made when the pane is."""

    def __init__(self, label: str, make: Callable[[], W], id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title.label = label
        self.content = make()

    def body(self) -> ComposeResult:
        yield self.content
