"""The catalogue's own words and marks; the facts in it are held against the clients elsewhere."""

import subprocess
import sys

import pytest

from workbench.producer_config import (
    GROUPS,
    all_properties,
    catalogue_name,
    counterpart,
    essentials,
    property_named,
)
from workbench.producer_config.catalogue import client_facts
from workbench.producer_config.secrets import is_secret
from workbench.producer_config.translation import pair_of, pairs

LONGEST = 110
ANY_NAME = {name for item in all_properties() for name in (item.name, *item.aliases)}


def test_every_property_of_both_clients_is_there_once():
    java = {facts.name for facts in client_facts("java").properties}
    librdkafka = {facts.name for facts in client_facts("librdkafka").properties}
    assert (len(java), len(librdkafka), len(all_properties())) == (112, 147, 210)
    assert {item.java.name for item in all_properties() if item.java} == java
    assert {item.librdkafka.name for item in all_properties() if item.librdkafka} == librdkafka
    assert len({item.name for item in all_properties()}) == len(all_properties())
    assert (
        sum(item.java is not None and item.librdkafka is not None for item in all_properties())
        == 112 + 147 - 210
    )


def test_they_stand_by_group():
    order = [GROUPS.index(item.group) for item in all_properties()]
    assert order == sorted(order)
    assert set(order) == set(range(len(GROUPS)))


def test_the_essential_ones_are_the_ten():
    assert [item.name for item in essentials()] == [
        "client.id",
        "acks",
        "enable.idempotence",
        "compression.type",
        "max.block.ms",
        "delivery.timeout.ms",
        "request.timeout.ms",
        "linger.ms",
        "batch.size",
        "max.in.flight.requests.per.connection",
    ]
    assert all(item.goes_wrong for item in essentials())


@pytest.mark.parametrize("item", all_properties(), ids=lambda item: item.name)
def test_each_is_told_in_short_whole_sentences(item):
    assert item.does
    for sentence in filter(None, (item.does, item.goes_wrong)):
        assert sentence[0].isupper() or sentence.startswith("librdkafka")
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert len(sentence) < LONGEST
    assert item.does != item.goes_wrong
    assert item.sources


@pytest.mark.parametrize("item", all_properties(), ids=lambda item: item.name)
def test_each_is_found_by_all_its_names_and_has_what_its_kind_asks_for(item):
    assert all(property_named(name) is item for name in (item.name, *item.aliases))
    assert all(catalogue_name(alias) == item.name for alias in item.aliases)
    assert bool(item.choices) == (item.kind in {"choice", "bool"} or item.name == "debug")
    for facts in filter(None, (item.java, item.librdkafka)):
        assert (facts.low is not None) == (facts.kind == "int" or facts.high is not None)
        assert facts.low is None or facts.kind in {"int", "float"}
    if item.unit in {"ms", "s", "bytes", "KiB"}:
        assert item.kind in {"int", "float"}
    if item.name.endswith((".ms", ".bytes")):
        assert item.unit == item.name.rpartition(".")[2]


def test_most_say_what_goes_wrong():
    told = [item for item in all_properties() if item.goes_wrong]
    silent = [item for item in all_properties() if not item.goes_wrong]
    assert len(told) > 120
    assert {item.name for item in silent if item.facts.importance == "high"} <= {
        "ssl.keystore.certificate.chain",
        "ssl.truststore.certificates",
    }


def test_secrets_are_those_that_are_never_shown():
    assert {item.name for item in all_properties() if item.secret} == {
        item.name for item in all_properties() if is_secret(item.name)
    }
    public = {
        "ssl.keystore.certificate.chain",
        "ssl.truststore.certificates",
    }  # certificates are for all to see
    assert {item.name for item in all_properties() if item.facts.kind == "password"} - public <= {
        item.name for item in all_properties() if item.secret
    }


def test_only_what_does_nothing_is_deprecated_in_every_client_that_has_it():
    deprecated = {item.name for item in all_properties() if item.deprecated}
    assert {"topic.metadata.refresh.fast.cnt", "socket.blocking.max.ms", "queuing.strategy"} <= deprecated
    assert not deprecated & {facts.name for facts in client_facts("java").properties}


def test_sources_name_the_page_of_each_client_and_the_kips():
    assert property_named("acks").sources == (
        "Kafka 4.1.0, producerconfigs",
        "librdkafka 2.16.0, CONFIGURATION.md",
        "KIP-679",
    )
    assert property_named("buffer.memory").sources == ("Kafka 4.1.0, producerconfigs",)


# ── the table of the dialects ─────────────────────────────────────────────────────────────────────


def test_whatever_one_client_alone_has_is_spoken_of():
    for item in all_properties():
        if item.java is None:
            pair = pair_of(item.name, "librdkafka")
            assert pair, item.name
            assert pair.back or pair.by, item.name
        elif item.librdkafka is None:
            pair = pair_of(item.name, "java")
            assert pair, item.name
            assert pair.says or pair.by, item.name


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.java}-{pair.librdkafka}")
def test_a_line_names_properties_there_are_and_speaks_in_whole_sentences(pair):
    assert pair.java or pair.librdkafka
    assert not pair.java or property_named(pair.java).java
    assert not pair.librdkafka or property_named(pair.librdkafka).librdkafka
    for sentence in filter(None, (pair.says, pair.back)):
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert len(sentence) < LONGEST
    if pair.kind == "impossible":
        assert not (pair.java and pair.librdkafka) or pair.java == pair.librdkafka


def test_counterparts():
    assert counterpart("buffer.memory", "java") == "queue.buffering.max.kbytes"
    assert counterpart("queue.buffering.max.kbytes", "librdkafka") == "buffer.memory"
    assert counterpart("acks", "java") == counterpart("request.required.acks", "librdkafka") == "acks"
    assert counterpart("metadata.max.age.ms", "java") == "topic.metadata.refresh.interval.ms"
    assert counterpart("metadata.max.age.ms", "librdkafka") == ""
    assert counterpart("metric.reporters", "java") == counterpart("debug", "librdkafka") == ""


def test_it_is_loaded_when_it_is_first_asked_for():
    code = (
        "import workbench.producer_config.catalogue as c\n"
        "assert c.all_properties.cache_info().currsize == 0\n"
        "assert len(c.all_properties()) == 210\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
