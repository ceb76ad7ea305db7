import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.serde.errors import SerdeError
from workbench.serde.json_layout import laid_out


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"a":{{ seq }},"b":[1.50,{}],"a":[]}', '{\n  "a": {{ seq }},\n  "b": [\n    1.50,\n    {}\n  ],\n  "a": []\n}'),
        ('{"user-{{ seq }}": "{{ choice("tea", "\\u00e9") }}"}', '{\n  "user-{{ seq }}": "{{ choice("tea", "\\u00e9") }}"\n}'),
        ('"{"', '"{"'),
        (" null ", "null"),
    ],
)  # fmt: skip
def test_only_the_layout_changes(text, wanted):
    assert laid_out(text) == wanted
    assert laid_out(wanted) == wanted


@pytest.mark.parametrize("text", ['{"a": }', "{% if x %}1{% endif %}", "", "[" * 100_000])
def test_what_cannot_be_told_apart_is_refused(text):
    with pytest.raises(SerdeError):
        laid_out(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\ue000\ue001", codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
        max_leaves=10,
    )
)  # fmt: skip
def test_the_value_stays_what_it_was(value):
    text = json.dumps(value)
    if "{%" in text or "{#" in text or "{{" in text:
        return
    assert json.loads(laid_out(text)) == value
