"""What librdkafka's own statistics say of batches and requests.

STATISTICS.md of librdkafka: `batchcnt` and `batchsize` are windows over one interval, so their `cnt` and
`sum` are added up; `req` counts requests since the client began. `batchsize` is the compressed size.
"""

import msgspec

from workbench.model.frame import Batches

INTERVAL_MS = 250


class _Window(msgspec.Struct):
    cnt: int = 0
    sum: int = 0


class _Topic(msgspec.Struct):
    batchcnt: _Window = msgspec.field(default_factory=_Window)
    batchsize: _Window = msgspec.field(default_factory=_Window)


class _Broker(msgspec.Struct):
    req: dict[str, int] = {}


class _Emitted(msgspec.Struct):
    brokers: dict[str, _Broker] = {}
    topics: dict[str, _Topic] = {}


class Statistics:
    """Takes each statistics document of one client; `batches` is what is known so far."""

    def __init__(self) -> None:
        self.batches = Batches()
        self.emitted = 0
        self._decode = msgspec.json.Decoder(_Emitted).decode
        self._count = 0
        self._records = 0
        self._bytes = 0

    def take(self, document: str) -> None:
        """The `stats_cb` of a producer."""
        emitted = self._decode(document)
        for topic in emitted.topics.values():
            self._count += topic.batchcnt.cnt
            self._records += topic.batchcnt.sum
            self._bytes += topic.batchsize.sum
        self.batches = Batches(
            count=self._count,
            records=self._records,
            bytes=self._bytes,
            requests=sum(broker.req.get("Produce", 0) for broker in emitted.brokers.values()),
        )
        self.emitted += 1
