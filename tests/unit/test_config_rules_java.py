"""What the rules say of Java 4.1.0, tried on KafkaProducer's constructor, from the cases of test_config_rules.py.

The configs go to one JVM, a line each; the answers come back in their order.
"""

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from workbench.clusters.apache.jars import find_jars
from workbench.producer_config import all_properties
from workbench.producer_config.rules import KnownTopic, lint

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(300)]

PROGRAM = """
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.KafkaException;

public class Ruled {
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(org.apache.kafka.common.utils.AppInfoParser.getVersion());
        Scanner lines = new Scanner(System.in, "UTF-8").useDelimiter("\\n");
        while (lines.hasNext()) {
            Properties config = new Properties();
            for (String pair : lines.next().split("\\t"))
                if (!pair.isEmpty())
                    config.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            String said = "accepts";
            try {
                KafkaProducer<Object, Object> producer = new KafkaProducer<>(config);
                // with a backoff of weeks it does not close before that
                Thread closing = new Thread(() -> producer.close(java.time.Duration.ZERO));
                closing.setDaemon(true);
                closing.start();
                closing.join(500);
            } catch (KafkaException refused) {
                Throwable cause = refused.getCause() == null ? refused : refused.getCause();
                said = "refuses " + String.valueOf(cause.getMessage()).replaceAll("\\\\s+", " ");
            }
            System.out.println(said);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
"""
SERIALIZER = "org.apache.kafka.common.serialization.ByteArraySerializer"
WHOLE = {"bootstrap.servers": "127.0.0.1:1", "key.serializer": SERIALIZER, "value.serializer": SERIALIZER}
CASES = [
    case
    for case in json.loads(Path(__file__).with_name("config_rule_cases.json").read_text(encoding="utf-8"))
    if case["client"] == "java"
]
OPTIONS = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-Dfile.encoding=UTF-8"]
RANDOM_CONFIGS = 400
FILES_AND_LOGINS = (
    "ssl.",
    "sasl.",
    "security.",
    "metric.reporters",
    "interceptor.classes",
    "bootstrap.servers",
)
"""What names files, classes and accounts, which no random text is."""


def whole(case, which):
    given = {**WHOLE, **case[which]}
    return {name: text for name, text in given.items() if text is not None}


def errors_in(config, case=None, which="bad"):
    topic = (case or {}).get("topic" if which == "bad" else "good_topic") or {}
    hints = lint(config, "java", topic=KnownTopic(**topic))
    return [hint.rule for hint in hints if hint.severity == "error"]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    jars = find_jars()
    if jars is None or shutil.which("java") is None:
        pytest.skip("needs Java 17 and Kafka's jars")
    source = tmp_path_factory.mktemp("java") / "Ruled.java"
    source.write_text(PROGRAM)

    def asked(configs):
        lines = ["\t".join(f"{name}={text}" for name, text in config.items()) for config in configs]
        done = subprocess.run(
            ["java", *OPTIONS, "-cp", f"{jars}/*", str(source)],
            input="\n".join(lines) + "\n",
            capture_output=True,
            encoding="utf-8",
            timeout=280,
            check=True,
        )
        version, *answers = done.stdout.splitlines()
        assert version == "4.1.0"
        assert len(answers) == len(configs)
        return answers

    return asked


def test_an_error_is_what_java_refuses_and_the_near_miss_is_taken(ask):
    tried = [(case, which) for case in CASES for which in ("bad", "good")]
    answers = ask([whole(case, which) for case, which in tried])
    wrong = []
    for (case, which), answer in zip(tried, answers, strict=True):
        errors = errors_in(whole(case, which), case, which)
        elsewhere = case["rule"] in {"kerberos-needs-service", "sasl-needs-jaas", "mechanism-not-said"}
        if elsewhere or bool(errors) == answer.startswith("refuses"):
            continue
        wrong.append((case["rule"], which, case[which], errors, answer))
    assert wrong == []


def test_without_a_login_java_does_not_start(ask):
    """A warning only: the JVM may have a file for it."""
    config = {**WHOLE, "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"}
    assert "sasl-needs-jaas" in {hint.rule for hint in lint(config, "java")}
    (answer,) = ask([config])
    assert answer.startswith("refuses")


def any_text(item, facts, draw):
    """A value near the edge of what the property takes; often one that it does not."""
    if facts.kind in {"int", "float"}:
        edges = [facts.low, facts.high, *(int(text) for text in facts.also), 0, 1, 5, 1000, 30_000, 2**31 - 1]
        known = [edge for edge in edges if edge is not None]
        number = draw.choice(known) + draw.choice([0, 0, 0, 1, -1])
        return draw.choice([str(number), f" {number} ", str(number), f"{number}ms", f"0{abs(int(number))}"])
    if facts.kind == "bool":
        return draw.choice(["true", "false", "TRUE", "1", "yes"])
    if facts.choices:
        choice = draw.choice(facts.choices)
        return draw.choice([choice, choice, choice.upper(), choice.lower(), f"{choice} ", f"{choice}x"])
    if facts.kind == "class":
        return draw.choice([*item.offers, "tea"]) if item.offers else "tea"
    return draw.choice(["tea", "tea pot", "5"])


def random_configs():
    draw = Random(4)
    items = [item for item in all_properties() if item.java and not item.name.startswith(FILES_AND_LOGINS)]
    for _ in range(RANDOM_CONFIGS):
        chosen = draw.sample(items, draw.randint(1, 6))
        yield {**WHOLE, **{item.name: any_text(item, item.java, draw) for item in chosen}}


def test_java_takes_what_the_rules_call_clean_and_refuses_the_rest(ask):
    configs = list(random_configs())
    wrong, clean = [], 0
    for config, answer in zip(configs, ask(configs), strict=True):
        errors = errors_in(config)
        clean += not errors
        if bool(errors) != answer.startswith("refuses"):
            wrong.append(
                ({name: text for name, text in config.items() if text != WHOLE.get(name)}, errors, answer)
            )
    assert wrong == []
    assert 50 < clean < RANDOM_CONFIGS - 50
