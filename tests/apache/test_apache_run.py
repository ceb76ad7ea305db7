"""`kwb run` on real Apache Kafka: the same scenario, the same counts as on the lab, read back by others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

pytestmark = pytest.mark.apache

KWB = str(Path(sys.executable).with_name("kwb"))
SAMPLES = Path(__file__).resolve().parents[2] / "sample_payloads"


def report(*arguments: str) -> dict[str, Any]:
    command = [KWB, "run", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def on(bootstrap: str, topic: str, *settings: str) -> list[str]:
    options = ["-b", bootstrap, "--set", "topic.create=true", "--set", f"topic.name={topic}"]
    return [*options, *(word for setting in settings for word in ("--set", setting))]


def stored_by_partition(bootstrap: str, topic: str, partitions: int) -> list[int]:
    """Counted over TCP by a consumer of the test's own."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "count", "enable.auto.commit": False})
    counts = [0] * partitions
    try:
        marks = [consumer.get_watermark_offsets(TopicPartition(topic, p), 10)[1] for p in range(partitions)]
        consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        while counts != marks:
            for message in consumer.consume(5000, 1):
                assert message.error() is None
                counts[message.partition() or 0] += 1
    finally:
        consumer.close()
    return counts


@pytest.mark.timeout(120)
def test_load_mode_and_two_engines_are_proved_by_offsets(apache_bootstrap: str) -> None:
    settings = ("send.count=60000", "send.engines=2", "topic.partitions=3")
    said = report(
        str(SAMPLES / "scenarios" / "load_mode.toml"), *on(apache_bootstrap, "load-mode", *settings)
    )
    ledger, verify = said["ledger"], said["verify"]
    assert (ledger["acked"], ledger["stored"], ledger["lost"], ledger["duplicated"]) == (60_000, 60_000, 0, 0)
    assert (verify["state"], verify["by"], verify["unreported"]) == ("verified", "offsets", 0)
    assert (said["engines"], ledger["reordered"]) == (2, None)
    counted = stored_by_partition(apache_bootstrap, "load-mode", 3)
    assert counted == [p["stored"] for p in said["partitions"]] == [p["acked"] for p in said["partitions"]]


@pytest.mark.timeout(120)
def test_ten_thousand_orders_on_a_cluster_of_its_own_are_spread_as_on_the_lab(kafka_libs: Path) -> None:
    orders = str(SAMPLES / "orders.toml")
    lab, apache = report(orders), report(orders, "--cluster", "apache")
    for said in (lab, apache):
        ledger = said["ledger"]
        assert (ledger["acked"], ledger["stored"]) == (10_000, 10_000)
        assert (ledger["lost"], ledger["duplicated"], ledger["reordered"]) == (0, 0, 0)
    counts = [[(p["acked"], p["stored"]) for p in said["partitions"]] for said in (lab, apache)]
    assert counts[0] == counts[1]
    assert all(p["stored"] > 0 for p in apache["partitions"])
    assert apache["cluster"] == {"kind": "apache", "version": "Apache Kafka 4.1.0", "brokers": 3}


@pytest.mark.parametrize("mode", ["fire-and-forget", "sync", "async"])
@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_every_mode_with_every_acks(apache_bootstrap: str, mode: str, acks: str) -> None:
    topic = f"modes-{mode}-{acks}"
    settings = (f"send.mode={mode}", f"producer.acks={acks}", "producer.enable.idempotence=false")
    few = ("send.count=200", "send.rate=50000")
    said = report(str(SAMPLES / "first_run.toml"), *on(apache_bootstrap, topic, *settings, *few))
    ledger, knows = said["ledger"], said["program_knows"]
    assert ledger["sent"] == ledger["stored"] == 200
    if acks == "0":
        assert (ledger["acked"], ledger["unconfirmed"], ledger["vanished"]) == (0, 200, 0)
    else:
        assert (ledger["acked"], ledger["unconfirmed"], ledger["lost"]) == (200, 0, 0)
    unknown = mode == "fire-and-forget" or acks == "0"
    assert knows == {"acked": 0 if unknown else 200, "failed": 0, "unknown": 200 if unknown else 0}
    assert [p["stored"] for p in said["partitions"]] == stored_by_partition(apache_bootstrap, topic, 6)


@pytest.mark.kcat
def test_kcat_reads_what_was_stored(apache_bootstrap: str) -> None:
    kcat = shutil.which("kcat")
    if kcat is None:
        pytest.skip("kcat is not installed")
    report(
        str(SAMPLES / "first_run.toml"),
        *on(apache_bootstrap, "for-kcat", "send.count=300", "send.rate=50000"),
    )
    command = [kcat, "-b", apache_bootstrap, "-C", "-t", "for-kcat", "-e", "-q", "-f", "%k %h\n"]
    read = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.splitlines()
    assert len(read) == 300
    assert sorted({line.split()[0] for line in read}) == sorted(f"user-{n}" for n in range(100))
    sequences = sorted(int(line.rsplit("/", 1)[1]) for line in read)
    assert sequences == list(range(300))
