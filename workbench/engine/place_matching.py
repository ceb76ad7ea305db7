"""What was read back, matched by partition and offset: all that load mode knows of a record.

A record at an acked offset is the one that was acked, unless the log was cut there and has grown again: then
two records were acked at one offset, or what is there is not what was sent, and one of them is lost.
"""

from collections.abc import Sequence

from workbench.engine.making import Made
from workbench.engine.matching import EXAMPLES, KeysFollowed, Stored
from workbench.engine.places import Offsets, Places
from workbench.engine.protocol import Acked, Found
from workbench.model.report import Example, ExampleKind

_FOLD_EACH = 2**19 - 1
"""A bit mask: so many offsets wait at most to become runs."""


class PlaceMatching:
    """Takes the records of a log in order, partition by partition; `found` is what they prove.

    `tellers`: what each engine's reports said. `same`: the record that all are, where all are the same.
    """

    def __init__(self, tellers: Sequence[Acked], partitions: int, same: Made | None) -> None:
        self._acked = [
            Offsets.of(run for told in tellers for of_one in told.runs[p : p + 1] for run in of_one)
            for p in range(partitions)
        ]
        self._without = [sum(sum(told.without[p : p + 1]) for told in tellers) for p in range(partitions)]
        self._undelivered = sum(told.undelivered for told in tellers)
        self._places = Places(partitions)
        self._read = 0
        self._same = None if same is None else (same.key, same.value)
        self._keys = KeysFollowed()
        self._examples: list[Example] = []

    def take(self, message: Stored, partition: int, offset: int) -> None:
        """Count one record of the log; one that differs from all that were sent is another's."""
        key = message.key()
        if self._same is not None and (key, message.value()) != self._same:
            return
        self._places.place[partition](offset)
        self._read += 1
        if not self._read & _FOLD_EACH:
            self._places.fold()
        if key is not None:
            self._keys.take(key, partition)

    def found(self, log_start: list[int]) -> Found:
        """The counts, once all is taken. `log_start` tells what retention removed, by partition."""
        log = [Offsets.of(runs) for runs in self._places.runs()]
        stored, lost, expired, unreported = [], 0, 0, 0
        for partition, (acked, there) in enumerate(zip(self._acked, log, strict=True)):
            missing = acked.without(there)
            gone = len(missing) - len(missing.without(Offsets([(0, log_start[partition])])))
            extra, unplaced = len(there.without(acked)), self._without[partition]
            placed = min(extra, unplaced)  # acked without an offset: among what nothing else explains
            stored.append(len(acked) - len(missing) + placed)
            lost += len(missing) - gone + acked.repeated + unplaced - placed
            expired += gone
            unreported += extra - placed
            self._show(partition, missing, log_start[partition])
        none_left = 0 if not unreported else None
        failed_there = 0 if not self._undelivered else none_left
        return Found(
            stored=sum(stored) if failed_there == 0 else None,
            acked_stored=sum(stored),
            lost=lost,
            expired=expired,
            unconfirmed_stored=0,
            vanished=0,
            stored_though_failed=failed_there,
            stored_though_pending=failed_there,
            duplicated=none_left,
            reordered=None,
            partitions=tuple(stored),
            moved_keys=self._keys.moved,
            examples=tuple(self._examples),
            unreported=unreported,
        )

    def _show(self, partition: int, missing: Offsets, log_start: int) -> None:
        for first, until in missing.runs[:EXAMPLES]:
            for offset in range(first, min(until, first + EXAMPLES)):
                kind: ExampleKind = "expired" if offset < log_start else "lost"
                if sum(example.kind == kind for example in self._examples) < EXAMPLES:
                    key = self._same[0] if self._same else None
                    text = None if key is None else key.decode(errors="backslashreplace")
                    self._examples.append(Example(kind, partition, offset, text, None))
