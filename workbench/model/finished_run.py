"""A run that is over: what was asked for, and what came of it."""

import msgspec

from workbench.model.report import Report
from workbench.model.scenario import Scenario


class FinishedRun(msgspec.Struct, frozen=True):
    number: int
    """Counted from 1 in the session that ran it."""
    ended_at: float
    """Wall-clock time, seconds since the epoch."""
    scenario: Scenario
    report: Report
    latency: dict[int, int] = {}
    """Of the run's last frame, see `histogram`."""
