"""Something that happened, and what it did to the records."""

from typing import Literal

import msgspec

EventKind = Literal[
    "run started", "paused", "resumed", "stopped", "run done", "failed", "rejected", "leader moved",
    "isr shrank", "isr grew", "engine died", "cluster ready", "cluster died", "verified", "note",
]  # fmt: skip
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
