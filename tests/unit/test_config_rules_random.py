"""Random configs: librdkafka starts with what the rules call clean, and with nothing that they call an error."""

import logging

import confluent_kafka
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.producer_config import all_properties
from workbench.producer_config.rules import all_rules, check, lint

SILENT = logging.getLogger("tests.silent.random")
SILENT.addFilter(lambda record: False)
ELSEWHERE = {  # what needs files, the network or another build, or is a program's
    "bootstrap.servers",
    "builtin.features",
    "delivery.report.only.error",
    "enabled_events",
    "https.ca.location",
    "internal.termination.signal",
    "plugin.library.paths",
    "sasl.oauthbearer.metadata.authentication.type",
    "statistics.interval.ms",
    "topic.blacklist",
}
FILES = ("ssl.", "https.", "sasl.oauthbearer.assertion")
LOGIN = {
    "security.protocol": st.sampled_from(["plaintext", "sasl_plaintext", "SASL_PLAINTEXT", "ssl"]),
    "sasl.mechanism": st.sampled_from(
        ["PLAIN", "SCRAM-SHA-256", "OAUTHBEARER", "plain", "PLAIN,SCRAM-SHA-256", ""]
    ),
    "sasl.username": st.sampled_from(["tea", ""]),
    "sasl.password": st.sampled_from(["pot", ""]),
    "sasl.oauthbearer.method": st.sampled_from(["oidc", "default"]),
    "sasl.oauthbearer.token.endpoint.url": st.just("https://tea.example/token"),
    "sasl.oauthbearer.client.id": st.just("tea"),
    "sasl.oauthbearer.client.secret": st.just("pot"),
    "enable.sasl.oauthbearer.unsecure.jwt": st.sampled_from(["true", "false"]),
}
ITEMS = [
    item
    for item in all_properties()
    if item.librdkafka and item.name not in ELSEWHERE | LOGIN.keys() and not item.name.startswith(FILES)
]


def texts(item):
    facts = item.librdkafka
    if facts.kind == "code":
        return st.just("tea")
    if facts.kind in {"int", "float"}:
        edges = [
            edge
            for edge in (facts.low, facts.high, 0, 1, 5, 1000, 60_000, 2**31 - 1, 2**32)
            if edge is not None
        ]
        near = st.sampled_from(edges).flatmap(lambda edge: st.integers(int(edge) - 1, int(edge) + 1)).map(str)
        odd = st.sampled_from(
            ["", " ", "5ms", "tea", "0x10", "010", " 7", "7 ", "1e3", ".5", "+5", "-0", *facts.also]
        )
        return st.one_of(near, near, near, odd)
    if facts.kind == "bool":
        return st.sampled_from(["true", "false", "TRUE", "1", "f", "yes", "", "true ", " true"])
    choices = item.closed or facts.choices
    if facts.kind == "list" and choices:
        return st.lists(st.sampled_from([*choices, "all", "tea"]), max_size=3).map(",".join)
    if choices:
        odd = st.sampled_from([choices[0].upper(), f"{choices[0]} ", f" {choices[0]}", "", "tea"])
        return st.one_of(st.sampled_from(choices), st.sampled_from(choices), odd)
    return st.sampled_from(["tea", "", "tea pot", "${tea}"])


@st.composite
def configs(draw):
    config = {}
    for item in draw(st.lists(st.sampled_from(ITEMS), max_size=6, unique_by=lambda item: item.name)):
        name = draw(st.sampled_from([item.librdkafka.name, *item.librdkafka.aliases]))
        config[name] = draw(texts(item))
    for name in draw(st.lists(st.sampled_from(sorted(LOGIN)), max_size=5, unique=True)):
        config[name] = draw(LOGIN[name])
    return config


def starts(config):
    try:
        producer = confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", **config}, logger=SILENT)
    except (confluent_kafka.KafkaException, TypeError, ValueError):
        return None
    return producer


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(configs())
def test_librdkafka_takes_what_the_rules_call_clean_and_refuses_the_rest(config):
    whole = {"bootstrap.servers": "127.0.0.1:1", **config}
    hints = lint(whole, "librdkafka")
    errors = {hint.rule for hint in hints if hint.severity == "error"} - {"linger-beyond-default-delivery"}
    of_this_build = {hint.rule for hint in hints} & {"not-in-this-build"}
    assert bool(errors | of_this_build) == (starts(config) is None), errors


ANY = st.text(max_size=12) | st.sampled_from(["all", "1", "true", "5", "${x}", "\x1b[31m", "a\nb"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from([item.name for item in all_properties()]) | st.text(max_size=12), ANY, max_size=8
    ),
    st.sampled_from(["java", "librdkafka"]),
)
def test_whatever_stands_there_is_said_on_one_line_that_can_be_printed(config, client):
    known = {rule.id for rule in all_rules()}
    for hint in [*lint(config, client), *check(config)]:
        assert hint.rule in known
        assert hint.text.isprintable()
        assert hint.short.isprintable()
        assert len(hint.short) <= 40
