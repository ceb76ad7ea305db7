"""What the hints say of Java 4.1.0, provoked from KafkaProducer's own constructor."""

import shutil
import subprocess

import pytest

from workbench.clusters.apache.jars import find_jars
from workbench.producer_config import check

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(180)]

PROGRAM = """
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Tried {
    public static void main(String[] arguments) {
        System.out.println("version " + org.apache.kafka.common.utils.AppInfoParser.getVersion());
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            Properties config = new Properties();
            config.put("bootstrap.servers", "127.0.0.1:1");
            config.put("key.serializer", ByteArraySerializer.class.getName());
            config.put("value.serializer", ByteArraySerializer.class.getName());
            for (String pair : lines.nextLine().split("\\t"))
                if (!pair.isEmpty())
                    config.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
                System.out.println("accepts");
            } catch (RuntimeException refused) {
                System.out.println("refuses");
            }
        }
    }
}
"""

IN_FLIGHT = "max.in.flight.requests.per.connection"
TRIED = [
    {},
    {"acks": "-1"},
    {"acks": "many"},
    {"acks": "1001"},
    {"acks": "2"},
    {"acks": "ALL"},
    {"acks": " 1"},
    {"enable.idempotence": "TRUE"},
    {"enable.idempotence": "yes"},
    {"enable.idempotence": "1"},
    {"enable.idempotence": "t"},
    {"enable.idempotence": "true", "acks": "1"},
    {"enable.idempotence": "true", IN_FLIGHT: "6"},
    {"enable.idempotence": "true", IN_FLIGHT: "5", "acks": "all"},
    {"enable.idempotence": "false", IN_FLIGHT: "6", "acks": "1"},
    {"compression.type": "GZIP"},
    {"compression.type": "inherit"},
    {"compression.type": "zstd"},
    {"linger.ms": "0.5"},
    {"linger.ms": " 7"},
    {"batch.size": "1e3"},
    {"delivery.timeout.ms": "30004"},
    {"delivery.timeout.ms": "30005"},
    {"delivery.timeout.ms": "0"},
    {"delivery.timeout.ms": "1000", "linger.ms": "500"},
    {"max.block.ms": "0"},
    {"max.block.ms": "-1"},
    {"max.block.ms": "1.5"},
    {"client.id": ""},
]
GIVES_WAY = [
    ({"acks": "1"}, "accepts"),
    ({"acks": "0"}, "accepts"),
    ({"retries": "0"}, "accepts"),
    ({"linger.ms": "120001"}, "accepts"),
    ({"acks": "1", IN_FLIGHT: "6"}, "refuses"),
    ({IN_FLIGHT: "6"}, "refuses"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """The program's lines for TRIED, then GIVES_WAY."""
    jars = find_jars()
    if jars is None or shutil.which("java") is None:
        pytest.skip("needs Java 17 and Kafka's jars")
    source = tmp_path_factory.mktemp("java") / "Tried.java"
    source.write_text(PROGRAM)
    configs = [*TRIED, *(config for config, _ in GIVES_WAY)]
    lines = ["\t".join(f"{name}={text}" for name, text in config.items()) for config in configs]
    done = subprocess.run(
        ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", f"{jars}/*", str(source)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=150,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def verdicts(said):
    return [line for line in said if line in {"accepts", "refuses"}]


def test_the_facts_are_of_this_java_client(said):
    assert said[0] == "version 4.1.0"


def test_java_refuses_where_a_hint_says_so_and_nowhere_else(verdicts):
    for config, verdict in zip(TRIED, verdicts, strict=False):
        own = any("Java" in hint.clients or hint.severity == "error" for hint in check(config))
        assert verdict == ("refuses" if own else "accepts"), config


def test_java_s_own_defaults_give_way_as_ours_do(verdicts):
    tried = verdicts[len(TRIED) :]
    assert tried == [verdict for _, verdict in GIVES_WAY]
    for config, verdict in GIVES_WAY:
        errors = [hint for hint in check({"defaults": "java", **config}) if hint.severity == "error"]
        assert bool(errors) == (verdict == "refuses"), config
