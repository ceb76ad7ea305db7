"""The catalogue's Java side held against ProducerConfig.configDef(), and what to_java makes against its constructor."""

import logging
import subprocess

import confluent_kafka
import pytest

from workbench.clusters.apache.jars import classpath
from workbench.dev.facts import java_facts
from workbench.producer_config import all_properties, java_standing, to_java, to_librdkafka
from workbench.producer_config.catalogue import client_facts

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(240)]

FACTS = client_facts("java")
SERIALIZERS = dict.fromkeys(
    ("key.serializer", "value.serializer"), "org.apache.kafka.common.serialization.ByteArraySerializer"
)
PROGRAM = """
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.config.*;

public class Tried {
    public static void main(String[] arguments) {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String[] parts = lines.nextLine().split("\\t", -1);
            System.out.println(parts[0].equals("value") ? value(parts[1], parts[2]) : producer(parts));
        }
    }

    /** Whether the definition takes this text for this property. */
    static String value(String name, String text) {
        ConfigDef.ConfigKey key = ProducerConfig.configDef().configKeys().get(name);
        try {
            Object parsed = ConfigDef.parseType(name, text, key.type);
            if (key.validator != null)
                key.validator.ensureValid(name, parsed);
            return "accepts";
        } catch (ConfigException refused) {
            return "refuses";
        }
    }

    /** How the producer stands with this config, or that it refuses. */
    static String producer(String[] pairs) {
        Properties config = new Properties();
        config.put("bootstrap.servers", "127.0.0.1:1");
        for (int at = 1; at < pairs.length; at++)
            config.put(pairs[at].substring(0, pairs[at].indexOf('=')), pairs[at].substring(pairs[at].indexOf('=') + 1));
        try (KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(config)) {
            ProducerConfig stands = new ProducerConfig(config);
            StringJoiner told = new StringJoiner("\\t", "stands\\t", "");
            for (String name : List.of("enable.idempotence", "reconnect.backoff.max.ms"))
                told.add(name + "=" + stands.values().get(name));
            return told.toString();
        } catch (RuntimeException refused) {
            Throwable cause = refused.getCause() == null ? refused : refused.getCause();
            return "refuses " + String.valueOf(cause.getMessage()).replace("\\n", " ");
        }
    }
}
"""


def values():
    """(name, text, whether it is to be taken)."""
    for facts in FACTS.properties:
        if facts.low is not None:
            low, high = facts.low, facts.high
            yield from ((facts.name, str(text), True) for text in (low, high, *facts.also))
            step = 1 if facts.kind == "int" else 0.01
            yield from (
                (facts.name, str(text), False)
                for text in (low - step, high + step)
                if str(text) not in facts.also
            )
        if facts.kind == "int":
            yield from ((facts.name, text, False) for text in ("1.5", "soon", "", "9223372036854775808"))
        for choice in facts.choices:
            yield facts.name, choice, True
            other = choice.swapcase()
            if other != choice:
                yield facts.name, other, facts.any_case
        if facts.kind in {"choice", "bool"}:
            yield facts.name, "nonsense", False
        if facts.kind == "bool":
            yield from ((facts.name, text, True) for text in ("true", "FALSE"))
            yield from ((facts.name, text, False) for text in ("1", "t", "yes"))
        if facts.default is not None and facts.kind != "class":
            yield facts.name, facts.default, True


