"""Loading what a person wrote: the very bytes that were allowed, and one line for whatever goes wrong."""

import hashlib
import sys

import pytest

from workbench.engine import loading
from workbench.engine.loading import Loaded
from workbench.errors import InputError
from workbench.model.code import Code

KEY = "send.partitioner"


@pytest.fixture
def code(tmp_path):
    def write(text, attribute="pick", name="tea_code"):
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        return Code(KEY, f"{name}:{attribute}", str(path), hashlib.sha256(path.read_bytes()).hexdigest())

    yield write
    sys.modules.pop("tea_code", None)


def test_what_is_named_is_had_and_each_run_begins_anew(code):
    named = code("import dataclasses\nseen = []\n@dataclasses.dataclass\nclass Tea:\n    name: str = 'x'\n")
    one = Code(KEY, "tea_code:Tea", named.path, named.sha256)
    seen = Code(KEY, "tea_code:seen", named.path, named.sha256)
    first = Loaded([one, seen])
    assert first.made(KEY, one.reference).name == "x"
    first.get(KEY, seen.reference).append(1)
    assert Loaded([seen]).get(KEY, seen.reference) == []


def test_one_file_is_executed_once_however_often_it_is_named(code):
    named = code("seen = []\ndef pick(): return seen\n")
    seen = Code(KEY, "tea_code:seen", named.path, named.sha256)
    loaded = Loaded([named, seen])
    assert loaded.get(KEY, named.reference)() is loaded.get(KEY, seen.reference)


def test_no_module_of_kwb_s_is_replaced(code):
    named = code("pick = 1\n", name="json")
    assert Loaded([named]).get(KEY, named.reference) == 1
    assert hasattr(sys.modules["json"], "dumps")


@pytest.mark.parametrize(
    ("text", "attribute", "what"),
    [
        ("x = 1\n", "pick", "has no pick"),
        ("x = 1\ndef pick(:\n", "pick", "line 2: "),
        ("x = 1\n\ny = 1 // 0\n", "pick", "line 3: ZeroDivisionError: "),
        ("import tea_that_is_not_there\n", "pick", "line 1: ModuleNotFoundError: No module named"),
        ("import sys\nsys.exit(0)\n", "pick", "line 2: SystemExit: 0"),
        ("raise ValueError('two\\nlines')\n", "pick", "line 1: ValueError: two lines"),
        ("while True:\n    pass\n", "pick", "takes longer than 0.2 s to import"),
        ("while True:\n  try:\n    while True: pass\n  except Exception: pass\n", "pick", "takes longer"),
        ("a\0b", "pick", "null bytes"),
    ],
)
def test_what_cannot_be_loaded_says_why_in_one_line(code, monkeypatch, text, attribute, what):
    monkeypatch.setattr(loading, "IMPORT_S", 0.2)
    named = code(text, attribute)
    with pytest.raises(InputError) as caught:
        Loaded([named])
    said = str(caught.value)
    assert said.startswith(f"{KEY}: tea_code:{attribute}: {named.path}: ")
    assert what in said
    assert "\n" not in said


def test_a_file_that_has_changed_since_is_not_run(code, tmp_path):
    named = code("pick = 1\n")
    code("pick = 1\nraise SystemExit\n")
    with pytest.raises(InputError, match="has changed since it was allowed"):
        Loaded([named])


def test_a_class_that_cannot_be_made(code):
    named = code("class pick:\n    def __init__(self, host): pass\n")
    with pytest.raises(InputError, match=r"cannot be made: TypeError: .*missing 1 required"):
        Loaded([named]).made(KEY, named.reference)


def test_what_was_not_allowed_is_not_had(code):
    with pytest.raises(InputError, match="tea_code:other was not allowed to run"):
        Loaded([code("pick = 1\n")]).get(KEY, "tea_code:other")
