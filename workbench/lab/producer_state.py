"""What a partition remembers of idempotent producers: Kafka's ProducerStateManager, without transactions."""

from collections import deque
from collections.abc import Iterable

import msgspec
from kio.schema.errors import ErrorCode

from workbench.lab.record_batch import SEQUENCES, Batch, Checked, Rejected

_REMEMBERED = 5


class _Entry(msgspec.Struct):
    epoch: int
    batches: deque[tuple[int, int, int]]
    """(first sequence, last sequence, base offset) of the newest batches, oldest first."""


class ProducerState:
    """By producer id; part of every replica, so that it survives a change of leader."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    def duplicate_of(self, batch: Checked) -> int | None:
        """The base offset of the batch already stored, or None for a new one that may be appended.

        Raises Rejected with OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_PRODUCER_EPOCH.
        """
        entry = self._entries.get(batch.producer_id)
        if batch.producer_id < 0 or entry is None:
            return None
        if batch.producer_epoch < entry.epoch:
            raise Rejected(
                ErrorCode.invalid_producer_epoch,
                f"Epoch of producer {batch.producer_id} is {batch.producer_epoch}, "
                f"which is smaller than the last seen epoch {entry.epoch}",
            )
        if batch.producer_epoch > entry.epoch:
            expected = 0
        else:
            for first, last, base_offset in entry.batches:
                if first == batch.base_sequence and last == batch.last_sequence:
                    return base_offset
            expected = (entry.batches[-1][1] + 1) % SEQUENCES
        if batch.base_sequence != expected:
            raise Rejected(
                ErrorCode.out_of_order_sequence_number,
                f"Out of order sequence number for producer {batch.producer_id}: "
                f"{batch.base_sequence} (incoming seq. number), {expected} (expected)",
            )
        return None

    def appended(self, batch: Batch) -> None:
        if batch.producer_id < 0:
            return
        entry = self._entries.get(batch.producer_id)
        if entry is None or entry.epoch != batch.producer_epoch:
            entry = _Entry(batch.producer_epoch, deque(maxlen=_REMEMBERED))
            self._entries[batch.producer_id] = entry
        entry.batches.append((batch.base_sequence, batch.last_sequence, batch.base_offset))

    def rebuild(self, batches: Iterable[Batch], log_start: int) -> None:
        """From what is left of the log after a truncation, and what was known of batches long removed."""
        old, self._entries = self._entries, {}
        for producer_id, entry in old.items():
            trimmed = [batch for batch in entry.batches if batch[2] < log_start]
            if trimmed:
                self._entries[producer_id] = _Entry(entry.epoch, deque(trimmed, maxlen=_REMEMBERED))
        for batch in batches:
            self.appended(batch)
