"""`kwb run` as a user calls it: the installed command, the real lab, the contract's exit statuses."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from workbench.dev.processes import is_running
from workbench.insight.bottleneck import PLACES

KWB = str(Path(sys.executable).with_name("kwb"))
SAMPLES = Path(__file__).resolve().parents[2] / "sample_payloads"
ORDERS = str(SAMPLES / "orders.toml")
FIRST_RUN = str(SAMPLES / "first_run.toml")  # like the orders, and expects nothing of its report
FAST = ("--set", "send.rate=50000")


def kwb(*arguments: str, timeout: float = 50) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([KWB, *arguments], capture_output=True, text=True, timeout=timeout, check=False)


def report(*arguments: str) -> dict[str, Any]:
    done = kwb("run", "--json", *arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    (line,) = done.stdout.splitlines()
    return dict(json.loads(line))


def only_line(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("kwb: ")
    return line.removeprefix("kwb: ")


def test_ten_thousand_orders_are_acked_stored_and_spread() -> None:
    said = report(ORDERS)
    ledger = said["ledger"]
    assert (ledger["sent"], ledger["acked"], ledger["stored"]) == (10_000, 10_000, 10_000)
    assert (ledger["lost"], ledger["duplicated"], ledger["reordered"]) == (0, 0, 0)
    assert [p["acked"] for p in said["partitions"]] == [p["stored"] for p in said["partitions"]]
    assert len(said["partitions"]) == 6
    assert all(p["acked"] > 0 for p in said["partitions"])
    assert said["report_version"] == 1
    assert said["client"] == {"name": "librdkafka", "version": "2.16.0"}
    assert said["verify"]["state"] == "verified"
    assert said["throughput"]["records_per_s"] > 0
    assert said["batches"]["records"] == 10_000


@pytest.mark.parametrize("mode", ["fire-and-forget", "sync", "async"])
@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_every_mode_with_every_acks(mode: str, acks: str) -> None:
    said = report(
        FIRST_RUN, *FAST, "--set", f"send.mode={mode}", "--set", f"producer.acks={acks}",
        "--set", "send.count=300", "--set", "producer.enable.idempotence=false",
    )  # fmt: skip
    ledger, knows = said["ledger"], said["program_knows"]
    assert ledger["sent"] == ledger["stored"] == 300
    if acks == "0":
        assert (ledger["acked"], ledger["unconfirmed"], ledger["vanished"]) == (0, 300, 0)
    else:
        assert (ledger["acked"], ledger["unconfirmed"], ledger["lost"]) == (300, 0, 0)
    if mode == "fire-and-forget" or acks == "0":
        assert knows == {"acked": 0, "failed": 0, "unknown": 300}
    else:
        assert knows == {"acked": 300, "failed": 0, "unknown": 0}


def test_what_held_it_up_is_in_the_report_in_words_and_figures() -> None:
    asked = ("--set", "send.count=800", "--set", "send.rate=400")
    told = json.loads(kwb("run", "--json", FIRST_RUN, *asked).stdout)["held_up"]
    assert told["kind"] in PLACES, "which one it is the machine's load may decide"
    assert told["place"] == PLACES[told["kind"]]
    assert told["sentence"]
    assert told["mean_ms"]["total"] > told["mean_ms"]["queued"] >= 0


def test_several_files_answer_with_one_object_a_line() -> None:
    done = kwb("run", "--json", FIRST_RUN, FIRST_RUN, "--set", "send.count=10")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["ledger"]["sent"] for line in done.stdout.splitlines()] == [10, 10]


def test_the_report_as_text_and_no_report_when_quiet() -> None:
    few = ("--set", "send.count=10")
    text = kwb("run", FIRST_RUN, *few)
    assert text.returncode == 0
    assert "sent 10 = 0 rejected + 10 acked" in text.stdout
    quiet = kwb("run", "--quiet", FIRST_RUN, *few)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_records_that_failed_are_said_on_stderr_whatever_the_exit_status() -> None:
    done = kwb("run", FIRST_RUN, *FAST, "--set", "send.count=20", "--set", "producer.message.max.bytes=1000",
               "--set", "record.value={{ 'x' * 2000 }}", "--set", "record.value_serializer=string")  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1].startswith("kwb: 20 of 20 records failed or were rejected: MSG_SIZE_")


def test_a_scenario_from_standard_input() -> None:
    text = '[record]\nvalue = "v"\n[send]\ncount = 3\n'
    done = subprocess.run(
        [KWB, "run", "-"], input=text, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "3 acked" in done.stdout


def test_a_reader_that_goes_away_and_a_full_disk_are_no_traceback() -> None:
    few = ("--set", "send.count=3", "--json", FIRST_RUN)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [KWB, "run", *few], stdout=full, stderr=subprocess.PIPE, text=True, timeout=50, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "kwb: No space left on device: the report could not be written\n"
    with subprocess.Popen(
        [KWB, "run", *few], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(50) == 141
        assert process.stderr.read() == ""


def test_an_expectation_that_fails_is_exit_status_1(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[send]\ncount = 5\n[record]\nvalue = "v"\n[[expect]]\n"ledger.acked" = "== 6"\n')
    done = kwb("run", str(path))
    assert done.returncode == 1
    assert "✗ ledger.acked == 6, got 5" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[send]\ncoutn = 5\n", ":2: send.coutn: unknown key; did you mean send.count?"),
        ('[send]\ncount = "x"\n', ":2: send.count: must be a whole number"),
        ('[record]\nvalue_file = "nope.json"\n', ":2: record.value_file: 'nope.json': no such file"),
        ('[topic]\nname = "bad name!"\n', ":2: topic.name: 'bad name!'"),
        ("[topic]\nreplication_factor = 9\n", ":2: topic.replication_factor: 9 replicas need 9 brokers"),
        ('[producer]\nacsk = "1"\n', ":2: producer.acsk: unknown property; did you mean acks?"),
        ("", ":1: is empty"),
        ('[record]\nvalue = "{{ seqq }}"\n', "record.value: unknown name seqq"),
        (
            '[producer]\nacks = "1"\n"enable.idempotence" = true\n',
            "the client refuses the config: Failed to create producer: `acks` must be set to `all`",
        ),
    ],
)
def test_bad_input_is_one_line_with_its_place_and_exit_status_2(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    done = kwb("run", str(path))
    assert done.returncode == 2
    assert said in only_line(done)


def test_a_binary_file_a_missing_one_and_a_folder_are_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(bytes(range(256)))
    for path in (tmp_path / "b.toml", tmp_path / "missing.toml", tmp_path):
        done = kwb("run", str(path))
        assert done.returncode == 2
        assert path.name in only_line(done)


@pytest.fixture
def not_kafka() -> Iterator[dict[str, str]]:
    """A port where nobody answers, and one where something else than Kafka does."""
    silent, http = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = http.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\nhello")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield {name: f"127.0.0.1:{s.getsockname()[1]}" for name, s in (("silent", silent), ("http", http))}
    silent.close()
    http.shutdown(socket.SHUT_RDWR)
    http.close()
    thread.join(5)


@pytest.mark.parametrize("kind", ["silent", "http"])
def test_a_server_that_is_no_kafka_ends_in_time_with_exit_status_3(
    not_kafka: dict[str, str], kind: str
) -> None:
    done = kwb("run", "-b", not_kafka[kind], ORDERS)
    assert done.returncode == 3
    line = only_line(done)
    assert f"no Kafka broker answered at {not_kafka[kind]} within 10 s" in line
    assert "something listens there" in line


def started(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [KWB, "run", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def children_of(pid: int, module: str = "-P") -> list[int]:
    """The pids of kwb's own children that run the module, found by the parent's pid in their arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if module.encode() in words and str(pid).encode() in words:
                found.append(int(folder.name))
    return found


