"""Where a run was held up, for its report: what the Pipeline screen says at its end, with the figures."""

from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workbench.insight.bottleneck import bottleneck
from workbench.insight.pipeline import Pipeline, Plan, pipeline
from workbench.model.frame import Frame
from workbench.model.report import HeldUp, MeanMs
from workbench.model.scenario import Scenario

if TYPE_CHECKING:
    from workbench.model.client_state import ClientState

_KEPT = 480
"""Statistics come four times a second: of long runs the newest two minutes, as on the screen."""


class ClientSeen:
    """The inside of a run's client after the warm-up, oldest first."""

    def __init__(self) -> None:
        self._states: deque[ClientState] = deque(maxlen=_KEPT)

    def note(self, frame: Frame) -> None:
        client = frame.client
        if client is None or not frame.measured_from or client.at < frame.measured_from:
            return
        if not self._states or self._states[-1].at < client.at:
            self._states.append(client)

    def held_up(self, scenario: Scenario, frame: Frame, records_per_s: float | None) -> HeldUp:
        """`frame`: the run's last. All null where the run was too short to say."""
        plan = Plan.of(scenario)
        seen = pipeline(tuple(self._states), plan, ended=True, delivered=frame.partitions)
        found = bottleneck(seen, plan, records_per_s or 0.0, ended=True)
        figures = _figures(seen) if seen else HeldUp()
        if found.kind == "not known":
            return figures
        return replace(
            figures, kind=found.kind, place=found.place, sentence=found.sentence, mend=found.mend or None
        )


def _figures(seen: Pipeline) -> HeldUp:
    split, (partition, share) = seen.split, seen.busiest or (None, None)
    mean = MeanMs()
    if split is not None:
        mean = MeanMs(
            queued=_rounded(split.queued),
            unsent=_rounded(split.unsent),
            round_trip=_rounded(split.round_trip),
            report=_rounded(split.report),
            total=_rounded(split.total),
        )
    return HeldUp(
        mean_ms=mean,
        records=_rounded(seen.records),
        buffer_fill=_rounded(seen.fill),
        batch_fill=_rounded(seen.batch_fill),
        at_limit=_rounded(seen.at_limit),
        busiest_partition=partition,
        busiest_share=_rounded(share),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
