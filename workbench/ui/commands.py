"""What the command palette (^P) offers, by name."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from workbench.ui.app import KwbApp


def commands(app: "KwbApp") -> Iterator[SystemCommand]:
    bench, session = app.bench, app.session
    words = {"running": "Pause the run", "paused": "Resume the run", "unavailable": "Start the cluster again"}
    if session.phase in ("idle", *words):
        yield SystemCommand(words.get(session.phase, "Send"), "^S", bench.action_send)
    if session.phase in ("running", "pausing", "paused"):
        yield SystemCommand("Stop the run", "^G", bench.action_stop)
    yield SystemCommand("Config", "Go to the producer config", partial(bench.action_tab, "config"))
    yield SystemCommand(
        "Compose", "Go to the record and how it is sent", partial(bench.action_tab, "compose")
    )
    yield SystemCommand("Live", "Go to what happens to the records", partial(bench.action_tab, "live"))
    yield SystemCommand("Events", "Go to the events", partial(bench.action_tab, "events"))
    yield SystemCommand("Zoom", "Give the focused pane all the room, and back (^O)", bench.action_zoom)
    if session.insight is not None:
        yield SystemCommand("Latency distribution", "How the latencies spread (d)", bench.action_distribution)
    yield SystemCommand("Undo", "Take the last change of the config back (u)", bench.action_undo)
    yield SystemCommand("Redo", "Make it again (r)", bench.action_redo)
    yield SystemCommand(
        "Filter the settings", "By name, by what they do, by the other client's name (/)", bench.action_filter
    )
    other = "librdkafka" if session.written.client == "java" else "Java"
    yield SystemCommand(
        f"Config in {other}'s names", "With its defaults; what runs stays the same (j)", bench.action_dialect
    )
    yield SystemCommand("Light or dark", "Switch between kwb-dark and kwb-light", app.action_toggle_light)
    for name in sorted(app.theme_files):
        if name != app.theme:
            yield SystemCommand(f"Theme {name}", "Switch the colours", partial(app.choose_theme, name))
    yield SystemCommand("Help", "Keys, and the words of the ledger (F1)", app.action_help)
    yield SystemCommand("Quit", "^Q", app.action_quit)
