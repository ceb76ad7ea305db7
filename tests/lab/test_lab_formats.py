"""Every serializer by `kwb run` on the lab, read back by the format's own library; and every bad record."""

import json
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest
from formats import SCHEMAS, check_every_format, consumed, reports
from small_registry import SmallRegistry

from workbench.cli import main
from workbench.model.record import RecordPlan, RegistryPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.model.scenario_file import read_scenario

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    command = [sys.executable, "-m", "workbench.cli", "lab"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout is not None
        yield lab.stdout.readline().strip().removeprefix("bootstrap.servers=")
        lab.terminate()


@pytest.fixture
def registry() -> Iterator[SmallRegistry]:
    made = SmallRegistry()
    yield made
    made.close()


def test_every_format_is_read_back_by_its_own_library(bootstrap, registry, tmp_path, capsys):
    sizes = check_every_format(bootstrap, registry.url, tmp_path, capsys)
    assert sizes["avro"] == sizes["avro-binary"] + 5
    assert sizes["avro"] * 10 < sizes["avro-file"]  # the schema in the record, against its id
    assert len(registry.subjects) == 3


OWN = """
def raises(text): raise ValueError("no good")
def hangs(text):
    while True:
        try: pass
        except Exception: pass
def text(text): return text
"""
BAD = [
    ("avro-binary", "order.avsc", '{"id": "{{ seq }}"}', "_BAD_RECORD", "serializer", "value: id: a whole number (long)"),
    ("json", None, "[NaN, {{ seq }}]", "_BAD_RECORD", "serializer", "value: not JSON: NaN is no JSON number"),
    ("string", None, "{{ '\\ud800' }}", "_BAD_RECORD", "serializer", "value: UTF-8 has no lone surrogate (U+D800"),
    ("own:raises", None, "x", "_BAD_RECORD", "serializer", "value: own:raises raised ValueError: no good"),
    ("own:text", None, "x", "_BAD_RECORD", "serializer", "value: own:text returned str; a serializer returns bytes"),
    ("own:hangs", None, "x", "_RECORD_TIMEOUT", "serializer", "took longer than record_timeout_ms (100 ms)"),
    ("string", None, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "_RECORD_TIMEOUT", "template", "took longer than record_timeout_ms (100 ms)"),
    ("string", None, "{{ 'x' * 10**9 }}", "_BAD_RECORD", "template", "value: * would make more than 4,000,000 items"),
    ("string", None, "{{ ''.__class__ }}", "_BAD_RECORD", "template", "unsafe"),
    ("string", None, "{{ 'x' * 3000000 }}", "MSG_SIZE_TOO_LARGE", "send()", None),
    ("avro", "order.avsc", '{"id": {{ seq }}}', "_REGISTRY", "registry", "the schema registry answers 500 for subject bad-value"),
]  # fmt: skip


async def test_what_cannot_be_sent_is_told_and_counted_and_the_run_does_as_planned(
    bootstrap, registry, tmp_path
):
    registry.answer = 500
    (tmp_path / "own.py").write_text(OWN)
    wanted = [(case, plan) for case in BAD for plan in (("go-on", 4, "done"), ("stop", 1, "stopped"))]
    scenarios = [
        Scenario(
            topic=TopicPlan("bad", 1, 3, create=True),
            record=RecordPlan(
                value=template, value_serializer=name, value_schema_file=schema and str(SCHEMAS / schema)
            ),
            registry=RegistryPlan(url=registry.url, timeout_ms=300),
            send=SendPlan(count=4, record_timeout_ms=100, verify=False, on_rejected=plan),
            folder=str(tmp_path),
        )
        for (name, schema, template, *_), (plan, *_) in wanted
    ]
    for report, ((name, _, _, code, where, text), (_, sent, state)) in zip(
        await reports(bootstrap, scenarios), wanted, strict=True
    ):
        ledger, error = report.ledger, report.errors[0]
        assert (ledger.sent, ledger.rejected, report.state) == (sent, sent, state), name
        assert (error.code, error.where, error.count) == (code, where, sent)
        assert text is None or text in (error.text or "")


async def test_every_sample_of_the_formats_is_sent_whole(bootstrap):
    files = sorted((SCHEMAS.parent / "formats").glob("*.toml"))
    assert len(files) >= 6
    settings = ["send.count=50", "topic.create=true", "registry.url=mock://"]
    scenarios = [msgspec.structs.replace(read_scenario(file).resolve(settings), expect=()) for file in files]
    for file, report in zip(files, await reports(bootstrap, scenarios), strict=True):
        assert (report.ledger.acked, report.ledger.stored) == (50, 50), (file.name, report.errors)


def test_a_run_that_stops_at_a_rejected_record_exits_1(bootstrap, tmp_path, capsys):
    path = tmp_path / "stops.toml"
    path.write_text(
        "[topic]\nname = 'bad'\npartitions = 1\nreplication_factor = 3\ncreate = true\n"
        "[record]\nvalue = '{{ \"x\" if seq == 3 else seq }}'\nvalue_serializer = 'LongSerializer'\n"
        "[send]\non_rejected = 'stop'\n"
    )
    assert main(["run", str(path), "-b", bootstrap, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    ledger = report["ledger"]
    assert (ledger["sent"], ledger["rejected"], ledger["acked"], ledger["stored"]) == (4, 1, 3, 3)
    assert report["errors"][0]["text"] == "value: “x” is not a whole number"


def test_what_no_record_can_get_past_is_refused_before_the_first(bootstrap, tmp_path, capsys):
    path = tmp_path / "broken.toml"
    (tmp_path / "broken.proto").write_text('syntax = "proto3"; message A { int32 x = 1 }')
    path.write_text(
        "[topic]\nname = 'bad'\npartitions = 1\nreplication_factor = 3\ncreate = true\n"
        "[record]\nvalue = '{}'\nvalue_serializer = 'protobuf-binary'\nvalue_schema_file = 'broken.proto'\n"
    )
    assert main(["run", str(path), "-b", bootstrap]) == 2
    assert 'record.value: broken.proto:1: Expected ";"' in capsys.readouterr().err


def test_a_registry_that_is_away_is_not_the_input_s_fault(bootstrap, registry, tmp_path, capsys):
    path = tmp_path / "away.toml"
    path.write_text(
        "[topic]\nname = 'bad'\npartitions = 1\nreplication_factor = 3\ncreate = true\n"
        f"[record]\nvalue = '{{{{ seq }}}}'\nvalue_serializer = 'avro'\nvalue_schema_file = 'int.avsc'\n"
        f"[registry]\nurl = '{registry.url}'\ntimeout_ms = 300\n[send]\ncount = 1\n"
    )
    (tmp_path / "int.avsc").write_text('"int"')
    registry.answer = 401
    assert main(["run", str(path), "-b", bootstrap]) == 2
    refused = capsys.readouterr().err
    assert "kwb: record.value: the schema registry answers 401 for subject bad-value" in refused
    registry.close()
    assert main(["run", str(path), "-b", bootstrap, "--set", "registry.timeout_ms=3000"]) == 3
    error = capsys.readouterr().err
    assert f"the schema registry at {registry.url} cannot be reached" in error
    assert error.endswith("start it, or mend [registry] url\n")


def test_at_load_speed_records_come_from_a_ring_whose_size_is_told(bootstrap, tmp_path, capsys):
    path = tmp_path / "load.toml"
    path.write_text(
        "[topic]\nname = 'ring'\npartitions = 1\nreplication_factor = 3\ncreate = true\n"
        "[record]\nkey = '{{ 7 // (seq - 3) }}'\nvalue = '{{ seq }} {{ uuid() }}'\n"
        "[send]\ncount = 50\nwarm_up = 0\nbatch = 20\nring = 10\non_rejected = 'go-on'\n"
    )
    assert main(["run", str(path), "-b", bootstrap, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ring"] == 10
    assert (report["ledger"]["rejected"], report["ledger"]["acked"]) == (5, 45)  # number 3 of each round
    values = consumed(bootstrap, "ring", 45)[1]
    assert values[:9] * 5 == values
    assert [int(value.split()[0]) for value in values[:9]] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert main(["run", str(path), "-b", bootstrap, "--json", "--set", "send.ring=0"]) == 0
    assert json.loads(capsys.readouterr().out)["ring"] is None
    assert len({value.split()[0] for value in consumed(bootstrap, "ring", 94)[1][45:]}) == 49
