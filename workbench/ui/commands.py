"""What the command palette (^P) offers, by name."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from workbench.ui.app import KwbApp
    from workbench.ui.screens.bench import BenchScreen


def _of_own_code(app: "KwbApp") -> Iterator[SystemCommand]:
    yield SystemCommand(
        "Partitioner", "The client's own, Java's, or a Python function of yours", app.action_partitioner
    )
    yield SystemCommand(
        "Interceptors", "Code of yours around the client: before send, at the ack", app.action_interceptors
    )


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
    yield SystemCommand(
        "Cluster", "Every replica's log, what would be lost, faults by key (F2)", app.action_cluster
    )
    yield SystemCommand("Compare", "Runs side by side: A against B (F3)", app.action_compare)
    if session.can_send:
        yield SystemCommand(
            "Race the three send modes", "The first 2,000 records in each, one after another", app.race
        )
    yield SystemCommand(
        "Pipeline", "Inside the client, and what holds the records up (F6)", app.action_pipeline
    )
    yield SystemCommand(
        "Partitions", "Which key goes to which partition, and what if (F9, p)", app.action_partitions
    )
    yield from _of_own_code(app)
    if session.scenario.note:
        yield SystemCommand("Note", "What the scenario's author says of it", app.action_note)
    yield SystemCommand("Zoom", "Give the focused pane all the room, and back (^O)", bench.action_zoom)
    if session.insight is not None:
        yield SystemCommand("Latency distribution", "How the latencies spread (d)", bench.action_distribution)
    yield from _record_commands(bench)
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


def _record_commands(bench: "BenchScreen") -> Iterator[SystemCommand]:
    yield SystemCommand("Open scenario…", "A file, or one of the samples", bench.action_open_scenario)
    yield SystemCommand(
        "Save scenario as…", "Config, record and send plan; comments stay", bench.action_save_scenario
    )
    yield SystemCommand("Saved records…", "Put one in the record's place (^L)", bench.action_saved_records)
    yield SystemCommand("Save the record as…", "Under a name, templates and all", bench.action_save_record)
    yield SystemCommand("Edit in $EDITOR", "The value, or the key you are in (^N)", bench.action_edit_outside)
    yield SystemCommand("Lay the JSON out", "Two spaces a level; templates stay", bench.action_lay_out)
    yield SystemCommand(
        "Schema registry…", "Where avro, json-schema and protobuf ask for ids", bench.action_choose_registry
    )
    yield SystemCommand("Value from a file…", "Read anew for each run", bench.action_value_from_file)
    for kind, name, what in (
        ("plan", "Copy the record", "With its templates, as a JSON envelope; pasted here, it is this record"),
        ("envelope", "Copy the next record as JSON", "Its bytes, as an envelope of key, value and headers"),
        ("kcat", "Copy the next record for kcat", "The command that sends these bytes"),
        ("console", "Copy the next record for kafka-console-producer", "The command that sends these bytes"),
    ):
        yield SystemCommand(name, what, partial(bench.action_copy_record, kind))
    yield SystemCommand(
        "Read the value as a line for kafka-console-producer",
        "headers, a tab, key, a tab, value become the record's",
        bench.action_read_line,
    )
    yield SystemCommand("Record before", "Take back that another took its place", bench.action_take_back)
    yield SystemCommand("Next part", "Key, value, headers (^T)", bench.action_next_part)
