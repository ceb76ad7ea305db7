"""From Java to librdkafka and back: what keeps its meaning, what is said of the rest, what librdkafka takes."""

import logging
import string

import confluent_kafka
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.model.record import JAVA_CLASSES
from workbench.producer_config import all_properties, java_standing, property_named, to_java, to_librdkafka
from workbench.producer_config.translation import jaas, java_defaults
from workbench.serde import registry

SILENT = logging.getLogger("tests.silent")
SILENT.addFilter(lambda record: False)
IN_FLIGHT = "max.in.flight.requests.per.connection"
APACHE = "org.apache.kafka.common.serialization."
PRODUCER = "org.apache.kafka.clients.producer."
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
OFTEN = settings(max_examples=100, deadline=None, derandomize=True, database=None)


WORST_LAST = ["mapped", "emulated", "approximated", "impossible"]


def kinds(translation):
    """The worst that is said of each property."""
    return {
        note.property: note.kind
        for note in sorted(translation.notes, key=lambda note: WORST_LAST.index(note.kind))
    }


def said(translation, name):
    return [note.sentence for note in translation.notes if note.property == name]


def client_refuses(config):
    """What librdkafka says to this config, or None where it starts."""
    try:
        confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", **config}, logger=SILENT)
    except confluent_kafka.KafkaException as error:
        return error.args[0].str()
    return None


# ── any config of Java's ──────────────────────────────────────────────────────────────────────────

TIED = {
    "bootstrap.servers",
    "delivery.timeout.ms",
    "enable.idempotence",
    "acks",
    "retries",
    IN_FLIGHT,
    "transactional.id",
    "transaction.timeout.ms",
    "linger.ms",
    "request.timeout.ms",
    "security.protocol",
    "sasl.mechanism",
    "sasl.jaas.config",
}
WORDS = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=12)
ANYTHING = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)


def written(amounts):
    return amounts.map(str)


def numbers(item, *, shared):
    """Java's range, or only what librdkafka can say too."""
    facts = item.java
    low, high = facts.low, facts.high
    if shared:
        other = property_named(_SHARED.get(item.name, item.name)).librdkafka
        low, high = max(low, other.low, 1), min(high, other.high)
    return written(st.integers(low, high) | st.sampled_from([low, high]))


_SHARED = {
    "max.request.size": "message.max.bytes",
    "send.buffer.bytes": "socket.send.buffer.bytes",
    "receive.buffer.bytes": "socket.receive.buffer.bytes",
    "metadata.max.age.ms": "topic.metadata.refresh.interval.ms",
}
_HAS_NO_LIKENESS = {item.name for item in all_properties() if item.java and not item.librdkafka} - set(
    _SHARED
)


@st.composite
def tied(draw, *, most_linger, most_request):
    """Properties that Java wants to go together, as it takes them."""
    config = {}
    linger = draw(st.none() | st.integers(0, most_linger))
    request = draw(st.none() | st.integers(10, most_request))
    least = (5 if linger is None else linger) + (30_000 if request is None else request)
    delivery = draw(st.none() | st.integers(least, 2**31 - 1) | st.just(least))
    for name, amount in (
        ("linger.ms", linger),
        ("request.timeout.ms", request),
        ("delivery.timeout.ms", delivery),
    ):
        if amount is not None:
            config[name] = str(amount)
    match draw(st.sampled_from(["unsaid", "idempotent", "not", "transactional"])):
        case "idempotent":
            config |= {"enable.idempotence": draw(st.sampled_from(["true", "TRUE"]))}
            config |= draw(st.fixed_dictionaries({}, optional={"acks": st.sampled_from(["all", "-1"])}))
            config |= draw(st.fixed_dictionaries({}, optional={IN_FLIGHT: written(st.integers(1, 5))}))
            config |= draw(
                st.fixed_dictionaries({}, optional={"retries": written(st.integers(1, 2**31 - 1))})
            )
        case "transactional":
            config["transactional.id"] = draw(WORDS)
            timeout = st.integers(1000, 2**31 - 1)
            config |= draw(st.fixed_dictionaries({}, optional={"transaction.timeout.ms": written(timeout)}))
        case kind:
            if kind == "not":
                config["enable.idempotence"] = "false"
                config |= draw(
                    st.fixed_dictionaries({}, optional={IN_FLIGHT: written(st.integers(1, 10**6))})
                )
            config |= draw(
                st.fixed_dictionaries({}, optional={"acks": st.sampled_from(["all", "-1", "0", "1"])})
            )
            config |= draw(
                st.fixed_dictionaries({}, optional={"retries": written(st.integers(0, 2**31 - 1))})
            )
    return config


