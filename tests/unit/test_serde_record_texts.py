"""A record as an envelope, as kcat's and kafka-console-producer's: what goes out comes in again."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.model.record import SERIALIZER_NAMES, Header, RecordPlan
from workbench.serde.maker import RecordMaker
from workbench.serde.record_texts import console_producer, envelope, kcat
from workbench.serde.record_texts.told import FormatError, Told

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
PLANS = st.builds(
    RecordPlan,
    key=st.none() | TEXT,
    key_serializer=st.sampled_from(SERIALIZER_NAMES),
    value=st.none() | TEXT,
    value_serializer=st.sampled_from(SERIALIZER_NAMES),
    headers=st.lists(st.builds(Header, TEXT, st.none() | TEXT), max_size=3).map(tuple),
    partition=st.none() | st.integers(0, 99),
    key_schema_file=st.none() | st.just("a.avsc"),
    value_type=st.none() | st.just("Order"),
    timestamp=st.none() | st.just("{{ now_ms }}") | st.integers(1, 2**60).map(str),
)
JSON_VALUES = st.recursive(
    st.integers(-9, 9) | TEXT | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
VALUES = (
    st.none() | st.binary(max_size=12) | JSON_VALUES.map(lambda value: json.dumps(value, indent=1).encode())
)
RECORDS = st.builds(
    Told,
    key=st.none() | st.binary(max_size=8),
    value=VALUES,
    headers=st.lists(st.tuples(TEXT, st.none() | TEXT.map(str.encode)), max_size=3).map(tuple),
    topic=st.sampled_from(["", "orders"]),
    partition=st.none() | st.integers(0, 99),
    timestamp=st.none() | st.integers(1, 2**60),
)


def made(plan: RecordPlan) -> tuple:
    return RecordMaker(plan, 7, "r").make(0)


@given(PLANS)
def test_an_envelope_of_a_plan_reads_as_that_plan(plan):
    found = envelope.read(envelope.of_plan(plan, "orders"))
    assert found.topic == "orders"
    for part in ("key", "value"):  # a null has no serializer to speak of
        assert getattr(found.record, part) == getattr(plan, part)
    for name in ("value_serializer", "key_schema_file", "value_type"):
        assert getattr(found.record, name) == getattr(plan, name)
    assert (found.record.headers, found.record.partition, found.record.timestamp) == (
        plan.headers, plan.partition, plan.timestamp,
    )  # fmt: skip


@given(RECORDS)
def test_an_envelope_of_a_record_makes_the_same_bytes(told):
    assume(b"{{" not in (told.value or b"") + (told.key or b"") and b"{%" not in (told.value or b""))
    assume(not any(b"{" in (data or b"") for _, data in told.headers))
    text = envelope.of_record(told)
    assert envelope.looks_like(text)
    found = envelope.read(text)
    assert made(found.record) == (told.key, told.value, list(told.headers))
    assert (found.record.partition, found.record.timestamp) == (
        told.partition, None if told.timestamp is None else str(told.timestamp),
    )  # fmt: skip


def test_what_kcat_prints_is_read():
    text = (
        '{"topic":"orders","partition":3,"offset":17,"tstype":"create","ts":1700000000000,"broker":1,'
        '"headers":["source","kwb","trace",null],"key":"user-1","payload":"{\\"id\\": 1}"}'
    )
    assert envelope.looks_like(text)
    assert envelope.read(text) == envelope.Found(
        RecordPlan(key="user-1", value='{"id": 1}', timestamp="1700000000000",
                   headers=(Header("source", "kwb"), Header("trace", None))),
        "orders",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ('{"a": "1", "b": null}', (Header("a", "1"), Header("b", None))),
        ('[["a", "1"], ["a"]]', (Header("a", "1"), Header("a", None))),
        ('[{"key": "a", "value": ""}]', (Header("a", ""),)),
        ("null", ()),
    ],
)
def test_headers_may_be_written_in_several_ways(headers, wanted):
    assert envelope.read(f'{{"value": 1, "headers": {headers}}}').record.headers == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a JSON object"),
        ('{"valeu": 1}', "valeu: an envelope has key, value, headers, topic, partition, timestamp"),
        ('{"value": 1, "partition": "3"}', "partition: must be a whole number from 0"),
        ('{"value": 1, "timestamp": true}', "timestamp: must be epoch milliseconds"),
        ('{"value_base64": "%%"}', "value_base64: "),
        ('{"value": 1, "headers": [["a", 1]]}', "headers: 'a' is not a name with text or null"),
        ('{"value": 1, "headers": "a"}', "headers: must be pairs"),
        ('{"value": 1, "value_serializer": "avrø"}', "value_serializer: 'avrø' is not known"),
    ],
)
def test_what_is_no_envelope_is_said(text, said):
    with pytest.raises(FormatError, match=said):
        envelope.read(text)


@pytest.mark.parametrize(
    "text", ["", "{", '{"id": 1}', '{"value": 1}', '{"value": 1, "key": 2, "x": 3}', "[]"]
)
def test_what_is_only_json_is_not_taken_for_a_record(text):
    assert not envelope.looks_like(text)


@given(RECORDS)
def test_a_line_for_the_console_producer_reads_as_that_record(told):
    try:
        line = console_producer.line(told)
    except FormatError:
        return
    assume("{{" not in line and "{%" not in line and "{#" not in line)
    assert "\n" not in line
    assert made(console_producer.read(line)) == (told.key, told.value, list(told.headers))


def test_what_a_tool_cannot_say_is_refused():
    with pytest.raises(FormatError, match="kcat sets no timestamp"):
        kcat.command(Told(topic="t", timestamp=5), "h:1")
    with pytest.raises(FormatError, match="no empty key"):
        kcat.command(Told(topic="t", key=b""), "h:1")
    with pytest.raises(FormatError, match="sets no partition"):
        console_producer.command(Told(topic="t", partition=1), "h:1")
    with pytest.raises(FormatError, match="value: byte 1 is not UTF-8 text"):
        console_producer.line(Told(value=b"\xff"))
