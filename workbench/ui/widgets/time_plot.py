"""What the plots over time share: one window, moved by the same keys in each of them."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from workbench.insight.slices import Columns
from workbench.insight.window import TimeWindow
from workbench.ui.widgets.chart import Chart


def _key(keys: str, action: str, what: str, name: str) -> Binding:
    return Binding(keys, action, what, show=False, tooltip=what, id=f"plot.{name}")


class TimePlot(Chart, can_focus=True):
    """Whoever holds several plots gives each the `window` that one of them tells by `WindowChanged`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("left", "moment(-1)", "the moment before", "before"),
        _key("right", "moment(1)", "the moment after", "after"),
        _key("space", "hold", "stand still, go on", "hold"),
        _key("minus", "zoom(1)", "longer slices", "longer"),
        _key("plus,equals_sign", "zoom(-1)", "shorter slices", "shorter"),
        _key("0", "zoom(0)", "slices that fit", "fit"),
        _key("escape", "release", "look at no moment, go on", "release"),
    ]

    window: reactive[TimeWindow] = reactive(TimeWindow())

    @dataclass
    class WindowChanged(Message):
        plot: "TimePlot"
        window: TimeWindow

        @property
        def control(self) -> "TimePlot":
            return self.plot

    def columns_now(self) -> Columns | None:
        """What is shown with the window as it is; None where there is no run."""
        raise NotImplementedError

    def look_through(self, window: TimeWindow) -> None:
        if window != self.window:
            self.window = window
            self.post_message(self.WindowChanged(self, window))

    def watch_window(self) -> None:
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is another's where there is nothing to leave."""
        if action == "release":
            return self.window.held or self.window.cursor_s is not None
        return super().check_action(action, parameters)

    def action_moment(self, by: int) -> None:
        if (columns := self.columns_now()) is not None:
            self.look_through(self.window.moved(by, columns))

    def action_hold(self) -> None:
        columns = self.columns_now()
        if self.window.held or columns is None or columns.ended:
            self.look_through(self.window.go_on())
        else:
            self.look_through(self.window.hold(columns))

    def action_zoom(self, by: int) -> None:
        if (columns := self.columns_now()) is None:
            return
        window = self.window
        self.look_through(window.zoomed(by, columns) if by else window.with_slices(None, columns))

    def action_release(self) -> None:
        self.look_through(self.window.go_on())
