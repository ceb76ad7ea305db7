"""What does not fit a schema, and what is no schema: told by place, and never the engine's end."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared.schema_files import FILES, QUICK, SCHEMAS, draws, load
from workbench.model.record import Problem
from workbench.serde import SerdeError, serializer
from workbench.serde.checking import problems, schema_problem
from workbench.serde.errors import SchemaError
from workbench.serde.memory_ids import MemoryIds
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import Source, encoder, read_source
from workbench.serde.setting import Setting

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
