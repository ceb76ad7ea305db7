"""What librdkafka's own statistics say: batches and requests, and how it stands inside the client.

STATISTICS.md of librdkafka: `batchcnt`, `batchsize`, `int_latency`, `outbuf_latency` and `rtt` are windows
over one interval, so their `cnt` and `sum` are added up; `req` and `txretries` count since the client began.
`batchsize` is the compressed size. `ts` is its monotonic clock, the same as `time.monotonic()`, in µs.

How many records wait by partition is no field that can be used: `xmit_msgq_cnt` is printed as 0 (2.16.0,
tried: the queue belongs to another thread), and `msgq_cnt` is only what that thread has not taken over yet.
So it is what was ever enqueued (`msgs`) less what was ever put into requests (`txmsgs`), counted anew when
the client is empty: a retry counts in `txmsgs` twice, a record that timed out in the queue not at all.

Decoding costs 15 µs for three brokers and six partitions, so it is done whether somebody looks or not.
"""

import time

import msgspec

from workbench.engine.callbacks import named
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.frame import Batches

INTERVAL_MS = 250


class _Window(msgspec.Struct, frozen=True):
    cnt: int = 0
    sum: int = 0

    @property
    def mean_ms(self) -> float | None:
        return self.sum / self.cnt / 1000 if self.cnt else None


class _Partition(msgspec.Struct):
    partition: int = -1
    msgq_cnt: int = 0
    msgs: int = 0
    txmsgs: int = 0
    msgs_inflight: int = 0


class _Topic(msgspec.Struct):
    batchcnt: _Window = _Window()
    batchsize: _Window = _Window()
    partitions: dict[str, _Partition] = {}


class _Broker(msgspec.Struct):
    nodeid: int = -1
    state: str = ""
    waitresp_cnt: int = 0
    waitresp_msg_cnt: int = 0
    outbuf_cnt: int = 0
    outbuf_msg_cnt: int = 0
    txretries: int = 0
    req: dict[str, int] = {}
    int_latency: _Window = _Window()
    outbuf_latency: _Window = _Window()
    rtt: _Window = _Window()


class _Emitted(msgspec.Struct):
    ts: int = 0
    msg_cnt: int = 0
    msg_size: int = 0
    msg_max: int = 0
    msg_size_max: int = 0
    tx_bytes: int = 0
    brokers: dict[str, _Broker] = {}
    topics: dict[str, _Topic] = {}


class Statistics:
    """Takes each statistics document of one client; `batches` and `client` are what is known so far."""

    def __init__(self) -> None:
        self.batches = Batches()
        self.client: ClientState | None = None
        self.emitted = 0
        self._decode = msgspec.json.Decoder(_Emitted).decode
        self._count = 0
        self._records = 0
        self._bytes = 0
        self._waits = Waits()
        self._settled: dict[int, int] = {}
        """By partition, `msgs` less `txmsgs` when the client was last empty."""

    @named
    def take(self, document: str) -> None:
        """The `stats_cb` of a producer."""
        emitted = self._decode(document)
        counts = [topic.batchcnt for topic in emitted.topics.values()]
        sizes = [topic.batchsize for topic in emitted.topics.values()]
        self._count += sum(window.cnt for window in counts)
        self._records += sum(window.sum for window in counts)
        self._bytes += sum(window.sum for window in sizes)
        self.batches = Batches(
            count=self._count,
            records=self._records,
            bytes=self._bytes,
            requests=sum(broker.req.get("Produce", 0) for broker in emitted.brokers.values()),
            wire_bytes=emitted.tx_bytes,
        )
        self._waits = _more(self._waits, emitted)
        self.client = self._client(emitted)
        self.emitted += 1

    def _client(self, emitted: _Emitted) -> ClientState:
        partitions = [p for topic in emitted.topics.values() for p in topic.partitions.values()]
        known = sorted((p for p in partitions if p.partition >= 0), key=lambda p: p.partition)
        batches = [topic.batchcnt for topic in emitted.topics.values() if topic.batchcnt.cnt]
        sizes = [topic.batchsize for topic in emitted.topics.values() if topic.batchsize.cnt]
        at = emitted.ts / 1e6
        return ClientState(
            at=at,
            late_s=max(0.0, time.monotonic() - at),
            records=emitted.msg_cnt,
            records_max=emitted.msg_max,
            bytes=emitted.msg_size,
            bytes_max=emitted.msg_size_max,
            queued=self._queued(emitted, known),
            travelling=tuple(p.msgs_inflight for p in known),
            unassigned=sum(p.msgq_cnt for p in partitions if p.partition < 0),
            brokers=tuple(_flights(emitted)),
            batch_records=batches[0].sum / batches[0].cnt if batches else None,
            batch_bytes=sizes[0].sum / sizes[0].cnt if sizes else None,
            waits=self._waits,
        )

    def _queued(self, emitted: _Emitted, known: list[_Partition]) -> tuple[int, ...]:
        if not emitted.msg_cnt:
            self._settled = {p.partition: p.msgs - p.txmsgs for p in known}
        counts = [max(0, p.msgs - p.txmsgs - self._settled.get(p.partition, 0)) for p in known]
        total, room = sum(counts), max(0, emitted.msg_cnt - sum(p.msgs_inflight for p in known))
        if total > room:  # records timed out in the queue, or the figures are of slightly different moments
            counts = [count * room // total for count in counts]
        return tuple(counts)


def _more(waits: Waits, emitted: _Emitted) -> Waits:
    """Means are weighted by the records that the broker's requests took up in the interval."""
    queued, queued_ms = waits.queued, waits.queued_ms
    travelled, unsent_ms, round_trip_ms = waits.travelled, waits.unsent_ms, waits.round_trip_ms
    for broker in emitted.brokers.values():
        records = broker.int_latency.cnt
        queued += records
        queued_ms += broker.int_latency.sum / 1000
        there_and_back = broker.rtt.mean_ms
        if records and there_and_back is not None:
            travelled += records
            round_trip_ms += records * there_and_back
            unsent_ms += records * (broker.outbuf_latency.mean_ms or 0.0)
    return Waits(queued, queued_ms, travelled, unsent_ms, round_trip_ms)


def _flights(emitted: _Emitted) -> list[BrokerFlight]:
    """Without the bootstrap connections, over which no record goes."""
    brokers = sorted((b for b in emitted.brokers.values() if b.nodeid >= 0), key=lambda b: b.nodeid)
    return [
        BrokerFlight(
            b.nodeid,
            b.state,
            b.waitresp_cnt,
            b.waitresp_msg_cnt,
            b.outbuf_cnt,
            b.outbuf_msg_cnt,
            b.rtt.mean_ms,
            b.txretries,
        )
        for b in brokers
    ]
