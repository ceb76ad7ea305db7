"""Where the composer says that the next record goes."""

import msgspec
import pytest

from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.scenario import Scenario, SendPlan
from workbench.partitioning import predict
from workbench.ui.route_view import way_of
from workbench.ui.session import Session


def _session(
    producer: dict[str, str], partition: int | None = None, partitions: int = 4, send: SendPlan | None = None
) -> Session:
    scenario = Scenario(producer=producer, record=RecordPlan(partition=partition), send=send or SendPlan())
    topic = msgspec.structs.replace(scenario.topic, partitions=partitions)
    return Session(msgspec.structs.replace(scenario, topic=topic), lambda _: None)


@pytest.mark.parametrize("producer", [{}, {"partitioner": "murmur2_random"}, {"defaults": "java"}])
def test_a_key_goes_by_the_partitioner_that_would_run(producer: dict[str, str]) -> None:
    way = way_of(_session(producer), MadeRecord(0, b"user-22", b"x"))
    assert way is not None
    assert way.start == "user-22"
    assert way.how[0].endswith("% 4")
    assert way.partition is not None
    assert ("murmur2" in way.how[0]) == bool(producer)


@pytest.mark.parametrize(("key", "start"), [(None, "null key"), (b"", "empty key"), (b"\x00\xff", "0x00ff")])
def test_keys_that_are_no_text(key: bytes | None, start: str) -> None:
    way = way_of(_session({}), MadeRecord(0, key, b"x"))
    assert way is not None
    assert way.start == start
    assert (way.partition is None) == (not key)


def test_a_partition_that_is_set_needs_no_partitioner() -> None:
    way = way_of(_session({}, partition=3), None)
    assert way is not None
    assert (way.partition, way.how) == (3, ("as set, no partitioner", "as set"))


def test_nothing_is_foretold_of_a_record_that_cannot_be_made() -> None:
    assert way_of(_session({}), MadeRecord(0, error="no", where="key")) is None
    assert way_of(_session({}), None) is None


def test_a_partitioner_that_is_none_is_said() -> None:
    way = way_of(_session({"partitioner": "astrology"}), MadeRecord(0, b"k", b"v"))
    assert way is not None
    assert way.partition is None
    assert "astrology" in way.how[0]


def test_what_the_engine_does_in_the_client_s_stead_is_called_emulated() -> None:
    way = way_of(_session({}, send=SendPlan(partitioner="java")), MadeRecord(0, b"user-22", b"x"))
    assert way is not None
    assert way.how[0] == "murmur2 % 4, emulated"
    assert way.partition == predict("java", b"user-22", 4)
    way = way_of(_session({}, send=SendPlan(partitioner="RoundRobinPartitioner")), MadeRecord(0, b"k", b"x"))
    assert way is not None
    assert (way.how[0], way.partition) == ("in turn, emulated", None)
    way = way_of(_session({}, send=SendPlan(partitioner="shop:pick")), MadeRecord(0, b"k", b"x"))
    assert way is not None
    assert (way.how[0], way.partition) == ("shop:pick, emulated", None)

    way = way_of(_session({}, send=SendPlan(partitioner="shop:pick")), MadeRecord(0, b"k", partition=2))
    assert way is not None
    assert way.partition == 2
    way = way_of(_session({}, send=SendPlan(partitioner="shop:pick")), MadeRecord(0, b"k", not_placed="no"))
    assert way is not None
    assert (way.how[0], way.partition) == ("no", None)


def test_interceptors_may_change_where_it_goes() -> None:
    way = way_of(_session({}, send=SendPlan(interceptors=("shop:i",))), MadeRecord(0, b"k", b"x"))
    assert way is not None
    assert way.how[0] == "crc32 % 4, before interceptors"
