"""What the keys of the config pane do to the session, and what the panes then say."""

from collections.abc import Callable, Mapping

from textual import on

from workbench.producer_config import counterpart
from workbench.ui import config_view
from workbench.ui.config_hints import typed_hints
from workbench.ui.config_model import Hint
from workbench.ui.pasting import paste
from workbench.ui.screens.shown import ShownScreen
from workbench.ui.setting_help import setting_help
from workbench.ui.theme import palette
from workbench.ui.widgets.config_list import ConfigList
from workbench.ui.widgets.config_pane import ConfigPane
from workbench.ui.widgets.meaning import Meaning
from workbench.ui.widgets.tab_bar import Tab
from workbench.ui.written import DEFAULTS, Written


class ConfigEditing(ShownScreen):
    """The bench, as far as it is about the config."""

    def action_tab(self, tab: Tab, then: Callable[[], object] | None = None) -> None:
        raise NotImplementedError

    def _show_meaning(self, written: Written) -> None:
        session = self.session
        waits = (
            session.run_on and session.running is not None and session.running.producer != written.producer
        )
        refused = session.judge.refusal(written.producer) is not None
        for meaning in self.query(Meaning):
            meaning.show_meaning(config_view.meaning_of(session, written), waits=waits, refused=refused)

    def _show_help(self, name: str) -> None:
        text = setting_help(name, self.session.written, palette(self.app))
        self.query_one(ConfigPane).show_setting(text)
        for meaning in self.query(Meaning):
            meaning.show_setting(text)

    def _go_to_refused(self) -> None:
        """To the setting that keeps a run from starting, or the one it was made from."""
        session, listed = self.session, self.query_one(ConfigList)
        name = session.judge.refused_setting(session.scenario.producer)
        listed.go_to(name)
        if listed.current is None or listed.current.name != name:
            listed.go_to(counterpart(name, "librdkafka"))

    def _typed_hints(self, name: str, text: str) -> list[Hint]:
        return typed_hints(self.session.judge, self.session.written, name, text)

    @on(ConfigList.Edited)
    def _setting_edited(self, event: ConfigList.Edited) -> None:
        text = None if (event.name, event.text) == (DEFAULTS, "librdkafka") else event.text
        self._write({event.name: text})

    def _write(self, changes: Mapping[str, str | None]) -> None:
        self.session.write(self.session.written.with_properties(changes))
        self.show()

    @on(ConfigList.FixWanted)
    def _fix(self, event: ConfigList.FixWanted) -> None:
        if event.hint.fix:
            self._write(event.hint.fix)

    @on(ConfigList.Typed)
    def _typed(self, event: ConfigList.Typed) -> None:
        """What it would mean, drawn while it is typed."""
        written = self.session.written
        self._show_meaning(written if event.text is None else written.with_property(event.name, event.text))

    @on(ConfigList.Moved)
    def _setting_moved(self, event: ConfigList.Moved) -> None:
        self._show_help(event.name)

    @on(ConfigList.Pasted)
    def _pasted(self, event: ConfigList.Pasted) -> None:
        pasted = paste(self.session.written, event.text)
        self.session.write(pasted.written)
        self.show()
        self.notify(pasted.said, title="Pasted", severity="warning" if pasted.wrong else "information")

    @on(ConfigList.Wanted)
    def _wanted(self, event: ConfigList.Wanted) -> None:
        if event.what == "undo":
            self.action_undo()
        elif event.what == "redo":
            self.action_redo()
        elif event.what == "dialect":
            self.action_dialect()

    def action_undo(self) -> None:
        if not self.session.undo():
            self.notify("Nothing to undo in the config")
        self.show()

    def action_redo(self) -> None:
        if not self.session.redo():
            self.notify("Nothing to make again in the config")
        self.show()

    def action_dialect(self) -> None:
        """The config in the other client's names; what runs stays the same."""
        self.session.switch_names()
        self.show()

    def action_filter(self) -> None:
        go = self.query_one(ConfigPane).go_to_filter
        if self.query_one("#filter").is_on_screen:
            go()
        else:
            self.action_tab("config", go)

    def action_edit_setting(self) -> None:
        self.query_one(ConfigList).action_edit()

    def action_default_setting(self) -> None:
        self.query_one(ConfigList).action_default()
