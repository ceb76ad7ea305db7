import logging

import confluent_kafka
import pytest

from workbench.errors import InputError
from workbench.producer_config import check, known_names, property_named, resolve, wrong_with

IN_FLIGHT = "max.in.flight.requests.per.connection"
SILENT = logging.getLogger("tests.silent")
SILENT.addFilter(lambda record: False)


def client_refuses(config):
    """What librdkafka says to this config, or None where it starts."""
    given = {name: text for name, text in config.items() if name != "max.block.ms"}
    try:
        confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", **given}, logger=SILENT)
    except confluent_kafka.KafkaException as error:
        return error.args[0].str()
    return None


def one(config):
    """The one hint that says who refuses; advice stands beside it."""
    (hint,) = [hint for hint in check(config) if hint.severity == "error" or hint.clients]
    return hint


REFUSED = [
    ({"acks": "many"}, "acks", "not-a-choice", "one of all, 1, 0, -1"),
    ({"acks": "1001"}, "acks", "not-a-choice", "one of all, 1, 0, -1"),
    ({"acks": "-2"}, "acks", "not-a-choice", "one of all, 1, 0, -1"),
    ({"acks": ""}, "acks", "value-missing", "a value is missing"),
    ({"enable.idempotence": "yes"}, "enable.idempotence", "not-a-choice", "one of true, false"),
    (
        {"compression.type": "brotli"},
        "compression.type",
        "not-a-choice",
        "one of none, gzip, snappy, lz4, zstd",
    ),
    ({"compression.type": "inherit"}, "compression.type", "not-a-choice", "one of none"),
    ({"linger.ms": "-1"}, "linger.ms", "out-of-range", "-1 is not in 0 … 900000"),
    ({"linger.ms": "900001"}, "linger.ms", "out-of-range", "900001 is not in 0 … 900000"),
    ({"linger.ms": ""}, "linger.ms", "value-missing", "a value is missing"),
    ({"batch.size": "0"}, "batch.size", "out-of-range", "0 is not in 1 … 2147483647"),
    ({"request.timeout.ms": "0"}, "request.timeout.ms", "out-of-range", "0 is not in 1 … 900000"),
    ({"delivery.timeout.ms": "2147483648"}, "delivery.timeout.ms", "out-of-range", "not in 0 … 2147483647"),
    ({"delivery.timeout.ms": "soon"}, "delivery.timeout.ms", "not-a-number", "is not a whole number of ms"),
    ({IN_FLIGHT: "0"}, IN_FLIGHT, "out-of-range", "0 is not in 1 … 1000000"),
    ({"max.in.flight": "1000001"}, IN_FLIGHT, "out-of-range", "1000001 is not in 1 … 1000000"),
    ({"linger.mss": "5"}, "linger.mss", "unknown-name", "did you mean linger.ms?"),
    (
        {"enable.idempotence": "true", "acks": "1"},
        "acks",
        "idempotence-needs-acks-all",
        "idempotence needs acks=all",
    ),
    (
        {"enable.idempotence": "true", IN_FLIGHT: "6"},
        IN_FLIGHT,
        "idempotence-allows-5-in-flight",
        "idempotence allows 5",
    ),
    (
        {"linger.ms": "40000", "delivery.timeout.ms": "40000"},
        "delivery.timeout.ms",
        "linger-not-below-delivery",
        "not above linger 40000",
    ),
]


@pytest.mark.parametrize(("config", "name", "rule", "short"), REFUSED, ids=str)
def test_what_is_called_an_error_librdkafka_refuses(config, name, rule, short):
    hint = one(config)
    assert (hint.property, hint.severity, hint.rule) == (name, "error", rule)
    assert short in hint.short
    assert "\n" not in hint.text
    assert client_refuses(config) is not None


JAVA_ALONE = [
    ({"acks": "2"}, "acks", "acks-beyond-1"),
    ({"acks": "ALL"}, "acks", "java-wants-lower-case"),
    ({"compression.type": "GZIP"}, "compression.type", "java-wants-lower-case"),
    ({"enable.idempotence": "1"}, "enable.idempotence", "java-wants-true-or-false"),
    ({"enable.idempotence": "t"}, "enable.idempotence", "java-wants-true-or-false"),
    ({"linger.ms": "0.5"}, "linger.ms", "java-wants-whole-numbers"),
    ({"delivery.timeout.ms": "30004"}, "delivery.timeout.ms", "delivery-below-linger-plus-request"),
    ({"delivery.timeout.ms": "0"}, "delivery.timeout.ms", "delivery-below-linger-plus-request"),
    (
        {"delivery.timeout.ms": "1000", "linger.ms": "500"},
        "delivery.timeout.ms",
        "delivery-below-linger-plus-request",
    ),
]


