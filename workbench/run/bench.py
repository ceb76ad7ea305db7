"""A cluster and an engine, kept between runs: owned by the TUI, or by one `kwb run`."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from workbench.clusters.port import Cluster
from workbench.engine.client import EngineClient, PreviewClient
from workbench.engine.protocol import ReadBackDone, Start
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event, EventKind, Severity
from workbench.model.frame import Frame
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.report import Client, ClusterFacts, Report
from workbench.model.scenario import Scenario
from workbench.producer_config import resolve
from workbench.run.reporting import report_of
from workbench.run.topics import ensure_topic
from workbench.run.value_file import with_value

T = TypeVar("T")
CONNECT_S = 10.0
READ_BACK_S = 60.0
STOP_GRACE_S = 5.0
_PREVIEW_RUN_ID = "preview"


class Bench:
    """One run at a time. `view` is what Metadata said last; `on_event` hears what happened."""

    def __init__(self, cluster: Cluster, on_event: Callable[[Event], None]) -> None:
        self.cluster = cluster
        self.view: ClusterView | None = None
        self.client: Client | None = None
        self.running = False
        self._on_event = on_event
        self._engine: EngineClient | None = None
        self._previews = PreviewClient()
        self._watching: asyncio.Task[None] | None = None
        self._last_frame: Frame | None = None
        self._wanted_pause = False
        self._wanted_stop: float | None = None

    async def open(self) -> None:
        """Start the cluster and the engine, anew where they were open (a cluster that has died).

        Raises ClusterError, EngineError; then it is closed again.
        """
        if self._engine is not None:
            await self.close()
        starting = [
            asyncio.create_task(self.cluster.start()),
            asyncio.create_task(self._start_engine()),
        ]
        try:
            await asyncio.gather(*starting)
            await self._connect()
        except BaseException:
            for task in starting:
                task.cancel()
            await asyncio.gather(*starting, return_exceptions=True)
            await self.close()
            raise
        assert self.view is not None
        what = f"{len(self.view.brokers)} brokers at {self.cluster.bootstrap_servers}"
        self._tell("cluster ready", "ok", what)
        self._watching = asyncio.create_task(self._watch_cluster())

    async def close(self) -> None:
        """End the engines, then the cluster; safe to call twice. `open` may follow."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
        self.view = None
        engine, self._engine = self._engine, None
        await asyncio.gather(
            *([engine.close()] if engine else []), self._previews.close(), return_exceptions=True
        )
        await self.cluster.close()

    @property
    def engine_pid(self) -> int | None:
        return self._engine.pid if self._engine else None

    async def ensure_topic(self, scenario: Scenario) -> TopicView:
        """The scenario's topic, created where its plan says so. Raises InputError, ClusterError."""
        engine = await self._living_engine()
        self.view, topic = await self._or_cluster_lost(
            ensure_topic(engine, scenario.topic, self.cluster.kind)
        )
        return topic

    async def preview(self, record: RecordPlan, seed: int, seq: int) -> MadeRecord:
        """Make one record in a second engine, one second at most. Raises InputError (value_file)."""
        plan, value_bytes = with_value(record)
        return await self._previews.preview(plan, seed, seq, _PREVIEW_RUN_ID, value_bytes)

    async def run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        """Run to the end and prove it.

        Raises InputError (config refused), EngineError, ClusterError. After an EngineError the last
        frame heard has the state "died", and the next run starts a new engine.
        """
        if self.running:
            raise RuntimeError("a run is on")
        self.running = True
        self._wanted_pause, self._wanted_stop = False, None
        try:
            return await self._run(scenario, on_frame)
        finally:
            self.running = False

    async def pause(self) -> None:
        if self._engine:
            self._wanted_pause = True
            await self._engine.pause()
            self._tell("paused", "warn")

    async def resume(self) -> None:
        if self._engine:
            self._wanted_pause = False
            await self._engine.resume()
            self._tell("resumed", "info")

    async def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Offer no more; what is in flight gets `grace_s` seconds for its reports."""
        if self._engine:
            self._wanted_stop = grace_s
            await self._engine.stop(grace_s)

    async def _run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        resolved = resolve(scenario.producer)
        record, value_bytes = with_value(scenario.record)
        topic = await self.ensure_topic(scenario)
        _refuse_partition(record, topic)
        engine = await self._living_engine()
        start = Start(
            id=0,
            run_id=secrets.token_hex(4),
            topic=topic.name,
            partitions=len(topic.partitions),
            config=resolved.client,
            max_block_ms=resolved.max_block_ms,
            record=record,
            send=scenario.send,
            seed=scenario.seed,
            value_bytes=value_bytes,
        )

        def heard(frame: Frame) -> None:
            self._last_frame = frame
            on_frame(frame)

        self._last_frame = None
        try:
            self._tell("run started", "info", f"{scenario.send.count:,} records to {topic.name}")
            frame = await self._or_cluster_lost(engine.run(start, heard, self._tell_wishes))
            on_frame(frame)
            self._tell_end(frame)
            proof = await self._prove(engine, start.run_id) if scenario.send.verify else None
        except (EngineError, ClusterError) as error:
            self._died(error, on_frame)
            raise
        assert self.client is not None
        assert self.view is not None
        facts = ClusterFacts(self.cluster.kind, self.cluster.version, len(self.view.brokers))
        report = report_of(scenario, self.client, facts, frame, proof)
        self._tell_proof(report)
        return report

    async def _tell_wishes(self) -> None:
        """Pass on a pause or stop that came while the run was still being set up."""
        assert self._engine is not None
        if self._wanted_pause:
            await self._engine.pause()
        if self._wanted_stop is not None:
            await self._engine.stop(self._wanted_stop)

    async def _prove(self, engine: EngineClient, run_id: str) -> ReadBackDone:
        return await self._or_cluster_lost(engine.read_back(run_id, READ_BACK_S))

    async def _start_engine(self) -> None:
        engine = await EngineClient.start()
        assert engine.ready is not None
        self._engine = engine
        self.client = Client("librdkafka", engine.ready.librdkafka)

    async def _connect(self) -> None:
        assert self._engine is not None
        self.view = await self._or_cluster_lost(
            self._engine.connect(self.cluster.bootstrap_servers, self.cluster.security, CONNECT_S)
        )

    async def _living_engine(self) -> EngineClient:
        if self._engine is None or self._engine.is_lost:
            if self._engine is not None:
                await self._engine.close()
            await self._start_engine()
            await self._connect()
        assert self._engine is not None
        return self._engine

    async def _or_cluster_lost(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the work; raise ClusterError where the cluster dies meanwhile."""
        working = asyncio.ensure_future(work)
        losing = asyncio.ensure_future(self.cluster.lost())
        try:
            await asyncio.wait((working, losing), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return await working
            raise ClusterError(await losing)
        finally:
            for task in (working, losing):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, EngineError, ClusterError):
                    await task

    async def _watch_cluster(self) -> None:
        """Tell at once when the cluster dies; without `view` nobody takes it for living."""
        why = await self.cluster.lost()
        self.view = None
        self._tell(
            "cluster died", "bad", why, "its records are gone with it" if self.cluster.kind == "lab" else ""
        )

    def _died(self, error: Exception, on_frame: Callable[[Frame], None]) -> None:
        last = self._last_frame
        if isinstance(error, EngineError):
            unknown = f"what became of {last.in_flight:,} records in flight is not known" if last else ""
            self._tell("engine died", "bad", str(error), unknown)
        if last is not None:
            on_frame(msgspec.structs.replace(last, state="died", at=time.monotonic()))

    def _tell(self, kind: EventKind, severity: Severity, what: str = "", consequence: str = "") -> None:
        self._on_event(Event(time.time(), kind, severity, "", what, consequence))

    def _tell_end(self, frame: Frame) -> None:
        counts = {"acked": frame.acked, "unconfirmed": frame.unconfirmed, "failed": frame.failed}
        counts |= {"rejected": frame.rejected, "without a report": frame.in_flight}
        told = [f"{count:,} {word}" for word, count in counts.items() if count]
        what = " · ".join([*told, f"{frame.seconds:,.1f} s"])
        whole = frame.delivered == frame.sent
        if frame.state == "stopped":
            self._tell(
                "stopped", "warn" if whole else "bad", f"{frame.sent:,} of {frame.target:,} sent", what
            )
        else:
            self._tell("run done", "ok" if whole else "bad", what)

    def _tell_proof(self, report: Report) -> None:
        ledger = report.ledger
        if report.verify.state == "unfinished":
            self._tell("note", "warn", "not read back", report.verify.reason or "")
        elif report.verify.state == "verified":
            wrong = {"lost": ledger.lost, "vanished": ledger.vanished, "duplicated": ledger.duplicated}
            told = [f"{count:,} {word}" for word, count in wrong.items()]
            bad = any(wrong.values())
            self._tell("verified", "bad" if bad else "ok", f"{ledger.stored:,} stored", " · ".join(told))


def _refuse_partition(record: RecordPlan, topic: TopicView) -> None:
    last = len(topic.partitions) - 1
    if record.partition is not None and record.partition > last:
        raise InputError(
            f"record.partition: {record.partition} is not there; topic {topic.name!r} has 0 to {last}"
        )