LIBRDKAFKA_CONFIGS = [
    {},
    {"acks": "1"},
    {"acks": "0", "compression.type": "LZ4", "compression.level": "9"},
    {"enable.idempotence": "true"},
    {"max.in.flight": "1000", "enable.idempotence": "false"},
    {"message.timeout.ms": "0"},
    {"message.timeout.ms": "1000", "linger.ms": "500"},
    {"message.timeout.ms": "1000", "socket.timeout.ms": "60000"},
    {"message.timeout.ms": "3", "linger.ms": "0.5"},
    {"queue.buffering.max.kbytes": "2147483647", "message.max.bytes": "1000000000"},
    {"reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "20"},
    {"partitioner": "random", "sticky.partitioning.linger.ms": "0"},
    {"partitioner": "murmur2_random"},
    {"topic.metadata.refresh.interval.ms": "-1", "connections.max.idle.ms": "0"},
    {
        "security.protocol": "sasl_plaintext",
        "sasl.mechanisms": "PLAIN",
        "sasl.username": 'a"b',
        "sasl.password": "\\\\ ;=",
    },
    {
        "security.protocol": "sasl_plaintext",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": "tea",
        "sasl.password": "pot",
    },
    {"security.protocol": "SSL", "ssl.endpoint.identification.algorithm": "none"},
    {"compression.codec": "zstd", "compression.level": "12"},
    {"compression.codec": "gzip", "compression.level": "0"},
    {"transactional.id": "tea", "transaction.timeout.ms": "10000"},
    {"socket.send.buffer.bytes": "0", "client.id": "", "retries": "0"},
]
JAVA_CONFIGS = [
    {},
    {"acks": "1"},
    {"acks": "-1"},
    {"retries": "0"},
    {"acks": "0", "enable.idempotence": "false"},
    {"transactional.id": "tea"},
    {"reconnect.backoff.ms": "20000"},
    {"reconnect.backoff.max.ms": "20"},
]


@pytest.fixture(scope="module")
def answers(kafka_libs, tmp_path_factory):
    """The program's line for each of `values()`, LIBRDKAFKA_CONFIGS twice and JAVA_CONFIGS."""
    source = tmp_path_factory.mktemp("java") / "Tried.java"
    source.write_text(PROGRAM)
    configs = [to_java(config).config for config in LIBRDKAFKA_CONFIGS]
    configs += [to_java(config, with_defaults=True).config for config in LIBRDKAFKA_CONFIGS]
    configs += JAVA_CONFIGS
    lines = [f"value\t{name}\t{text}" for name, text, _ in values()]
    lines += [
        "\t".join(("config", *(f"{k}={v}" for k, v in {**SERIALIZERS, **config}.items())))
        for config in configs
    ]
    done = subprocess.run(
        ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classpath(kafka_libs), str(source)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    told = done.stdout.splitlines()
    assert len(told) == len(lines), done.stdout[-500:] + done.stderr[-500:]
    return told


async def test_the_file_is_what_producer_config_says(kafka_libs):
    """`python -m workbench.dev facts` writes it anew."""
    assert await java_facts() == FACTS


def test_there_are_112_and_none_is_missing_in_the_catalogue():
    assert len(FACTS.properties) == 112
    assert {item.java for item in all_properties() if item.java} == set(FACTS.properties)


def test_java_takes_what_the_facts_say_and_nothing_beyond(answers):
    tried = list(values())
    assert len(tried) > 400
    wrong = [
        (name, text, answer)
        for (name, text, taken), answer in zip(tried, answers, strict=False)
        if answer != ("accepts" if taken else "refuses")
    ]
    assert wrong == []


def test_what_is_translated_to_java_its_producer_takes(answers):
    told = answers[len(list(values())) :][: 2 * len(LIBRDKAFKA_CONFIGS)]
    refused = [
        (config, answer)
        for config, answer in zip(LIBRDKAFKA_CONFIGS * 2, told, strict=True)
        if answer.startswith("refuses")
    ]
    assert refused == []


def test_java_comes_to_stand_as_foretold(answers):
    for config, answer in zip(JAVA_CONFIGS, answers[-len(JAVA_CONFIGS) :], strict=True):
        assert answer.startswith("stands"), (config, answer)
        stands = dict(pair.split("=") for pair in answer.split("\t")[1:])
        foretold = java_standing(config)
        assert {name: foretold[name] for name in stands} == stands, config


def _keystore(folder, kind):
    path = folder / f"tea.{kind}"
    made = ["keytool", "-genkeypair", "-alias", "tea", "-keyalg", "EC", "-dname", "CN=tea", "-keystore", path]
    subprocess.run(
        [*made, "-storetype", kind, "-storepass", "teapot"], check=True, capture_output=True, timeout=60
    )
    return path


def test_librdkafka_reads_java_s_pkcs12_and_is_not_given_its_jks(kafka_libs, tmp_path):
    silent = logging.getLogger("tests.silent")
    silent.addFilter(lambda record: False)
    config = {"security.protocol": "SSL", "ssl.keystore.password": "teapot", "ssl.keystore.type": "PKCS12"}
    config["ssl.keystore.location"] = str(_keystore(tmp_path, "PKCS12"))
    made = to_librdkafka(config).config
    confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", **made}, logger=silent)
    assert to_java(made).config == config
    jks = {**config, "ssl.keystore.type": "JKS", "ssl.keystore.location": str(_keystore(tmp_path, "JKS"))}
    assert to_librdkafka(jks).config == {"security.protocol": "ssl"}
    with pytest.raises(confluent_kafka.KafkaException):
        confluent_kafka.Producer(
            {**made, "ssl.keystore.location": jks["ssl.keystore.location"]}, logger=silent
        )
