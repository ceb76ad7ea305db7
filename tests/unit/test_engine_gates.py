"""Where a run's sending must stand still, counted without a client."""

from confluent_kafka import KafkaError

from workbench.engine.control import Control
from workbench.engine.gates import Gates
from workbench.engine.meter import Meter
from workbench.engine.protocol import Gate

MOST = 100


class Failed:
    def partition(self) -> int:
        return 0

    def offset(self) -> None: ...
    def latency(self) -> None: ...
    def key(self) -> None: ...
    def value(self) -> None: ...


class Run:
    def __init__(self, *gates: Gate) -> None:
        self.meter = Meter("run", MOST, 1, confirmed=True)
        self.control = Control()
        self.told: list[int] = []
        self.gates = Gates(gates, self.meter, self.control, lambda gate: self.told.append(gate.number))

    def offered(self, count: int) -> "Run":
        self.meter.sent = count
        return self

    def acked(self, count: int) -> "Run":
        self.meter._delivered[0] = count
        return self

    def failed(self, count: int) -> "Run":
        while self.meter.failed < count:
            self.meter.on_delivery(0, None, KafkaError(KafkaError._MSG_TIMED_OUT), Failed())
        return self

    @property
    def limit(self) -> int:
        return self.gates.limit(MOST)


def test_without_gates_nothing_holds() -> None:
    assert Run().limit == MOST


def test_an_acked_gate_lets_no_record_by_that_could_not_count() -> None:
    run = Run(Gate(0, acked=10))
    assert run.limit == 10
    assert run.offered(10).failed(3).limit == 13
    assert run.offered(13).acked(9).limit == 13
    assert run.told == []
    assert run.acked(10).limit == 13
    assert run.told == [0]
    run.control.go(0)
    assert run.limit == MOST


def test_a_failed_gate_is_looked_at_for_each_record() -> None:
    run = Run(Gate(0, failed=2)).offered(5)
    assert run.limit == 6
    assert run.offered(6).failed(1).limit == 7
    assert run.offered(7).failed(2).limit == 7
    assert run.told == [0]


def test_of_several_counts_the_last_one_holds() -> None:
    run = Run(Gate(0, sent=20, acked=10))
    assert run.offered(15).acked(10).limit == 20
    assert run.told == []
    assert run.offered(20).limit == 20
    assert run.told == [0]


def test_gates_at_one_count_are_all_to_be_opened() -> None:
    run = Run(Gate(0, sent=5), Gate(1, sent=5), Gate(2, sent=8)).offered(5)
    assert run.limit == 5
    run.control.go(1)
    assert run.limit == 5
    run.control.go(0)
    assert run.limit == 8
    assert run.told == [0, 1]
