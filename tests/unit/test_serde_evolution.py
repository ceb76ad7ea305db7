"""A record written with one version and read with another, field by field."""

import io
from pathlib import Path

import fastavro
import pytest

from workbench.serde.errors import SerdeError
from workbench.serde.evolution import evolve, reads
from workbench.serde.schemas import languages
from workbench.serde.schemas.field_facts import NONE
from workbench.serde.schemas.schema import Source

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"


def schema(name):
    return languages.load(languages.language_of(name), Source((SCHEMAS / name).read_text(), SCHEMAS, name))


def told(old, new, value):
    found = evolve(schema(old), schema(new), value)
    return found, {step.new or step.old: (step.what, step.written, step.read) for step in found.steps}


ORDER = {
    "id": 7, "customer": "Ada", "item": "TEA", "quantity": 2, "cents": 350, "note": "soon",
    "at": "2026-11-28T17:00:00Z",
}  # fmt: skip


def test_avro_added_removed_promoted_and_renamed_by_alias():
    found, fields = told("order.avsc", "order.v2.avsc", ORDER)
    assert found.problem is None
    assert fields == {
        "id": ("kept", 7, 7),
        "buyer": ("renamed", "Ada", "Ada"),
        "item": ("kept", "TEA", "TEA"),
        "quantity": ("kept", 2, 2),
        "cents": ("promoted", 350, 350),
        "currency": ("added", NONE, "EUR"),
        "at": ("kept", ORDER["at"], ORDER["at"]),
        "note": ("removed", "soon", NONE),
    }
    # the same by fastavro alone, from the same bytes
    old, new = (fastavro.schema.load_schema(SCHEMAS / name) for name in ("order.avsc", "order.v2.avsc"))
    public = fastavro.schemaless_reader(io.BytesIO(schema("order.avsc").encode(ORDER)), old, new)
    assert (public["buyer"], public["cents"], public["currency"]) == ("Ada", 350, "EUR")
    assert "note" not in public


def test_protobuf_by_numbers():
    payment = {"id": "p", "order": "7", "cents": 350, "method": "CARD", "comment": "soon"}
    found, fields = told("payment.proto", "payment.v2.proto", payment)
    assert found.problem is None
    assert fields["order_id"] == ("renamed", "7", "7")
    assert fields["cents"] == ("promoted", 350, "350")
    assert fields["currency"] == ("added", NONE, "")
    assert fields["comment"] == ("removed", "soon", NONE)


def test_thrift_by_ids():
    reading = {"sensor": "s", "at_ms": 1, "value": 2.5, "firmware": "1.0"}
    found, fields = told("reading.thrift", "reading.v2.thrift", reading)
    assert found.problem is None
    assert fields["measured"] == ("renamed", 2.5, 2.5)
    assert fields["battery_percent"] == ("added", NONE, 100)
    assert fields["firmware"] == ("removed", "1.0", NONE)


def test_json_schema_by_names():
    found, fields = told("order.json", "order.v2.json", ORDER)
    assert found.problem is None
    assert fields["cents"] == ("promoted", 350, 350)
    assert fields["currency"][0] == "added"
    assert fields["note"][0] == "removed"


def test_a_symbol_that_version_1_does_not_know_is_read_as_its_default():
    payment = {"id": "p", "order": 7, "cents": 350, "method": "CASH", "at": 0}
    found, fields = told("payment.v2.avsc", "payment.avsc", payment)
    assert found.problem is None
    assert fields["method"] == ("kept", "CASH", "UNKNOWN")
    assert fields["comment"] == ("added", NONE, None)
    assert fields["currency"] == ("removed", NONE, NONE)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("order.avsc", "order.bad.avsc", "int is not string"),
        ("payment.proto", "payment.bad.proto", "int32 → string"),
        ("reading.thrift", "reading.bad.thrift", "double → string"),
        ("click.json", "click.bad.json", "is not of type 'string'"),
        ("order.v2.avsc", "order.avsc", "long is not int"),
    ],
)
def test_what_does_not_evolve_is_told(old, new, reason):
    assert reason in str(reads(schema(old), schema(new)))
    assert reason in str(evolve(schema(old), schema(new)).problem)


def test_a_version_reads_itself():
    for name in ("order.avsc", "payment.proto", "reading.thrift", "click.json"):
        assert reads(schema(name), schema(name)) is None


def test_two_languages_and_a_record_that_does_not_fit_are_refused():
    with pytest.raises(SerdeError, match="AVRO and PROTOBUF are two languages"):
        evolve(schema("order.avsc"), schema("payment.proto"))
    with pytest.raises(SerdeError, match="does not fit the old schema: id"):
        evolve(schema("order.avsc"), schema("order.v2.avsc"), {**ORDER, "id": "x"})