@pytest.mark.parametrize(("config", "name", "rule"), JAVA_ALONE, ids=str)
def test_what_only_java_refuses_is_a_warning_that_says_so(config, name, rule):
    hint = one(config)
    assert (hint.property, hint.severity, hint.rule) == (name, "warning", rule)
    assert hint.clients == "Java refuses · librdkafka accepts"
    assert "librdkafka 2.16.0 accepts" in hint.text
    assert "Java 4.1.0 refuses" in hint.text
    assert client_refuses(config) is None


FINE = [
    {},
    {"acks": "all", "enable.idempotence": "true", IN_FLIGHT: "5"},
    {"acks": "-1", "enable.idempotence": "TRUE"},
    {"acks": " 1 ", "enable.idempotence": "false", IN_FLIGHT: "6"},
    {"delivery.timeout.ms": "30005"},
    {"delivery.timeout.ms": "1500", "linger.ms": "500", "request.timeout.ms": "1000"},
    {"linger.ms": "900000", "delivery.timeout.ms": "2147483647"},
    {"linger.ms": " 7", "batch.size": "1", "client.id": ""},
    {"compression.type": "zstd", "message.timeout.ms": "60000"},
    {"statistics.interval.ms": "500", "partitioner": "murmur2_random", "retries": "0"},
    {"max.block.ms": "0"},
    {"max.block.ms": "2147483647"},
]


@pytest.mark.parametrize("config", FINE, ids=str)
def test_of_what_both_clients_take_no_hint_says_that_one_refuses(config):
    assert [hint for hint in check(config) if hint.severity == "error" or hint.clients] == []
    assert client_refuses(config) is None


def test_an_acks_0_producer_never_learns_an_offset():
    assert ("info", "acks-0-confirms-nothing") in {
        (hint.severity, hint.rule) for hint in check({"acks": "0"})
    }
    reports = []
    producer = confluent_kafka.Producer({"test.mock.num.brokers": "1", "acks": "0"}, logger=SILENT)
    producer.produce(
        "tea", b"x", on_delivery=lambda error, message: reports.append((error, message.offset()))
    )
    assert producer.flush(20) == 0
    assert reports == [(None, None)]


def test_a_linger_beyond_the_default_delivery_timeout_starts_and_takes_no_record():
    config = {"linger.ms": "300000"}
    hint = one(config)
    assert (hint.property, hint.severity, hint.rule) == (
        "linger.ms",
        "error",
        "linger-beyond-default-delivery",
    )
    assert "starts, and refuses every record" in hint.text
    producer = confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", **config}, logger=SILENT)
    with pytest.raises(confluent_kafka.KafkaException) as caught:
        producer.produce("tea", b"x")
    assert caught.value.args[0].code() == confluent_kafka.KafkaError._INVALID_ARG


@pytest.mark.parametrize("text", ["1e3", "5ms", "0x10", "1_000", "nan", "٥", "1.", "5 5", "1.5"])
def test_what_is_no_plain_number_is_refused_though_librdkafka_reads_one_into_it(text):
    hint = one({"batch.size": text})
    assert hint.severity == "error"
    assert hint.rule in {"not-a-number", "number-read-in-part"}
    assert hint.text.startswith(f"batch.size: “{text}” is not a whole number of bytes")


@pytest.mark.parametrize("text", ["-1", "9999999999999999999", "1.5", "soon", ""])
def test_max_block_ms_is_kwb_s_own_and_checked_like_java_s(text):
    assert one({"max.block.ms": text}).severity == "error"
    with pytest.raises(InputError, match=r"^max\.block\.ms: "):
        resolve({"max.block.ms": text})


