import subprocess
import sys

import pytest

from workbench.errors import InputError
from workbench.producer_config import (
    check,
    effective,
    essentials,
    mask_secrets,
    promise,
    resolve,
)

IN_FLIGHT = "max.in.flight.requests.per.connection"


def test_it_loads_no_client_and_no_jinja2():
    code = (
        "import sys, workbench.producer_config as c\n"
        "c.check({'acks': '1', 'tea': '2'}); c.known_names(); c.promise({}, 3, 2)\n"
        "assert not {'confluent_kafka', 'jinja2', 'textual'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_resolve_gives_the_client_its_own_names_and_keeps_max_block():
    resolved = resolve({"acks": " 1", "message.timeout.ms": "9000", "max.block.ms": "50", "retries": "3"})
    assert resolved.client == {"acks": "1", "delivery.timeout.ms": "9000", "retries": "3"}
    assert resolved.max_block_ms == 50
    assert resolve({}).client == {}
    assert resolve({}).max_block_ms == 60_000


def test_resolve_leaves_what_does_not_go_together_to_the_client():
    config = {"enable.idempotence": "true", "acks": "1"}
    assert resolve(config).client == config


def test_effective_fills_in_the_ten_and_keeps_the_rest():
    told = effective({"retries": "3", "max.in.flight": "2", "acks": "-1"})
    assert set(told) == {item.name for item in essentials()} | {"retries"}
    assert (told["acks"], told[IN_FLIGHT], told["retries"], told["max.block.ms"]) == (
        "all",
        "2",
        "3",
        "60000",
    )


def test_effective_keeps_what_cannot_be_read():
    told = effective({"linger.ms": "soon", "enable.idempotence": "perhaps", "delivery.timeout.ms": ""})
    assert (told["linger.ms"], told["enable.idempotence"]) == ("soon", "perhaps")
    assert told["delivery.timeout.ms"] == "300000"


JAVA = {item.name: item.java_default for item in essentials() if item.java_default}


def test_java_s_defaults_where_librdkafka_has_a_word_for_them():
    told = effective({"defaults": "java"})
    assert told == {
        **JAVA,
        "client.id": "rdkafka",
        "partitioner": "murmur2_random",
        "socket.timeout.ms": "30000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "1000",
        "socket.connection.setup.timeout.ms": "10000",
        "connections.max.idle.ms": "540000",
        "socket.send.buffer.bytes": "131072",
        "socket.receive.buffer.bytes": "32768",
        "message.max.bytes": "1048576",
        "queue.buffering.max.kbytes": "32768",
        "queue.buffering.max.messages": "0",
    }
    assert "defaults" not in resolve({"defaults": "java"}).client
    assert resolve({"defaults": "librdkafka", "acks": "1"}).client == {"acks": "1"}
    assert check({"defaults": "java"}) == []


def test_java_s_reconnect_backoff_alone_is_its_own_maximum():
    assert (
        effective({"defaults": "java", "reconnect.backoff.ms": "2000"})["reconnect.backoff.max.ms"] == "2000"
    )


def test_what_is_named_stands_before_java_s_defaults():
    client = resolve({"defaults": "java", "queue.buffering.max.ms": "0", "batch.size": "99"}).client
    assert (client["linger.ms"], client["batch.size"], client["partitioner"]) == ("0", "99", "murmur2_random")
    assert "queue.buffering.max.ms" not in client


@pytest.mark.parametrize("said", [{"acks": "1"}, {"acks": "0"}, {"retries": "0"}])
def test_as_in_java_idempotence_that_nobody_asked_for_gives_way(said):
    assert effective({"defaults": "java", **said})["enable.idempotence"] == "false"
    assert (
        effective({"defaults": "java", "enable.idempotence": "true", **said})["enable.idempotence"] == "true"
    )


def test_as_in_java_six_in_flight_do_not_turn_idempotence_off():
    errors = [
        hint.rule for hint in check({"defaults": "java", "max.in.flight": "6"}) if hint.severity == "error"
    ]
    assert errors == ["idempotence-allows-5-in-flight"]


def test_as_in_java_a_delivery_timeout_that_nobody_set_leaves_room_for_linger_and_request():
    assert effective({"defaults": "java", "linger.ms": "120001"})["delivery.timeout.ms"] == "150001"
    hints = {hint.rule for hint in check({"defaults": "java", "linger.ms": "120001"})}
    assert hints == {"no-time-for-a-retry"}


def test_defaults_of_nobody_are_refused():
    with pytest.raises(InputError, match="is none of java, librdkafka"):
        resolve({"defaults": "scala"})


def test_secrets_are_hidden():
    secret = {
        "sasl.password": "tea",
        "sasl.jaas.config": "tea",
        "ssl.key.password": "tea",
        "ssl.key.pem": "tea",
        "ssl.keystore.password": "tea",
        "ssl.keystore.key": "tea",
        "sasl.oauthbearer.client.secret": "tea",
        "sasl.oauthbearer.client.credentials.client.secret": "tea",
        "sasl.oauthbearer.config": "tea",
        "sasl.oauthbearer.assertion.private.key.pem": "tea",
        "sasl.oauthbearer.assertion.private.key.passphrase": "tea",
    }
    assert set(mask_secrets(secret).values()) == {"[hidden]"}
    address = {"sasl.oauthbearer.token.endpoint.url": "https://me:tea@host/token"}
    assert mask_secrets(address) == {"sasl.oauthbearer.token.endpoint.url": "https://[hidden]@host/token"}


def test_what_is_no_secret_is_shown():
    shown = {
        "acks": "1",
        "sasl.username": "me",
        "sasl.mechanism": "PLAIN",
        "ssl.ca.location": "/etc/ca.pem",
        "client.id": "tea",
        "partitioner": "murmur2",
        "sasl.password": "",
    }
    assert mask_secrets(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        r'x.PlainLoginModule required username="tea" password="p\"ot";',
        "x.PlainLoginModule required password=pot ;",
        "x.Login required clientSecret = 'pot'",
        r'password="p\"ot',
    ],
)
def test_a_password_among_options_is_hidden_whatever_the_property(text):
    said = mask_secrets({"sasl.jass.config": text})["sasl.jass.config"]
    assert "ot" not in said
    assert "[hidden]" in said
    assert "PlainLoginModule required" in said or "PlainLoginModule" not in text


