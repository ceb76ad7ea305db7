"""Expectations: read from a scenario, judged against a report."""

import pytest

from workbench.model.expect import kinds_at, parse_expectation, value_at, written
from workbench.model.ledger import Ledger
from workbench.model.report import (
    Client,
    ClusterFacts,
    LatencyMs,
    PartitionFacts,
    ProgramKnows,
    Report,
    ReportedError,
    Throughput,
    Verify,
)
from workbench.run.expectations import judged

REPORT = Report(
    scenario="s",
    state="done",
    client=Client("librdkafka", "2.16.0"),
    cluster=ClusterFacts("lab", None, 3),
    config={"acks": "all", "linger.ms": "5"},
    ledger=Ledger(sent=10, rejected=0, acked=9, unconfirmed=0, failed=1, pending=0, stored=9, lost=0),
    program_knows=ProgramKnows(9, 1, 0),
    verify=Verify("verified"),
    seconds=1.5,
    throughput=Throughput(6.7, None),
    latency_ms=LatencyMs(p50=1.0, p99=9.5),
    partitions=(PartitionFacts(0, 4, 4), PartitionFacts(1, 5, None)),
    errors=(ReportedError("MSG_SIZE_TOO_LARGE", 1, "send()"),),
)


@pytest.mark.parametrize(
    ("path", "text", "held", "got"),
    [
        ("ledger.lost", "== 0", True, 0),
        ("ledger.lost", ">= 1", False, 0),
        ("ledger.acked", "!= 9", False, 9),
        ("ledger.acked", "< 10", True, 9),
        ("ledger.acked", "<= 8.5", False, 9),
        ("partitions.1.acked", "> 4", True, 5),
        ("partitions.2.acked", "> 4", False, None),
        (f"partitions.{'9' * 5000}.acked", "> 4", False, None),
        ("partitions.1.stored", "!= 7", False, None),
        ("partitions.1.stored", "== null", True, None),
        ("partitions.0.stored", "!= null", True, 4),
        ("partitions.0.stored", "== null", False, 4),
        ("moved_keys", "== 0", False, None),
        ("moved_keys", "!= null", False, None),
        ("latency_ms.p99", "<= 10", True, 9.5),
        ("latency_ms.max", "<= 10", False, None),
        ("state", "== done", True, "done"),
        ("verify.state", '== "verified"', True, "verified"),
        ("config.linger.ms", "== '5'", True, "5"),
        ("config.acks", "== all", True, "all"),
        ("config.linger.ms", 5, True, "5"),
        ("config.retries", "== 1", False, None),
        ("errors.0.code", "== MSG_SIZE_TOO_LARGE", True, "MSG_SIZE_TOO_LARGE"),
        ("cluster.version", "== null", True, None),
    ],
)
def test_what_is_not_known_equals_null_and_nothing_else_holds_of_it(path, text, held, got):
    (answer,) = judged(REPORT, [parse_expectation(path, text)])
    assert (answer.path, answer.got, answer.held) == (path, got, held)


def test_a_bare_value_means_equal():
    assert parse_expectation("ledger.lost", 0) == parse_expectation("ledger.lost", "== 0")
    assert parse_expectation("seconds", 1.5) == parse_expectation("seconds", "==1.5")


def test_an_expectation_is_written_as_it_is_read():
    for path, text in [
        ("moved_keys", "== 0"), ("seconds", ">= 1.5"), ("moved_keys", "!= null"), ("state", "== done"),
        ("state", "== 'null'"), ("config.acks", "== 1"), ("config.retries", "== 'a '"), ("state", "== ''"),
    ]:  # fmt: skip
        expectation = parse_expectation(path, text)
        assert written(expectation) == text
        assert parse_expectation(path, written(expectation)) == expectation


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("ledger.lots", "no such path; did you mean ledger.lost?"),
        ("latency.p99", "no such path; did you mean latency_ms.p99?"),
        ("partitions.0.ack", "no such path; did you mean partitions.0.acked?"),
        ("partitions.first.acked", "partitions is a list; write an index"),
        ("partitions.0", "no such path"),
        ("ledger.lost.more", "no such path"),
        ("expect.0.held", "no such path"),
        ("", "no such path"),
    ],
)
def test_a_path_that_no_report_has_is_an_error(path, words):
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        kinds_at(path)


@pytest.mark.parametrize(
    ("path", "text"),
    [("ledger.lost", "== many"), ("ledger.lost", True), ("ledger.lost", "== '3'"), ("seconds", "!= done")],
)
def test_what_can_never_hold_is_an_error(path, text):
    with pytest.raises(ValueError, match="can never hold"):
        parse_expectation(path, text)


def test_every_field_of_a_report_can_be_named():
    for path in (
        "scenario",
        "client.name",
        "throughput.mb_per_s",
        "batches.bytes_avg",
        "requests.count",
        "faults.0.do",
    ):
        kinds_at(path)
        value_at(REPORT, path)
