"""The partitioning demo: each sample runs on the lab, and what its file expects holds."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from workbench.partitioning import predict

KWB = str(Path(sys.executable).with_name("kwb"))
SCENARIOS = Path(__file__).resolve().parents[2] / "sample_payloads" / "scenarios"
SAMPLES = {
    "partitions_even_keys": (),
    "partitions_hot_key": (),
    "partitions_null_keys": (),
    "partitions_java_or_librdkafka": (),
    "partitions_added": (),
    "partitions_slow_broker": (),
    "partitioner_of_your_own": ("--allow-code",),
    "interceptors": ("--allow-code",),
}


def kwb(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([KWB, "run", *arguments], capture_output=True, text=True, timeout=55, check=False)


def sample(name: str) -> str:
    return str(SCENARIOS / f"{name}.toml")


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    """All at the same time: they mostly wait."""

    def run(name: str) -> "subprocess.CompletedProcess[str]":
        return kwb("--json", *SAMPLES[name], sample(name))

    with ThreadPoolExecutor(len(SAMPLES)) as pool:
        done = dict(zip(SAMPLES, pool.map(run, SAMPLES), strict=True))
    assert {name: each.returncode for name, each in done.items()} == dict.fromkeys(SAMPLES, 0), done
    return {name: json.loads(each.stdout) for name, each in done.items()}


def test_each_has_a_note_and_what_it_expects_holds(reports: dict[str, dict[str, Any]]) -> None:
    for name, report in reports.items():
        text = (SCENARIOS / f"{name}.toml").read_text()
        assert "\nnote = " in text, name
        assert len(report["expect"]) >= 3, name
        assert all(each["held"] for each in report["expect"]), name


def test_what_is_emulated_is_said(reports: dict[str, dict[str, Any]]) -> None:
    nothing = {"partitioner": None, "interceptors": []}
    said = {name: report["emulated"] for name, report in reports.items() if report["emulated"] != nothing}
    assert said == {
        "partitions_slow_broker": {"partitioner": "java", "interceptors": []},
        "partitioner_of_your_own": {"partitioner": "partitioners:vip_first", "interceptors": []},
        "interceptors": {
            "partitioner": None,
            "interceptors": ["interceptors:Trace", "interceptors:mask_card", "interceptors:CountPerKey"],
        },
    }


def test_java_s_default_puts_the_same_keys_elsewhere() -> None:
    done = kwb(
        "--json", "--set", "producer.partitioner=murmur2_random", sample("partitions_java_or_librdkafka")
    )
    assert done.returncode == 1, "what was expected of librdkafka's default does not hold"
    wanted = [0] * 6
    for number in range(1, 7):
        wanted[predict("java", f"user-{number}".encode(), 6) or 0] += 200
    assert [each["stored"] for each in json.loads(done.stdout)["partitions"]] == wanted


def test_an_emulated_partitioner_hears_of_new_partitions_and_moves_the_keys_that_were_foretold() -> None:
    settings = ("--set", "send.partitioner=java", "--set", "send.count=2500")
    report = json.loads(kwb("--json", *settings, sample("partitions_added")).stdout)
    keys = [f"user-{number}".encode() for number in range(100)]
    assert report["moved_keys"] == sum(predict("java", key, 4) != predict("java", key, 6) for key in keys)
    assert (report["ledger"]["rejected"], report["ledger"]["acked"]) == (0, 2500)


def test_without_consent_nothing_runs() -> None:
    done = kwb(sample("partitioner_of_your_own"))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("kwb: send.partitioner: partitioners:vip_first is code, in ")
    assert "code/partitioners.py" in line
    assert "--allow-code" in line


def test_what_one_s_own_code_does_wrong_is_counted_and_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "def some(topic, key, value, partitions, available):\n"
        "    return 99 if key == b'3' else 0\n"
        "def fails(record):\n"
        "    raise ValueError('no tea')\n"
    )
    (tmp_path / "s.toml").write_text(
        "[record]\nkey = '{{ seq % 10 }}'\n[send]\ncount = 100\n"
        "partitioner = 'shop:some'\ninterceptors = ['shop:fails']\n"
    )
    done = kwb("--json", "--allow-code", str(tmp_path / "s.toml"))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["ledger"]["rejected"], report["ledger"]["acked"]) == (10, 90)
    assert report["partitions"][0]["stored"] == 90
    assert {(e["code"], e["where"], e["count"], e["text"]) for e in report["errors"]} == {
        ("_BAD_PARTITION", "partitioner", 10, "shop:some: answered 99; there are 0 to 5"),
        ("_INTERCEPTOR_FAILED", "interceptor", 100, "shop:fails: on_send: ValueError: no tea"),
    }
    assert "10 of 100 records failed or were rejected: _BAD_PARTITION (partitioner)" in done.stderr


def test_an_interceptor_that_takes_too_long_is_the_reason_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def sleeps(record):\n    while True:\n        pass\n")
    (tmp_path / "s.toml").write_text(
        "[send]\ncount = 2\nrecord_timeout_ms = 50\ninterceptors = ['shop:sleeps']\n"
    )
    done = kwb("--allow-code", str(tmp_path / "s.toml"))
    assert done.returncode == 0, done.stderr
    assert "2 of 2 records failed or were rejected: _RECORD_TIMEOUT (interceptor): took longer" in done.stderr


def test_code_that_cannot_be_loaded_is_one_line_with_status_2(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def broken(:\n")
    for reference, said in (("shop:broken", "shop.py: line 1: "), ("tea:pot", "there is no module tea")):
        (tmp_path / "s.toml").write_text(f"[send]\npartitioner = '{reference}'\n")
        done = kwb("--allow-code", str(tmp_path / "s.toml"))
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        assert said in line