def kept(config, replication_factor=3, min_isr=2):
    made = promise(config, replication_factor, min_isr)
    return made.survives, made.once, made.ordered


IDEMPOTENT = {"enable.idempotence": "true"}


@pytest.mark.parametrize(
    ("config", "marks"),
    [
        ({}, (1, False, False)),
        (IDEMPOTENT, (1, True, True)),
        ({**IDEMPOTENT, "max.in.flight": "1"}, (1, True, True)),
        ({"max.in.flight": "1"}, (1, False, True)),
        ({"max.in.flight": "5"}, (1, False, False)),
        ({"retries": "0"}, (1, True, True)),
        ({"message.send.max.retries": "0"}, (1, True, True)),
        ({"max.in.flight": "1", "queuing.strategy": "lifo"}, (1, False, False)),
        ({"acks": "1"}, (0, False, False)),
        ({"acks": "0"}, (0, False, False)),
        ({"acks": "2"}, (0, False, False)),
        ({"defaults": "java"}, (1, True, True)),
        ({"defaults": "java", "acks": "1"}, (0, False, False)),
    ],
    ids=str,
)
def test_what_three_replicas_and_two_in_sync_promise(config, marks):
    assert kept(config) == marks


@pytest.mark.parametrize(
    ("replication_factor", "min_isr", "survives"),
    [(1, 1, 0), (3, 1, 0), (3, 3, 2), (2, 3, 1), (1, 2, 0), (5, 4, 3)],
)
def test_an_acked_record_is_on_as_many_replicas_as_must_be_in_sync(replication_factor, min_isr, survives):
    assert promise(IDEMPOTENT, replication_factor, min_isr).survives == survives
    assert promise({"acks": "1"}, replication_factor, min_isr).survives == 0


@pytest.mark.parametrize(
    ("config", "cluster", "head", "sentences"),
    [
        (
            IDEMPOTENT,
            (3, 2),
            "acks=all · idempotent",
            (
                "acked records survive one broker; order kept per partition",
                "survives 1 broker, in order",
                "survives 1, in order",
            ),
        ),
        (
            {},
            (3, 3),
            "acks=all",
            (
                "acked records survive two brokers; a retry may store twice and break the order",
                "survives 2 brokers, retries may reorder",
                "survives 2, order at risk",
            ),
        ),
        (
            {"acks": "1"},
            (3, 2),
            "acks=1",
            (
                "an acked record can be lost with its leader; a retry may store twice and break the order",
                "can be lost with the leader, retries may reorder",
                "survives 0, order at risk",
            ),
        ),
        (
            {"acks": "0"},
            (3, 2),
            "acks=0",
            (
                "nobody confirms a record: a loss goes unseen",
                "no confirmation, no proof",
                "unconfirmed",
            ),
        ),
        (
            {"acks": "all", "max.in.flight": "1"},
            (3, 1),
            "acks=all",
            (
                "acked may mean on one broker only (min.insync.replicas 1); order kept, but a retry may store twice",
                "perhaps on 1 broker only, in order, perhaps twice",
                "survives 0, in order",
            ),
        ),
        (
            IDEMPOTENT,
            (1, 1),
            "acks=all · idempotent",
            (
                "an acked record is on one broker and dies with it; order kept per partition",
                "on 1 broker only, in order",
                "survives 0, in order",
            ),
        ),
    ],
    ids=str,
)
def test_a_promise_in_words(config, cluster, head, sentences):
    made = promise(config, *cluster)
    assert (made.head, made.sentences) == (head, sentences)
    assert [len(text) for text in sentences] == sorted((len(text) for text in sentences), reverse=True)
