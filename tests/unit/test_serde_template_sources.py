"""Draws with weights and ranks, counters, the key, rows of files, samples of a schema."""

import io
import json
import tracemalloc
from collections import Counter
from pathlib import Path

import fastavro
import pytest

from workbench.model.record import Header, RecordPlan
from workbench.serde import sample_words
from workbench.serde.errors import RecordError, TemplateError
from workbench.serde.maker import RecordMaker
from workbench.serde.rows import Rows
from workbench.serde.templates import compile_template

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"


def drawn(text, count=2000, **how):
    template = compile_template(text, seed=3, part="value", **how)
    return [template.render(seq) for seq in range(count)]


def maker(**plan):
    return RecordMaker(RecordPlan(**plan), 7, "r")


def test_weights_are_kept():
    counts = Counter(drawn('{{ weighted({"tea": 3, "coffee": 1, "never": 0}) }}'))
    assert set(counts) == {"tea", "coffee"}
    assert 1400 < counts["tea"] < 1600  # 1,500 are due; 5 sigma are 97, and the seed is fixed


def test_ranks_fall_as_zipf_says():
    counts = Counter(int(rank) for rank in drawn("{{ zipf(100) }}", 5000))
    total = sum(1 / rank for rank in range(1, 101))
    for rank in (1, 2, 4):
        assert abs(counts[rank] - 5000 / rank / total) < 150
    assert min(counts) == 1
    assert max(counts) <= 100
    steeper = Counter(int(rank) for rank in drawn("{{ zipf(100, 2) }}", 5000))
    assert steeper[1] > counts[1] * 2


def test_names_and_cities_are_of_their_lists_and_repeat():
    names = drawn("{{ first_name() }}|{{ name() }}|{{ city() }}|{{ word() }}", 50)
    assert names == drawn("{{ first_name() }}|{{ name() }}|{{ city() }}|{{ word() }}", 50)
    first, name, city, _ = names[7].split("|")
    assert first in sample_words.FIRST_NAMES
    assert name.split()[1] in sample_words.LAST_NAMES
    assert city in sample_words.CITIES
    assert len({each.split("|")[1] for each in names}) > 30


def test_a_counter_counts_per_key_and_a_record_made_again_counts_once():
    made = maker(key="user-{{ seq % 3 }}", value="{{ key }} {{ counter(key) }}")
    values = [made.make(0)[1], *(made.make(seq)[1] for seq in range(7))]
    assert values == [b"user-0 0", b"user-0 0", b"user-1 0", b"user-2 0", b"user-0 1", b"user-1 1", b"user-2 1", b"user-0 2"]  # fmt: skip


def test_the_key_is_the_same_record_s_also_in_headers():
    made = maker(key="{{ uuid() }}", value="{{ key }}", headers=(Header("k", "{{ key }}"),))
    for seq in (3, 1, 2):
        key, value, headers = made.make(seq)
        assert key == value == headers[0][1]
    assert made.serialize(made.draft(2)) == made.make(2)


def test_samples_of_a_schema_fit_it():
    plan = {"value_serializer": "avro-binary", "value_schema_file": str(SCHEMAS / "order.avsc")}
    made = maker(value="{{ sample() }}", **plan)
    schema = fastavro.schema.load_schema(SCHEMAS / "order.avsc")
    orders = [fastavro.schemaless_reader(io.BytesIO(made.make(seq)[1]), schema, None) for seq in range(20)]
    assert len({order["id"] for order in orders}) > 10
    assert maker(value="{{ sample() }}", **plan).make(7)[1] == made.make(7)[1]


def files(folder):
    rows = [{"id": str(n), "name": f"n{n}, “ü”"} for n in range(5)]
    (folder / "a.csv").write_text("id,name\n" + "".join(f'{r["id"]},"{r["name"]}"\n' for r in rows))
    (folder / "a.tsv").write_text("id\tname\n" + "".join(f"{r['id']}\t{r['name']}\n" for r in rows))
    (folder / "a.jsonl").write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in rows))
    schema = {
        "type": "record",
        "name": "R",
        "fields": [{"name": n, "type": "string"} for n in ("id", "name")],
    }
    with (folder / "a.avro").open("wb") as file:
        fastavro.writer(file, schema, rows)
    return rows


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "avro"])
def test_rows_come_in_their_order_again_and_again_and_from_anywhere(tmp_path, ending):
    wanted = files(tmp_path)
    made = maker(key="{{ row.id }}", value="{{ row | tojson }}", rows_file=str(tmp_path / f"a.{ending}"))
    for seq in (0, 1, 2, 12, 3, 3, 4, 5, 0):
        key, value, _ = made.make(seq)
        assert json.loads(value) == wanted[seq % 5]
        assert key == wanted[seq % 5]["id"].encode()


def test_a_large_file_is_read_as_it_is_needed(tmp_path):
    file = tmp_path / "large.csv"
    line = "x" * 500
    with file.open("w") as out:
        out.write("n,text\n")
        out.writelines(f"{n},{line}\n" for n in range(20_000))
    rows = Rows(str(file))
    tracemalloc.start()
    assert rows.at(19_999)["n"] == "19999"
    assert tracemalloc.get_traced_memory()[1] < 1_000_000  # of 10 MB
    tracemalloc.stop()
    rows.close()


def test_a_bad_row_costs_its_record_only(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"n": 0}\n{"n": NaN}\n{"n": 2}\n')
    made = maker(value="{{ row.n }}", rows_file=str(file))
    with pytest.raises(RecordError, match=r"rows_file: a.jsonl:2: not JSON: NaN"):
        made.make(1)
    assert made.make(2)[1] == b"2"
    short = tmp_path / "a.csv"
    short.write_text("a,b\n1,2\n3\n5,6\n")
    made = maker(value="{{ row.b }}", rows_file=str(short))
    assert made.make(0)[1] == b"2"
    with pytest.raises(RecordError, match=r"a.csv:3: 1 values under 2 names"):
        made.make(1)
    assert made.make(2)[1] == b"6"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ weighted({}) }}", "nothing to choose from"),
        ("{{ weighted({'a': -1}) }}", "whole numbers from 0 on"),
        ("{{ zipf(0) }}", "zipf(n) takes a whole number from 1 to 100,000"),
        ("{{ zipf(9, -9999) }}", "the exponent is too large"),
        ("{{ sample() }}", "give the schema file"),
        ("{{ row }}", "give that file"),
        ("{{ key }}", "the key must not be null"),
    ],
)
def test_what_is_not_there_is_told(text, reason):
    with pytest.raises(TemplateError, match=r".") as caught:
        compile_template(text).render(0)
    assert reason in str(caught.value)


def test_files_that_are_none_are_told_at_once(tmp_path):
    for name, reason in (("no.csv", "no such file"), ("a.xls", "ends in .csv")):
        with pytest.raises(RecordError, match=reason):
            maker(value="{{ row }}", rows_file=str(tmp_path / name))
    (tmp_path / "empty.csv").write_text("a,b\n")
    (tmp_path / "no.avro").write_bytes(b"tea")
    for name, reason in (("empty.csv", "has no rows"), ("no.avro", "rows_file: no.avro: ")):
        with pytest.raises(RecordError, match=reason):
            maker(value="{{ row.a }}", rows_file=str(tmp_path / name)).make(0)