@st.composite
def logins(draw):
    mechanism = draw(st.sampled_from(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]))
    user = draw(ANYTHING.filter(bool))
    line = jaas.written(
        PLAIN if mechanism == "PLAIN" else SCRAM, {"username": user, "password": draw(ANYTHING.filter(bool))}
    )
    protocol = draw(st.sampled_from(["SASL_PLAINTEXT", "sasl_ssl"]))
    return {"security.protocol": protocol, "sasl.mechanism": mechanism, "sasl.jaas.config": line}


def by_itself(item, *, shared):
    """What may stand there whatever stands elsewhere; None for what is not tried here."""
    if item.java is None or item.name in TIED or item.group in {"TLS", "OAuth"} or "kinit" in item.name:
        return None
    if shared and (item.name in _HAS_NO_LIKENESS or item.name.startswith("reconnect")):
        return None
    found = {
        "int": lambda: numbers(item, shared=shared),
        "bool": lambda: st.sampled_from(["true", "false"]),
        "choice": lambda: st.sampled_from(item.java.choices),
        "text": lambda: WORDS,
        "list": lambda: WORDS,
    }.get(item.java.kind)
    return found and found()


def configs(*, shared):
    single = {
        item.name: found for item in all_properties() if (found := by_itself(item, shared=shared)) is not None
    }
    more = {
        "key.serializer": st.sampled_from(
            [f"{APACHE}{kind}Serializer" for kind in ("String", "ByteArray", "Integer")]
        ),
        "buffer.memory": written(st.integers(1, 2**31 - 1).map(lambda kib: kib * 1024)),
        "max.block.ms": written(st.integers(0, 2**31 - 1)),
        "partitioner.ignore.keys": st.just("false"),
        "compression.gzip.level": st.sampled_from(["-1", "1", "9"]),
        "compression.lz4.level": st.sampled_from(["9", "3", "12"]),
        "compression.zstd.level": st.sampled_from(["1", "3", "12"]),
    }
    if not shared:
        levels = {"gzip": (1, 9), "lz4": (1, 17), "zstd": (-131_072, 22)}
        more |= {f"compression.{name}.level": written(st.integers(*ends)) for name, ends in levels.items()}
        more["partitioner.ignore.keys"] = st.sampled_from(["true", "false"])
    singles = st.fixed_dictionaries({}, optional=single | more)
    times = (
        tied(most_linger=900_000, most_request=300_000)
        if shared
        else tied(most_linger=2**29, most_request=2**29)
    )
    login = st.just({"security.protocol": "PLAINTEXT"}) | logins() if shared else st.just({}) | logins()
    return st.tuples(singles, times, login).map(lambda parts: {**parts[0], **parts[1], **parts[2]})


def in_java_s_words(config):
    """Config values in one form, so that the same meaning is the same text."""
    told = {name: text.strip().lower() if name != "client.id" else text for name, text in config.items()}
    if "sasl.jaas.config" in config:
        told["sasl.jaas.config"] = jaas.parse(config["sasl.jaas.config"])
    return told


NEVER_QUITE_THE_SAME = {"buffer.memory", "socket.connection.setup.timeout.ms"}


@given(configs(shared=True))
@OFTEN
def test_there_and_back_keeps_the_meaning_of_every_mappable_config(config):
    there = to_librdkafka(config)
    bounded = "transactional.id" in config  # its timeout bounds the others in librdkafka only
    losses = {name for name, kind in kinds(there).items() if kind in {"approximated", "impossible"}}
    tied_down = {"delivery.timeout.ms", "request.timeout.ms", "linger.ms", "transaction.timeout.ms"}
    assert losses <= NEVER_QUITE_THE_SAME | (tied_down if bounded else {"linger.ms"})
    losses |= tied_down if losses & tied_down else set()
    back = to_java({**there.config, **there.beside})
    before, after = (in_java_s_words(java_standing(each)) for each in (config, back.config))
    unused = {
        f"compression.{codec}.level"
        for codec in ("gzip", "lz4", "zstd")
        if codec != before["compression.type"]
    }
    for name in set(before) - (losses - NEVER_QUITE_THE_SAME) - unused:
        if name in config or name in back.config:
            assert after[name] == before[name], name


