import pytest

from workbench.model.record import Header, RecordPlan
from workbench.serde.errors import RecordError
from workbench.serde.maker import RecordMaker


def maker(seed=7, run_id="r1", value_bytes=None, **plan):
    return RecordMaker(RecordPlan(**plan), seed, run_id, value_bytes)


def test_the_design_s_record():
    made = maker(
        key="user-{{ seq % 100 }}",
        value='{"id": {{ seq }}, "item": "tea"}',
        value_serializer="json",
        headers=(Header("source", "kwb"),),
    ).make(142)
    assert made == (b"user-42", b'{"id": 142, "item": "tea"}', [("source", b"kwb")])


def test_absent_is_null_and_empty_is_empty():
    assert maker().make(1) == (None, None, [])
    assert maker(key="", value="").make(1) == (b"", b"", [])


def test_serializers_apply_to_key_and_value():
    made = maker(key="{{ seq }}", key_serializer="integer", value="hex:00ff", value_serializer="bytes")
    assert made.make(258) == (b"\x00\x00\x01\x02", b"\x00\xff", [])


def test_headers_keep_order_repeats_empty_and_null():
    headers = (Header("a", "1"), Header("a", "{{ seq }}"), Header("b", ""), Header("c", None))
    wanted = [("a", b"1"), ("a", b"5"), ("b", b""), ("c", None)]
    assert maker(headers=headers).make(5)[2] == wanted


def test_the_caller_may_add_to_the_headers():
    made = maker(headers=(Header("a", "1"),))
    made.make(1)[2].append(("kwb", b"r1"))
    assert made.make(2)[2] == [("a", b"1")]


def test_a_file_s_bytes_are_the_value():
    made = maker(value_file="tea.bin", value_serializer="bytes", value_bytes=b"\x00{{ seq }}")
    assert made.is_constant
    assert made.make(1)[1] == b"\x00{{ seq }}"


def test_a_timestamp_is_a_number_or_rendered_for_each_record():
    assert maker().timestamp(3) == 0  # the client's clock
    assert maker(timestamp=" 1700000000000 ").timestamp(3) == 1_700_000_000_000
    assert maker(timestamp="{{ 1000 + seq }}").timestamp(3) == 1003
    assert not maker(timestamp="{{ seq }}").is_constant


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "1.5", "9" * 19, "9" * 5000, "٣"])
def test_what_is_no_timestamp_is_refused(text):
    with pytest.raises(RecordError) as refused:
        maker(timestamp=f"{{{{ '{text}' }}}}").timestamp(1)
    assert (refused.value.where, refused.value.kind) == ("timestamp", "serializer")


def test_what_is_constant():
    assert maker(key="a", value="{}", value_serializer="json", headers=(Header("a", "1"),)).is_constant
    assert not maker(key="{{ seq }}").is_constant
    assert not maker(value="{{ seq }}").is_constant
    assert not maker(headers=(Header("a", "{{ seq }}"),)).is_constant


def test_records_repeat_and_their_parts_draw_apart():
    draw = "{{ random(1, 10**12) }}"
    plan = {"key": draw, "value": draw, "headers": (Header("a", draw), Header("b", draw))}
    made = maker(**plan).make(17)
    key, value, headers = made
    assert len({key, value, headers[0][1], headers[1][1]}) == 4
    again = maker(**plan, run_id="another run")
    again.make(3)
    assert again.make(17) == made
    assert maker(**plan, seed=8).make(17) != made
    assert maker(**{**plan, "key": "constant"}).make(17)[1:] == made[1:]


@pytest.mark.parametrize(
    ("plan", "where", "kind", "reason"),
    [
        ({"key": "tea", "key_serializer": "integer"}, "key", "serializer", "not a whole number"),
        ({"value": "{", "value_serializer": "json"}, "value", "serializer", "line 1, column 2"),
        ({"value": "a", "value_serializer": "tea"}, "value", "serializer", "no serializer is called tea"),
        ({"value": "a", "value_serializer": "avro-binary"}, "value", "serializer", "give value_schema_file"),
        ({"key": "a\n{{ }}"}, "key", "template", "line 2"),
        ({"headers": (Header("a", "{{"),)}, "headers", "template", "line 1"),
    ],
)
def test_what_no_record_can_get_past_is_refused_at_once(plan, where, kind, reason):
    with pytest.raises(RecordError) as caught:
        maker(**plan)
    assert (caught.value.where, caught.value.kind) == (where, kind)
    assert reason in caught.value.reason
    assert str(caught.value) == f"{where} {kind}: {caught.value.reason}"


@pytest.mark.parametrize(
    ("plan", "where", "kind", "reason"),
    [
        ({"key": "{{ sq }}"}, "key", "template", "unknown name sq"),
        ({"value": "{{ 7 // (seq - 3) }}"}, "value", "template", "by zero"),
        ({"headers": (Header("a", "{{ sq }}"),)}, "headers", "template", "unknown name sq"),
        (
            {"value": "{{ 'tea' if seq == 3 else 1 }}", "value_serializer": "integer"},
            "value",
            "serializer",
            "“tea” is not a whole number",
        ),
        ({"value": "{{ '\\ud800' }}"}, "value", "serializer", "lone surrogate"),
    ],
)
def test_what_one_record_cannot_be_made_of_names_part_and_reason(plan, where, kind, reason):
    made = maker(**plan)
    with pytest.raises(RecordError) as caught:
        made.make(3)
    assert (caught.value.where, caught.value.kind) == (where, kind)
    assert reason in caught.value.reason


def test_a_record_that_cannot_be_made_does_not_harm_the_next():
    made = maker(value="{{ 7 // (seq - 3) }}")
    with pytest.raises(RecordError):
        made.make(3)
    assert made.make(4)[1] == b"7"


def test_in_two_steps_a_record_is_the_same():
    plan = {
        "key": "{{ seq }}",
        "key_serializer": "integer",
        "value": '{"id": {{ seq }}}',
        "value_serializer": "json",
        "headers": (Header("a", "{{ seq }}"), Header("b", None)),
    }
    made = maker(**plan)
    record = made.draft(5)
    assert (record.key, record.value, record.headers) == ("5", '{"id": 5}', [("a", b"5"), ("b", None)])
    assert made.serialize(record) == made.make(5)


def test_what_became_of_a_draft_is_what_its_serializer_gets():
    made = maker(key="tea", value="1", value_serializer="integer", partition=3)
    record = made.draft(0)
    assert (record.key, record.partition) == ("tea", 3)
    record.value, record.key = "258", None
    assert made.serialize(record)[:2] == (None, b"\x00\x00\x01\x02")
    record.value = b"as it is"
    assert made.serialize(record)[1] == b"as it is"
    record.value = "much tea"
    with pytest.raises(RecordError, match="value serializer: “much tea” is not a whole number"):
        made.serialize(record)
