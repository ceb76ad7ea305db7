"""kwb check: the right findings on the right lines, whatever the file looks like, and no secret printed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import main

CONFIGS = Path(__file__).parents[2] / "sample_payloads" / "configs"
SECRET = "not-a-real-one"

FOUND = {
    "good_java.properties": {(12, "info", "restart-not-covered")},
    "good_librdkafka.toml": {(5, "info", "restart-not-covered")},
    "good_librdkafka.json": {(4, "info", "restart-not-covered")},
    "written_on_windows.properties": {
        (1, "warning", "byte-order-mark"),
        (6, "info", "restart-not-covered"),
        (8, "warning", "beyond-ascii"),
        (9, "warning", "duplicate-key"),
    },
    "bad_java.properties": {
        (2, "error", "bootstrap-not-host-and-port"),
        (2, "warning", "bootstrap-one"),
        (3, "error", "class-without-package"),
        (6, "info", "defaults-changed"),
        (6, "warning", "duplicate-key"),
        (7, "error", "idempotence-allows-5-in-flight"),
        (8, "warning", "retries-instead-of-time"),
        (9, "error", "delivery-below-linger-plus-request"),
        (9, "warning", "no-time-for-a-retry"),
        (10, "error", "java-wants-whole-numbers"),
        (11, "warning", "unknown-name"),
        (12, "warning", "kib-for-bytes"),
        (13, "warning", "other-clients-name"),
        (14, "error", "java-wants-lower-case"),
        (15, "warning", "credentials-in-plaintext"),
        (17, "error", "jaas-malformed"),
    },
    "bad_librdkafka.toml": {
        (1, "info", "partitioner-differs"),
        (2, "warning", "bootstrap-with-scheme"),
        (2, "warning", "bootstrap-one"),
        (3, "error", "idempotence-needs-acks-all"),
        (3, "warning", "acks-1-can-lose"),
        (4, "info", "restart-not-covered"),
        (6, "error", "linger-not-below-delivery"),
        (6, "warning", "no-time-for-a-retry"),
        (7, "warning", "leading-zero"),
        (8, "error", "other-clients-name"),
        (10, "error", "mechanism-unknown"),
        (12, "warning", "hostname-verification-off"),
    },
    "bad_librdkafka.json": {
        (1, "info", "idempotence-off"),
        (1, "info", "order-at-risk"),
        (1, "info", "partitioner-differs"),
        (2, "warning", "bootstrap-one"),
        (3, "error", "not-a-choice"),
        (4, "warning", "number-read-in-part"),
        (4, "error", "unknown-name"),
        (5, "warning", "given-twice"),
        (7, "warning", "seconds-for-ms"),
        (7, "error", "linger-not-below-delivery"),
        (7, "warning", "no-time-for-a-retry"),
        (7, "warning", "delivery-shorter-than-failover"),
        (8, "warning", "credentials-unused"),
    },
    "bad_scenario.toml": {
        (1, "warning", "batch-above-topic-limit"),
        (1, "info", "partitioner-differs"),
        (12, "warning", "min-insync-is-all"),
        (13, "warning", "idempotence-off"),
        (13, "info", "order-at-risk"),
        (14, "warning", "delivery-below-linger-plus-request"),
        (14, "warning", "no-time-for-a-retry"),
        (14, "warning", "delivery-shorter-than-failover"),
        (15, "error", "other-clients-name"),
        (15, "warning", "request-above-topic-limit"),
    },
}


def findings(capsys, *arguments):
    """Exit status, the findings of each file, and stderr."""
    status = main(["check", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    return status, [json.loads(line) for line in said.out.splitlines()], said.err


def of(report):
    return {(each["line"], each["severity"], each["rule"]) for each in report["findings"]}


def rules_of(capsys, path, *arguments):
    _, (report,), _ = findings(capsys, path, *arguments)
    return {each["rule"] for each in report["findings"]}


def test_every_sample_is_tried():
    assert {path.name for path in CONFIGS.iterdir()} == FOUND.keys()


@pytest.mark.parametrize("name", FOUND)
def test_a_sample_gets_its_findings_on_their_lines(capsys, name):
    status, (report,), _ = findings(capsys, CONFIGS / name)
    assert of(report) == FOUND[name]
    assert status == (1 if name.startswith("bad") else 0)
    assert report["client"] == ("java" if name.endswith(".properties") else "librdkafka")


@pytest.mark.parametrize("name", FOUND)
def test_no_secret_is_printed(capsys, name):
    for arguments in ([], ["--json"], ["--client", "java"], ["--client", "librdkafka", "--json"]):
        main(["check", str(CONFIGS / name), *arguments])
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err


def test_a_finding_is_a_line_of_file_line_severity_text_and_rule(capsys):
    path = CONFIGS / "bad_java.properties"
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr()
    assert (
        f"{path}:9: error: delivery.timeout.ms=10000 is below linger.ms + request.timeout.ms = 30005: "
        "Java 4.1.0 refuses, librdkafka 2.16.0 accepts [delivery-below-linger-plus-request]"
    ) in said.out.splitlines()
    assert said.err == f"kwb check: read {path} as Java's; --client librdkafka for the other\n"


def test_warnings_exit_1_when_strict(capsys, tmp_path):
    path = tmp_path / "warned.properties"
    path.write_text((CONFIGS / "good_java.properties").read_text() + "retries=5\n")
    assert main(["check", str(path)]) == 0
    assert main(["check", str(path), "--strict"]) == 1
    assert main(["check", str(CONFIGS / "good_java.properties"), "--strict"]) == 0


def test_the_client_may_be_said(capsys):
    path = CONFIGS / "good_java.properties"
    status, (report,), err = findings(capsys, path, "--client", "librdkafka")
    assert (status, report["client"], err) == (1, "librdkafka", "")
    assert "other-clients-name" in {each["rule"] for each in report["findings"]}


@pytest.mark.parametrize(
    ("name", "text", "client"),
    [
        ("a.properties", "acks=all\n", "java"),
        ("a.properties", "message.timeout.ms=5000\n", "librdkafka"),
        ("a.json", '{"acks": "all"}', "librdkafka"),
        ("a.json", '{"key.serializer": "x.Y"}', "java"),
        ("a.toml", 'acks = "all"', "librdkafka"),
        ("a.toml", "buffer.memory = 5", "java"),
        ("a.toml", "[producer]\nbuffer.memory = 5\n[send]\ncount = 5", "librdkafka"),
        ("a.conf", "# x\nacks=all", "java"),
        ("a.conf", '[producer]\nacks = "all"', "librdkafka"),
        ("a.conf", ' {"queue.buffering.max.kbytes": 5}', "librdkafka"),
    ],
)
def test_the_client_is_taken_from_what_stands_there(capsys, tmp_path, name, text, client):
    path = tmp_path / name
    path.write_text(text)
    _, (report,), _ = findings(capsys, path)
    assert report["client"] == client


def test_several_files_and_one_that_is_not_there(capsys, tmp_path):
    good, bad = CONFIGS / "good_librdkafka.json", CONFIGS / "bad_java.properties"
    status, reports, err = findings(capsys, good, tmp_path / "tea.toml", bad)
    assert status == 2
    assert [report["errors"] > 0 for report in reports] == [False, True]
    assert "tea.toml: no such file" in err
    assert err.splitlines()[-1].startswith(f"kwb check: read {good} as librdkafka's, {bad} as Java's")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.properties",
            b"acks=all\ntea=\\u12\n",
            ":2: \\u without four hexadecimal digits; write a backslash twice",
        ),
        ("a.properties", "acks=all".encode("utf-16"), ": is no text, or text in UTF-16; save it as UTF-8"),
        (
            "a.properties",
            b"".join(b"k%d=1\n" % n for n in range(5000)),
            ":1001: more than 1000 names; this is no producer's config",
        ),
        ("a.json", b'{"acks": "all",}', ":1: not a flat JSON object: a name stands in double quotes"),
        (
            "a.json",
            b'{\n"acks": {"all": 1}}',
            ":2: acks: holds more than a value; write lists as text, with commas",
        ),
        (
            "a.json",
            b'{\n"sasl.password": not-a-real-one}',
            ":2: sasl.password: its value is not JSON; put text in double quotes",
        ),
        ("a.json", b'{"acks": "all"} x', ":1: more stands behind the object; take it out"),
        ("a.json", b'{"acks', ":1: a name is not ended; close its quotes"),
        ("a.json", b"", ":1: not a flat JSON object: a config is an object: {…}"),
        ("a.json", b'{"acks": null}', ":1: acks: is null; take the member out"),
        ("a.toml", b'acks = "all"\nacks = "1"', ":2: not TOML: cannot overwrite a value; mend the syntax"),
        (
            "a.toml",
            b"linger.ms = " + b"9" * 5000,
            ": a number has thousands of digits; give one that is in range",
        ),
        ("a.toml", b'acks = "\xff"', ":1: is not UTF-8 text, as TOML is; save it as UTF-8"),
        (
            "a.toml",
            b"acks = [1, 2]",
            ":1: acks: must be text, a number, true or false; Kafka writes lists as text, with commas",
        ),
        (
            "a.toml",
            b"[send]\ncount = 0\n[producer]\n",
            ":2: send.count: 0 is out of range; give 1 to 1000000000",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_in_one_line(capsys, tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["check", str(path)]) == 2
    err = capsys.readouterr().err
    assert err == f"kwb: {path}{said}\n"


def test_latin_1_is_read_and_said(capsys, tmp_path):
    path = tmp_path / "a.properties"
    path.write_bytes(b"acks=all\nclient.id=b\xfccher\n")
    assert "not-utf-8" in rules_of(capsys, path)


@pytest.mark.parametrize("text", ["client.id=b\\u00fccher", "# bücher\n  ! bücher\nclient.id=x"])
def test_escapes_and_comments_are_ascii_enough(capsys, tmp_path, text):
    path = tmp_path / "a.properties"
    path.write_text(text, encoding="utf-8")
    assert "beyond-ascii" not in rules_of(capsys, path)


@pytest.mark.parametrize(
    "data",
    [
        b"# tea\n" * 1_700_000,
        b"client.id=" + b"x" * 10_000_000,
        b"client.id=x\\\n" + b"y\\\n" * 3_000_000,
        b"acks=all\n" * 1_100_000,
        b"=" * 10_000_000,
        b"\\" * 10_000_001,
        b"x" * 10_000_000,
        b"\\u0041" * 1_600_000,
    ],
    ids=["comments", "a value", "continued", "the same", "separators", "backslashes", "a name", "escapes"],
)
def test_ten_megabytes_are_read_in_bounded_time(capsys, tmp_path, data):
    path = tmp_path / "big.properties"
    path.write_bytes(data)
    status, (report,), _ = findings(capsys, path)
    assert status == 1
    assert "bootstrap-missing" in {each["rule"] for each in report["findings"]}


def test_more_than_a_config_ever_is_is_refused(capsys, tmp_path):
    path = tmp_path / "big.properties"
    path.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    assert main(["check", str(path)]) == 2
    assert "larger than 16 MiB" in capsys.readouterr().err


def test_a_fix_of_a_secret_is_hidden(capsys, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('"sasl.passwrd" = "not-a-real-one"\n"ssl.key.password" = "not-a-real-one${TEA}"\n')
    _, (report,), _ = findings(capsys, path)
    fixes = [each["fix"] for each in report["findings"] if each["rule"] == "unknown-name"]
    assert fixes == [{"property": "sasl.password", "value": "[hidden]", "replaces": "sasl.passwrd"}]
    assert SECRET not in json.dumps(report)


def test_nothing_that_moves_the_cursor_is_printed(capsys, tmp_path):
    path = tmp_path / "a.properties"
    path.write_text("acks=\\u001b[31mall\nte\\u000aa\\u001b=1\n")
    main(["check", str(path)])
    out = capsys.readouterr().out
    assert all(letter.isprintable() or letter == "\n" for letter in out)
    assert len([line for line in out.splitlines() if not line.startswith(str(path))]) == 0


def test_a_rule_is_explained(capsys):
    assert main(["check", "--explain", "order-at-risk"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("order-at-risk   Java warning, librdkafka warning\n")
    assert "source: librdkafka 2.16.0, CONFIGURATION.md: max.in.flight" in out


def test_a_rule_that_is_not_there_is_refused_with_the_nearest(capsys):
    assert main(["check", "--explain", "order-at-riks"]) == 2
    assert (
        capsys.readouterr().err == "kwb: --explain order-at-riks: no such rule; did you mean order-at-risk?\n"
    )
    assert main(["check"]) == 2


def test_who_gives_a_property_is_told_its_rules(capsys):
    assert main(["check", "--explain", "batch.size"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(
        "kwb: --explain batch.size: no such rule; about batch.size there are not-a-number, "
    )
    assert "batch-above-request" in err


def test_a_config_comes_by_standard_input():
    command = [sys.executable, "-P", "-m", "workbench.cli", "check", "-", "--client", "librdkafka"]
    done = subprocess.run(
        command, input="linger.ms=5\nacks=2\n", capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("-:1: ")
    assert "-:2: warning: acks=2: " in done.stdout


def test_what_other_programs_read_is_told_by_its_own_name(capsys, tmp_path):
    path = tmp_path / "application.properties"
    path.write_text(
        "spring.kafka.producer.properties.linger.ms=5\nspring.kafka.bootstrap-servers=a:1\nserver.port=1\n"
    )
    _, (report,), _ = findings(capsys, path)
    told = {each["line"]: each for each in report["findings"] if each["rule"] == "name-with-prefix"}
    assert told[1]["fix"] == {
        "property": "linger.ms",
        "value": "5",
        "replaces": "spring.kafka.producer.properties.linger.ms",
    }
    assert told[2]["text"].endswith("its own name is bootstrap.servers")
    assert told[2]["text"].startswith("spring.kafka.bootstrap-servers: written for Spring Boot")
    path = path.rename(tmp_path / "application.yml")
    assert main(["check", str(path)]) == 2
    assert "kwb reads no YAML" in capsys.readouterr().err