@given(configs(shared=False))
@OFTEN
def test_whatever_java_takes_becomes_what_librdkafka_takes(config):
    assert client_refuses(to_librdkafka(config).config) is None


@given(configs(shared=False))
@OFTEN
def test_with_java_s_defaults_librdkafka_takes_it_too(config):
    assert client_refuses(to_librdkafka(config, with_defaults=True).config) is None


@given(configs(shared=False), st.dictionaries(WORDS, ANYTHING, max_size=3))
@OFTEN
def test_every_property_that_is_given_is_spoken_of_and_secrets_are_not(config, strange):
    given_config = {**strange, **config}
    translation = to_librdkafka(given_config)
    assert {note.property for note in translation.notes} == set(given_config)
    for note in translation.notes:
        assert note.sentence.endswith((".", ";"))
        assert len(note.sentence) < 120
        assert "\n" not in note.sentence
    line = jaas.parse(config.get("sasl.jaas.config", ""))
    if line and len(line.options["password"]) > 4:
        assert not any(line.options["password"] in note.sentence for note in translation.notes)


@given(st.text(max_size=40), st.text(max_size=10))
@OFTEN
def test_nothing_that_is_typed_breaks_it(text, name):
    for item in all_properties():
        for translate in (to_librdkafka, to_java):
            translate({item.name: text, name: text})


@given(st.dictionaries(WORDS, ANYTHING, max_size=4))
@OFTEN
def test_a_login_line_is_read_as_it_was_written(options):
    login = jaas.parse(jaas.written(PLAIN, options))
    assert login == jaas.Login(PLAIN, options)


# ── one by one ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("java", "librdkafka"),
    [
        ({"retry.backoff.ms": "250"}, {"retry.backoff.ms": "250"}),
        ({"acks": "-1"}, {"acks": "-1"}),
        (
            {"buffer.memory": "33554432"},
            {"queue.buffering.max.kbytes": "32768", "queue.buffering.max.messages": "0"},
        ),
        ({"max.request.size": "2000000"}, {"message.max.bytes": "2000000"}),
        ({"delivery.timeout.ms": "90000"}, {"delivery.timeout.ms": "90000"}),
        ({"request.timeout.ms": "15000"}, {"request.timeout.ms": "15000", "socket.timeout.ms": "15000"}),
        ({"metadata.max.age.ms": "60000"}, {"topic.metadata.refresh.interval.ms": "60000"}),
        ({"security.protocol": "SASL_SSL"}, {"security.protocol": "sasl_ssl"}),
        (
            {"reconnect.backoff.ms": "3000"},
            {"reconnect.backoff.ms": "3000", "reconnect.backoff.max.ms": "3000"},
        ),
        (
            {"reconnect.backoff.max.ms": "80"},
            {"reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "80"},
        ),
        ({"connections.max.idle.ms": "-1"}, {"connections.max.idle.ms": "0"}),
        ({"send.buffer.bytes": "-1"}, {"socket.send.buffer.bytes": "0"}),
        ({"ssl.endpoint.identification.algorithm": ""}, {"ssl.endpoint.identification.algorithm": "none"}),
        ({"partitioner.ignore.keys": "false"}, {"partitioner": "murmur2_random"}),
        ({"partitioner.adaptive.partitioning.enable": "false"}, {}),
        (
            {"compression.type": "lz4", "compression.lz4.level": "9"},
            {"compression.type": "lz4", "compression.level": "-1"},
        ),
        ({"compression.type": "zstd", "compression.gzip.level": "3"}, {"compression.type": "zstd"}),
        (
            {
                "sasl.mechanism": "PLAIN",
                "sasl.jaas.config": f'{PLAIN} required username="a" password="b;\\"";',
            },
            {"sasl.mechanism": "PLAIN", "sasl.username": "a", "sasl.password": 'b;"'},
        ),
        (
            {"ssl.keystore.type": "PEM", "ssl.keystore.location": "/both.pem"},
            {"ssl.certificate.location": "/both.pem", "ssl.key.location": "/both.pem"},
        ),
        (
            {"ssl.keystore.type": "PKCS12", "ssl.keystore.location": "/k.p12", "ssl.keystore.password": "x"},
            {"ssl.keystore.location": "/k.p12", "ssl.keystore.password": "x"},
        ),
        (
            {"ssl.truststore.type": "PEM", "ssl.truststore.location": "/ca.pem"},
            {"ssl.ca.location": "/ca.pem"},
        ),
    ],
    ids=str,
)
def test_what_is_mapped(java, librdkafka):
    there = to_librdkafka(java)
    assert there.config == librdkafka
    assert set(kinds(there).values()) <= {"mapped"} | ({"approximated"} if "buffer.memory" in java else set())
    again = java_standing(to_java(there.config).config)
    for name, text in java_standing(java).items():
        if name not in {"sasl.jaas.config", "compression.gzip.level"} and not name.startswith("partitioner"):
            assert again[name] == text or again[name].upper() == text


