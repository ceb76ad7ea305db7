"""Where keys stand: each value here is the number of the line it is on."""

import random
import tomllib

import pytest

from workbench.model.toml_lines import lines_of


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


ODD = '''a = 1 # b = 9
"b" = 2
'c d' = 3
e.f."g.h" = 4   # ] } """
e . i=5
"q\\"]=\\u00e9" = 6
text = """
k = 9
\\""" [x]
"""
lit = \'\'\'
l = 9 " \' \'\'\'\'
m = 13
bare = 1979-05-27 07:32:00
n = [ 15, # x ], 9
  # y
  17, [17, { o = 17, p.q = 17 }],
]
r = { s = 19, "t=}" = 19, u = "}" }

[ v . "w]" ]
x = 22
[[y]]
z = 24
[y.sub]
z = 26
[[y]]
z = 28
[[y.inner]]
z = 30
[[y.inner]]
z = 32
\t[v.later]
  empty = ""
more = \'\'
last = 36'''


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_each_value_is_the_number_of_its_line(ends):
    text = ODD.replace("\n", ends)
    lines = lines_of(text)
    numbers = [(path, value) for path, value in leaves(tomllib.loads(text)) if isinstance(value, int)]
    assert len(numbers) == 21
    assert {path: lines[path] for path, _ in numbers} == dict(numbers)
    assert lines["v", "w]"] == 21
    assert lines["y", 1] == 27
    assert lines["y",] == 23
    assert lines["text",] == 7


def test_random_documents():
    draw = random.Random(20261123)
    pieces = ["k{n} = {line}", '"k.{n}" = {line}', "k{n}.x.y = {line}", "k{n} = [ {line}, {line} ]",
              "k{n} = {{ a = {line}, b = [ {line} ] }}", "[t{n}]", "[[many]]", "[t{n}.'a.b']", "# k = 1", "",
              "k{n} = '''\n# \"\n''' # {{", 'k{n} = """a\n\\"""\n"""', "k{n} = [\n\n]"]  # fmt: skip
    for _ in range(200):
        text, line = "", 1
        for n in range(draw.randrange(1, 30)):
            piece = draw.choice(pieces).format(n=n, line=line) + "\n"
            text += piece
            line += piece.count("\n")
        lines = lines_of(text)
        for path, value in leaves(tomllib.loads(text)):
            if isinstance(value, int):
                assert lines[path] == value, text
