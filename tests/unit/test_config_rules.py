"""Every rule: what sets it off, what just does not, and that librdkafka minds where the rule says so.

Java's side is tried by test_config_rules_java.py, from the same cases.
"""

import json
import logging
from pathlib import Path

import confluent_kafka
import pytest

from workbench.producer_config import all_properties
from workbench.producer_config.meaning import TopicFacts, meaning
from workbench.producer_config.rules import (
    KnownCluster,
    KnownTopic,
    all_rules,
    lint,
    rule_named,
)
from workbench.producer_config.rules.rule import MOST_SHORT

CASES = json.loads(Path(__file__).with_name("config_rule_cases.json").read_text(encoding="utf-8"))
SERIALIZER = "org.apache.kafka.common.serialization.ByteArraySerializer"
WHOLE = {
    "java": {
        "bootstrap.servers": "127.0.0.1:1",
        "key.serializer": SERIALIZER,
        "value.serializer": SERIALIZER,
    },
    "librdkafka": {"bootstrap.servers": "127.0.0.1:1"},
}
SILENT = logging.getLogger("tests.silent.rules")
SILENT.addFilter(lambda record: False)
OURS = ("librdkafka", "java")


def whole(case, which):
    given = {**({} if case.get("scenario") else WHOLE[case["client"]]), **case[which]}
    return {name: text for name, text in given.items() if text is not None}


def hints_of(case, which):
    topic = case.get("topic") if which == "bad" else case.get("good_topic", case.get("topic"))
    return lint(
        whole(case, which),
        case["client"],
        scenario=bool(case.get("scenario")) and case["client"] == "librdkafka",
        topic=KnownTopic(**(topic or {})),
        cluster=KnownCluster(case.get("cluster", {}), case.get("own", "")),
        repeated=case.get("repeated") if which == "bad" else None,
    )


def started(config):
    """The client, where librdkafka's constructor takes the config, else None."""
    try:
        return confluent_kafka.Producer(config, logger=SILENT)
    except (confluent_kafka.KafkaException, TypeError, ValueError):
        return None


def named(case):
    return f"{case['rule']}-{case['client']}-{','.join(map('='.join, ((k, v or '') for k, v in case['bad'].items())))[:60]}"


def test_there_are_enough_rules_and_each_stands_once():
    ids = [rule.id for rule in all_rules()]
    assert len(ids) >= 40
    assert len(set(ids)) == len(ids)
    assert all(id_ == id_.lower() and id_.replace("-", "").isalnum() for id_ in ids)


def test_every_rule_has_its_words():
    for rule in all_rules():
        words = rule.words
        assert words.java or words.librdkafka or words.scenario, rule.id
        assert 2 <= words.why.count(". ") + 1 <= 5, rule.id
        assert words.sources, rule.id
        assert words.properties, rule.id
        assert not words.says.endswith("."), rule.id


def test_every_rule_is_set_off_for_each_of_its_clients():
    tried = {(case["rule"], case["client"]) for case in CASES}
    words = [rule.words for rule in all_rules() if rule.scope != "file"]
    wanted = {(each.id, client) for each in words for client in OURS if each.severity(client, scenario=False)}
    assert wanted - tried == set()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_speaks_when_it_must_and_not_a_step_before(case):
    hints = {hint.rule: hint for hint in hints_of(case, "bad")}
    assert case["rule"] in hints
    hint = hints[case["rule"]]
    assert "\n" not in hint.text
    assert "{" not in hint.text.replace("${", "")
    assert 0 < len(hint.short) <= MOST_SHORT
    assert hint.source
    assert rule_named(hint.rule).words.says
    assert case["rule"] not in {hint.rule for hint in hints_of(case, "good")}


@pytest.mark.parametrize("which", ["bad", "good"])
@pytest.mark.parametrize(
    "case", [each for each in CASES if each["client"] == "librdkafka" and not each.get("scenario")], ids=named
)
def test_librdkafka_refuses_what_is_called_an_error_and_takes_the_rest(case, which):
    hints = hints_of(case, which)
    wrong = {hint.rule for hint in hints if hint.severity == "error"}
    beyond = {hint.rule for hint in hints} & {"not-in-this-build"}
    client = started(whole(case, which))
    if case["rule"] == "linger-beyond-default-delivery" and which == "bad":
        assert wrong == {case["rule"]}
        with pytest.raises(confluent_kafka.KafkaException) as caught:
            client.produce("tea", b"x")
        assert caught.value.args[0].code() == confluent_kafka.KafkaError._INVALID_ARG
    else:
        assert bool(wrong or beyond) == (client is None), (wrong, beyond)


@pytest.mark.parametrize(
    ("server", "port"),
    [
        ("tea.invalid", 9092),
        ("tea.invalid:tea", 0),
        ("tea.invalid:", 0),
        ("tea.invalid:99999", 34463),
        ("tea.invalid:-5", 65531),
        ("127.0.0.1:19092;127.0.0.1:19093", 9092),
        ("[::1]:70000", 4464),
        (f"tea.invalid:{'9' * 5000}", 65535),
    ],
    ids=lambda value: str(value)[:40],
)
def test_which_port_librdkafka_makes_of_what_is_no_port(server, port):
    config = {"bootstrap.servers": server}
    for client in OURS:
        (hint,) = (each for each in lint(config, client) if each.rule == "bootstrap-not-host-and-port")
        assert hint.text.split("librdkafka", 1)[1].endswith(f"port {port}")
    told = []
    log = logging.getLogger(f"tests.told.{server[:40]}")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    log.addFilter(lambda record: told.append(record.getMessage()) or False)
    client = confluent_kafka.Producer({**config, "debug": "broker"}, logger=log)
    while not any("Added new broker" in line for line in told):
        client.poll(0.1)
    client.purge()
    client.close()
    assert any(f":{port}/bootstrap: Added new broker" in line for line in told), told


@pytest.mark.parametrize("client", OURS)
@pytest.mark.parametrize(
    "text",
    ["9" * 5000, f"0{'7' * 5000}", f"0x{'f' * 5000}", f"-{'9' * 5000}", "1e999"],
    ids=lambda text: text[:5],
)
def test_more_digits_than_python_reads_are_a_finding_and_no_crash(client, text):
    config = {item.name: text for item in all_properties() if item.of(client)}
    assert lint(config, client)
    assert meaning(config, TopicFacts(3, 2, 3), client).limits.memory_bytes > 0
