"""Producer configs in files: .properties, a flat TOML table or JSON object, and scenarios."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from workbench.errors import InputError
from workbench.model.scenario import Scenario
from workbench.model.scenario_file import ScenarioFile
from workbench.model.scenario_keys import property_text
from workbench.model.toml_lines import lines_of
from workbench.producer_config import json_file, properties_file
from workbench.producer_config.catalogue import Client, property_named
from workbench.producer_config.properties_file import Entry
from workbench.producer_config.rules import KnownCluster, KnownTopic

Format = Literal["properties", "toml", "json", "scenario"]
LARGEST_FILE = 16 * 1024 * 1024
MOST_PROPERTIES = 1000
STDIN = "-"
_YAML = {".yml", ".yaml"}
_BOM = "\ufeff"
_TOML_TABLE = re.compile(r"^\s*\[", re.MULTILINE)
_BEYOND_ASCII = re.compile(
    r"^[ \t\f]*[^#!\s\x80-\U0010ffff][\x01-\x09\x0b\x0c\x0e-\x7f]*[^\x00-\x7f]", re.MULTILINE
)
_TOML_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SECTIONS = {"format", "cluster", "topic", "record", "send", "expect"}
_DEFAULTS = {"min.insync.replicas": "1", "max.message.bytes": "1048588"}
"""Of brokers that kwb starts (Kafka 4.1.0)."""


class Note(msgspec.Struct, frozen=True):
    """What is to be said of the file itself, by a rule of that id."""

    rule: str
    line: int


class ConfigFile(msgspec.Struct, frozen=True):
    name: str
    format: Format
    config: dict[str, str]
    lines: dict[str, int]
    """Where each name stands, from 1; of several the last."""
    repeated: dict[str, int] = {}
    notes: tuple[Note, ...] = ()
    topic: KnownTopic = KnownTopic()
    cluster: KnownCluster = KnownCluster()

    @property
    def client(self) -> Client:
        """For whom it seems to be written."""
        if self.format == "scenario":
            return "librdkafka"
        items = [item for name in self.config if (item := property_named(name))]
        java = sum(item.librdkafka is None for item in items)
        librdkafka = sum(item.java is None or item.name not in self.config for item in items)
        if java == librdkafka:
            return "java" if self.format == "properties" else "librdkafka"
        return "java" if java > librdkafka else "librdkafka"


def read_config(path: Path | str) -> ConfigFile:
    """Raises InputError, with file and line, for what cannot be read as a config at all."""
    name = str(path)
    if Path(name).suffix.lower() in _YAML:
        raise InputError(
            f"{name}: kwb reads no YAML; give the producer's part of it as .properties, TOML or JSON"
        )
    text, notes = _text_of(name)
    kind = _kind(name, text)
    if kind == "toml":
        return _of_toml(name, text, notes)
    try:
        entries = _entries(
            properties_file.parse(text) if kind == "properties" else json_file.parse(text), name
        )
    except properties_file.MalformedEscapeError as error:
        raise InputError(f"{name}:{error.line}: {error}; write a backslash twice") from None
    except json_file.NotFlatError as error:
        raise InputError(f"{name}:{error.line}: {error}") from None
    latin_1 = any(note.rule == "not-utf-8" for note in notes)
    if kind == "properties" and not latin_1 and (beyond := _BEYOND_ASCII.search(text)):
        notes += (Note("beyond-ascii", text.count("\n", 0, beyond.end()) + 1),)
    return _config(name, kind, entries, notes)


def _text_of(name: str) -> tuple[str, tuple[Note, ...]]:
    try:
        with Path("/dev/stdin" if name == STDIN else name).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; give the path of a config") from None
    except IsADirectoryError:
        raise InputError(f"{name}: is a folder; give a config file in it") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(f"{name}: {reason}; give the path of a config that can be read") from None
    if len(data) > LARGEST_FILE:
        raise InputError(f"{name}: larger than 16 MiB; a producer's config is a short text")
    if b"\0" in data:
        raise InputError(f"{name}: is no text, or text in UTF-16; save it as UTF-8")
    try:
        text, notes = data.decode(), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return data.decode("latin-1"), (Note("not-utf-8", line),)
    if text.startswith(_BOM):
        return text.removeprefix(_BOM), (Note("byte-order-mark", 1),)
    return text, notes


def _kind(name: str, text: str) -> Literal["properties", "toml", "json"]:
    """By the ending; of a file with another one by what stands in it."""
    endings: dict[str, Literal["properties", "toml", "json"]] = {
        ".properties": "properties",
        ".toml": "toml",
        ".json": "json",
    }
    if ending := endings.get(Path(name).suffix.lower()):
        return ending
    if text.lstrip().startswith("{"):
        return "json"
    return "toml" if _TOML_TABLE.search(text) else "properties"


def _entries(parsed: Iterator[Entry], name: str) -> list[Entry]:
    entries: list[Entry] = []
    seen: set[str] = set()
    for entry in parsed:
        entries.append(entry)
        seen.add(entry.name)
        if len(seen) > MOST_PROPERTIES:
            raise InputError(
                f"{name}:{entry.line}: more than {MOST_PROPERTIES} names; this is no producer's config"
            )
    return entries


def _config(name: str, kind: Format, entries: list[Entry], notes: tuple[Note, ...]) -> ConfigFile:
    times = Counter(entry.name for entry in entries)
    return ConfigFile(
        name,
        kind,
        config={entry.name: entry.text for entry in entries},
        lines={entry.name: entry.line for entry in entries},
        repeated={each: count for each, count in times.items() if count > 1},
        notes=notes,
    )


# ── TOML ──────────────────────────────────────────────────────────────────────────────────────────


def _of_toml(name: str, text: str, notes: tuple[Note, ...]) -> ConfigFile:
    if any(note.rule == "not-utf-8" for note in notes):
        raise InputError(f"{name}:{notes[0].line}: is not UTF-8 text, as TOML is; save it as UTF-8")
    try:
        document = tomllib.loads(text)
        lines = {
            path: line for path, line in lines_of(text).items() if all(isinstance(part, str) for part in path)
        }
    except tomllib.TOMLDecodeError as error:
        place = _TOML_LINE.search(str(error))
        said = _TOML_LINE.sub("", str(error))
        line = place[1] if place and place[1] else str(text.rstrip("\n").count("\n") + 1)
        raise InputError(f"{name}:{line}: not TOML: {said[:1].lower()}{said[1:]}; mend the syntax") from None
    except ValueError:  # Python's own, for digits beyond its limit
        raise InputError(f"{name}: a number has thousands of digits; give one that is in range") from None
    except RecursionError:
        raise InputError(f"{name}:1: is nested too deeply; a config is a flat table") from None
    inner = document.get("producer")
    table, prefix = (inner, ("producer",)) if isinstance(inner, dict) else (document, ())
    of_a_scenario = bool(document.keys() & _SECTIONS)
    flat = _flat(name, table if prefix or not of_a_scenario else {}, prefix, lines)
    found = _config(name, "scenario" if of_a_scenario else "toml", flat, notes)
    return _with_its_topic(found, text) if of_a_scenario else found


def _flat(
    name: str, table: dict[str, object], path: tuple[str, ...], lines: dict[tuple[str | int, ...], int]
) -> list[Entry]:
    entries = []
    for key, value in table.items():
        here = (*path, key)
        line = lines.get(here, 1)
        if isinstance(value, dict):
            entries += _flat(name, value, here, lines)
            continue
        written = ".".join(here[1:] if here[0] == "producer" and len(here) > 1 else here)
        try:
            entries.append(Entry(written, property_text(value), line))
        except ValueError as error:
            raise InputError(f"{name}:{line}: {written}: {error}") from None
    return entries


def _with_its_topic(found: ConfigFile, text: str) -> ConfigFile:
    """Raises InputError where the scenario has a fault of its own."""
    scenario = ScenarioFile(text, found.name, Path(found.name).absolute().parent).scenario
    return msgspec.structs.replace(
        found, topic=known_topic(scenario), cluster=KnownCluster.of(scenario.cluster)
    )


def known_topic(scenario: Scenario) -> KnownTopic:
    """The topic as the scenario makes it; where it only finds one, what it says of it."""
    plan = scenario.topic
    ours = _DEFAULTS if scenario.cluster.kind != "remote" else {}
    return KnownTopic(
        plan.partitions, plan.replication_factor, {**ours, **scenario.cluster.config, **plan.config}
    )
