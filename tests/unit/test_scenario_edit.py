"""Scenario files written back: unedited byte for byte, edited with nothing else touched."""

import difflib
import random
from pathlib import Path

import msgspec
import pytest

from workbench.model.record import Header
from workbench.model.scenario import Expectation, Scenario
from workbench.model.scenario_file import ScenarioFile, load_scenario, read_scenario

SAMPLES = Path(__file__).parents[2] / "sample_payloads"
change = msgspec.structs.replace

ODD = {
    "dotted": "format = 1\ntopic.name = 'a'\ntopic.config.min.insync.replicas = 2 # two\nproducer.acks = 'all'\n",
    "inline": 'topic = { name = "a", config = { "x.y" = "1" } } # t\nproducer = { acks = 1, linger.ms = 5 }\n',
    "crlf": "# top\r\n[topic]\r\nname = 'a' # n\r\n\r\n[producer]\r\nacks = 1\r\n\r\n# end\r\n",
    "bom": "\ufeff[topic]\nname = 'a'\n",
    "no end of line": "[producer]\nacks = 'all'\n[topic]\nname = 'a'",
    "subtables": "[topic.config]\na.b = 1\n\n# here\n[producer.linger]\nms = 5\n\n[topic]\nname = 'a'\n",
    "spaced": "  [ topic ]  # x\n   name   =   'a'   # y\n\n\n[producer]\n\n acks= 'all'\n\n\n# tail\n",
    "blocks": "[record]\nvalue = '''\nab\n'''\nheaders = [\n  ['a', 'b'], # one\n]\n[topic]\nname = 'a'\n",
    "expect": "[[expect]]\nledger.lost = 0 # none\n[[expect]]\n'ledger.acked' = '> 0'\n[topic]\nname = 'a'\n",
    "comments only": "# nothing\n\n# but words\n",
}


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    ours = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    return [line[2:] for line in ours if line[0] == "-"], [line[2:] for line in ours if line[0] == "+"]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_sample_without_edits_is_the_same_bytes(path):
    file = read_scenario(path)
    assert file.with_changes(file.scenario).encode() == path.read_bytes()


@pytest.mark.parametrize("name", ODD)
def test_odd_but_legal_files_without_edits_are_the_same(name):
    file = ScenarioFile(ODD[name], "f")
    assert file.with_changes(file.scenario) == ODD[name]


@pytest.mark.parametrize("name", ODD)
def test_one_edit_touches_one_line(name):
    text = ODD[name]
    file = ScenarioFile(text, "f")
    before = file.scenario
    after = change(before, topic=change(before.topic, name="b"))
    result = file.with_changes(after)
    assert load_scenario(result, "f") == after
    gone, new = changed_lines(text, result)
    assert gone == [line for line in text.splitlines() if line in gone]
    assert len(gone) == (0 if name == "comments only" else 1)
    assert len(new) == len(gone) or name == "comments only"
    assert text.count("#") == result.count("#")
    assert ("\r\n" in text) == ("\r\n" in result)
    assert result.count("\r") in (0, result.count("\n"))


def test_the_main_sample_edited_keeps_its_comments():
    file = read_scenario(SAMPLES / "orders.toml")
    before = file.scenario
    after = change(
        before,
        producer={"acks": "1", "linger.ms": "20"},
        topic=change(before.topic, partitions=12),
        send=change(before.send, rate=500.0),
        record=change(before.record, headers=()),
    )
    gone, new = changed_lines(file.text, file.with_changes(after))
    assert gone == [
        "partitions = 6",
        'acks = "all"                # the leader answers when every replica in sync has the record',
        "enable.idempotence = true   # a retry is never stored twice",
        'headers = [["source", "kwb"]]',
    ]
    assert new == [
        "partitions = 12",
        'acks = "1"                # the leader answers when every replica in sync has the record',
        '"linger.ms" = "20"',
        "headers = []",
        "rate = 500.0",
    ]


def test_a_new_key_stands_with_its_table_not_under_the_next_ones_comment():
    file = ScenarioFile("[topic]\nname = 'a'\n\n# about sending\n[send]\ncount = 3\n", "f")
    before = file.scenario
    after = change(before, topic=change(before.topic, partitions=9))
    assert (
        file.with_changes(after)
        == "[topic]\nname = 'a'\npartitions = 9\n\n# about sending\n[send]\ncount = 3\n"
    )


def test_a_block_of_text_stays_a_block():
    file = ScenarioFile("[record]\nvalue = '''\n{\n  \"a\": 1\n}'''  # v\n", "f")
    before = file.scenario
    after = change(before, record=change(before.record, value='{\n  "a": 2\n}'))
    assert file.with_changes(after) == "[record]\nvalue = '''\n{\n  \"a\": 2\n}'''  # v\n"


def test_a_value_file_is_written_as_it_lies_beside_the_scenario(tmp_path):
    (tmp_path / "s.toml").write_text("[record]\nvalue_file = 'a'\n")
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    file = read_scenario(tmp_path / "s.toml")
    assert file.with_changes(file.scenario) == file.text
    after = change(file.scenario, record=change(file.scenario.record, value_file=str(tmp_path / "b")))
    assert file.with_changes(after) == "[record]\nvalue_file = 'b'\n"


def test_any_edit_of_any_file_says_what_was_meant():
    draw = random.Random(7)
    texts = [*ODD.values(), *(path.read_text() for path in sorted(SAMPLES.glob("*.toml"))), "format = 1\n"]
    for _ in range(400):
        text = draw.choice(texts)
        before = load_scenario(text, "f")
        after = edited_somehow(before, draw)
        result = ScenarioFile(text, "f").with_changes(after)
        assert load_scenario(result, "f") == after, result
        for line in text.splitlines():
            if line.lstrip().startswith("#"):
                assert line in result, result


WORDS = (
    "plain",
    "",
    "two\nlines\n",
    "it's",
    'a "quote"',
    "'''",
    '"""',
    "\\",
    "tab\t",
    "\r",
    "é\u2028",
    "# x",
    "\n",
)


def edited_somehow(before: Scenario, draw: random.Random) -> Scenario:
    def properties(now):
        kept = {name: text for name, text in now.items() if draw.random() < 0.6}
        return kept | {
            draw.choice(("acks", "linger.ms", "a.b.c", "x y", "retries")): draw.choice(("1", "true", "z"))
        }

    after = change(before, title=draw.choice(WORDS), seed=draw.randrange(100))
    if draw.random() < 0.7:
        after = change(after, producer=properties(before.producer))
    if draw.random() < 0.5:
        after = change(
            after, topic=change(before.topic, config=properties(before.topic.config), partitions=8)
        )
    if draw.random() < 0.5:
        after = change(after, cluster=change(before.cluster, config=properties(before.cluster.config)))
    if draw.random() < 0.5:
        key, value = draw.choice((None, *WORDS)), draw.choice((None, *WORDS))
        headers = (Header(draw.choice(WORDS), draw.choice((None, *WORDS))),) * draw.randrange(3)
        record = change(before.record, key=key, value=value, value_file=None, headers=headers, partition=2)
        after = change(after, record=record)
    if draw.random() < 0.3:
        after = change(
            after, send=change(before.send, rate=draw.choice((None, 1.5)), mode="sync", count=5, warm_up=1)
        )
    if draw.random() < 0.3:
        after = change(
            after, expect=(Expectation("ledger.lost", ">=", 1), Expectation("state", "==", "done"))
        )
    return after
