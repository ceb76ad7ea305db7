"""A record as a line that Apache Kafka's kafka-console-producer reads (LineMessageReader, Kafka 4.1.0).

headers, a tab, key, a tab, value; a header is `name:value`, a comma between two. `NULL` stands for null.
"""

import shlex

from workbench.model.record import Header, RecordPlan
from workbench.serde.record_texts.told import FormatError, Told, text_of

NULL = "<NULL>"
PROPERTIES = {"parse.headers": "true", "parse.key": "true", "null.marker": NULL}
"""What the reader must be told, with --property."""


def line(told: Told) -> str:
    """Raises FormatError for what a line cannot carry."""
    headers = ",".join(_header(name, data) for name, data in told.headers)
    key, value = _text(told.key, "key", "\t\n"), _text(told.value, "value", "\n")
    return f"{headers or NULL}\t{key}\t{value}"


def command(told: Told, bootstrap_servers: str) -> str:
    """One line for a POSIX shell, with the record's line in it. Raises FormatError."""
    if told.partition is not None or told.timestamp is not None:
        what = "partition" if told.partition is not None else "timestamp"
        raise FormatError(f"kafka-console-producer sets no {what}")
    options = [word for name, text in PROPERTIES.items() for word in ("--property", f"{name}={text}")]
    words = ["kafka-console-producer.sh", "--bootstrap-server", bootstrap_servers, "--topic", told.topic]
    return f"printf '%s\\n' {shlex.quote(line(told))} | {shlex.join([*words, *options])}"


def read(text: str) -> RecordPlan:
    """A line with the properties above. Raises FormatError."""
    pieces = text.rstrip("\n").split("\t", 2)
    if len(pieces) != 3:
        raise FormatError("a line has headers, key and value, with a tab between them")
    headers, key, value = pieces
    return RecordPlan(
        key=None if key == NULL else key,
        value=None if value == NULL else value,
        headers=() if headers in {"", NULL} else tuple(_read_header(item) for item in headers.split(",")),
    )


def _text(data: bytes | None, what: str, forbidden: str) -> str:
    if data is None:
        return NULL
    text = text_of(data, what)
    if any(mark in text for mark in (*forbidden, "\r")):
        raise FormatError(f"{what}: a line ends at a line break, and a tab ends the key")
    if text == NULL:
        raise FormatError(f"{what}: {NULL} stands for null")
    return text


def _header(name: str, data: bytes | None) -> str:
    value = _text(data, f"header {name}", "\t\n,")
    if not name or any(mark in name for mark in ":,\t\n\r"):
        raise FormatError(f"header {name!r}: a line takes no colon, comma or tab in a name, and no empty one")
    if "," in value:
        raise FormatError(f"header {name}: a comma ends it")
    return f"{name}:{value}"


def _read_header(item: str) -> Header:
    name, colon, value = item.partition(":")
    if not colon:
        raise FormatError(f"header {item!r}: there is no colon between name and value")
    return Header(name, None if value == NULL else value)
