"""Something that happened, and what it did to the records."""

from typing import Literal

import msgspec

EventKind = Literal[
    "run started", "paused", "resumed", "stopped", "run done", "failed", "rejected", "fatal", "leader moved",
    "isr shrank", "isr grew", "fault", "engine died", "cluster ready", "cluster died", "verified", "note",
    "config change",
]  # fmt: skip
SEVERAL = " · "
"""Stands between the changes that one event tells together."""
Severity = Literal["ok", "info", "warn", "bad"]


class Event(msgspec.Struct, frozen=True):
    """`at` is wall-clock time, seconds since the epoch."""

    at: float
    kind: EventKind
    severity: Severity
    where: str = ""
    """A partition ("p3"), a broker ("broker 2") or nothing."""
    what: str = ""
    consequence: str = ""

    @property
    def shorter(self) -> tuple[str, ...]:
        """`what`; of several changes also the first with how many more there are. The longest first."""
        first, *more = self.what.split(SEVERAL) if self.kind == "config change" else (self.what,)
        return (self.what, f"{first} and {len(more)} more") if more else (self.what,)
