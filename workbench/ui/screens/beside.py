"""A screen that stands beside the bench: its head, its foot, and the way back."""

from textual.events import Resize

from workbench.ui import config_view
from workbench.ui.screens.shown import ShownScreen
from workbench.ui.session import Session
from workbench.ui.widgets.header import Header, frozen
from workbench.ui.widgets.keys_line import Key, KeysLine
from workbench.ui.widgets.run_strip import RunStrip

_BEFORE_BENCH = 3
"""Keys of the screen's own that stand before the way back."""
_SEND = {"running": "pause", "paused": "resume", "idle": "send"}


class BesideScreen(ShownScreen):
    """`KEY` leads there and back; a subclass has a Header, a RunStrip and a KeysLine."""

    KEY = ""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._header_key: object = None

    def on_mount(self) -> None:
        self.complete = True
        self.show()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 110 or event.size.height < 32, "-tabs")
        self.call_after_refresh(self.show)

    def show_head(self) -> None:
        """Draw the header where anything in it is new."""
        session = self.session
        key = (session.scenario, session.running, session.phase, session.topic, session.partitions,
               session.view, session.out, frozen(session), self.app.theme)  # fmt: skip
        if key != self._header_key:
            self._header_key = key
            refused = config_view.is_refused(session)
            self.query_one(Header).show(session, config_view.promised(session), refused=refused)

    def show_frame(self, *keys: Key) -> None:
        """Head and foot; `keys` are the screen's own, most useful first."""
        session = self.session
        self.show_head()
        self.query_one(RunStrip).show(session)
        word = _SEND.get(session.phase)
        send: tuple[Key, ...] = (("^S", word, "screen.send"),) if word else ()
        if session.phase in {"running", "pausing", "paused"}:
            send = (*send, ("^G", "stop", "screen.stop_run"))
        line = self.query_one(KeysLine)
        bench = (self.KEY, "bench", "screen.bench")
        line.keys = (*send, *keys[:_BEFORE_BENCH], bench, *keys[_BEFORE_BENCH:], ("?", "help", "app.help"))

    def action_send(self) -> None:
        self.app.bench.action_send()  # type: ignore[attr-defined]

    def action_stop_run(self) -> None:
        self.app.bench.action_stop()  # type: ignore[attr-defined]

    def action_bench(self) -> None:
        self.app.pop_screen()
        self.app.paint()  # type: ignore[attr-defined]
