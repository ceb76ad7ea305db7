"""What was read back, matched record by record with what the run's records were reported as."""

from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from workbench.engine.making import HEADER
from workbench.engine.meter import FAILED, Meter
from workbench.engine.protocol import Found, Start
from workbench.model.report import Example, ExampleKind
from workbench.serde.maker import RecordError, RecordMaker

EXAMPLES = 3
"""Of each kind."""
_KEYS_FOLLOWED = 1_000_000
_NOT_SEEN = 0
_FARTHEST = 2**32 - 1


class Stored(Protocol):
    """What of a consumed confluent_kafka.Message is matched."""

    def headers(self) -> object: ...
    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...


class KeysFollowed:
    """Which keys were found in more than one partition; beyond a million keys nobody knows."""

    def __init__(self) -> None:
        self._keys: dict[bytes, int] = {}
        self._moved: set[bytes] = set()

    def take(self, key: bytes, partition: int) -> None:
        if len(self._keys) <= _KEYS_FOLLOWED and self._keys.setdefault(key, partition) != partition:
            self._moved.add(key)

    @property
    def moved(self) -> int | None:
        return len(self._moved) if len(self._keys) <= _KEYS_FOLLOWED else None


class Matching:
    """Takes the records of a log in order, partition by partition; `found` is what they prove."""

    def __init__(self, start: Start, meter: Meter, partitions: int, *, confirmed: bool) -> None:
        self._run = start
        self._identity = start.identity
        self._meter = meter
        self._confirmed = confirmed
        # of several engines each has some of all numbers
        self._seen = array("I", bytes(4 * (meter.sent if start.share.of == 1 else len(meter.outcomes))))
        """By sequence number: how far behind its partition's first record the first copy is, from 1."""
        self._first: list[int | None] = [None] * partitions
        self._stored = [0] * partitions
        self._duplicated = 0
        self._reordered = 0
        self._highest = [-1] * partitions
        self._keys = KeysFollowed()
        self._shown: Counter[ExampleKind] = Counter()
        self._examples: list[Example] = []

    def take(self, message: Stored, partition: int, offset: int) -> None:
        """Count one record of the log; those of other runs are passed over."""
        seq, key = self._sequence(message.headers()), message.key()
        if seq is None or seq >= len(self._seen):
            return
        base = self._first[partition]
        if base is None:
            base = self._first[partition] = offset
        if self._seen[seq] != _NOT_SEEN:
            self._duplicated += 1
            # the copies of a record have one partition: it is chosen before the first of them is sent
            first = base + self._seen[seq] - 1
            self._show("duplicated", seq, key, partition, offset, first_offset=first)
            return
        self._seen[seq] = min(offset - base + 1, _FARTHEST)
        self._stored[partition] += 1
        if seq < self._highest[partition]:
            self._reordered += 1
            self._show("reordered", seq, key, partition, offset)
        else:
            self._highest[partition] = seq
        if self._meter.outcomes[seq] < 0:
            failed = self._meter.outcomes[seq] == FAILED
            kind: ExampleKind = "stored_though_failed" if failed else "stored_though_pending"
            self._show(kind, seq, key, partition, offset)
        if key is not None:
            self._keys.take(key, partition)

    def found(self, log_start: list[int]) -> Found:
        """The counts, once all is taken. `log_start` tells what retention removed, by partition."""
        counts = {"delivered": 0, "failed": 0, "pending": 0}
        missing = expired = 0
        for seq, (partition, offset) in self._outcomes():
            if self._seen[seq] != _NOT_SEEN:
                kind = "delivered" if partition >= 0 else "failed" if partition == FAILED else "pending"
                counts[kind] += 1
            elif partition >= 0:
                missing += 1
                is_expired = self._confirmed and 0 <= offset < log_start[partition]
                expired += is_expired
                self._show_missing(seq, partition, offset, is_expired=is_expired)
        acked = counts["delivered"] if self._confirmed else 0
        return Found(
            stored=sum(self._stored),
            acked_stored=acked,
            lost=missing - expired if self._confirmed else 0,
            expired=expired,
            unconfirmed_stored=counts["delivered"] - acked,
            vanished=0 if self._confirmed else missing,
            stored_though_failed=counts["failed"],
            stored_though_pending=counts["pending"],
            duplicated=self._duplicated,
            reordered=self._reordered,
            partitions=tuple(self._stored),
            moved_keys=self._keys.moved,
            examples=tuple(sorted(self._examples, key=lambda example: (example.kind, example.seq))),
        )

    def _sequence(self, headers: object) -> int | None:
        if isinstance(headers, list):
            for name, value in reversed(headers):
                if name == HEADER and value is not None:
                    run_id, _, seq = value.decode(errors="replace").partition("/")
                    return int(seq) if run_id == self._identity and seq.isdecimal() else None
        return None

    def _outcomes(self) -> Iterator[tuple[int, tuple[int, int]]]:
        pairs = zip(self._meter.outcomes, self._meter.offsets, strict=True)
        return enumerate(pair for pair, _ in zip(pairs, self._seen, strict=False))

    def _show_missing(self, seq: int, partition: int, offset: int, *, is_expired: bool) -> None:
        kind: ExampleKind = "expired" if is_expired else "lost" if self._confirmed else "vanished"
        if self._shown[kind] < EXAMPLES:
            self._show(kind, seq, self._key_of(seq), partition, offset if offset >= 0 else None)

    def _key_of(self, seq: int) -> bytes | None:
        """Made once more: what is not in the log has no other witness."""
        run = self._run
        try:
            return RecordMaker(run.record, run.seed, run.run_id, run.value_bytes).make(seq)[0]
        except RecordError:
            return None

    def _show(
        self,
        kind: ExampleKind,
        seq: int,
        key: bytes | None,
        partition: int,
        offset: int | None,
        *,
        first_offset: int | None = None,
    ) -> None:
        if self._shown[kind] >= EXAMPLES:
            return
        self._shown[kind] += 1
        text = None if key is None else key.decode(errors="backslashreplace")
        self._examples.append(Example(kind, partition, offset, text, seq, first_offset))
