"""A bench that plays a recording: the screen cannot tell it from a real one."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from workbench.dev.recording import Recording
from workbench.errors import InputError
from workbench.model.cluster_state import ClusterState
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event
from workbench.model.fault import Action, FaultKind
from workbench.model.frame import ENDED, Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.record import MadeRecord
from workbench.model.report import Client, ClusterFacts, Report
from workbench.model.scenario import Scenario
from workbench.model.stations import Stations
from workbench.run.consent import CodeFile
from workbench.run.reporting import report_of


class ReplayInside:
    """How the cluster stood while the recording was made."""

    faults: frozenset[FaultKind] = frozenset()
    out: frozenset[int] = frozenset()

    def __init__(self, recording: Recording) -> None:
        self._states = recording.states
        self._heard: Callable[[ClusterState], None] | None = None
        self._now = 0.0, 0.0

    def watch(self, heard: Callable[[ClusterState], None] | None) -> None:
        self._heard = heard
        self.tell(*self._now)

    async def stations(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Stations]:
        """None were recorded."""
        _ = wanted
        return {}

    async def do(self, action: Action) -> None:
        """Raises InputError: what was, cannot be changed."""
        raise InputError(f"{action.do}: this is a recording")

    def tell(self, at: float, began: float) -> None:
        """The newest state at that time of the recording, which began at `began` of the clock."""
        self._now = at, began
        before = [state for state in self._states if state.at <= at]
        if before and self._heard is not None:
            last = before[-1]
            brokers = tuple(msgspec.structs.replace(b, since=b.since + began) for b in last.brokers)
            self._heard(msgspec.structs.replace(last, at=last.at + began, brokers=brokers))


class ReplayBench:
    """Frames come as fast as they came once; pausing holds them, stopping plays the last one."""

    def __init__(self, recording: Recording, on_event: Callable[[Event], None]) -> None:
        self.view: ClusterView | None = None
        self.client: Client | None = None
        self.inside = ReplayInside(recording)
        self._recording = recording
        self._on_event = on_event
        self._going = asyncio.Event()
        self._going.set()
        self._stopped = asyncio.Event()
        self._played = False

    async def open(self) -> None:
        self.view, self.client = self._recording.head.view, self._recording.head.client
        self._tell(float("-inf"), 0.0, time.time())

    async def close(self) -> None:
        self._stopped.set()

    async def ensure_topic(self, scenario: Scenario) -> TopicView:
        _ = scenario
        return self._recording.head.topic

    def files_to_ask(self, scenario: Scenario) -> tuple[CodeFile, ...]:
        """Nothing is run."""
        _ = scenario
        return ()

    def allow(self, files: Sequence[CodeFile]) -> None:
        _ = files

    async def preview(self, scenario: Scenario, seq: int) -> MadeRecord:
        """No engine, no record: the templates themselves."""
        record = scenario.record
        key, value = (None if text is None else text.encode() for text in (record.key, record.value))
        return MadeRecord(seq, key, value)

    async def keys(self) -> KeyTotals | None:
        """Where they were at the end; before that nothing was recorded."""
        return self._recording.keys if self._played else None

    async def batches(
        self, topic: str, wanted: Mapping[int, tuple[int, int]]
    ) -> dict[int, list[tuple[int, int]]]:
        """As they lay in the log after the run."""
        _ = topic
        return {p: batches for p, batches in self._recording.batches.items() if p in wanted}

    async def run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        self._stopped.clear()
        self._played = False
        began, told = time.monotonic(), 0.0
        for frame in self._recording.frames:
            await self._wait(began + frame.at - time.monotonic())
            if not self._going.is_set():
                paused = time.monotonic()
                await self._going.wait()
                began += time.monotonic() - paused
            self._tell(told, frame.at, time.time() - frame.at)
            told = frame.at
            on_frame(_at(frame, began))
            self.inside.tell(frame.at, began)
        last = self._recording.frames[-1]
        self._played = True
        if last.state not in ENDED:  # cut in the middle: it stays like that
            await self._stopped.wait()
        self._tell(told, float("inf"), time.time() - last.at)
        facts = ClusterFacts(scenario.cluster.kind, None, len(self._recording.head.view.brokers))
        return report_of(scenario, self._recording.head.client, facts, last, None)

    async def pause(self) -> None:
        self._going.clear()

    async def resume(self) -> None:
        self._going.set()

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()

    def _tell(self, after: float, until: float, wall_start: float) -> None:
        """The events of a stretch of the run; those before its start have times below 0."""
        for event in self._recording.events:
            if after <= event.at < until:
                self._on_event(msgspec.structs.replace(event, at=event.at + wall_start))

    async def stop(self) -> None:
        self._stopped.set()
        self._going.set()


def _at(frame: Frame, began: float) -> Frame:
    samples = tuple(
        msgspec.structs.replace(s, sent_at=s.sent_at + began, reported_at=s.reported_at + began)
        for s in frame.samples
    )
    return msgspec.structs.replace(
        frame,
        at=frame.at + began,
        started_at=frame.started_at + began,
        measured_from=frame.measured_from + began if frame.measured_from else 0.0,
        samples=samples,
        client=frame.client and msgspec.structs.replace(frame.client, at=frame.client.at + began),
    )
