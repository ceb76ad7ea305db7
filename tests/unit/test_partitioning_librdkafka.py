"""The partitions foretold, held against librdkafka itself, producing to the mock cluster it has built in."""

import ctypes
import logging
from pathlib import Path

import confluent_kafka
import pytest
from partition_keys import keys_of_all_kinds

from workbench.partitioning import PARTITIONERS, predict

PARTITIONS = (1, 2, 3, 6, 7, 100, 1000)
SCATTER = 100
SILENT = logging.getLogger("tests.silent")
SILENT.addFilter(lambda record: False)
_POINTER = ctypes.c_void_p
_SIGNATURES = {
    "rd_kafka_conf_new": (_POINTER, []),
    "rd_kafka_conf_set": (
        ctypes.c_int,
        [_POINTER, ctypes.c_char_p, ctypes.c_char_p, _POINTER, ctypes.c_size_t],
    ),
    "rd_kafka_new": (_POINTER, [ctypes.c_int, _POINTER, _POINTER, ctypes.c_size_t]),
    "rd_kafka_destroy": (None, [_POINTER]),
    "rd_kafka_mock_cluster_new": (_POINTER, [_POINTER, ctypes.c_int]),
    "rd_kafka_mock_cluster_destroy": (None, [_POINTER]),
    "rd_kafka_mock_cluster_bootstraps": (ctypes.c_char_p, [_POINTER]),
    "rd_kafka_mock_topic_create": (ctypes.c_int, [_POINTER, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]),
}


KEYS = keys_of_all_kinds(10_000)


@pytest.fixture(scope="module")
def bootstrap():
    """A mock cluster with topics p1, p2 … of so many partitions."""
    package = Path(confluent_kafka.__file__).parent
    folders = (package.parent / "confluent_kafka.libs", package / ".dylibs")
    found = [path for folder in folders for path in folder.glob("librdkafka*")]
    if not found:
        pytest.skip("this confluent-kafka brings no librdkafka of its own")
    library = ctypes.CDLL(str(found[0]))
    for name, (result, arguments) in _SIGNATURES.items():
        getattr(library, name).restype, getattr(library, name).argtypes = result, arguments
    conf = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set(conf, b"log_level", b"0", None, 0)
    owner = library.rd_kafka_new(0, conf, None, 0)
    cluster = library.rd_kafka_mock_cluster_new(owner, 1)
    for partitions in PARTITIONS:
        assert library.rd_kafka_mock_topic_create(cluster, f"p{partitions}".encode(), partitions, 1) == 0
    yield library.rd_kafka_mock_cluster_bootstraps(cluster).decode()
    library.rd_kafka_mock_cluster_destroy(cluster)
    library.rd_kafka_destroy(owner)


def chosen(bootstrap, config, partitions, keys, *, known=False):
    """The partition that librdkafka put each key into; `known`: it has the topic's metadata by then."""
    found = {}

    def reporter(at):
        def report(error, message):
            assert error is None
            found[at] = message.partition()

        return report

    producer = confluent_kafka.Producer({"bootstrap.servers": bootstrap, **config}, logger=SILENT)
    if known:
        producer.produce(f"p{partitions}", b"", key=b"first")
        assert producer.flush(30) == 0
    for at, key in enumerate(keys):
        producer.produce(f"p{partitions}", b"", key=key, on_delivery=reporter(at))
    assert producer.flush(30) == 0
    return [found[at] for at in range(len(keys))]


def chosen_for_all(bootstrap, partitioner):
    """By number of partitions: where librdkafka put each of the keys."""
    found = {f"p{partitions}": {} for partitions in PARTITIONS}

    def report(error, message):
        assert error is None
        found[message.topic()][message.key()] = message.partition()

    producer = confluent_kafka.Producer(
        {"bootstrap.servers": bootstrap, "partitioner": partitioner, "on_delivery": report}, logger=SILENT
    )
    for topic in found:
        for key in KEYS:
            producer.produce(topic, b"", key)
        producer.poll(0)
    assert producer.flush(50) == 0
    return {partitions: found[f"p{partitions}"] for partitions in PARTITIONS}


@pytest.mark.parametrize("kind", PARTITIONERS, ids=lambda kind: kind.name)
def test_every_key_goes_where_it_was_foretold(bootstrap, kind):
    for partitions, got in chosen_for_all(bootstrap, kind.name).items():
        assert len(got) == len(KEYS)
        foretold = {key: predict(kind.name, key, partitions) for key in KEYS}
        wrong = [(key, got[key], told) for key, told in foretold.items() if told not in {got[key], None}]
        assert wrong == [], partitions
        assert kind.name == "random" or len([told for told in foretold.values() if told is None]) <= 2


@pytest.mark.parametrize("kind", PARTITIONERS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("key", [None, b"", b"user-1"])
def test_lots_are_drawn_exactly_where_nothing_was_foretold(bootstrap, kind, key):
    config = {"partitioner": kind.name, "sticky.partitioning.linger.ms": "0"}
    spread = len(set(chosen(bootstrap, config, SCATTER, [key] * 100)))
    assert (spread == 1) == (predict(kind.name, key, SCATTER) is not None)


def test_the_default_partitioner_is_consistent_random(bootstrap):
    keys = KEYS[1:300]
    assert chosen(bootstrap, {}, 7, keys) == [predict("consistent_random", key, 7) for key in keys]


@pytest.mark.parametrize(
    "kind", [kind for kind in PARTITIONERS if kind.draws_for_null], ids=lambda kind: kind.name
)
def test_null_keys_stick_together_once_the_client_knows_the_topic(bootstrap, kind):
    config = {"partitioner": kind.name, "sticky.partitioning.linger.ms": "900000"}
    assert len(set(chosen(bootstrap, config, SCATTER, [None] * 200, known=True))) == 1