@pytest.mark.parametrize(
    ("java", "made", "sentence"),
    [
        ({"linger.ms": "3600000"}, {"linger.ms": "900000"}, "librdkafka takes 0 … 900000 only."),
        ({"batch.size": "0"}, {"batch.size": "1"}, "librdkafka takes 1 … 2147483647 only."),
        ({"retry.backoff.ms": "0"}, {"retry.backoff.ms": "1"}, "librdkafka takes 1 … 300000 only."),
        ({"delivery.timeout.ms": "0"}, {"delivery.timeout.ms": "1"}, "librdkafka's 0 is for ever"),
        ({"request.timeout.ms": "5"}, {"request.timeout.ms": "5", "socket.timeout.ms": "10"}, "10 … 300000"),
        (
            {"compression.type": "lz4", "compression.lz4.level": "17"},
            {"compression.level": "12"},
            "highest level is 12",
        ),
        ({"partitioner.ignore.keys": "true"}, {"partitioner": "random"}, "looks at no keys"),
        (
            {"partitioner.class": f"{PRODUCER}RoundRobinPartitioner"},
            {"partitioner": "random", "sticky.partitioning.linger.ms": "0"},
            "even, though not in turn",
        ),
        (
            {"transactional.id": "t", "transaction.timeout.ms": "9000", "delivery.timeout.ms": "60000"},
            {"delivery.timeout.ms": "9000"},
            "within transaction.timeout.ms",
        ),
        (
            {"transactional.id": "t", "transaction.timeout.ms": "2147483548", "request.timeout.ms": "1000"},
            {"transaction.timeout.ms": "2147483547"},
            "librdkafka miscounts it",
        ),
    ],
    ids=str,
)
def test_what_is_approximated_says_how(java, made, sentence):
    there = to_librdkafka(java)
    assert made.items() <= there.config.items()
    assert "approximated" in kinds(there).values()
    assert any(sentence in note.sentence for note in there.notes)
    assert client_refuses(there.config) is None


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"interceptor.classes": "com.tea.Pot"}, "kwb runs no Java"),
        ({"partitioner.class": "com.tea.Pot"}, "its own partitioners only"),
        ({"key.serializer": f"{APACHE}ListSerializer"}, "it has bytes, string, integer, json, long"),
        ({"ssl.keystore.location": "/k.jks", "ssl.keystore.password": "x"}, "keytool -importkeystore"),
        ({"ssl.truststore.location": "/t.jks"}, "keytool -exportcert -rfc"),
        ({"metadata.max.idle.ms": "5000"}, "forgets no topic"),
        ({"sasl.jaas.config": "nonsense"}, "not of the form"),
        ({"linger.ms": "soon"}, "cannot read this value"),
        ({"acks": "2"}, ""),
        ({"buffer.memroy": "1"}, "Java's producer has no such property."),
        ({"queue.buffering.max.ms": "1"}, "Java's producer has no such property."),
    ],
    ids=str,
)
def test_what_is_impossible_says_why(config, sentence):
    there = to_librdkafka(config)
    if config == {"acks": "2"}:  # Java refuses it, librdkafka does not
        assert there.config == config
        return
    assert there.config == {}
    assert set(kinds(there).values()) == {"impossible"}
    assert all(sentence in note.sentence for note in there.notes)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"acks": "2"}, "Java has no such choice."),
        ({"partitioner": "consistent_random"}, "Java has only murmur2"),
        ({"debug": "all"}, "SLF4J"),
        ({"batch.num.messages": "10"}, "bytes only"),
        ({"socket.keepalive.enable": "false"}, "always has keep-alive on"),
        ({"metadata.max.age.ms": "60000"}, "how often it refreshes"),
        ({"ssl.certificate.location": "/a", "ssl.key.location": "/b"}, "in one PEM file"),
        ({"group.id": "tea"}, "librdkafka's producer has no such property."),
    ],
    ids=str,
)
def test_what_java_has_not_says_why(config, sentence):
    back = to_java(config)
    assert back.config == {}
    assert set(kinds(back).values()) == {"impossible"}
    assert all(sentence in note.sentence for note in back.notes)


