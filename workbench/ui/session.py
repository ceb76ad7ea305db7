"""What the screen shows: the scenario being edited, the bench, and the newest of a run. No widgets here.

Everything runs in the app's event loop. `changed` is called after every change; who draws asks for
the state then, as often as it likes.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from workbench.errors import KwbError
from workbench.insight.happenings import Timeouts
from workbench.insight.live import Insight, Live
from workbench.model.events import Event
from workbench.model.finished_run import FinishedRun
from workbench.model.frame import ENDED, Frame
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.scenario import Scenario
from workbench.producer_config.rules import KnownCluster
from workbench.run.race import race_of
from workbench.ui.bench_like import BenchLike, MakeBench
from workbench.ui.config_hints import Judge
from workbench.ui.config_history import ConfigsRun, Edits
from workbench.ui.runs import Runs
from workbench.ui.station_notes import StationNotes
from workbench.ui.topic_seen import grown, partitions_of
from workbench.ui.written import Written, as_written

if TYPE_CHECKING:
    from workbench.insight.record_order import RecordOrder
    from workbench.model.cluster_state import ClusterState
    from workbench.model.cluster_view import ClusterView, TopicView
    from workbench.model.fault import Action, FaultKind
    from workbench.model.report import Client as ClientFacts
    from workbench.model.report import Report
    from workbench.model.stations import Stations
    from workbench.producer_config import Client
    from workbench.run.consent import CodeFile

Phase = Literal["opening", "unavailable", "idle", "running", "pausing", "paused", "stopping", "verifying"]
RUN_ON: frozenset[Phase] = frozenset({"running", "pausing", "paused", "stopping", "verifying"})
_EVENTS_KEPT = 500
_OF_THE_CLUSTER = frozenset({"fault", "leader moved", "isr shrank", "isr grew"})
_STATIONS_S = 0.1
_ORDERS_KEPT = 6


def _nothing() -> None:
    return


class Session:
    """`scenario` is what is edited; `running` what the run that is on (or was last) was started with."""

    def __init__(self, scenario: Scenario, make_bench: MakeBench) -> None:
        self.scenario = scenario
        self.running: Scenario | None = None
        self.phase: Phase = "opening"
        self.topic: TopicView | None = None
        self._met = 0
        self.insight: Insight | None = None
        self.report: Report | None = None
        self.problem: str | None = None
        """Why the bench is unavailable, or why the last run broke off."""
        self.run_number = 0
        self.runs = Runs()
        self.racing = ""
        """The send mode whose turn it is, while a race is on."""
        self.changed: Callable[[], None] = _nothing
        self._make_bench = make_bench
        self._bench: BenchLike | None = None
        self._live = Live()
        self._events: deque[Event] = deque(maxlen=_EVENTS_KEPT)
        self.written = as_written(scenario.producer)
        """The config as it is edited: in the names of one client or the other."""
        self._ran = ConfigsRun()
        self._judge: tuple[object, Judge] | None = None
        self.cluster_state: ClusterState | None = None
        """The newest heard while `watch_state` is on."""
        self._notes = StationNotes()
        self.orders: deque[RecordOrder] = deque(maxlen=_ORDERS_KEPT)
        """Of the last runs whose keys were looked at, newest first."""
        self._edits = Edits()

    @property
    def run_on(self) -> bool:
        return self.phase in RUN_ON

    @property
    def can_send(self) -> bool:
        return self.phase == "idle" and not self.racing

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
        """Of the topic where it is known, with those that a run met; else as planned."""
        return partitions_of(self.topic, self.scenario.topic, self._met)

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
        plan, cluster = self.scenario.topic, KnownCluster.of(self.scenario.cluster)
        topic = self.topic if self.topic and self.topic.name == plan.name else None
        key = topic, plan, cluster
        if self._judge is None or self._judge[0] != key:
            self._judge = key, Judge(topic, plan.config, cluster)
        return self._judge[1]

    @property
    def running_written(self) -> Written | None:
        """The config that the run was started with, in the names of then; None while no run is on."""
        if not self.run_on or self.running is None:
            return None
        producer, ran = self.running.producer, self._ran.newest
        return ran if ran and ran.producer == producer else as_written(producer)

    # ---- inside the cluster

    @property
    def happened(self) -> list[Event]:
        """What was done to the cluster and what came of it, since the bench was opened."""
        return [event for event in self._events if event.kind in _OF_THE_CLUSTER]

    @property
    def faults(self) -> "frozenset[FaultKind]":
        """What can be done to the cluster; nothing before it is there."""
        return self._bench.inside.faults if self._bench and self.view else frozenset()

    @property
    def out(self) -> frozenset[int]:
        """Brokers that answer nobody, by what was done to them."""
        return self._bench.inside.out if self._bench else frozenset()

    @property
    def timeouts(self) -> Timeouts:
        """As the cluster was started: Kafka's defaults, or the scenario's."""
        return Timeouts.of(self.scenario.cluster.config)

    def watch_state(self, on: bool) -> None:
        """Ask for the cluster's inside many times a second, or stop asking."""
        if self._bench is not None:
            self._bench.inside.watch(self._on_state if on else None)

    async def do_fault(self, action: "Action") -> None:
        """Raises InputError where it cannot be done now, ClusterError where it failed."""
        if self._bench is not None:
            await self._bench.inside.do(action)

    def _on_state(self, state: "ClusterState") -> None:
        self.cluster_state = state
        self.changed()

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
        self._edits.left(self.written)
        self._stand(written)

    def undo(self) -> bool:
        """Take the last change of the config back; False where there is none."""
        return self._stand(self._edits.undone(self.written))

    def redo(self) -> bool:
        """Make the change again that was taken back last; False where there is none."""
        return self._stand(self._edits.redone(self.written))

    def switch_names(self) -> None:
        """The same config in the other client's names; what runs does not change."""
        other: Client = "librdkafka" if self.written.client == "java" else "java"
        self._stand(self.written.in_names_of(other))

    def _stand(self, written: Written | None) -> bool:
        if written is None:
            return False
        self.written = written
        producer = written.producer
        self.scenario = msgspec.structs.replace(self.scenario, producer=producer)
        self.changed()
        return True

    # ---- the bench

    def on_event(self, event: Event) -> None:
        if event.kind == "run started" and (change := self._ran.started(event.at, self.run_number)):
            self._events.append(change)
            self._live.mark_start(change)
        self._events.append(event)
        self.topic = grown(self.topic, self.view)
        if event.kind == "cluster died" and not self.run_on:
            self.phase = "unavailable"
            self.problem = event.what
        self.changed()

    def on_frame(self, frame: Frame) -> None:
        insight = self._live.feed(frame)
        if insight is None:
            return
        self.insight, self._met = insight, len(frame.partitions)
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
            self.topic, self._met = await self._bench.ensure_topic(self.scenario), 0
        except KwbError as error:
            self.problem = str(error)
            self._set("unavailable" if self.view is None else "idle")
            raise
        self.problem = None
        self._set("idle")

    async def adopt(self, scenario: Scenario, make_bench: MakeBench) -> bool:
        """Another scenario in this one's place; True: it wants another cluster, and `open` comes next.

        A cluster that fits stays as it is, with all that is stored in it. Raises KwbError.
        """
        before, self.scenario = self.scenario, scenario
        self.written, self.topic, self.insight, self.report = as_written(scenario.producer), None, None, None
        self._edits.forget()
        fits = (before.cluster, bool(before.faults)) == (scenario.cluster, bool(scenario.faults))
        if fits and self.view is not None and self._bench is not None:
            self.topic, self._met = await self._bench.ensure_topic(scenario), 0
            self._set("idle")
            return False
        self._make_bench = make_bench
        self._set("opening")
        await self.close()
        return True

    async def close(self) -> None:
        bench, self._bench = self._bench, None
        if bench is not None:
            await bench.close()

    async def preview(self, record: RecordPlan, seq: int) -> MadeRecord | None:
        """None as long as there is no engine to make it."""
        if self._bench is None or self.phase == "opening":
            return None
        topic = msgspec.structs.replace(self.scenario.topic, partitions=self.partitions)
        scenario = msgspec.structs.replace(self.scenario, record=record, topic=topic)
        return await self._bench.preview(scenario, seq)

    @property
    def code_to_ask(self) -> "tuple[CodeFile, ...]":
        """Files that a run would load and nobody has allowed yet. Raises KwbError where one is missing."""
        return self._bench.files_to_ask(self.scenario) if self._bench else ()

    def allow(self, files: "Sequence[CodeFile]") -> None:
        """The user's yes. Raises KwbError where it cannot be remembered; it holds all the same."""
        if self._bench is not None:
            self._bench.allow(files)

    @property
    def reachable(self) -> BenchLike | None:
        """The bench while it has a cluster."""
        return self._bench if self.view is not None else None

    async def run(self, scenario: Scenario | None = None) -> None:
        """One run to its end: of the scenario as it stands, or of another one. Raises KwbError."""
        if self._bench is None or self.phase != "idle":
            return
        scenario = self.running = scenario or self.scenario
        self._ran.newest = self.written if scenario is self.scenario else as_written(scenario.producer)
        self.run_number += 1
        self.insight, self.report, self.problem = None, None, None
        self._live = Live(scenario.send.rate, time.time() - time.monotonic())
        known = len(self._events)
        self._notes = StationNotes()
        self._set("running")
        following = asyncio.create_task(self._follow_stations())
        report: Report | None = None
        try:
            self.topic, self._met = await self._bench.ensure_topic(scenario), 0
            report = await self._bench.run(scenario, self.on_frame)
        except KwbError as error:
            self.problem = str(error)
            if not any(event.severity == "bad" for event in list(self._events)[known:]):
                self._events.append(Event(time.time(), "note", "bad", "", "run broken off", str(error)))
            raise
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await self._ask_stations()
            if report is not None:
                self._keep(scenario, report)
            self._set("unavailable" if self.view is None else "idle")

    def _keep(self, scenario: Scenario, report: "Report") -> None:
        """Whoever sees a report may take the run for over: what is stored is shown, and ^Q does not ask."""
        self.report = report
        latency = self.insight.frame.latency if self.insight else {}
        ended = FinishedRun(self.run_number, time.time(), scenario, report, latency)
        self.runs.add(ended, racing=bool(self.racing))

    async def race(self) -> None:
        """The scenario in each send mode, until one is stopped. Raises KwbError."""
        if not self.can_send:
            return
        self.runs.start_race()
        try:
            for scenario in race_of(self.scenario):
                self.racing = scenario.send.mode
                await self.run(scenario)
                if self.report is None or self.report.state == "stopped":
                    break
        finally:
            self.racing = ""
            self.changed()

    @property
    def stations(self) -> "Mapping[tuple[int, int], Stations]":
        """Of the run's samples, by partition and offset: when their batches were where. Only on the lab."""
        return self._notes.known

    async def _follow_stations(self) -> None:
        """Ask for the newest samples' stations, a moment after their reports: followers come last."""
        while self._bench is not None and self.scenario.cluster.kind == "lab":
            await self._ask_stations()
            await asyncio.sleep(_STATIONS_S)

    async def _ask_stations(self) -> None:
        if self._bench is None or self.view is None:
            return
        try:
            told = await self._notes.ask(self._bench.inside, self.insight.samples if self.insight else ())
        except KwbError:  # the lab is gone: whoever opened it tells
            return
        if told:
            self.changed()

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
