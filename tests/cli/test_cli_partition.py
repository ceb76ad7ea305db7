"""`kwb partition`: the design's contract word for word, and a table for people."""

import io
import json
from types import SimpleNamespace

import pytest

from workbench.cli import main
from workbench.partitioning import predict


def answered(capsys, *arguments):
    assert main(["partition", *arguments]) == 0
    return capsys.readouterr().out


def test_the_design_s_json(capsys):
    told = json.loads(
        answered(capsys, "user-1", "user-2", "茶", "--partitions", "4", "--then", "6", "--json")
    )
    assert {"partitions", "partitioner", "keys", "moved"} <= told.keys()
    assert (told["partitions"], told["then"], told["partitioner"]) == (4, 6, "consistent_random")
    wanted = [
        {
            "key": key,
            "partition": predict("consistent_random", key.encode(), 4),
            "then": predict("consistent_random", key.encode(), 6),
        }
        for key in ("user-1", "user-2", "茶")
    ]
    assert told["keys"] == wanted
    assert told["moved"] == [each["key"] for each in wanted if each["partition"] != each["then"]]
    assert told["share_moved"] == len(told["moved"]) / 3
    assert told["expected_share"] == pytest.approx(2 / 3)


def test_where_the_client_draws_lots_there_is_null(capsys):
    told = json.loads(answered(capsys, "", "--null", "--partitions", "4", "--then", "6", "--json"))
    assert told["keys"] == [
        {"key": "", "partition": None, "then": None},
        {"key": None, "partition": None, "then": None},
    ]
    assert (told["moved"], told["share_moved"]) == ([], None)
    told = json.loads(answered(capsys, "", "--null", "--partitions", "4", "--partitioner", "java", "--json"))
    assert [each["partition"] for each in told["keys"]] == [predict("murmur2", b"", 4), None]


def test_the_table_marks_what_moves(capsys):
    lines = answered(capsys, "user-1", "user-3", "", "--partitions", "4", "--then", "6").splitlines()
    assert lines[:4] == [
        "key        of 4    of 6",
        "user-1       p0      p2  moved",
        "user-3       p0      p0",
        "(empty)     any     any",
    ]
    assert "1 of 2 keys move: 50.0% (66.7% is to be expected of many keys)" in lines
    assert "partitioner consistent_random, librdkafka's default (Java's: --partitioner java)" in lines


def test_the_last_line_counts_one_key_and_thousands(capsys):
    one = answered(capsys, "user-1", "--partitions", "4", "--then", "6")
    assert "1 of 1 key moves: 100.0%" in one
    many = answered(capsys, *(f"user-{n}" for n in range(3000)), "--partitions", "4", "--then", "6")
    assert "1,992 of 3,000 keys move: 66.4%" in many


def test_keys_from_a_file_and_from_standard_input(capsys, tmp_path, monkeypatch):
    (tmp_path / "keys").write_bytes(b"a\r\n\nb\n\xff\n")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"c\nd")))
    told = json.loads(answered(capsys, "-", "--file", str(tmp_path / "keys"), "--partitions", "9", "--json"))
    assert [each["key"] for each in told["keys"]] == ["c", "d", "a", "", "b", "\\xff"]
    assert told["keys"][-1]["partition"] == predict("consistent_random", b"\xff", 9)


def test_a_serializer_makes_other_bytes_of_a_key(capsys):
    arguments = ("42", "--partitions", "9", "--key-serializer", "integer", "--json")
    told = json.loads(answered(capsys, *arguments))
    assert told["keys"][0]["partition"] == predict("consistent_random", b"\0\0\0\x2a", 9)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a", "--partitions", "0"], "--partitions: 0 is out of range; give 1 to 10,000"),
        (["a", "--partitions", "3", "--then", "-1"], "--then: -1 is out of range"),
        (["a", "--partitions", "3", "--partitioner", "murmur3"], "there is no murmur3; librdkafka has"),
        (
            ["a", "--partitions", "3", "--partitioner", "shop:pick"],
            "shop:pick is code, which only a run asks",
        ),
        (["--partitions", "3"], "no key; give some, --file FILE"),
        (["--partitions", "3", "--file", "no/such"], "no/such: No such file"),
        (["a", "--partitions", "3", "--key-serializer", "integer"], "--key-serializer integer: “a” is not"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_status_2(capsys, arguments, said):
    assert main(["partition", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
