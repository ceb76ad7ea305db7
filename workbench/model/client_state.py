"""The inside of a producer at one moment, as librdkafka's statistics tell it (its STATISTICS.md)."""

import msgspec


class BrokerFlight(msgspec.Struct, frozen=True, array_like=True):
    """What is on its way to one broker and back. Records are of Produce requests."""

    broker: int
    state: str
    """librdkafka's word: UP, or INIT, DOWN, CONNECT, AUTH_REQ …"""
    requests: int
    """Requests whose answer is awaited (`waitresp_cnt`), and their `records`."""
    records: int
    unsent: int
    """Requests made and not yet given to the connection (`outbuf_cnt`), and their `unsent_records`."""
    unsent_records: int
    round_trip_ms: float | None
    """Mean over the last interval (`rtt`); None: no answer came in it."""
    retries: int
    """Requests sent again since the run began (`txretries`)."""


class Waits(msgspec.Struct, frozen=True, array_like=True):
    """Where records waited since the run began: record-weighted sums of the statistics' means, in ms.

    Divide by the number of records beside it.
    """

    queued: int = 0
    queued_ms: float = 0.0
    """From produce() until it was put into a request: linger, and whatever kept it longer (`int_latency`)."""
    travelled: int = 0
    unsent_ms: float = 0.0
    """From there until the connection took the request (`outbuf_latency`)."""
    round_trip_ms: float = 0.0
    """From there until the broker's answer (`rtt`)."""


class ClientState(msgspec.Struct, frozen=True):
    """Gauges as they stood at `at`, `time.monotonic()`; they come four times a second."""

    at: float
    late_s: float
    """How much later `poll()` fetched them: reports waited as long for the program."""
    records: int
    """All that the client holds (`msg_cnt`), at most `records_max`; until the program has the report."""
    records_max: int
    bytes: int
    bytes_max: int
    queued: tuple[int, ...] = ()
    """Records by partition that wait to be put into a request: all enqueued less all put into one."""
    travelling: tuple[int, ...] = ()
    """Records by partition in requests that are not answered yet (`msgs_inflight`)."""
    unassigned: int = 0
    """Records that wait until the topic's partitions are known."""
    brokers: tuple[BrokerFlight, ...] = ()
    batch_records: float | None = None
    """Mean of the last interval's batches; None: there was none. `batch_bytes` after compression."""
    batch_bytes: float | None = None
    waits: Waits = Waits()

    @property
    def waiting(self) -> int:
        """Records in no request yet."""
        return sum(self.queued) + self.unassigned

    @property
    def in_flight(self) -> int:
        """Records in requests whose answer is awaited, or that are about to be sent."""
        return sum(broker.records + broker.unsent_records for broker in self.brokers)

    @property
    def reports(self) -> int:
        """Records that are done, and whose report waits for the program to call `poll()`."""
        return max(0, self.records - self.waiting - self.in_flight)

    @property
    def fill(self) -> float:
        """How full the client's memory for records is, 0 … 1: by number or by bytes, whichever is more."""
        by_number = self.records / self.records_max if self.records_max else 0.0
        return max(by_number, self.bytes / self.bytes_max if self.bytes_max else 0.0)
