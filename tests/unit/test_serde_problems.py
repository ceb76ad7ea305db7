"""Where in the text of a template it goes wrong, as the composer marks it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.serde import serializer
from workbench.serde.problems import field_at, problems
from workbench.serde.template_places import line_and_column, marked, offset, unmarked
from workbench.serde.templates import compile_template


def found(text, name="json", seq=5):
    return problems(text, serializer(name), seed=7, run_id="r", part="value", seq=seq)


@pytest.mark.parametrize(
    ("text", "line", "column", "field"),
    [
        ('{"a": 1,\n "b": [1, tea]}', 2, 11, "b[1]"),
        ('{"a": {{ seq }},\n "b": [1, {{ uuid() }}]}', 2, 11, "b[1]"),
        ('{"a": "{{ "x" * 50 }}", "b": {"c": ]}', 1, 36, "b.c"),
        ('{% if seq > 2 %}{"a": 1,\n\n "b": oops}{% endif %}', 3, 7, "b"),
        ('[{% for i in range(3) %}\n {"d": {{ i }}},{% endfor %}]', 2, 29, "[3]"),
        ('{"now": "{{ now }}",\n "user": {{ "x y" }}}', 2, 10, "user"),
        ("NaN", 1, 1, ""),
    ],
)
def test_the_place_is_that_of_the_text_a_person_wrote(text, line, column, field):
    problem = found(text)[0]
    assert (problem.line, problem.column, problem.field) == (line, column, field)
    assert "at line" not in problem.text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n "a": {{ seqq }}\n}', 2, "unknown name seqq; did you mean seq?"),
        ('{\n\n "a": {{ seq }\n}', 3, "unexpected '}'"),
        ("a\n{{ 1 // 0 }}", 2, "integer division or modulo by zero"),
        ("a\n{{ random(3, 1) }}", 2, "random(3, 1): the first number is the larger"),
    ],
)
def test_a_template_s_own_mistake_has_its_line(text, line, said):
    assert [(problem.line, problem.text) for problem in found(text, "string")] == [(line, said)]


def test_what_is_right_has_no_problem():
    assert found('{"a": {{ seq }}}') == ()


def test_what_marks_would_change_has_no_place():
    text = "{% set x %}abc{% endset %}[{{ x|length }}, tea]"
    assert found(text) == ()
    assert found("[1,\n{%- if true %} tea{% endif %}]") == ()


@given(
    st.lists(
        st.sampled_from(["{{ seq }}", "{{ random(1, 9) }}", "{{ now_ms }}", "{% if true %}", "a\n", '"', "é"])
    )
)
def test_marks_change_nothing_that_is_rendered(pieces):
    text = "".join(pieces) + "{% endif %}" * pieces.count("{% if true %}")
    plain = compile_template(text, 7, "r", "value").render(3)
    again, places = unmarked(compile_template(marked(text), 7, "r", "value").render(3), text)
    assert len(again) == len(plain)
    for at in range(len(plain)):
        back = places.back(at)
        assert text[back : back + 2] == "{{" or text[back] == plain[at]


@given(st.text("ab\n"), st.data())
def test_a_place_is_an_offset_and_back(text, data):
    at = data.draw(st.integers(0, len(text)))
    assert offset(text, *line_and_column(text, at)) == at


@given(
    st.recursive(
        st.integers() | st.text('ab{}[],:\\"', max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_the_field_of_every_place_in_a_json_text(value):
    """A number put in by hand, so that it can be found again."""
    if not isinstance(value, dict | list):
        return
    text = json.dumps({"before": value, "found": [value, 987654321]})
    assert field_at(text, text.index("987654321")) == "found[1]"
