"""The faults of a scenario: what loads, what is written back, and what is said of those that can never be."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from workbench.clusters.apache import ApacheCluster
from workbench.clusters.lab import LabCluster
from workbench.clusters.remote import RemoteCluster
from workbench.errors import InputError
from workbench.model.fault import POSSIBLE, After, Fault
from workbench.model.scenario_faults import ERROR_CODES
from workbench.model.scenario_file import ScenarioFile, apply_settings, load_scenario

DESIGN = """\
format = 1

[topic]
partitions = 2

[send]
count = 1_000

# the followers stop
[[fault]]
after = { acked = 100 }
do = "freeze"
target = "followers"
partition = 1

[[fault]]
after.fault = 1
after.seconds = 2
do = "kill"
target = "broker 2"

[[fault]]
after = { fault = 2, leader_changed = true, isr = 1 }
do = "thaw"

[[fault]]
do = "wait"
[fault.after]
sent = 0
isr = 3

[[fault]]
after = {}
do = "add-partitions"
partitions = 4
"""
FAULTS = (
    Fault("freeze", After(acked=100), "followers", 1),
    Fault("kill", After(fault=1, seconds=2.0), "broker 2"),
    Fault("thaw", After(fault=2, leader_changed=True, isr=1)),
    Fault("wait", After(sent=0, isr=3)),
    Fault("add-partitions", After(), partitions=4),
)


def test_faults_are_read_however_their_tables_are_cut():
    assert load_scenario(DESIGN, "f").faults == FAULTS


def test_a_scenario_without_changes_of_its_faults_keeps_their_comments():
    file = ScenarioFile(DESIGN, "f")
    longer = replace(file.scenario, title="another")
    text = file.with_changes(longer)
    assert "# the followers stop" in text
    assert load_scenario(text, "f") == longer


@pytest.mark.parametrize("faults", [(), FAULTS[:1], FAULTS, (Fault("slow", target="leader", ms=20), Fault("error", After(sent=5, failed=1), "leader", code="NOT_LEADER_OR_FOLLOWER", times=3))], ids=len)  # fmt: skip
def test_faults_are_written_as_they_are_read(faults):
    for text in (DESIGN, "format = 1\ntopic.partitions = 2\n"):
        changed = replace(load_scenario(text, "f"), faults=faults)
        written = ScenarioFile(text, "f").with_changes(changed)
        assert load_scenario(written, "f") == changed


def complaint(text: str) -> str:
    with pytest.raises(InputError) as caught:
        load_scenario(text, "f.toml")
    message = str(caught.value)
    assert "\n" not in message
    return message


FREEZE = "[[fault]]\ndo = 'freeze'\ntarget = 'leader'\n"
APACHE = "cluster.kind = 'apache'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fault]\ndo = 'thaw'", "f.toml:1: fault: must be a list of tables; write [[fault]] with two brackets"),
        ("[[fault]]\ntarget = 'leader'", "f.toml:1: fault.0.do: is missing; give one of freeze, thaw, kill, stop, restart, wipe, slow, isolate, drop-response, error, add-partitions, wait"),
        ("[[fault]]\ndo = 'freze'\ntarget = 'leader'", "f.toml:2: fault.0.do: 'freze' is not known; did you mean freeze?"),
        ("[[fault]]\ndo = 'freeze'\n\ntarget = 'follower'", "f.toml:4: fault.0.target: 'follower' is no target; did you mean 'followers'?"),
        ("[[fault]]\ndo = 'freeze'\ntarget = 'broker2'", "f.toml:3: fault.0.target: 'broker2' is no target; did you mean 'broker 1'?"),
        ("[[fault]]\ndo = 'freeze'\ntarget = 'broker 4'", "f.toml:3: fault.0.target: broker 4 is not there; give broker 1 to 3"),
        ("[[fault]]\ndo = 'freeze'", 'f.toml:2: fault.0.do: freeze needs a target; give one, such as target = "leader"'),
        ("[[fault]]\ndo = 'wait'\ntarget = 'leader'\nafter.sent = 1", "f.toml:3: fault.0.target: wait has none: it is for the whole topic; take it out"),
        ("[[fault]]\ndo = 'wait'\nafter.isr = 1", "f.toml:2: fault.0.do: wait needs a count at which sending waits; give one, such as after = { acked = 1, isr = 1 }"),
        ("[[fault]]\ndo = 'slow'\ntarget = 'leader'", "f.toml:2: fault.0.do: slow needs ms; give it, such as ms = 200"),
        ("[[fault]]\ndo = 'slow'\ntarget = 'leader'\nms = 600001", "f.toml:4: fault.0.ms: 600001 is out of range; give 1 to 600000"),
        ("[[fault]]\ndo = 'error'\ntarget = 'leader'", 'f.toml:2: fault.0.do: error needs code; give it, such as code = "NOT_LEADER_OR_FOLLOWER"'),
        ("[[fault]]\ndo = 'error'\ntarget = 'leader'\ncode = 'NOT_LEADER'", "f.toml:4: fault.0.code: 'NOT_LEADER' is not known; did you mean NOT_LEADER_OR_FOLLOWER?"),
        (FREEZE + "ms = 5", "f.toml:4: fault.0.ms: is for slow, and this is freeze; take it out"),
        (FREEZE + "times = 5", "f.toml:4: fault.0.times: is for drop-response and error, and this is freeze; take it out"),
        ("[[fault]]\ndo = 'add-partitions'\npartitions = 6", "f.toml:3: fault.0.partitions: the topic has 6 already; give more than that"),
        (FREEZE + "partition = 6", "f.toml:4: fault.0.partition: 6 is not there; 6 partitions are 0 to 5"),
        (FREEZE + "when = 3", "f.toml:4: fault.0.when: unknown key; there are do, target, partition, ms, code, times, partitions"),
        (FREEZE + "after = 3", "f.toml:4: fault.0.after: must be a table; write it like { acked = 100 }"),
        (FREEZE + "after = { acks = 3 }", "f.toml:4: fault.0.after.acks: unknown key; did you mean acked?"),
        (FREEZE + "after = { acked = '3' }", "f.toml:4: fault.0.after.acked: must be a whole number, not '3'; write it without quotes"),
        (FREEZE + "after = { seconds = -1 }", "f.toml:4: fault.0.after.seconds: -1 is out of range; give 0 to 86400"),
        (FREEZE + "after = { leader_changed = false }", "f.toml:4: fault.0.after.leader_changed: false is no condition; take the key out"),
        (FREEZE + "after = { acked = 1001 }", "f.toml:4: fault.0.after.acked: 1001 can never be: the run has 1000 records; give at most send.count"),
        (FREEZE + "after = { acked = 1 }\n[producer]\nacks = 0", "f.toml:4: fault.0.after.acked: can never be: with acks=0 no record is ever acked; use sent"),
        (FREEZE + "after = { isr = 4 }", "f.toml:4: fault.0.after.isr: 4 can never be: there are 3 replicas; give at most 3"),
        (FREEZE + "after = { fault = 7 }\n" + FREEZE + FREEZE, "f.toml:4: fault.0.after.fault: there is no fault 7 of 3; give 1 to 3"),
        (FREEZE + "after = { fault = 1 }", "f.toml:4: fault.0.after.fault: fault 1 would wait for itself; name one before it"),
        (FREEZE + "after = { fault = 2 }\n" + FREEZE + "after = { fault = 1 }", "f.toml:4: fault.0.after.fault: fault 1 would wait for itself; name one before it"),
        (APACHE + "[[fault]]\ndo = 'slow'\nms = 1\ntarget = 'leader'", 'f.toml:3: fault.0.do: slow: apache cannot do it (not yet); it works on cluster.kind = "lab"'),
        ("[[fault]]\ndo = 'freeze'\ntarget = 'controller'", 'f.toml:3: fault.0.target: the lab\'s controller is no broker of its own; use cluster.kind = "apache"'),
        ("cluster = { kind = 'remote', bootstrap_servers = 'a:1' }\n" + FREEZE, 'f.toml:3: fault.0.do: freeze: kwb does nothing to a cluster of yours; it works on cluster.kind = "lab" or "apache"'),
    ],
)  # fmt: skip
def test_one_line_says_file_line_key_and_mend(text, message):
    assert complaint(text) == message


def test_a_setting_can_make_a_fault_impossible_and_is_told_at_the_fault():
    scenario = load_scenario(FREEZE + "after = { acked = 900 }", "f")
    with pytest.raises(
        InputError, match=r"fault\.0\.after\.acked: 900 can never be: the run has 500 records"
    ):
        apply_settings(scenario, ["send.count=500"])
    with pytest.raises(InputError, match="slow: apache cannot do it"):
        apply_settings(
            load_scenario("[[fault]]\ndo = 'slow'\nms = 1\ntarget = 'leader'", "f"), ["cluster.kind=apache"]
        )


def test_what_a_kind_of_cluster_can_do_is_what_its_cluster_does():
    assert LabCluster.faults == POSSIBLE["lab"]
    assert ApacheCluster.faults == POSSIBLE["apache"]
    assert RemoteCluster.faults == POSSIBLE["remote"] == frozenset()


def test_the_errors_are_kafkas():
    from kio.schema.errors import ErrorCode

    known = {code.name.upper() for code in ErrorCode}
    assert set(ERROR_CODES) <= known, sorted(set(ERROR_CODES) - known)


def test_the_docs_name_every_fault_and_condition():
    page = (Path(__file__).parents[2] / "docs" / "scenario.md").read_text()
    for name in (*POSSIBLE["lab"], *After.__struct_fields__):
        assert re.search(rf"`{name}\b", page), name
