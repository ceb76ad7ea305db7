"""Where in a JSON text its values stand."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.serde.errors import SerdeError
from workbench.serde.json_text import parsed, place, places

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
FORMS = st.sampled_from([{}, {"indent": 2}, {"separators": (",", ":")}, {"indent": 1, "ensure_ascii": False}])


def paths(value, path=()):
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield from paths(item, (*path, step))


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(VALUES, FORMS)
def test_each_value_begins_where_it_is_said_to(value, form):
    text = json.dumps(value, **form)
    found, lines = places(text), text.split("\n")
    assert parsed(text) == value
    assert set(found) == {path for path, _ in paths(value)}
    for path, inner in paths(value):
        line, column = found[path]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == inner


def test_the_nearest_value_around_stands_for_what_is_not_there():
    text = '{\n "a": [1, {"b": 2}]}'
    assert place(text, ("a", 1, "b")) == (2, 17)
    assert place(text, ("a", 1, "c", 7)) == (2, 11)
    assert place(text, ("z",)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("[1,", "line 1, column 4"), ("NaN", "no JSON number"), ("[-Infinity]", "no JSON number"),
     ("9" * 5000, "4300"), ("[" * 200_000, "nested too deep")],
)  # fmt: skip
def test_what_is_no_json_is_told(text, reason):
    with pytest.raises(SerdeError, match=r".") as caught:
        parsed(text)
    assert reason in str(caught.value)
