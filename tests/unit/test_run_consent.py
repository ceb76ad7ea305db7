"""Consent to code that a scenario names: found without being imported, asked once for each content."""

import pytest

from workbench.errors import InputError
from workbench.model.code import is_code
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan
from workbench.run.consent import (
    NOBODY,
    CodeNotAllowedError,
    Consents,
    allowed_code,
    code_of_preview,
    files_to_ask,
)


def scenario(folder, reference="tea_code:pack"):
    return Scenario(record=RecordPlan(value="x", value_serializer=reference), folder=str(folder))


@pytest.fixture
def folder(tmp_path):
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "tea_code.py").write_text("raise SystemExit('this must never run in the parent')\n")
    return beside


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a:b", True), ("a.b.c:D.e", True), ("json", False), ("a:", False), (":b", False), ("a b:c", False),
     ("a:b:c", False), ("../a:b", False), ("1a:b", False)],
)  # fmt: skip
def test_what_is_a_reference(text, wanted):
    assert is_code(text) is wanted


def test_without_consent_nothing_is_given_out_and_the_mend_is_said(folder):
    with pytest.raises(CodeNotAllowedError) as caught:
        allowed_code(scenario(folder), NOBODY)
    assert str(folder / "tea_code.py") in str(caught.value)
    assert "--allow-code" in str(caught.value)


def test_a_scenario_without_code_needs_none():
    assert allowed_code(Scenario(), NOBODY) == ()


def test_consent_is_remembered_by_content(folder, tmp_path):
    memory = tmp_path / "state" / "allowed.json"
    (asked,) = files_to_ask(scenario(folder), Consents(memory))
    assert asked.lines == ("raise SystemExit('this must never run in the parent')",)
    assert [named.key for named in asked.named] == ["record.value_serializer"]
    Consents(memory).give([asked])
    assert files_to_ask(scenario(folder), Consents(memory)) == ()
    (code,) = allowed_code(scenario(folder), Consents(memory))
    assert (code.path, code.module, code.attribute) == (str(folder / "tea_code.py"), "tea_code", "pack")
    (folder / "tea_code.py").write_text("print('other')\n")
    with pytest.raises(CodeNotAllowedError):
        allowed_code(scenario(folder), Consents(memory))


def test_a_consent_that_cannot_be_kept_holds_for_now(folder, tmp_path):
    (tmp_path / "file").write_text("")
    consents = Consents(tmp_path / "file" / "allowed.json")
    asked = files_to_ask(scenario(folder), consents)
    with pytest.raises(InputError, match="allowed for now"):
        consents.give(asked)
    assert len(allowed_code(scenario(folder), consents)) == 1


def test_the_command_line_allows_for_one_command(folder):
    assert len(allowed_code(scenario(folder), Consents(allow_all=True))) == 1


def test_a_broken_memory_asks_again(folder, tmp_path):
    (tmp_path / "m.json").write_text("{")
    assert len(files_to_ask(scenario(folder), Consents(tmp_path / "m.json"))) == 1


def test_where_a_module_is_looked_for(folder, tmp_path, monkeypatch):
    here = tmp_path / "here"
    (here / "shop").mkdir(parents=True)
    (here / "shop" / "__init__.py").write_text("")
    (here / "tea_code.py").write_text("here = 1\n")
    monkeypatch.chdir(here)
    allow = Consents(allow_all=True)
    assert allowed_code(scenario(folder), allow)[0].path == str(folder / "tea_code.py")
    assert allowed_code(scenario(""), allow)[0].path == str(here / "tea_code.py")
    assert allowed_code(scenario(folder, "shop:x"), allow)[0].path == str(here / "shop" / "__init__.py")
    assert allowed_code(scenario(folder, "msgspec:x"), allow)[0].path.endswith("msgspec/__init__.py")
    with pytest.raises(InputError, match=r"no module tea\.none; tea/none\.py is looked for beside"):
        allowed_code(scenario(folder, "tea.none:x"), allow)


def test_a_preview_does_without_a_partitioner_that_is_not_allowed(folder):
    send = SendPlan(partitioner="tea_code:pick")
    plan = Scenario(send=send, folder=str(folder))
    assert code_of_preview(plan, NOBODY) == ((), None)
    code, partitioner = code_of_preview(plan, Consents(allow_all=True))
    assert ([each.key for each in code], partitioner) == (["send.partitioner"], "tea_code:pick")
    with pytest.raises(CodeNotAllowedError):
        code_of_preview(scenario(folder), NOBODY)
