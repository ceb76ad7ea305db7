"""What the catalogue says of librdkafka, held against the library that confluent-kafka brings along."""

import ctypes
import re
from pathlib import Path

import confluent_kafka
import pytest

from workbench.producer_config import CATALOGUE, effective, known_names
from workbench.producer_config.known import java_only

VERSION = "2.16.0"
_POINTER = ctypes.c_void_p
_PAIRS = ctypes.POINTER(ctypes.c_char_p)
_SIGNATURES = {
    "rd_kafka_version_str": (ctypes.c_char_p, []),
    "rd_kafka_conf_properties_show": (None, [_POINTER]),
    "rd_kafka_conf_new": (_POINTER, []),
    "rd_kafka_conf_set": (
        ctypes.c_int,
        [_POINTER, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t],
    ),
    "rd_kafka_new": (_POINTER, [ctypes.c_int, _POINTER, ctypes.c_char_p, ctypes.c_size_t]),
    "rd_kafka_conf": (_POINTER, [_POINTER]),
    "rd_kafka_destroy": (None, [_POINTER]),
    "rd_kafka_default_topic_conf_dup": (_POINTER, [_POINTER]),
    "rd_kafka_topic_conf_destroy": (None, [_POINTER]),
    "rd_kafka_conf_dump": (_PAIRS, [_POINTER, ctypes.POINTER(ctypes.c_size_t)]),
    "rd_kafka_topic_conf_dump": (_PAIRS, [_POINTER, ctypes.POINTER(ctypes.c_size_t)]),
    "rd_kafka_conf_dump_free": (None, [_PAIRS, ctypes.c_size_t]),
}


@pytest.fixture(scope="module")
def library():
    """The librdkafka inside the confluent-kafka wheel."""
    package = Path(confluent_kafka.__file__).parent
    folders = (package.parent / "confluent_kafka.libs", package / ".dylibs")
    found = [path for folder in folders for path in folder.glob("librdkafka*")]
    if not found:
        pytest.skip("this confluent-kafka brings no librdkafka of its own")
    library = ctypes.CDLL(str(found[0]))
    for name, (result, arguments) in _SIGNATURES.items():
        getattr(library, name).restype, getattr(library, name).argtypes = result, arguments
    return library


@pytest.fixture(scope="module")
def shown(library, tmp_path_factory):
    """The table of properties that librdkafka prints: name to (whom, range, default, description)."""
    path = tmp_path_factory.mktemp("librdkafka") / "properties.md"
    libc = ctypes.CDLL(None)
    libc.fopen.restype, libc.fopen.argtypes = _POINTER, [ctypes.c_char_p, ctypes.c_char_p]
    libc.fclose.argtypes = [_POINTER]
    file = libc.fopen(str(path).encode(), b"w")
    library.rd_kafka_conf_properties_show(file)
    libc.fclose(file)
    table = {}
    for line in path.read_text().splitlines():
        columns = [column.strip() for column in line.split("|", 5)]
        if len(columns) == 6 and re.fullmatch(r"[A-Za-z_.]+", columns[0]) and columns[1] in {"C", "P", "*"}:
            table.setdefault(columns[0], (columns[1], columns[2], columns[3], columns[5]))
    return table


def test_the_facts_are_of_the_librdkafka_that_is_installed(library):
    assert library.rd_kafka_version_str().decode() == VERSION == confluent_kafka.libversion()[0]


def test_the_names_are_those_librdkafka_shows(shown):
    takes_text = {name: row for name, row in shown.items() if "see dedicated API" not in row[3]}
    file = Path("workbench/producer_config/librdkafka_2_16_0.names")
    file = Path(__file__).parents[2] / file
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert lines == [f"{row[0]} {name}" for name, row in sorted(takes_text.items())]


def test_known_names_are_a_producer_s(shown):
    assert {"acks", "linger.ms", "partitioner", "message.timeout.ms", "max.block.ms"} <= known_names()
    assert known_names() - {"max.block.ms"} <= {name for name, row in shown.items() if row[0] != "C"}


