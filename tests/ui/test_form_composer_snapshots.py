"""The composer's states: null, empty, headers, a mistake at its line, bytes by part, tabs where it is small."""

import msgspec
import pytest

from workbench.model.record import BytesPart, Header, MadeRecord, Problem
from workbench.serde.batch_size import BatchSize
from workbench.ui.widgets.composer import Composer

HEADERS = tuple(
    Header(*pair) for pair in (("source", "kwb"), ("trace", None), ("source", "again"), ("e", ""))
)
WRONG = MadeRecord(
    0, error="not JSON at line 3, column 11: expecting value", where="value",
    problems=(Problem(3, 11, "user", "not JSON: expecting value"),),
)  # fmt: skip
PARTS = (
    BytesPart("magic byte", 0, 1), BytesPart("schema id", 1, 4), BytesPart("message indexes", 5, 1),
    BytesPart("body", 6, 44),
)  # fmt: skip
AVRO = MadeRecord(
    0, b"user-0", b"\0\0\0\0\x07\0" + b"\x0cuser-0\x02\x80\x01tea with milk and a little sugar in it",
    (("source", b"kwb"), ("trace", None)), value_parts=PARTS,
)  # fmt: skip
NULL = {"key": None, "value": None, "headers": HEADERS}
EMPTY = {"key": "", "value": "", "timestamp": "{{ now_ms - 1000 }}", "partition": 3}
NULL_MADE = MadeRecord(0, None, None, tuple((name, text and text.encode()) for name, text in HEADERS))
STATES = {
    "null": (NULL, "value", NULL_MADE, BatchSize("none", 95, None)),
    "empty": (EMPTY, "value", MadeRecord(0, b"", b""), BatchSize("gzip", 69, 89)),
    "wrong": ({}, "value", WRONG, None),
    "headers": ({"headers": HEADERS}, "headers", None, None),
    "key": ({}, "key", None, None),
    "parts": ({}, "bytes", AVRO, BatchSize("zstd", 141, 127)),
}


@pytest.mark.parametrize(
    ("state", "size", "theme"),
    [
        ("null", (140, 42), "kwb-dark"), ("null", (80, 24), "kwb-light"), ("empty", (140, 42), "kwb-light"),
        ("wrong", (140, 42), "kwb-dark"), ("wrong", (80, 24), "kwb-light"), ("headers", (80, 24), "kwb-dark"),
        ("key", (80, 24), "kwb-dark"), ("parts", (80, 24), "kwb-dark"), ("parts", (200, 60), "kwb-light"),
    ],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value,
)  # fmt: skip
def test_composer(snap_compare, still_app, play, until, state, size, theme):
    changes, part, made, batch = STATES[state]
    app = still_app(None, theme)
    scenario = app.session.scenario
    record = msgspec.structs.replace(scenario.record, **changes)
    app.session.scenario = msgspec.structs.replace(scenario, record=record)

    async def before(pilot):
        await play(app, None)
        # or the screen's own preview would come over what is shown here
        await until(lambda: all(worker.is_finished for worker in app.workers))
        composer = app.bench.query_one(Composer)
        composer.show_part(part)
        await pilot.pause()
        if made is not None:
            composer.show_made(made, None, batch)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
