"""What goes wrong inside a callback of ours is told as what it is, and a fatal error is found where it hides."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from workbench.engine.lasting import LastingProducer
from workbench.engine.meter import Meter
from workbench.engine.rdkafka import Rdkafka


def raised_in_c(*_: Any) -> None:
    {}["nothing of this name"]


@pytest.fixture(scope="module")
def mock_broker() -> Iterator[str]:
    owner = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "replaced", "log_level": 0})
    found = owner.list_topics("t", timeout=10)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found.brokers.values())
    del owner


def polled_to_its_end(producer: Producer) -> None:
    """Closed whatever happens: an exception keeps its frames, and so the client's threads at work."""
    try:
        for _ in range(100):
            producer.poll(0.1)
    finally:
        producer.purge()
        producer.close()


def meter() -> Meter:
    """For a run of no record: the first to be remembered has no place."""
    return Meter("r", 0, 4, confirmed=True)


def on_delivery() -> Callable[..., None]:
    of = meter().on_delivery
    return lambda *report: of(7, None, *report)


def on_sampled_delivery() -> Callable[..., None]:
    of = meter()
    of.on_delivery = lambda *_: None
    of._noted._samples = None  # type: ignore[assignment]
    return lambda *report: of.on_sampled_delivery(7, None, *report)


def on_warm_up_delivery() -> Callable[..., None]:
    of = meter()
    return lambda *report: of.on_warm_up_delivery(7, None, *report)


def on_any_delivery() -> Callable[..., None]:
    of = Meter("r", 0, 4, confirmed=True, remembered=False)
    of._fail = raised_in_c  # type: ignore[method-assign]
    return lambda _error, message: of.on_any_delivery(KafkaError(KafkaError._FAIL), message)


@pytest.mark.parametrize(
    ("callback", "true"),
    [
        (on_delivery, IndexError),
        (on_sampled_delivery, AttributeError),
        (on_warm_up_delivery, IndexError),
        (on_any_delivery, KeyError),
    ],
)
def test_a_delivery_callback_that_fails_is_named(
    mock_broker: str, callback: Callable[[], Callable[..., None]], true: type[Exception]
) -> None:
    producer = Producer({"bootstrap.servers": mock_broker}, logger=logging.getLogger("quiet"))
    producer.produce("t", b"v", on_delivery=callback())
    with pytest.raises(true):
        polled_to_its_end(producer)


def test_statistics_that_cannot_be_read_are_named(mock_broker: str) -> None:
    statistics = meter().statistics
    statistics._decode = msgspec.json.Decoder(list).decode  # type: ignore[assignment]
    config = {"bootstrap.servers": mock_broker, "statistics.interval.ms": 1, "stats_cb": statistics.take}
    with pytest.raises(msgspec.ValidationError):
        polled_to_its_end(Producer(config, logger=logging.getLogger("quiet")))


def test_a_log_line_and_a_trouble_that_cannot_be_told_are_named() -> None:
    nobody = "127.0.0.1:1"
    with pytest.raises(KeyError):
        polled_to_its_end(Rdkafka(nobody, {}, raised_in_c).producer({}))

    class Unheard(Rdkafka):
        def __setattr__(self, name: str, value: object) -> None:
            raised_in_c() if name == "trouble" and value else super().__setattr__(name, value)

    with pytest.raises(KeyError):
        polled_to_its_end(Unheard(nobody, {}, lambda *_: None).producer({}))


class Dying:
    """A producer whose poll() raises once, as confluent-kafka's does."""

    def __init__(self, problem: BaseException) -> None:
        self._problems = [problem]

    def produce(self) -> None: ...
    def produce_batch(self) -> None: ...

    def poll(self, _timeout_s: float) -> int:
        if self._problems:
            raise self._problems.pop()
        return 0


FATAL = KafkaException(KafkaError(KafkaError._FENCED, "why", fatal=True))


def behind_a_signal() -> SystemError:
    """A signal's handler that ran while the fatal error was already set (`CallState_end`)."""
    problem = SystemError("<function tick> returned a result with an exception set")
    problem.__cause__ = FATAL
    return problem


@pytest.mark.parametrize("problem", [FATAL, behind_a_signal()])
def test_a_fatal_error_is_told_once_and_the_producer_polled_on(problem: BaseException) -> None:
    told: list[tuple[str, str]] = []
    producer = LastingProducer(Dying(problem), lambda *error: told.append(error))  # type: ignore[arg-type]
    producer.poll(0)
    producer.poll(0)
    assert told == [("_FENCED", "why")]


@pytest.mark.parametrize(
    "problem", [SystemError("its own"), KafkaException(KafkaError(KafkaError._STATE)), KeyError("x")]
)
def test_what_is_not_fatal_is_not_hidden(problem: Exception) -> None:
    producer = LastingProducer(Dying(problem), lambda *_: None)  # type: ignore[arg-type]
    with pytest.raises(type(problem)):
        producer.poll(0)