def wait_for_child(process: "subprocess.Popen[str]", module: str) -> int:
    while process.poll() is None:
        pids = children_of(process.pid, module)
        if pids:
            return pids[0]
    raise AssertionError(f"ended before {module} was seen: {process.communicate()}")


LONG = ("--set", "send.count=1000000", "--set", "send.rate=200")


@pytest.fixture
def lab() -> Iterator[str]:
    """The bootstrap servers of a lab of its own, `kwb lab`."""
    with subprocess.Popen([KWB, "lab"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("bootstrap.servers=")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def wait_for_a_record(bootstrap_servers: str, topic: str) -> None:
    """Until a consumer has seen one: then the run is on beyond doubt."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "t", "allow.auto.create.topics": False}
    )
    try:
        while topic not in consumer.list_topics(timeout=10).topics:
            pass
        consumer.assign([TopicPartition(topic, p, 0) for p in range(6)])
        while (message := consumer.poll(1)) is None or message.error():
            pass
    finally:
        consumer.close()


def test_what_was_stored_is_read_over_tcp_by_a_consumer(lab: str) -> None:
    said = report("-b", lab, "--set", "topic.create=true", FIRST_RUN, *FAST, "--set", "send.count=2000")
    consumer = Consumer({"bootstrap.servers": lab, "group.id": "t", "enable.auto.commit": False})
    counts, sequences = [0] * 6, set()
    try:
        consumer.assign([TopicPartition("orders", p, 0) for p in range(6)])
        while sum(counts) < 2000:
            for message in consumer.consume(5000, 1):
                assert message.error() is None
                counts[message.partition() or 0] += 1
                headers = dict(message.headers() or [])
                sequences.add(int((headers["kwb"] or b"").rpartition(b"/")[2]))
                assert json.loads(message.value() or b"")["user"].encode() == message.key()
    finally:
        consumer.close()
    assert counts == [p["stored"] for p in said["partitions"]]
    assert sequences == set(range(2000))


@pytest.mark.kcat
def test_what_was_stored_is_read_by_kcat(lab: str) -> None:
    kcat = shutil.which("kcat")
    if kcat is None:
        pytest.skip("kcat is not installed")
    report("-b", lab, "--set", "topic.create=true", FIRST_RUN, *FAST, "--set", "send.count=300")
    command = [kcat, "-b", lab, "-C", "-t", "orders", "-e", "-q", "-f", "%h\n"]
    read = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.splitlines()
    assert sorted(int(line.rsplit("/", 1)[1]) for line in read) == list(range(300))


def test_interrupted_it_prints_the_partial_report_and_leaves_nothing(lab: str) -> None:
    with started("--json", "-b", lab, "--set", "topic.create=true", FIRST_RUN, *LONG) as process:
        wait_for_a_record(lab, "orders")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    said = json.loads(out)
    assert said["state"] == "stopped"
    assert 0 < said["ledger"]["sent"] < 1_000_000
    assert said["ledger"]["stored"] == said["ledger"]["acked"] == said["ledger"]["sent"]
    assert children_of(process.pid) == []


def test_a_killed_engine_is_exit_status_3_and_leaves_nothing() -> None:
    with started("--json", FIRST_RUN, *LONG) as process:
        os.kill(wait_for_child(process, "workbench.engine.main"), signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "")
    assert "was ended by signal 9" in err
    assert len(err.splitlines()) == 1
    assert children_of(process.pid) == []


def test_a_killed_lab_is_exit_status_3_and_leaves_nothing() -> None:
    with started("--json", FIRST_RUN, *LONG) as process:
        wait_for_child(process, "workbench.engine.main")
        os.kill(wait_for_child(process, "workbench.lab.main"), signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "")
    assert "lab" in err
    assert children_of(process.pid) == []


def test_a_killed_kwb_leaves_no_child_behind() -> None:
    with started("--json", FIRST_RUN, *LONG) as process:
        pids = [
            wait_for_child(process, "workbench.engine.main"),
            wait_for_child(process, "workbench.lab.main"),
        ]
        process.kill()
        process.communicate(timeout=30)
    for pid in pids:  # the kernel ends them with their parent; they are no children of ours to wait for
        while is_running(pid):
            pass


def test_help_and_version_and_a_screen_without_a_terminal() -> None:
    assert "kwb run" in kwb("--help").stdout
    assert kwb("--version").stdout.startswith("kwb ")
    assert kwb("run", "--help").returncode == 0
    assert kwb("run").returncode == 2
    done = kwb()
    assert done.returncode == 2
    assert "needs a terminal" in only_line(done)
