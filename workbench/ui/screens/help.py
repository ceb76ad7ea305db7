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
        ("F2", "inside the cluster, and back"),
        ("F3", "runs side by side: A against B; race the three modes"),
        ("F6", "inside the client: what holds the records up, and back"),
        ("F9", "which key goes to which partition, and back"),
        ("^O", "zoom the pane in which the focus is, and back"),
        ("^P", "all commands by name, colour themes too"),
        ("F1", "this help"),
        ("^Q", "quit"),
    )),
    ("Outside text fields (Escape leaves one)", (
        ("1 2 3 4", "config, compose, live, events"),
        ("d", "latency distribution; there c: CDF, s: from send()"),
        ("p", "which key goes to which partition (F9); Enter in Partitions"),
        ("?", "this help"),
    )),
    ("In the config", (
        ("↑ ↓", "another setting"),
        ("Enter", "edit; the next of a few choices; open, close a group"),
        ("e", "type the value; → takes what is offered"),
        ("← →", "choice before, next choice; close, open a group"),
        ("Backspace", "back to the default"),
        ("f", "do what the hint offers as [f]ix"),
        ("/  ^F", "filter by any client's name, or what it does"),
        ("c", "only what is changed, and back"),
        ("j", "Java's names and defaults, and back; runs the same"),
        ("u  r", "undo the last change, make it again"),
        ("paste", "name=value, or a .properties file as the new config"),
        ("Escape", "leave the value as it was; show all; leave the list"),
    )),
    ("In the record", (
        ("^T", "key, value, headers: the next of them"),
        ("← →", "on text, empty, null: choose; typing makes it text again"),
        ("Alt+↑ Alt+↓", "a header up, down"),
        ("^L", "records saved by name; ^P saves, copies and opens more"),
        ("^N", "the text in your EDITOR, and back"),
        ("^Z ^Y", "undo, redo; a removed header, a replaced record come back"),
        ("paste", "a JSON envelope takes the record's place"),
    )),
    ("In the cluster (F2)", (
        ("↑ ↓  ← →", "another partition, another broker"),
        ("f", "freeze the broker: it answers nobody; thaw it"),
        ("k", "kill it: its log stays; start it again"),
        ("x", "stop it as an operator does: leaderships first"),
        ("w", "wipe the log of a dead one"),
        ("s", "slow: 200 ms more a request, 5/s a connection; and back"),
        ("i", "cut it off from the other brokers; and back"),
        ("Escape", "back to the bench"),
    )),
    ("In the partitions (F9)", (
        ("↑ ↓  ← →", "another key, another partition"),
        ("/", "only keys with a text in them"),
        ("s", "order: by records, by partition, by name"),
        ("+ -", "what if there were more, fewer partitions"),
        ("t  T", "what if: the next partitioner, the one before"),
        ("a", "what if: keys of your own, as user-{1..50} null"),
        ("0", "what if: back to how it is"),
        ("r", "records without a key, each way in turn"),
        ("b", "their order: record by record, in batches, both"),
        ("[ ]", "their order in finer, coarser cells"),
        ("1 2 3", "keys, what if, order"),
        ("Escape", "back to the bench"),
    )),
    ("In Compare (F3)", (
        ("a  b", "the run under the cursor is A (again: no more); is B"),
        ("r", "race: the first 2,000 records in each send mode"),
        ("h  v", "save as one HTML page; the screen as SVG"),
    )),
    ("In forms and charts", (
        ("↑ ↓", "field above, below; a list's rows"),
        ("← → Enter", "the next of a few choices"),
        ("← →  Space", "in Partitions and Latency: look at a moment; stand still, go on"),
        ("↑ ↓  Space", "in Acks: a record's moments; stand still, go on (Escape too)"),
        ("- + 0", "in Partitions and Latency: longer, shorter slices, slices that fit"),
        ("↑ ↓", "in Partitions: the row that is looked at; a click looks at a cell"),
        ("b  f  s", "in Partitions: bytes; several partitions a row; shapes for colours"),
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
