"""The keys, and the words of the ledger."""

from collections.abc import Iterable
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.ui.theme import Roles, palette

_KEYS = (
    ("Everywhere", (
        ("^S", "send; while a run is on: pause, resume"),
        ("^G", "stop the run"),
        ("Tab  Shift+Tab", "next, previous field and pane"),
        ("^O", "zoom the pane in which the focus is, and back"),
        ("^P", "all commands by name, colour themes too"),
        ("F1", "this help"),
        ("^Q", "quit"),
    )),
    ("Outside text fields (Escape leaves one)", (
        ("1 2 3 4", "config, compose, live, events"),
        ("d", "latency distribution"),
        ("?", "this help"),
    )),
    ("In the config", (
        ("↑ ↓", "another setting"),
        ("Enter", "edit the value; the next of a few choices; open or close a group"),
        ("e", "type the value, also of a choice; → takes what is offered"),
        ("← →", "the choice before, the next one; close, open a group"),
        ("Backspace", "back to the default"),
        ("f", "do what the hint offers as [f]ix"),
        ("/  ^F", "filter by name, by what it does, by the other client's name"),
        ("c", "only what is changed, and back"),
        ("j", "Java's names and defaults, librdkafka's; what runs stays the same"),
        ("u  r", "undo the last change, make it again"),
        ("paste", "name=value sets one; a whole .properties file takes the config's place"),
        ("Escape", "leave the value as it was; show all; leave the list"),
    )),
    ("In forms and charts", (
        ("↑ ↓", "field above, below; a list's rows"),
        ("← → Enter", "the next of a few choices"),
        ("- + 0", "in Partitions: longer, shorter slices, slices that fit"),
    )),
)  # fmt: skip
_WORDS = (
    ("sent", "text", "offered to the client: rejected + acked + unconfirmed + failed + in flight"),
    ("rejected", "bad", "refused before it was queued: no bytes could be made of it, or there was no room"),
    ("in flight", "wire", "with the client or on the way, its report still to come"),
    ("acked", "ok", "the brokers confirmed it as acks asks: 1 the leader, all every replica in sync"),
    ("unconfirmed", "warn", "acks=0: the client reports success, but no broker said so"),
    ("failed", "bad", "the client gave up on it; it may be stored all the same"),
    ("stored", "text", "found in the log when it was read back after the run"),
    ("lost", "bad", "acked, and not in the log"),
    ("duplicated", "warn", "stored more than once: the extra copies"),
)
_MARKS = (("●", "accent", "differs from the default"), ("◐", "warn", "edited, waits for the next run"))


class Help(ModalScreen[None]):
    DEFAULT_CSS = """
    Help { align: center middle; background: $k-base 60%; }
    Help > VerticalScroll { width: 84; max-width: 96%; height: auto; max-height: 94%; background: $k-surface;
        border-left: outer $k-accent; padding: 0 2; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q,enter", "dismiss", "close", show=False, tooltip="Close the help",
                id="help.close"),
    ]  # fmt: skip

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(_help_text(palette(self.app)))


def _help_text(roles: Roles) -> Group:
    """Words at the left, what they mean at the right, however narrow that column gets."""
    parts: list[Text | Table] = []
    for name, rows in _KEYS:
        parts += [_heading(name, roles), _rows([(key, "accent", what) for key, what in rows], roles)]
    for name, words in (("The ledger's words", _WORDS), ("Marks in the config", _MARKS)):
        parts += [_heading(name, roles), _rows(words, roles)]
    return Group(*parts, Text("Escape closes this.", roles.muted))


def _heading(name: str, roles: Roles) -> Text:
    return Text(name, f"bold {roles.text}")


def _rows(rows: Iterable[tuple[str, str, str]], roles: Roles) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=17, no_wrap=True)
    table.add_column(ratio=1)
    for word, role, what in rows:
        table.add_row(Text(f"  {word}", f"bold {getattr(roles, role)}"), Text(what, roles.muted))
    return table
