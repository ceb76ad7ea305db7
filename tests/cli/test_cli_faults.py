"""`kwb run` with faults, on the lab: the samples that lose, refuse and duplicate, and what a person reads of it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KWB = str(Path(sys.executable).with_name("kwb"))
SCENARIOS = Path(__file__).resolve().parents[2] / "sample_payloads" / "scenarios"


def kwb(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([KWB, "run", *arguments], capture_output=True, text=True, timeout=50, check=False)


def reports(sample: str, *settings: str | None) -> list[dict[str, Any]]:
    """One run for each setting (None: the sample as it is), all at the same time: they mostly wait."""
    command = [KWB, "run", "--json", str(SCENARIOS / sample)]
    running = [
        subprocess.Popen(
            [*command, *(("--set", setting) if setting else ())],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for setting in settings
    ]
    answers = []
    for process in running:
        with process:
            out, err = process.communicate(timeout=50)
            assert process.returncode == 0, err + out
            answers.append(dict(json.loads(out)))
    return answers


def test_acks_1_loses_and_acks_all_does_not() -> None:
    one, everyone = reports("acks_1_loses.toml", None, "producer.acks=all")
    assert one["ledger"]["acked"] == everyone["ledger"]["acked"] == 101
    assert one["ledger"]["lost"] >= 90
    assert one["leader_changes"] == everyone["leader_changes"] == 1
    assert everyone["ledger"]["lost"] == 0
    lost = [example for example in one["examples"] if example["kind"] == "lost"]
    assert len(lost) == 3
    assert all(example["key"] == f"account-{example['seq'] % 10}" for example in lost)
    assert [fault["do"] for fault in one["faults"]] == ["freeze", "wait", "kill", "thaw", "restart"]
    assert all(fault["problem"] is None and fault["at_s"] >= 0 for fault in one["faults"])
    assert one["faults"][0]["acked"] == one["faults"][0]["sent"] == 1, "counts are exact"


def test_a_minimum_of_two_refuses_what_a_minimum_of_one_takes() -> None:
    settings = ("topic.config.min.insync.replicas=1", "producer.acks=1")
    two, *others = reports("min_insync_2.toml", None, *settings)
    assert (two["ledger"]["acked"], two["ledger"]["failed"]) == (10, 20)
    assert {error["code"] for error in two["errors"]} == {"_MSG_TIMED_OUT"}
    assert [other["ledger"]["acked"] for other in others] == [30, 30]


def test_duplicates_without_idempotence() -> None:
    copies, once = reports("duplicates.toml", None, "producer.enable.idempotence=true")
    assert copies["ledger"]["duplicated"] >= 1
    assert copies["ledger"]["stored"] == once["ledger"]["stored"] == 60
    assert once["ledger"]["duplicated"] == 0
    example = copies["examples"][0]
    assert example["kind"] == "duplicated"
    assert example["first_offset"] < example["offset"]


def test_a_person_reads_what_was_done_and_what_became_of_which_record() -> None:
    done = kwb(str(SCENARIOS / "acks_1_loses.toml"))
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert re.search(
        r"^  fault 1: freeze followers \(broker \d, broker \d\) at [\d.]+ s: 1 sent, 1 acked$",
        said,
        re.MULTILINE,
    )
    assert re.search(
        r"^  fault 3: kill leader \(broker \d\) at [\d.]+ s: 101 sent, \d+ acked$", said, re.MULTILINE
    )
    assert re.search(r"^    lost: record \d+, p0 acked at offset \d+, key account-\d$", said, re.MULTILINE)
    assert re.search(r"^  led by brokers p0 \d → \d$", said, re.MULTILINE)


def test_a_fault_that_never_was_is_exit_status_1(tmp_path: Path) -> None:
    scenario = tmp_path / "never.toml"
    scenario.write_text(
        '[producer]\nmessage.max.bytes = 1000\n[record]\nvalue = "{{ \'x\' * 2000 if seq else 1 }}"\n[send]\ncount = 20\n'
        '[[fault]]\nafter = { acked = 15 }\ndo = "kill"\ntarget = "leader"\n'
    )  # fmt: skip
    done = kwb(str(scenario))
    assert done.returncode == 1
    assert "  fault 1: kill leader: never done: only 1 of 15 acked\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cluster", "apache"], 'slow.toml:1: fault.0.do: slow: apache cannot do it (not yet); it works on cluster.kind = "lab"'),
        (["-b", "127.0.0.1:9"], 'slow.toml:1: fault.0.do: slow: kwb does nothing to a cluster of yours; it works on cluster.kind = "lab"'),
    ],
)  # fmt: skip
def test_what_a_cluster_cannot_do_is_refused_before_anything_is_started(
    tmp_path: Path, options: list[str], said: str
) -> None:
    (tmp_path / "slow.toml").write_text('fault = [{ do = "slow", ms = 5, target = "leader" }]\n')
    done = subprocess.run(
        [KWB, "run", "slow.toml", *options],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"kwb: {said}\n")
