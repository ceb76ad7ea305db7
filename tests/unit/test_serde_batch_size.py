"""The size of a batch of one against what librdkafka's own statistics say it sent."""

import json

import pytest
from confluent_kafka import Producer

from workbench.model.record import MadeRecord
from workbench.serde.batch_size import batch_size

HEADERS = (("h", None), ("é", b"v"))
VALUES = {"tiny": b"xxx", "repetitive": b"hello " * 400, "empty": b"", "null": None}


@pytest.fixture(scope="module")
def broker():
    owner = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "replaced", "log_level": 0})
    found = next(iter(owner.list_topics("t", timeout=10).brokers.values()))
    yield f"{found.host}:{found.port}"
    del owner


def sent_bytes(broker, compression, value):
    sums = []

    def on_statistics(text):
        sizes = json.loads(text)["topics"].get("t", {}).get("batchsize", {"cnt": 0})
        if sizes["cnt"]:
            sums.append(sizes["sum"])

    config = {"compression.type": compression, "statistics.interval.ms": 20, "stats_cb": on_statistics}
    producer = Producer({"bootstrap.servers": broker, **config})
    producer.produce("t", value, b"key", headers=list(HEADERS))
    while not sums:
        producer.poll(0.02)
    return sums[0]


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_it_is_what_librdkafka_sends(broker, compression, value):
    size = batch_size(MadeRecord(0, b"key", value, HEADERS), compression)
    sent = sent_bytes(broker, compression, value)
    if size.compressed is None or size.compressed > size.plain:  # larger: it goes as it is
        assert sent == size.plain
    else:
        assert abs(sent - size.compressed) <= 8
