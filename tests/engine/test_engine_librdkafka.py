"""librdkafka called by itself: what it is given arrives as it was, and what its reports say is so."""

import ctypes
import itertools
import random
import weakref
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition, libversion

from tests.shared.engine_runs import TOPIC
from workbench.engine.delivery import Reports
from workbench.engine.librdkafka.binding import Librdkafka, Message
from workbench.engine.librdkafka.bulk_producer import BulkProducer, Told
from workbench.engine.librdkafka.offered import Offered
from workbench.engine.librdkafka.reports import Reader

NOBODY = {"bootstrap.servers": "127.0.0.1:1", "log_level": 0}


@dataclass
class Heard:
    reports: list[Reports] = field(default_factory=list)
    statistics: list[str] = field(default_factory=list)
    fatal: list[tuple[str, str]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    log: list[tuple[int, str]] = field(default_factory=list)

    def told(self) -> Told:
        return Told(
            self.reports.append,
            self.statistics.append,
            lambda code, text: self.fatal.append((code, text)),
            lambda error: self.trouble.append(error.name()),
            lambda level, line: self.log.append((level, line)),
        )

    @property
    def count(self) -> int:
        return sum(map(len, self.reports))


Open = Callable[..., tuple[BulkProducer, Heard]]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens producers, and closes them when the test is over."""
    there: list[BulkProducer] = []

    def open_one(config: dict[str, object], **more: bool) -> tuple[BulkProducer, Heard]:
        heard = Heard()
        there.append(BulkProducer(config, TOPIC, heard.told(), **more))
        return there[-1], heard

    yield open_one
    for one in there:
        one.close()


def filled(count: int, first: int = 0) -> Offered:
    records = Offered(count)
    records.fill([None] * count, [b"%d" % (first + n) for n in range(count)])
    records.number(array("Q", range(first, first + count)))
    return records


def names(reports: Reports) -> str | None:
    return reports.error.name() if reports.error else None


def wait(producer: BulkProducer, until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        producer.poll(0.05)
    pytest.fail("waited for 30 s")


def ends(brokers: str) -> list[int]:
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "none"})
    try:
        return [consumer.get_watermark_offsets(TopicPartition(TOPIC, p), timeout=10)[1] for p in range(4)]
    finally:
        consumer.close()


def read(brokers: str, starts: list[int], count: int) -> dict[tuple[int, int], tuple[bytes | None, ...]]:
    """Key and value of what is there, by partition and offset."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "none"})
    consumer.assign([TopicPartition(TOPIC, p, start) for p, start in enumerate(starts)])
    found: dict[tuple[int, int], tuple[bytes | None, ...]] = {}
    try:
        while len(found) < count:
            for message in consumer.consume(count - len(found), 10) or pytest.fail("nothing came for 10 s"):
                assert message.error() is None
                found[message.partition(), message.offset()] = message.key(), message.value()  # type: ignore[index]
    finally:
        consumer.close()
    return found


def test_it_is_the_library_of_confluent_kafka() -> None:
    library = ctypes.CDLL(Librdkafka()._library._name)
    assert library.rd_kafka_version() == libversion()[1]
    assert ctypes.sizeof(Message) == 72


def test_every_record_arrives_as_it_was_and_is_where_its_report_says(mock_brokers: str, opened: Open) -> None:
    draw = random.Random(4)
    choices = [None, b"", b"k", b"\0\xff", bytes(300)]
    keys, values = draw.choices(choices, k=3000), draw.choices(choices, k=3000)
    starts = ends(mock_brokers)
    producer, heard = opened({"bootstrap.servers": mock_brokers, "linger.ms": 2, "batch.num.messages": 40})
    records = Offered(500)
    for first in range(0, 3000, 500):
        part = slice(first, first + 500)
        records.fill(keys[part], values[part])
        records.number(array("Q", range(first, first + 500)))
        assert producer.produce(records, 500, -1) == 500
        producer.poll(0)
    wait(producer, lambda: heard.count == 3000)
    assert len(producer) == 0
    assert not any(one.error for one in heard.reports)
    assert sum(one.size for one in heard.reports) == sum(len(t or b"") for t in (*keys, *values))
    assert all(sum(n for _, n in one.latencies) == len(one) for one in heard.reports)
    places = [(one.partition, offset) for one in heard.reports for offset in one.offsets]
    found = read(mock_brokers, starts, 3000)
    assert sorted(places) == sorted(found)
    assert Counter(found.values()) == Counter(zip(keys, values, strict=True))
    for one in heard.reports:
        assert found[one.partition, one.offsets[0]] == (keys[one.first], values[one.first])
        assert one.key == keys[one.first] or not keys[one.first]


def test_what_is_not_copied_is_kept_until_the_client_is_closed(mock_brokers: str, opened: Open) -> None:
    producer, heard = opened({"bootstrap.servers": mock_brokers, "linger.ms": 100})
    starts, values = ends(mock_brokers), [b"%d" % n * 50 for n in range(100)]
    records = Offered(100, stays=True)
    records.fill([None] * 100, values)
    assert producer.produce(records, 100, 0) == 100
    kept = weakref.ref(records)
    del records
    assert kept() is None, "only what it points to is kept"
    wait(producer, lambda: heard.count == 100)
    found = read(mock_brokers, starts, 100)
    assert [value for _, (_, value) in sorted(found.items())] == values
    assert len(producer._lent) == 1
    producer.close()
    assert producer._lent == []


def test_parts_are_the_same_records_with_numbers_of_their_own(mock_brokers: str, opened: Open) -> None:
    producer, heard = opened({"bootstrap.servers": mock_brokers})
    starts, records = ends(mock_brokers), filled(10)
    part = records.part(6, 9)
    part.number(array("Q", [90, 91, 92]))
    assert [records.number_of(at) for at in range(10)] == [0, 1, 2, 3, 4, 5, 90, 91, 92, 9]
    assert producer.produce(part, 3, 1) == 3
    wait(producer, lambda: heard.count == 3)
    found = read(mock_brokers, starts, 3)
    assert [value for _, (_, value) in sorted(found.items())] == [b"6", b"7", b"8"]
    assert heard.reports[0].first == 90


def test_all_go_to_the_partition_that_is_named(mock_brokers: str, opened: Open) -> None:
    producer, heard = opened({"bootstrap.servers": mock_brokers})
    assert producer.produce(filled(100), 100, 3) == 100
    wait(producer, lambda: heard.count == 100)
    assert {one.partition for one in heard.reports} == {3}


def test_reports_one_by_one(mock_brokers: str, opened: Open) -> None:
    producer, heard = opened({"bootstrap.servers": mock_brokers}, one_by_one=True)
    producer.produce(filled(50), 50, 0)
    wait(producer, lambda: heard.count == 50)
    assert [one.first for one in heard.reports] == list(range(50))


def test_what_is_not_taken_is_told_with_its_reason_and_can_be_offered_again(opened: Open) -> None:
    producer, heard = opened({**NOBODY, "queue.buffering.max.messages": 3, "message.max.bytes": 1000})
    records = Offered(6)
    records.fill([None] * 6, [b"a", bytes(2000), b"b", b"c", b"d", b"e"])
    records.number(array("Q", [10, 11, 12, 13, 14, 15]))
    assert producer.produce(records, 6, 0) == 3
    full = KafkaError._QUEUE_FULL
    assert records.refused(6) == [(1, KafkaError.MSG_SIZE_TOO_LARGE), (4, full), (5, full)]
    assert (records.number_of(5), records.bytes_of(1)) == (15, 2000)
    producer.purge()
    wait(producer, lambda: heard.count == 3)
    assert [(names(one), one.first) for one in heard.reports] == [("_PURGE_QUEUE", 10)]
    again = Offered(2)
    again.take(records, [4, 5])
    assert producer.produce(again, 2, 0) == 2
    producer.purge()
    wait(producer, lambda: heard.count == 5)
    last = heard.reports[-1]
    assert (last.first, len(last), last.size) == (14, 2, 2)


def test_statistics_errors_and_log_lines_are_told(opened: Open) -> None:
    producer, heard = opened({**NOBODY, "log_level": 6, "statistics.interval.ms": 50})
    wait(producer, lambda: bool(heard.statistics and heard.trouble and heard.log))
    assert '"msg_cnt":0' in heard.statistics[0]
    assert set(heard.trouble) <= {"_TRANSPORT", "_ALL_BROKERS_DOWN", "_RESOLVE"}
    assert any(level <= 3 and "Connect to" in line for level, line in heard.log)
    assert heard.fatal == []


def test_after_a_fatal_error_it_takes_no_more_and_says_why(opened: Open) -> None:
    producer, heard = opened({**NOBODY, "enable.idempotence": True})
    producer.produce(filled(4), 4, 0)
    library, code = ctypes.CDLL(producer._library._library._name), KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER
    library.rd_kafka_test_fatal_error(ctypes.c_void_p(producer._client), code, b"tried")
    wait(producer, lambda: bool(heard.fatal))
    assert heard.fatal == [("OUT_OF_ORDER_SEQUENCE_NUMBER", "test_fatal_error: tried")]
    more = filled(3, first=4)
    assert producer.produce(more, 3, 0) == 0
    assert [error for _, error in more.refused(3)] == [KafkaError._FATAL] * 3


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"linger.mss": "5"}, 'No such configuration property: "linger.mss"'),
        ({"acks": "2000"}, "2000"),
        ({"enable.idempotence": True, "acks": "1"}, "`acks` must be set to `all`"),
    ],
)
def test_a_config_that_librdkafka_refuses(config: dict[str, object], said: str, opened: Open) -> None:
    with pytest.raises(KafkaException) as refused:
        opened({**NOBODY, **config})
    assert said in refused.value.args[0].str()