@pytest.mark.parametrize(
    "config",
    [
        {"socket.keepalive.enable": "true"},
        {"queue.buffering.max.messages": "0"},
        {"queuing.strategy": "fifo"},
    ],
    ids=str,
)
def test_what_java_always_does_needs_no_word(config):
    back = to_java(config)
    assert back.config == {}
    assert set(kinds(back).values()) == {"mapped"}


def test_what_kwb_does_for_librdkafka_stands_beside():
    config = {
        "max.block.ms": "50",
        "key.serializer": f"{APACHE}StringSerializer",
        "value.serializer": f"{APACHE}BytesSerializer",
    }
    there = to_librdkafka(config)
    assert there.config == {}
    assert there.beside == {"max.block.ms": "50", "key_serializer": "string", "value_serializer": "bytes"}
    assert kinds(there)["max.block.ms"] == "emulated"
    assert "kwb itself waits" in said(there, "max.block.ms")[0]
    back = to_java(there.beside)
    assert back.config == {**config, "value.serializer": f"{APACHE}ByteArraySerializer"}


def test_each_of_kwb_s_serializers_has_a_class_and_each_class_a_serializer_kwb_has():
    assert set(JAVA_CLASSES) < set(registry.names())
    for name in JAVA_CLASSES:
        back = to_java({"key_serializer": name})
        assert to_librdkafka(back.config).beside == {"key_serializer": name}


def test_java_s_one_request_timeout_stands_for_both_of_librdkafka_s():
    assert to_java({"socket.timeout.ms": "9000"}).config == {"request.timeout.ms": "9000"}
    both = to_java({"socket.timeout.ms": "9000", "request.timeout.ms": "4000"})
    assert both.config == {"request.timeout.ms": "9000"}
    assert kinds(both) == {"socket.timeout.ms": "mapped", "request.timeout.ms": "approximated"}


def test_no_request_of_librdkafka_s_outlasts_its_delivery_timeout_so_java_s_must_not():
    back = to_java({"message.timeout.ms": "2000", "linger.ms": "500"})
    assert back.config == {"delivery.timeout.ms": "2000", "linger.ms": "500", "request.timeout.ms": "1500"}


def test_tokens_by_openid_there_and_back():
    config = {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "OAUTHBEARER",
        "sasl.jaas.config": "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
        "sasl.login.callback.handler.class": "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        "sasl.oauthbearer.token.endpoint.url": "https://tea.example/token",
        "sasl.oauthbearer.client.credentials.client.id": "me",
        "sasl.oauthbearer.client.credentials.client.secret": "pot",
    }
    there = to_librdkafka(config)
    assert there.config["sasl.oauthbearer.method"] == "oidc"
    assert set(kinds(there).values()) == {"mapped"}
    assert client_refuses(there.config) is None
    assert to_java(there.config).config == config


def test_java_s_defaults_are_those_where_librdkafka_differs():
    made = java_defaults({}).config
    assert made["delivery.timeout.ms"] == "120000"
    assert made["partitioner"] == "murmur2_random"
    assert "linger.ms" not in made
    assert to_librdkafka({}, with_defaults=True).config == made
    assert java_defaults({"acks": "1"}).config.get("enable.idempotence", "false") == "false"
    assert java_defaults({"linger.ms": "200000"}).config["delivery.timeout.ms"] == "230000"
