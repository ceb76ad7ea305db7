"""The samples with code of one's own, run on a cluster that is there, and read by a consumer of the tests' own."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

KWB = str(Path(sys.executable).with_name("kwb"))
SCENARIOS = Path(__file__).resolve().parents[2] / "sample_payloads" / "scenarios"


def run_with_code(sample: str, bootstrap: str) -> dict:
    """The report; every expectation of the file held."""
    command = [KWB, "run", "--json", "--allow-code", "-b", bootstrap, "--set", "topic.create=true"]
    done = subprocess.run(
        [*command, str(SCENARIOS / sample)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def stored(bootstrap: str, topic: str, partitions: int, count: int) -> list:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "own", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
    found = []
    while len(found) < count:
        messages = consumer.consume(count, 10)
        assert messages, f"only {len(found)} of {count} are there"
        assert [message.error() for message in messages if message.error()] == []
        found += messages
    consumer.close()
    return found


def check_partitioner(bootstrap: str) -> None:
    """Keys that begin with vip have partition 0 for themselves."""
    report = run_with_code("partitioner_of_your_own.toml", bootstrap)
    assert report["ledger"]["acked"] == report["ledger"]["stored"] == 4000
    found = stored(bootstrap, "vip-first", 6, 4000)
    assert {message.partition() for message in found if message.key().startswith(b"vip")} == {0}
    assert {message.partition() for message in found if message.key().startswith(b"user")} == {1, 2, 3, 4, 5}


def check_interceptors(bootstrap: str) -> None:
    """Each record is traced, masked and numbered by key."""
    run_with_code("interceptors.toml", bootstrap)
    found = stored(bootstrap, "intercepted", 3, 1000)
    headers = [dict(message.headers()) for message in found]
    spans = [re.fullmatch(rb"00-(\w{32})-(\w{16})-01", each["traceparent"]) for each in headers]
    assert len({span[1] for span in spans}) == 1, "one trace"
    assert len({span[2] for span in spans}) == 1000, "a span each"
    for message in found:
        value = json.loads(message.value())
        assert value["card"] == f"************{1000 + value['n']}"
    numbered = {(message.key(), each["nth"]) for message, each in zip(found, headers, strict=True)}
    assert len(numbered) == 1000
    assert Counter(int(nth) for _, nth in numbered) == dict.fromkeys(range(1, 101), 10)
