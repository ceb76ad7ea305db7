import csv
import json
from pathlib import Path

import fastavro
import pytest

from workbench.cli import main

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"
ORDER, V2, BAD = (str(SCHEMAS / f"order{version}.avsc") for version in ("", ".v2", ".bad"))
RECORD = (
    '{"id": 7, "customer": "Ada", "item": "TEA", "quantity": 2, "cents": 350, "at": "2026-11-28T17:00:00Z"}'
)


def test_evolve_shows_field_by_field_and_its_status_says_whether_it_fits(capsys):
    assert main(["schema", "evolve", ORDER, V2, "--record", RECORD]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "renamed from customer, known by alias" in next(line for line in lines if "buyer" in line)
    assert next(line for line in lines if "currency" in line).endswith('added, with the default "EUR"')
    assert lines[-1].startswith("compatible")
    assert main(["schema", "evolve", ORDER, BAD, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["problem"] == "Avro: Schema mismatch: int is not string"
    assert {step["what"] for step in told["steps"]} >= {"kept", "incompatible", "removed"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evolve", ORDER, V2, "--record", "[]"], "the record does not fit the old schema: an object, a record Order,"),
        (["sample", ORDER, "-n", "0"], "-n: 0 is out of range; give 1 or more"),
        (["sample", ORDER, "-n", "-1"], "-n: -1 is out of range; give 1 or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_one_line(capsys, arguments, said):
    assert main(["schema", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"kwb: {said}")
    assert err.count("\n") == 1


def test_a_type_without_a_name_has_no_gap_for_it(capsys, tmp_path):
    (tmp_path / "text.avsc").write_text('"string"', encoding="utf-8")
    assert main(["schema", "sizes", str(tmp_path / "text.avsc")]) == 0
    assert capsys.readouterr().out.startswith('AVRO: "')


LANGUAGES = ("json", "avsc", "proto", "thrift")
THINGS = ("order", "payment", "click", "reading")
ONLY_BACKWARD = {"order.json", "order.avsc"}
"""Where version 2 promotes a number, and its language lets nobody narrow it again."""


def test_the_samples_are_every_thing_in_every_language_in_three_versions():
    names = {
        f"{thing}{version}.{end}" for thing in THINGS for version in ("", ".v2", ".bad") for end in LANGUAGES
    }
    assert {path.name for path in SCHEMAS.iterdir()} == names


@pytest.mark.parametrize("first", [f"{thing}.{end}" for thing in THINGS for end in LANGUAGES])
def test_of_every_sample_one_version_evolves_and_one_does_not(capsys, first):
    stem, ending = first.split(".")
    v1, v2, bad = (str(SCHEMAS / f"{stem}{version}.{ending}") for version in ("", ".v2", ".bad"))
    is_forward = first not in ONLY_BACKWARD
    assert main(["schema", "check", v1, v2, "--json"]) == (0 if is_forward else 1)
    told = json.loads(capsys.readouterr().out)
    assert (told["backward"], told["forward"]) == (True, is_forward), told
    assert main(["schema", "check", v1, bad, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["backward"] is False


def _first_row(file):
    with (SCHEMAS.parent / "rows" / file).open() as lines:
        return dict(next(iter(csv.DictReader(lines)))) if file.endswith(".csv") else json.loads(next(lines))


@pytest.mark.parametrize("ending", LANGUAGES)
@pytest.mark.parametrize(
    ("thing", "file"), [("payment", "payments.jsonl"), ("click", "clicks.jsonl"), ("reading", "readings.csv")]
)
def test_a_row_of_the_samples_fits_its_schema_in_every_language(capsys, thing, file, ending):
    at = {"at_ms": 1_700_000_000_000} if ending == "thrift" else {"at": "2026-11-28T17:00:00Z"}
    row = {name: float(value) if name == "value" else value for name, value in _first_row(file).items()}
    schema = str(SCHEMAS / f"{thing}.{ending}")
    assert main(["schema", "sizes", schema, "--record", json.dumps({**row, **at}), "--json"]) == 0, (
        capsys.readouterr().err
    )


def test_check_tells_both_directions(capsys):
    assert main(["schema", "check", ORDER, V2]) == 1
    out = capsys.readouterr().out
    assert f"✓ {V2} reads what {ORDER} has written (BACKWARD)" in out
    assert f"✗ {ORDER} does not read what {V2} has written (FORWARD)" in out


def test_sizes_show_the_schema_in_the_record_against_its_id(capsys):
    assert main(["schema", "sizes", ORDER, "--record", RECORD, "--json"]) == 0
    sizes = json.loads(capsys.readouterr().out)["bytes"]
    assert sizes["avro (the schema's id)"] == sizes["avro-binary"] + 5
    assert sizes["avro-single-object"] == sizes["avro-binary"] + 10
    assert sizes["avro-file"] > 10 * sizes["avro (the schema's id)"]


def test_samples_as_json_or_in_a_container_file(capsys, tmp_path):
    assert main(["schema", "sample", ORDER, "-n", "3"]) == 0
    drawn = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    out = tmp_path / "orders.avro"
    assert main(["schema", "sample", ORDER, "-n", "3", "--avro-file", str(out)]) == 0
    with out.open("rb") as file:
        reader = fastavro.reader(file)
        assert [record["id"] for record in reader] == [record["id"] for record in drawn]
        assert reader.writer_schema["name"] == "shop.Order"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evolve", "no.avsc", V2], "no.avsc: no such file or directory"),
        (["evolve", "order.xml", V2], "order.xml: a schema file ends in .avsc, .json, .proto, .thrift"),
        (["sizes", ORDER, "--record", "{"], "--record: not JSON at line 1"),
        (["sizes", ORDER, "--record", "{}"], "id is missing"),
        (["sample", ORDER, "--type", "Tea"], "has no type Tea; there are shop.Order, shop.Item"),
        (["sample", str(SCHEMAS / "payment.proto"), "--avro-file", "x"], "a container file takes an .avsc"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(capsys, arguments, said):
    assert main(["schema", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