def test_java_s_names_that_librdkafka_lacks_point_to_names_it_has(shown):
    assert not set(java_only()) & set(shown)
    for advice in java_only().values():
        for name in re.findall(r"\b[a-z]+\.[a-z.]+[a-z]\b", advice.removeprefix("librdkafka's ")):
            assert name in shown, advice


@pytest.mark.parametrize(
    "item", [item for item in CATALOGUE if not item.emulated], ids=lambda item: item.name
)
def test_ranges_choices_and_defaults_are_librdkafka_s(item, shown):
    whom, allowed, default, description = shown[item.name]
    assert whom != "C"
    for alias in item.aliases:
        assert shown[alias][1:3] == (allowed, default)
        assert f"Alias for `{alias}`" in description or f"Alias for `{item.name}`" in shown[alias][3]
    if item.name == "acks":
        assert (allowed, default, item.default) == ("-1 .. 1000", "-1", "all")
        assert "*-1* or *all*" in description
        return
    assert default == item.default
    if item.kind in {"int", "float"}:
        assert allowed == f"{item.low} .. {item.high}"
        assert f"Type: {'integer' if item.kind == 'int' else 'float'}" in description
    else:
        assert allowed == ", ".join(item.choices)


def dumped(library, dump, conf):
    count = ctypes.c_size_t()
    pairs = dump(conf, ctypes.byref(count))
    named = {
        pairs[at].decode(): pairs[at + 1].decode()
        for at in range(0, count.value, 2)
        if pairs[at + 1] is not None
    }
    library.rd_kafka_conf_dump_free(pairs, count)
    return named


def stands(library, config):
    """How the properties stand in a librdkafka producer made with this config."""
    said = ctypes.create_string_buffer(512)
    conf = library.rd_kafka_conf_new()
    for name, text in {"log_level": "0", **config}.items():
        assert library.rd_kafka_conf_set(conf, name.encode(), text.encode(), said, 512) == 0, said.value
    client = library.rd_kafka_new(0, conf, said, 512)
    assert client, said.value
    topic = library.rd_kafka_default_topic_conf_dup(client)
    inherited = {"compression.codec"}
    named = dumped(library, library.rd_kafka_conf_dump, library.rd_kafka_conf(client))
    for name, text in dumped(library, library.rd_kafka_topic_conf_dump, topic).items():
        named.setdefault(name, text) if name in inherited else named.update({name: text})
    library.rd_kafka_topic_conf_destroy(topic)
    library.rd_kafka_destroy(client)
    return named


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"client.id": ""},
        {"client.id": "kwb"},
        {"enable.idempotence": "true"},
        {"enable.idempotence": "T", "acks": "ALL", "compression.type": "gzip"},
        {"enable.idempotence": "true", "max.in.flight": "1"},
        {"enable.idempotence": "0", "acks": "0"},
        {"acks": "1", "max.in.flight.requests.per.connection": "3"},
        {"acks": "-1"},
        {"delivery.timeout.ms": "3"},
        {"message.timeout.ms": "5", "request.timeout.ms": "1"},
        {"delivery.timeout.ms": "0"},
        {"linger.ms": "0.5", "batch.size": "16384"},
        {"queue.buffering.max.ms": "300000", "compression.codec": "zstd"},
        {"linger.ms": "7", "queue.buffering.max.ms": "9"},
    ],
    ids=str,
)
def test_effective_is_how_they_stand_in_the_client(library, config):
    told = effective(config)
    there = stands(library, config)
    for item in CATALOGUE:
        if item.emulated:
            continue
        text = next(there[name] for name in (item.name, *item.aliases) if name in there)
        assert told[item.name] == (text if item.name != "acks" else {"-1": "all"}.get(text, text)), item.name


def test_a_number_with_something_behind_it_would_be_read_by_librdkafka_without_it(library):
    """Why kwb refuses what librdkafka would take."""
    assert stands(library, {"delivery.timeout.ms": "1e3"})["message.timeout.ms"] == "1"
    assert stands(library, {"linger.ms": "5ms"})["queue.buffering.max.ms"] == "5"