def test_closing_gives_up_what_is_left_and_is_safe_twice(opened: Open) -> None:
    producer, heard = opened(NOBODY)
    producer.produce(filled(10), 10, 0)
    producer.close()
    producer.close()
    assert heard.reports == []


class Events:
    """A library whose events are these messages; `latencies` in µs."""

    def __init__(self, messages: list[Message], latencies: list[int]) -> None:
        self._kept = messages
        self._left = [ctypes.addressof(message) for message in messages]
        self._latencies = dict(zip(self._left, latencies, strict=True))
        self.asked = 0

    def event_message_array(self, _event: int, pointers: "ctypes.Array[ctypes.c_void_p]", size: int) -> int:
        some, self._left = self._left[:size], self._left[size:]
        for at, address in enumerate(some):
            pointers[at] = address  # type: ignore[assignment]
        return len(some)

    def message_latency(self, address: int) -> int:
        self.asked += 1
        return self._latencies[address]


def reader_of(events: Events) -> Reader:
    return Reader(events)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(12))
def test_reports_say_what_the_messages_say_however_they_are_mixed(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.choice([1, 2, 900, 2500, 12_000])
    run = draw.choice([1, 3, 700, count])
    messages: list[Message] = []
    while len(messages) < count:
        error, partition, offset = draw.choice([0, 0, -192, 7]), draw.randrange(3), draw.randrange(-2000, 99)
        for at in range(min(run, count - len(messages))):
            message = Message(
                err=error, partition=partition, len=draw.randrange(9), key_len=2, offset=offset + at
            )
            message._private = len(messages)
            messages.append(message)
    taken = sorted((draw.randrange(1, 90_000) for _ in messages), reverse=True)
    reader = reader_of(Events(messages, taken))
    found = list(reader.read(1))
    reader.close()
    assert [(names(one), one.partition, offset) for one in found for offset in one.offsets] == [
        ((message.err and KafkaError(message.err).name()) or None, message.partition, message.offset)
        for message in messages
    ]
    assert list(itertools.accumulate(map(len, found), initial=0))[:-1] == [one.first for one in found]
    assert sum(one.size for one in found) == sum(message.len + 2 for message in messages)
    said = array("d", [seconds for one in found for seconds, n in one.latencies for _ in range(n)])
    for seconds, us in zip(said, taken, strict=True):
        assert 0 <= seconds - us / 1e6 <= max(20e-6, 0.002 * seconds) + 1e-9


def test_latencies_close_to_each_other_are_asked_for_twice_only() -> None:
    events = Events([Message() for _ in range(500)], list(range(30_500, 30_000, -1))[:500])
    for at, message in enumerate(events._kept):
        events._latencies[ctypes.addressof(message)] = 30_010 - at // 50
    reader = reader_of(events)
    (one,) = reader.read(1)
    reader.close()
    assert one.latencies == [(0.03001, 500)]
    assert events.asked == 2


def test_a_pointer_that_leads_nowhere_is_an_error_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    events = Events([Message()], [1])
    events._left = [8]
    reader = reader_of(events)
    with pytest.raises(OSError, match="EFAULT"):
        list(reader.read(1))
    reader.close()
