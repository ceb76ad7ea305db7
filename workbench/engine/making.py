"""Making a run's records on the sending thread: what a person wrote, guarded and counted.

A record is made in Java's order: template, interceptors, serializers, partitioner.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

from workbench.engine.choosing import NotChosenError, chooser
from workbench.engine.guard import Guard, RecordTooSlow
from workbench.engine.interceptors import Interceptors
from workbench.engine.loading import Loaded
from workbench.engine.meter import Meter
from workbench.engine.own_code import own_serializers
from workbench.engine.partitions_seen import PartitionsSeen
from workbench.engine.protocol import Start
from workbench.engine.ring import USUAL, Ring
from workbench.errors import ClusterError, InputError
from workbench.serde.maker import RecordError, RecordMaker
from workbench.serde.setting import SchemaIds

HEADER = "kwb"
"""The header that names run and sequence number, so that the read-back knows a record again."""
ANY = -1
"""The client's own partitioner decides (RD_KAFKA_PARTITION_UA)."""


class Made(NamedTuple):
    """A record as the client takes it; no headers are None, which is cheaper than an empty list."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] | None
    timestamp: int = 0
    """CreateTime in epoch milliseconds; 0: the client's clock."""
    partition: int = ANY

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


class Refusal(NamedTuple):
    """Why a record cannot be made: where, by which code, and in words."""

    where: str
    code: str
    text: str


def _bytes_of(made: Made | Refusal) -> int:
    return made.size if isinstance(made, Made) else len(made.text)


