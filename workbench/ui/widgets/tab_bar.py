"""Below 110 columns the panes are behind four tabs; a badge says what happened on one that is not seen."""

from dataclasses import dataclass
from typing import Literal

from rich.console import RenderableType
from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.glyphs import FAILED, FOCUS_BAR, WARNING, number
from workbench.ui.session import Session
from workbench.ui.theme import palette
from workbench.ui.widgets.run_state import state_text

Tab = Literal["config", "compose", "live", "events"]
TABS: tuple[Tab, ...] = ("config", "compose", "live", "events")


class TabBar(Widget):
    DEFAULT_CSS = "TabBar { height: 1; background: $k-base; color: $k-muted; }"

    tab: reactive[Tab] = reactive[Tab]("compose")
    badges: reactive[tuple[str, ...]] = reactive(("", "", "", ""))
    state: reactive[Text] = reactive(Text)

    @dataclass
    class Picked(Message):
        tab: Tab

    def show(self, session: Session, wrong_settings: int, wrong_form: bool) -> None:
        frame = session.insight.frame if session.insight else None
        failed = frame.failed + frame.rejected if frame else 0
        events = len(session.events)
        self.badges = (
            f"{WARNING}{wrong_settings}" if wrong_settings else "",
            WARNING if wrong_form else "",
            f"{FAILED}{number(failed)}" if failed else "",
            number(events) if events else "",
        )
        self.state = state_text(session, palette(self.app))

    def _cells(self) -> list[tuple[Tab, str, str, str]]:
        return [(tab, str(index + 1), tab.capitalize(), self.badges[index]) for index, tab in enumerate(TABS)]

    def render(self) -> RenderableType:
        roles = palette(self.app)
        text = Text(no_wrap=True, overflow="crop")
        kinds = {WARNING: roles.warn, FAILED: roles.bad}
        for tab, key, name, badge in self._cells():
            on = tab == self.tab
            ground = f" on {roles.surface}" if on else ""
            text.append(FOCUS_BAR if on else " ", f"{roles.accent}{ground}")
            text.append(f"{key} ", (roles.accent if on else roles.muted) + ground)
            text.append(name, (f"bold {roles.text}" if on else roles.muted) + ground)
            text.append(f" {badge}" if badge else "", kinds.get(badge[:1], roles.muted) + ground)
            text.append("  ", ground.strip())
        room = self.size.width - text.cell_len - 1
        if self.state.cell_len <= room:
            text.append(" " * (room - self.state.cell_len))
            text.append_text(self.state)
        return text

    def on_click(self, event: Click) -> None:
        start = 0
        for tab, key, name, badge in self._cells():
            start += len(key) + len(name) + 4 + (len(badge) + 1 if badge else 0)
            if event.x < start:
                self.post_message(self.Picked(tab))
                return
