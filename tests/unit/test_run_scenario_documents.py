"""Scenario files as the screen saves them, and records kept by name."""

import msgspec
import pytest

from workbench.errors import InputError
from workbench.model.record import Header, RecordPlan
from workbench.model.scenario import Scenario, TopicPlan
from workbench.run import saved_records, scenario_documents


def test_a_scenario_that_nobody_wrote_is_saved_and_read_again(tmp_path):
    scenario = Scenario(title="mine", topic=TopicPlan(name="t"), record=RecordPlan(key="", value=None))
    document, secrets = scenario_documents.save(
        scenario_documents.untitled(), scenario, tmp_path / "mine.toml"
    )
    assert secrets == ()
    again, read = scenario_documents.opened(document.path)
    assert msgspec.structs.replace(read, folder="") == scenario
    assert again.file.text == document.file.text


def test_a_value_file_is_found_from_where_the_scenario_is_saved(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "value.json").write_text("{}")
    (tmp_path / "a" / "s.toml").write_text('format = 1\n[record]\nvalue_file = "value.json" # it\n')
    document, scenario = scenario_documents.opened(tmp_path / "a" / "s.toml")
    scenario_documents.save(document, scenario, tmp_path / "b" / "s.toml")
    again = scenario_documents.opened(tmp_path / "b" / "s.toml")[1]
    assert msgspec.structs.replace(again, folder=scenario.folder) == scenario
    assert (tmp_path / "b" / "s.toml").read_text().startswith("format = 1\n[record]\n")


def test_a_file_with_a_password_is_its_owner_s_alone(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("format = 1\n")
    path.chmod(0o644)
    scenario = Scenario(producer={"sasl.password": "pst", "acks": "all"})
    document, secrets = scenario_documents.save(scenario_documents.untitled(), scenario, path)
    assert secrets == ("sasl.password",)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "pst" in document.file.text


def test_what_somebody_else_wrote_since_is_noticed(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("format = 1\n")
    document, _ = scenario_documents.opened(path)
    assert not scenario_documents.changed_on_disk(document)
    path.write_text("format = 1 # theirs\n")
    assert scenario_documents.changed_on_disk(document)


def test_where_nothing_can_be_written_is_said_and_nothing_is_left(tmp_path):
    document = scenario_documents.untitled()
    with pytest.raises(InputError, match="no such file or directory; give a path that can be written"):
        scenario_documents.save(document, Scenario(), tmp_path / "none" / "s.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InputError, match="is a directory"):
        scenario_documents.save(document, Scenario(), tmp_path / "folder.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.toml"]


def test_a_path_is_read_as_a_person_writes_it(tmp_path):
    assert scenario_documents.named("mine", tmp_path) == tmp_path / "mine.toml"
    assert scenario_documents.named("/x/mine.toml", tmp_path).as_posix() == "/x/mine.toml"


RECORD = RecordPlan(
    key="k {{ seq }}", value='{"a": "é\n"}', value_serializer="json", partition=9, timestamp="{{ now_ms }}",
    headers=(Header("h", ""), Header("h", None)),
)  # fmt: skip


def test_a_record_is_kept_by_name_replaced_and_deleted(tmp_path):
    folder = tmp_path / "records"
    assert saved_records.names(folder) == []
    saved_records.save(folder, "an order, big", "orders", RECORD)
    saved_records.save(folder, "b", "orders", RecordPlan())
    assert saved_records.names(folder) == ["an order, big", "b"]
    assert saved_records.load(folder, "an order, big") == ("orders", RECORD)
    other = msgspec.structs.replace(RECORD, key=None)
    saved_records.save(folder, "an order, big", "orders", other)
    assert saved_records.load(folder, "an order, big") == ("orders", other)
    saved_records.delete(folder, "b")
    assert saved_records.names(folder) == ["an order, big"]
    with pytest.raises(InputError, match="b: no such file or directory"):
        saved_records.delete(folder, "b")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 81, "a\nb"])
def test_what_cannot_be_a_name_is_said(tmp_path, name):
    with pytest.raises(InputError, match="cannot be a name"):
        saved_records.save(tmp_path, name, "t", RECORD)


def test_a_broken_file_is_said_with_its_line(tmp_path):
    (tmp_path / "bad.toml").write_text("format = 1\n[record]\nkye = 1\n")
    with pytest.raises(InputError, match=r"bad\.toml:3: record\.kye: unknown key"):
        saved_records.load(tmp_path, "bad")


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b'format = 1\ntitle = "A hot key"\n[topic]\nname = "t"\n', "A hot key"),
        (b"format = 1\n", "untitled"),
        (b"[topic]\npartitions = 3\n", "untitled"),
        (b'[roles]\nbase = "#0b0f17"\n', ""),
        (b'acks = "all"\n', ""),
        (b"title = 7\n", ""),
        (b'title = "cut', ""),
        (b'title = "\xff"', ""),
        (b'title = "far too long"\n# ' + b"x" * 65_536, ""),
    ],
    ids=[
        "title",
        "none",
        "no format",
        "a theme",
        "a config",
        "a number",
        "no TOML",
        "no UTF-8",
        "no scenario is that long",
    ],
)
def test_a_file_is_listed_with_the_title_that_it_has(tmp_path, content, title):
    path = tmp_path / "some.toml"
    path.write_bytes(content)
    assert scenario_documents.title_of(path) == title
    assert scenario_documents.title_of(tmp_path / "away.toml") == ""
