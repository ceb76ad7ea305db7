import json
import struct

import pytest

from workbench import serde
from workbench.model.record import SERIALIZER_NAMES, WITH_SCHEMA


def test_names_are_those_of_the_composer_and_each_has_a_serializer():
    assert serde.names() == SERIALIZER_NAMES
    made = {"uuid": "123e4567-e89b-12d3-a456-426614174000", "boolean": "true", "void": ""}
    for name in serde.names():
        if name == "json" or name not in WITH_SCHEMA:
            assert isinstance(serde.serializer(name)(made.get(name, "7")), bytes | None)
        else:
            with pytest.raises(serde.SerdeError, match=r"value_schema_file|\[registry\] url"):
                serde.serializer(name)


def test_an_unknown_serializer_is_refused_with_those_there_are():
    with pytest.raises(serde.SerdeError, match=r"tea; there are bytes, string, integer, json"):
        serde.serializer("tea")


@pytest.mark.parametrize("text", ["", "tea", "Grüße ✓ 茶", "a\x00b", "line\r\nline\n"])
def test_string_is_utf8(text):
    assert serde.serializer("string")(text) == text.encode("utf-8")


def test_string_names_a_lone_surrogate():
    with pytest.raises(serde.SerdeError, match=r"U\+D800, character 3"):
        serde.serializer("string")("ab\ud800")


@pytest.mark.parametrize("number", [0, 1, -1, 42, 2**31 - 1, -(2**31)])
def test_integer_is_four_bytes_big_endian_signed(number):
    assert serde.serializer("integer")(str(number)) == struct.pack(">i", number)


@pytest.mark.parametrize("text", [" 42\n", "+42", "0042", "0" * 5000 + "42"])
def test_integer_forgives_space_sign_and_zeros(text):
    assert serde.serializer("integer")(text) == b"\x00\x00\x00\x2a"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2147483648", "2147483648 does not fit 32 bits (-2147483648 … 2147483647)"),
        ("-2147483649", "-2147483649 does not fit 32 bits (-2147483648 … 2147483647)"),
        ("9" * 5000, f"{'9' * 24}… does not fit 32 bits (-2147483648 … 2147483647)"),
        ("", "empty: a whole number is wanted"),
        ("4.0", "“4.0” is not a whole number"),
        ("1_000", "“1_000” is not a whole number"),
        ("٤٢", "“٤٢” is not a whole number"),
        ("tea", "“tea” is not a whole number"),
    ],
)
def test_integer_says_why_it_refuses(text, reason):
    with pytest.raises(serde.SerdeError) as caught:
        serde.serializer("integer")(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "text", ['{"b": 1,\n  "a" :2}\n', "null", "1e400", '"✓"', "[1, 1.50]", '{"a":1,"a":2}', "  7  "]
)
def test_json_is_sent_as_it_was_written(text):
    assert serde.serializer("json")(text) == text.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"id": 1,\n "item": tea}', "not JSON at line 2, column 10: expecting value"),
        ('{"ü": tru}', "not JSON at line 1, column 7: expecting value"),
        ("[1, 2", "not JSON at line 1, column 6: expecting ',' delimiter"),
        ("{'a': 1}", "not JSON at line 1, column 2: expecting property name enclosed in double quotes"),
        ("1 2", "not JSON at line 1, column 3: extra data"),
        ("NaN", "not JSON: NaN is no JSON number"),
        ("[-Infinity]", "not JSON: -Infinity is no JSON number"),
        (" ", "empty: JSON wants a value (null is one)"),
        ("[" * 100_000, "nested too deep to be checked"),
    ],
)
def test_json_says_where_it_stops_being_json(text, reason):
    with pytest.raises(serde.SerdeError) as caught:
        serde.serializer("json")(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize("text", ["{", "[1,]", '"\\q"', "01", "nul", '"\t"', "[1}", "+1", "'a'", '{"a" 1}'])
def test_json_refuses_what_the_standard_library_refuses(text):
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    with pytest.raises(serde.SerdeError, match="not JSON at line 1, column"):
        serde.serializer("json")(text)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("tea ✓", "tea ✓".encode()),
        ("", b""),
        ("hex:", b""),
        ("hex:0a ff", b"\x0a\xff"),
        ("hex: 0A\nFF ", b"\x0a\xff"),
        ("base64:Cv8=", b"\x0a\xff"),
        ("base64:", b""),
        ("hexa:0a", b"hexa:0a"),
        ("Hex:0a", b"Hex:0a"),
    ],
)
def test_bytes_takes_text_hex_and_base64(text, made):
    assert serde.serializer("bytes")(text) == made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hex:0a f", "hex: 3 digits, and a byte takes two"),
        ("hex:0g", "hex: “g” is no hex digit (digit 2)"),
        ("hex:٤٢", "hex: “٤” is no hex digit (digit 1)"),
        ("base64:Cv8", "base64: incorrect padding"),
        ("base64:Cv8é", "base64: “é” is not in its alphabet"),
    ],
)
def test_bytes_says_what_is_wrong_with_a_notation(text, reason):
    with pytest.raises(serde.SerdeError) as caught:
        serde.serializer("bytes")(text)
    assert str(caught.value) == reason
