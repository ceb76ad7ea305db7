"""What the screen shows: the scenario being edited, the bench, and the newest of a run. No widgets here.

Everything runs in the app's event loop. `changed` is called after every change; who draws asks for
the state then, as often as it likes.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from workbench.errors import KwbError
from workbench.insight.live import Insight, Live
from workbench.model.events import Event
from workbench.model.frame import ENDED, Frame
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.scenario import Scenario
from workbench.ui.config_hints import Judge
from workbench.ui.written import Written, as_written

if TYPE_CHECKING:
    from workbench.model.cluster_view import ClusterView, TopicView
    from workbench.model.report import Client as ClientFacts
    from workbench.model.report import Report
    from workbench.producer_config import Client

Phase = Literal["opening", "unavailable", "idle", "running", "pausing", "paused", "stopping", "verifying"]
RUN_ON: frozenset[Phase] = frozenset({"running", "pausing", "paused", "stopping", "verifying"})
_EVENTS_KEPT = 500
_UNDO_KEPT = 100


class BenchLike(Protocol):
    """`workbench.run.bench.Bench`, as far as the screen knows it."""

    @property
    def view(self) -> "ClusterView | None": ...
    @property
    def client(self) -> "ClientFacts | None": ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def ensure_topic(self, scenario: Scenario) -> "TopicView": ...
    async def preview(self, record: RecordPlan, seed: int, seq: int) -> MadeRecord: ...
    async def run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> "Report": ...
    async def pause(self) -> None: ...
    async def resume(self) -> None: ...
    async def stop(self) -> None: ...


MakeBench = Callable[[Callable[[Event], None]], BenchLike]


def _nothing() -> None:
    return


class Session:
    """`scenario` is what is edited; `running` what the run that is on (or was last) was started with."""

    def __init__(self, scenario: Scenario, make_bench: MakeBench) -> None:
        self.scenario = scenario
        self.running: Scenario | None = None
        self.phase: Phase = "opening"
        self.topic: TopicView | None = None
        self.insight: Insight | None = None
        self.report: Report | None = None
        self.problem: str | None = None
        """Why the bench is unavailable, or why the last run broke off."""
        self.run_number = 0
        self.changed: Callable[[], None] = _nothing
        self._make_bench = make_bench
        self._bench: BenchLike | None = None
        self._live = Live()
        self._events: deque[Event] = deque(maxlen=_EVENTS_KEPT)
        self.written = as_written(scenario.producer)
        """The config as it is edited: in the names of one client or the other."""
        self._judge: tuple[object, Judge] | None = None
        self._undo: list[Written] = []
        self._redo: list[Written] = []

    @property
    def run_on(self) -> bool:
        return self.phase in RUN_ON

    @property
    def can_send(self) -> bool:
        return self.phase == "idle"

    @property
    def view(self) -> "ClusterView | None":
        return self._bench.view if self._bench else None

    @property
    def client(self) -> "ClientFacts | None":
        return self._bench.client if self._bench else None

    @property
    def bootstrap_servers(self) -> str | None:
        view = self.view
        if view is None:
            return self.scenario.cluster.bootstrap_servers
        return ",".join(f"{broker.host}:{broker.port}" for broker in view.brokers)

    @property
    def partitions(self) -> int:
        """Of the topic where it is known, else as planned."""
        topic, plan = self.topic, self.scenario.topic
        return len(topic.partitions) if topic and topic.name == plan.name else plan.partitions

    @property
    def next_seq(self) -> int:
        """The record that the composer shows: the next one to be sent."""
        if self.run_on and self.insight is not None:
            return self.insight.frame.sent
        return 0

    @property
    def events(self) -> Sequence[Event]:
        """The bench's and those read from the run's frames, oldest first."""
        of_run = self.insight.events if self.insight else ()
        return sorted((*self._events, *of_run), key=lambda event: event.at)

    @property
    def judge(self) -> Judge:
        """What says what is to be said of a config, given the topic and the brokers."""
        plan, brokers = self.scenario.topic, self.scenario.cluster.config
        topic = self.topic if self.topic and self.topic.name == plan.name else None
        key = topic, plan, brokers
        if self._judge is None or self._judge[0] != key:
            self._judge = key, Judge(topic, plan.config, brokers)
        return self._judge[1]

    # ---- editing

    def edit(self, scenario: Scenario) -> None:
        """Record, topic and send mode; the config by `write`."""
        if scenario != self.scenario:
            self.scenario = scenario
            self.changed()

    def write(self, written: Written) -> None:
        """The config anew, to be taken back by `undo`."""
        if written == self.written:
            return
        self._undo = [*self._undo[1 - _UNDO_KEPT :], self.written]
        self._redo.clear()
        self._stand(written)

    def undo(self) -> bool:
        """Take the last change of the config back; False where there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        """Make the change again that was taken back last; False where there is none."""
        return self._step(self._redo, self._undo)

    def _step(self, back: list[Written], forth: list[Written]) -> bool:
        if not back:
            return False
        forth.append(self.written)
        self._stand(back.pop())
        return True

    def switch_names(self) -> None:
        """The same config in the other client's names; what runs does not change."""
        other: Client = "librdkafka" if self.written.client == "java" else "java"
        self._stand(self.written.in_names_of(other))

    def _stand(self, written: Written) -> None:
        self.written = written
        producer = written.producer
        self.scenario = msgspec.structs.replace(self.scenario, producer=producer)
        self.changed()

    # ---- the bench

    def on_event(self, event: Event) -> None:
        self._events.append(event)
        if event.kind == "cluster died" and not self.run_on:
            self.phase = "unavailable"
            self.problem = event.what
        self.changed()

    def on_frame(self, frame: Frame) -> None:
        insight = self._live.feed(frame)
        if insight is None:
            return
        self.insight = insight
        if self.phase == "pausing" and frame.state == "paused":
            self.phase = "paused"
        elif self.phase == "paused" and frame.state == "sending":
            self.phase = "running"
        elif self.phase in ("running", "stopping") and frame.state in ENDED:
            self.phase = "verifying"
        self.changed()

    async def open(self) -> None:
        """Start cluster and engine and make the topic. Raises KwbError; may be tried again."""
        self._set("opening")
        try:
            if self._bench is None:
                self._bench = self._make_bench(self.on_event)
            await self._bench.open()
            self.topic = await self._bench.ensure_topic(self.scenario)
        except KwbError as error:
            self.problem = str(error)
            self._set("unavailable" if self.view is None else "idle")
            raise
        self.problem = None
        self._set("idle")

    async def close(self) -> None:
        bench, self._bench = self._bench, None
        if bench is not None:
            await bench.close()

    async def preview(self, record: RecordPlan, seq: int) -> MadeRecord | None:
        """None as long as there is no engine to make it."""
        if self._bench is None or self.phase == "opening":
            return None
        return await self._bench.preview(record, self.scenario.seed, seq)

    async def run(self) -> None:
        """One run of the scenario as it stands, to its end. Raises KwbError."""
        if self._bench is None or not self.can_send:
            return
        scenario = self.running = self.scenario
        self.run_number += 1
        self.insight, self.report, self.problem = None, None, None
        self._live = Live(scenario.send.rate, time.time() - time.monotonic())
        known = len(self._events)
        self._set("running")
        try:
            self.topic = await self._bench.ensure_topic(scenario)
            self.report = await self._bench.run(scenario, self.on_frame)
        except KwbError as error:
            self.problem = str(error)
            if not any(event.severity == "bad" for event in list(self._events)[known:]):
                self._events.append(Event(time.time(), "note", "bad", "", "run broken off", str(error)))
            raise
        finally:
            self._set("unavailable" if self.view is None else "idle")

    async def pause_or_resume(self) -> None:
        if self._bench is None:
            return
        if self.phase == "running":
            self._set("pausing")
            await self._bench.pause()
        elif self.phase == "paused":
            await self._bench.resume()
            self._set("running")

    async def stop(self) -> None:
        if self._bench is not None and self.phase in ("running", "pausing", "paused"):
            self._set("stopping")
            await self._bench.stop()

    def _set(self, phase: Phase) -> None:
        self.phase = phase
        self.changed()
