"""The ledger: what became of every record of a run, in the words of the screen, the report and the docs."""

import msgspec


class Ledger(msgspec.Struct, frozen=True):
    """What is not known is None, never 0.

    sent = rejected + acked + unconfirmed + failed + pending;
    acked = acked_stored + lost + expired; unconfirmed = unconfirmed_stored + vanished;
    stored = acked_stored + unconfirmed_stored + stored_though_failed + stored_though_pending.
    """

    sent: int
    rejected: int
    acked: int
    unconfirmed: int
    failed: int
    pending: int
    stored: int | None = None
    """Distinct records of the run found in the log."""
    acked_stored: int | None = None
    lost: int | None = None
    """Acked, and not in the log."""
    expired: int | None = None
    """Acked, and removed by retention."""
    unconfirmed_stored: int | None = None
    vanished: int | None = None
    """Unconfirmed (acks=0), and not in the log."""
    stored_though_failed: int | None = None
    stored_though_pending: int | None = None
    duplicated: int | None = None
    """Extra copies."""
    reordered: int | None = None
    """First copy at a higher offset than a later-sent record of the same partition."""

    def broken_equations(self) -> list[str]:
        """The equations that do not hold, in words; a report with one is a bug."""
        equations = [
            (
                "sent = rejected + acked + unconfirmed + failed + pending",
                self.sent,
                (self.rejected, self.acked, self.unconfirmed, self.failed, self.pending),
            ),
            (
                "acked = acked_stored + lost + expired",
                self.acked,
                (self.acked_stored, self.lost, self.expired),
            ),
            (
                "unconfirmed = unconfirmed_stored + vanished",
                self.unconfirmed,
                (self.unconfirmed_stored, self.vanished),
            ),
            (
                "stored = acked_stored + unconfirmed_stored + stored_though_failed + stored_though_pending",
                self.stored,
                (
                    self.acked_stored,
                    self.unconfirmed_stored,
                    self.stored_though_failed,
                    self.stored_though_pending,
                ),
            ),
        ]
        broken = []
        for words, left, parts in equations:
            known = [part for part in parts if part is not None]
            if left is not None and len(known) == len(parts) and left != sum(known):
                broken.append(f"{words}: {left} != {' + '.join(map(str, known))}")
        return broken