class Making:
    """Makes records between `with` and its end. Main thread only: the guard is a signal."""

    def __init__(self, start: Start, meter: Meter, loaded: Loaded, registry: SchemaIds | None = None) -> None:
        """Raises RecordError where no record could ever be made, InputError for code that is none."""
        own = own_serializers(start.code, loaded)
        self._maker = RecordMaker(
            start.record,
            start.seed,
            start.run_id,
            start.value_bytes,
            topic=start.topic,
            registry=registry,
            own=own,
        )
        self._is_never_refused = start.send.on_rejected != "refuse"
        is_numbered = start.send.verify and start.send.batch is None  # load mode knows no headers
        self.identity = f"{start.identity}/" if is_numbered else None
        """What stands before a record's number in the header `kwb`; None: it has none."""
        self._ring: Ring[Made | Refusal] | None = None
        usual = 0 if start.send.batch is None else USUAL
        self._ring_wanted = usual if start.send.ring is None else start.send.ring
        self._count = start.send.count
        self._share = start.share
        self._guard = Guard(start.send.record_timeout_ms)
        self._meter = meter
        self._topic = start.topic
        self._partition = ANY if start.record.partition is None else start.record.partition
        self._stage = "template"
        self._seen = PartitionsSeen(start.topic, start.partitions)
        self._choose = chooser(start, loaded, self._seen, meter.statistics)
        self._interceptors = Interceptors(start.send.interceptors, loaded, self._guard, self._note)
        self._intercepts = bool(start.send.interceptors)
        self._has_hooks = self._intercepts or self._choose is not None or bool(own)
        self._made = self._hooked if self._has_hooks else self._plain

    def __enter__(self) -> Self:
        if self._has_hooks or not self._maker.is_constant:
            self._guard.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._guard.stop()

    @property
    def seen(self) -> PartitionsSeen | None:
        """What has to be watched during the run, for a partitioner that runs here."""
        return self._seen if self._choose is not None else None

    def constant(self) -> Made | None:
        """The one record that all are, but for the header with their number."""
        if self._has_hooks or not self._maker.is_constant:
            return None
        key, value, headers = self._maker.make(0)
        return Made(key, value, headers or None, self._maker.timestamp(0), self._partition)

    def numbers(self, count: int) -> Iterator[int]:
        """The sequence numbers of the run's records that are this engine's, in order."""
        share = self._share
        if share.of == 1:
            return iter(range(count))
        if self._maker.one_key == (None,):
            return iter(range(share.number, count, share.of))
        return filter(self._is_ours, range(count))

    def _is_ours(self, seq: int) -> bool:
        """All records of a key are one engine's, and stay in order; what cannot be made is the first's."""
        try:
            self._guard.begin()
            key = self._maker.key(seq if self._ring is None else self._ring.number(seq))
        except (RecordError, RecordTooSlow, MemoryError):
            return self._share.number == 0
        finally:
            self._guard.end()
        return zlib.crc32(key or b"") % self._share.of == self._share.number

    @property
    def one_key(self) -> tuple[bytes | None] | None:
        """The key of all records, where all have the same."""
        return None if self._intercepts else self._maker.one_key

    def refuse(self) -> None:
        """Unless that is to be counted: raise where not even the first record can be made.

        InputError, as no other record would be better; ClusterError where a schema registry is away.
        """
        self._maker.prepare()
        if self._is_never_refused:
            return
        try:
            self._guard.begin()
            if self._intercepts:  # what serializers get of them is not known before
                self._maker.draft(0)
            else:
                self._maker.make(0)
                self._maker.timestamp(0)
        except RecordError as error:
            kind = ClusterError if error.is_away else InputError
            raise kind(f"record.{error.where}: {error.reason}") from error
        except RecordTooSlow:
            text = f"a record takes longer than record_timeout_ms ({self._guard.timeout_ms} ms) to make"
            raise InputError(text) from None
        except MemoryError:
            raise InputError("a record does not fit in memory") from None
        finally:
            self._guard.end()

    def fill_ring(self) -> None:
        """In load mode: make the records now, that are sent over and over then. Nothing is counted yet."""
        wanted = min(self._ring_wanted, self._count)
        if wanted and not self._has_hooks and not self._maker.is_constant:
            self._ring = Ring(wanted, self._attempt, _bytes_of)
            self._meter.ring = self._ring.size

    def ring(self) -> list[Made] | None:
        """The records that are sent over and over; None where there are none, or each is looked at."""
        if self._ring is None or self._share.of > 1:
            return None
        made = [one for one in self._ring.made if isinstance(one, Made)]
        return made if len(made) == self._ring.size else None

    def make(self, seq: int) -> Made | None:
        """The record; None where it cannot be made, which the meter has counted as rejected."""
        made = self._attempt(seq) if self._ring is None else self._ring.get(seq)
        if isinstance(made, Made):
            return made
        self._reject(seq, made)
        return None

    def _attempt(self, seq: int) -> "Made | Refusal":
        made: Made | Refusal
        try:
            self._guard.begin()
            try:
                made = self._made(seq)
            except RecordError as error:
                code = "_REGISTRY" if error.kind == "registry" else "_BAD_RECORD"
                made = Refusal(error.kind, code, f"{error.where}: {error.reason}")
            except NotChosenError as error:
                made = Refusal("partitioner", error.code, str(error))
            except MemoryError:
                made = Refusal(self._stage, "_OUT_OF_MEMORY", "the record does not fit in memory")
            self._guard.end()
        except RecordTooSlow:
            self._guard.end()
            text = f"took longer than record_timeout_ms ({self._guard.timeout_ms} ms)"
            return Refusal(self._stage, "_RECORD_TIMEOUT", text)
        return made

    def delivering(self, callback: Callable[..., None]) -> Callable[..., None]:
        """The delivery callback of a record, with those before it that want to hear too."""
        return self._interceptors.around(callback) if self._interceptors.listen else callback

    def refused(self, made: Made, code: str, text: str) -> None:
        """The client did not take the record (the meter has counted it)."""
        self._interceptors.on_rejected(self._topic, made.partition, code, text)

    def close(self) -> None:
        """The run is over."""
        self._interceptors.close()

    def _plain(self, seq: int) -> Made:
        key, value, headers = self._maker.make(seq)
        timestamp = self._maker.timestamp(seq)
        if self.identity is not None:
            headers.append((HEADER, f"{self.identity}{seq}".encode()))
        return Made(key, value, headers or None, timestamp, self._partition)

    def _hooked(self, seq: int) -> Made:
        self._stage = "template"
        record = self._maker.draft(seq)
        if self._intercepts:
            self._stage = "interceptor"
            record = self._interceptors.on_send(record)
        self._stage = "serializer"
        key, value, headers = self._maker.serialize(record)
        partition = ANY if record.partition is None else record.partition
        if partition == ANY and self._choose is not None:
            self._stage = "partitioner"
            partition = self._choose(key, value, headers)
        if self.identity is not None:
            headers = [*headers, (HEADER, f"{self.identity}{seq}".encode())]
        return Made(key, value, headers or None, record.timestamp or 0, partition)

    def _reject(self, seq: int, refusal: "Refusal") -> None:
        self._meter.reject(seq, *refusal)
        if self._stage != "template":
            self._interceptors.on_rejected(self._topic, None, refusal.code, refusal.text)

    def _note(self, code: str, text: str) -> None:
        self._meter.note(code, "interceptor", text)
