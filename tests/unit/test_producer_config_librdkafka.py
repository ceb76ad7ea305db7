"""What the catalogue says of librdkafka, held against the library that confluent-kafka brings along."""

import ctypes
import re
from pathlib import Path

import confluent_kafka
import pytest

from workbench.dev.facts import librdkafka_facts, write_facts
from workbench.producer_config import effective, essentials, known_names, librdkafka_standing, property_named
from workbench.producer_config.catalogue import client_facts, facts_file
from workbench.producer_config.known import java_only

VERSION = "2.16.0"
_POINTER = ctypes.c_void_p
_PAIRS = ctypes.POINTER(ctypes.c_char_p)
_SIGNATURES = {
    "rd_kafka_version_str": (ctypes.c_char_p, []),
    "rd_kafka_conf_properties_show": (None, [_POINTER]),
    "rd_kafka_conf_new": (_POINTER, []),
    "rd_kafka_conf_destroy": (None, [_POINTER]),
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
    row = re.compile(r"([A-Za-z0-9_.]+) *\| +([CP*]) +\|([^|]*)\|(.*?)\| (?:high|medium|low) +\| (.*)")
    for line in path.read_text().splitlines():
        if (match := row.fullmatch(line)) is not None:
            name, whom, *columns = (column.strip() for column in match.groups())
            table.setdefault(name, (whom, *columns))
    return table


def test_the_facts_are_of_the_librdkafka_that_is_installed(library):
    assert library.rd_kafka_version_str().decode() == VERSION == confluent_kafka.libversion()[0]


FACTS = client_facts("librdkafka")


def test_the_file_is_what_the_library_says():
    """`python -m workbench.dev facts` writes it anew."""
    assert librdkafka_facts() == FACTS


@pytest.mark.parametrize("client", ["java", "librdkafka"])
def test_the_file_is_as_it_would_be_written(client, tmp_path):
    written = write_facts(client_facts(client), tmp_path)
    assert written.read_text() == facts_file(client).read_text()


def test_nothing_the_library_shows_is_missing(shown):
    told = {name for item in FACTS.properties for name in (item.name, *item.aliases)}
    assert told == {name for name, row in shown.items() if row[0] != "C"}
    assert set(FACTS.consumer) == {name for name, row in shown.items() if row[0] == "C"}
    assert len(FACTS.properties) == 147


def test_known_names_are_a_producer_s(shown):
    assert {"acks", "linger.ms", "partitioner", "message.timeout.ms", "max.block.ms"} <= known_names()
    assert known_names() - {"max.block.ms"} <= {name for name, row in shown.items() if row[0] != "C"}


def test_java_s_names_that_librdkafka_lacks_point_to_names_it_has(shown):
    assert not set(java_only()) & set(shown)
    for advice in java_only().values():
        for name in re.findall(r"\b[a-z]+\.[a-z.]+[a-z]\b", advice.removeprefix("librdkafka's ")):
            assert name in shown, advice


def row_type(row):
    return re.search(r"\*Type: ([^*]+)\*", row[3])[1]


@pytest.mark.parametrize("facts", FACTS.properties, ids=lambda facts: facts.name)
def test_types_ranges_choices_defaults_and_aliases_are_those_it_shows(facts, shown):
    _, allowed, default, description = shown[facts.name]
    for alias in facts.aliases:
        assert shown[alias][1:3] == (allowed, default)
        assert f"Alias for `{facts.name}`" in shown[alias][3]
    assert default == (facts.default or "")
    assert facts.deprecated == ("DEPRECATED" in description)
    if facts.low is not None:
        assert allowed == f"{facts.low} .. {facts.high}"
        assert row_type(shown[facts.name]) == ("integer" if facts.kind == "int" else "float")
    else:
        assert allowed == (", ".join(facts.choices) if facts.kind != "bool" else "true, false")
    assert (facts.kind == "code") == ("see dedicated API" in description)


class Taker:
    """What `rd_kafka_conf_set` takes, each time in a new configuration."""

    def __init__(self, library):
        self.library = library

    def __call__(self, name, text):
        said = ctypes.create_string_buffer(512)
        conf = self.library.rd_kafka_conf_new()
        result = self.library.rd_kafka_conf_set(conf, name.encode(), text.encode(), said, 512)
        self.library.rd_kafka_conf_destroy(conf)
        return result == 0


@pytest.mark.parametrize(
    "facts", [facts for facts in FACTS.properties if facts.low is not None], ids=lambda facts: facts.name
)
def test_both_ends_of_a_range_are_taken_and_nothing_beyond(facts, library):
    takes = Taker(library)
    assert takes(facts.name, str(facts.low))
    assert takes(facts.name, str(facts.high))
    below, above = facts.low - 1, facts.high + 1
    assert not takes(facts.name, str(below))
    assert not takes(facts.name, str(above))
    assert all(takes(facts.name, text) for text in facts.also)


@pytest.mark.parametrize(
    "item",
    [item for item in map(property_named, sorted(known_names())) if item.librdkafka and item.choices],
    ids=lambda item: item.name,
)
def test_each_choice_is_taken_and_no_other(item, library):
    takes = Taker(library)
    name = item.librdkafka.name
    assert all(takes(name, choice) for choice in item.choices)
    assert all(takes(name, choice.upper()) for choice in item.choices) or not item.librdkafka.any_case
    assert not takes(name, "nonsense")
    assert not takes(name, "")


def test_what_is_offered_is_taken(library):
    takes = Taker(library)
    offered = [(item, text) for item in map(property_named, known_names()) for text in item.offers]
    assert {item.name for item, _ in offered} == {"sasl.mechanism"}
    assert all(takes(item.name, text) for item, text in offered)


@pytest.mark.parametrize(
    "facts", [facts for facts in FACTS.properties if facts.kind == "code"], ids=lambda facts: facts.name
)
def test_what_is_set_in_code_takes_no_text(facts, library):
    assert not Taker(library)(facts.name, "x")
    assert facts.name not in known_names()


NOT_TO_BE_SET_HERE = {
    "max.block.ms": "is kwb's own",
    "builtin.features": "does not take the list it prints itself",
    "ssl.ca.certificate.stores": "is for Windows only",
}


@pytest.mark.parametrize("name", sorted(known_names() - set(NOT_TO_BE_SET_HERE)))
def test_every_known_name_is_taken(name, library):
    item = property_named(name)
    text = item.default or (item.choices[0] if item.choices else "x")
    assert Taker(library)(name, text)


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
    for item in essentials():
        if item.emulated:
            continue
        text = next(there[name] for name in (item.name, *item.aliases) if name in there)
        assert told[item.name] == (text if item.name != "acks" else {"-1": "all"}.get(text, text)), item.name


NOT_AS_DUMPED = {
    "builtin.features": "the client shows what is in this build",
    "log_level": "is silenced here",
    "acks": "is dumped as -1",
    "delivery.timeout.ms": "is adjusted for each topic when it is first used",
}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"enable.idempotence": "true"},
        {"transactional.id": "tea"},
        {"transactional.id": "tea", "transaction.timeout.ms": "1000"},
        {"linger.ms": "0.3"},
        {"linger.ms": "500000", "delivery.timeout.ms": "600000"},
        {"delivery.timeout.ms": "3"},
        {"retry.backoff.ms": "70000", "retry.backoff.max.ms": "10"},
        {"topic.metadata.refresh.interval.ms": "-1"},
        {"topic.metadata.refresh.interval.ms": "0"},
        {"topic.metadata.refresh.interval.ms": "2000", "allow.auto.create.topics": "false"},
    ],
    ids=str,
)
def test_the_standing_of_every_property_is_the_client_s(library, config):
    told = librdkafka_standing(config)
    there = stands(library, config)
    for name, text in told.items():
        facts = property_named(name).librdkafka
        dumped_as = [there[each] for each in (facts.name, *facts.aliases) if each in there]
        if name not in NOT_AS_DUMPED:
            assert dumped_as == [text], name


def test_a_number_with_something_behind_it_would_be_read_by_librdkafka_without_it(library):
    """Why kwb refuses what librdkafka would take."""
    assert stands(library, {"delivery.timeout.ms": "1e3"})["message.timeout.ms"] == "1"
    assert stands(library, {"linger.ms": "5ms"})["queue.buffering.max.ms"] == "5"