def test_a_property_under_two_names_is_an_error():
    config = {"queue.buffering.max.ms": "5", "linger.ms": "7"}
    hint = one(config)
    assert (hint.property, hint.rule) == ("linger.ms", "given-twice")
    with pytest.raises(InputError, match=r"queue\.buffering\.max\.ms and linger\.ms are one property"):
        resolve(config)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acsk", "acsk: unknown property; did you mean acks?"),
        ("linger_ms", "linger_ms: unknown property; did you mean linger.ms?"),
        ("Batch.Size", "Batch.Size: unknown property; did you mean batch.size?"),
        ("delivery.timeout", "delivery.timeout: unknown property; did you mean delivery.timeout.ms?"),
        ("buffer.memroy", "buffer.memroy: unknown property; did you mean buffer.memory?"),
        ("xyzzy", "xyzzy: unknown property"),
        ("buffer.memory", "buffer.memory: Java only; librdkafka has queue.buffering.max.kbytes"),
        ("max.request.size", "max.request.size: Java only; librdkafka has message.max.bytes"),
        (
            "partitioner.class",
            "partitioner.class: the client's own is partitioner; Java's, or yours, is partitioner in [send]",
        ),
        ("schema.registry.url", "schema.registry.url: say it as url in [registry]"),
        ("group.id", "group.id: a consumer's property; a producer has no use for it"),
        ("auto.offset.reset", "auto.offset.reset: a consumer's property; a producer has no use for it"),
        ("bootstrap.servers", "bootstrap.servers: say it once, as bootstrap_servers in [cluster]"),
        ("transactional.id", "transactional.id: kwb sends no transactions"),
        ("error_cb", "error_cb: only a program can set it, in code; a config cannot hold it"),
    ],
)
def test_a_name_no_producer_of_kwb_takes_is_refused_with_the_mend(name, said):
    assert name not in known_names()
    assert wrong_with(name, "5") == said
    with pytest.raises(InputError) as caught:
        resolve({name: "secret-value"})
    assert str(caught.value) == said


def test_a_scenario_cannot_make_the_client_load_or_run_code():
    for name in ("plugin.library.paths", "ssl.engine.location", "ssl.providers", "sasl.kerberos.kinit.cmd"):
        with pytest.raises(InputError, match="of a scenario kwb runs only"):
            resolve({name: "/tmp/x"})


def test_every_known_name_is_free_of_complaint():
    for name in known_names():
        item = property_named(name)
        text = item.default or (item.choices[0] if item.choices else "10")
        assert wrong_with(name, text) is None


@pytest.mark.parametrize(
    ("config", "rule", "short"),
    [
        ({"partitioner": "murmur3"}, "not-a-choice", "one of consistent_random"),
        ({"partitioner": "MURMUR2"}, "not-a-choice", "one of consistent_random"),
        ({"socket.timeout.ms": "9"}, "out-of-range", "9 is not in 10 … 300000"),
        ({"retry.backoff.ms": "0"}, "out-of-range", "0 is not in 1 … 300000"),
        ({"compression.level": "13"}, "out-of-range", "13 is not in -1 … 12"),
        ({"retries": "many"}, "not-a-number", "“many” is not a whole number"),
        ({"socket.keepalive.enable": "on"}, "not-a-choice", "one of true, false"),
        ({"security.protocol": "tls"}, "not-a-choice", "one of plaintext, ssl, sasl_plaintext"),
    ],
    ids=str,
)
def test_a_value_beyond_the_essentials_is_looked_at_too(config, rule, short):
    hint = one(config)
    assert (hint.severity, hint.rule) == ("error", rule)
    assert short in hint.short
    assert client_refuses(config) is not None


def test_spellings_that_both_clients_or_the_only_one_take_get_no_hint():
    config = {"security.protocol": "PLAINTEXT", "broker.address.family": "V4", "socket.nagle.disable": "T"}
    assert [hint for hint in check(config) if hint.clients or hint.property in config] == []
    assert client_refuses(config) is None


def test_a_password_keeps_its_last_space():
    assert resolve({"sasl.password": "tea ", "retries": " 3 "}).client == {
        "sasl.password": "tea ",
        "retries": "3",
    }


def test_hints_stand_by_their_property_and_several_at_once():
    config = {"enable.idempotence": "true", "acks": "0", IN_FLIGHT: "9", "linger.ms": "x", "tea": "1"}
    by_property = {(hint.property, hint.severity) for hint in check(config) if hint.name}
    assert by_property == {
        ("linger.ms", "error"),
        ("tea", "error"),
        ("acks", "info"),
        ("enable.idempotence", "info"),
        ("acks", "error"),
        (IN_FLIGHT, "error"),
    }
