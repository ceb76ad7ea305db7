"""A cluster and an engine, kept between runs: owned by the TUI, or by one `kwb run`."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import msgspec

from workbench.clusters.log_batches import Batch, log_batches
from workbench.clusters.port import Cluster
from workbench.engine.client import PreviewClient
from workbench.engine.group import Engines
from workbench.engine.protocol import Preview, ReadBackDone, Start
from workbench.errors import ClusterError, EngineError, InputError
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event, EventKind, Severity
from workbench.model.frame import Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.record import MadeRecord
from workbench.model.report import Client, ClusterFacts, Report
from workbench.model.scenario import Scenario, TopicPlan
from workbench.model.scenario_load import look_at_load
from workbench.model.scenario_serializers import registry_plan
from workbench.producer_config import resolve
from workbench.run.consent import (
    NOBODY,
    CodeFile,
    CodeNotAllowedError,
    Consents,
    allowed_code,
    code_of_preview,
    files_to_ask,
)
from workbench.run.faults import gates_of, refuse_faults
from workbench.run.holding_up import ClientSeen
from workbench.run.inside import Inside
from workbench.run.proving import Expected, ranges, settled, whole_again
from workbench.run.reporting import report_of
from workbench.run.staging import Staging
from workbench.run.telling import tell_end, tell_proof, tell_start
from workbench.run.topics import ensure_topic, refuse_partition
from workbench.run.value_file import with_value

T = TypeVar("T")
log = logging.getLogger(__name__)
CONNECT_S = 10.0
WHOLE_AGAIN_S = 60.0
BESIDE_A_SCREEN = 5
"""The niceness of an engine whose screen wants to paint too (docs/performance.md)."""
STOP_GRACE_S = 5.0
_PREVIEW_RUN_ID = "preview"


class Bench:
    """One run at a time. `view` is what Metadata said last; `on_event` hears what happened."""

    def __init__(
        self,
        cluster: Cluster,
        on_event: Callable[[Event], None],
        *,
        consents: Consents = NOBODY,
        niceness: int = 0,
    ) -> None:
        """`niceness`: how far engines give way, where a screen wants to paint in between."""
        self.cluster = cluster
        self.view: ClusterView | None = None
        self.client: Client | None = None
        self.running = False
        self.inside = Inside(cluster, on_event, self._describe)
        self._on_event = on_event
        self._consents = consents
        self._niceness = niceness
        self._engine: Engines | None = None
        self._previews = PreviewClient()
        self._watching: asyncio.Task[None] | None = None
        self._last_frame: Frame | None = None
        self._seen = ClientSeen()
        self._wanted_pause = False
        self._wanted_stop: float | None = None
        self._unmended = False

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
        await self.inside.close()
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
        self.inside.look_at(scenario, topic)
        return topic

    def files_to_ask(self, scenario: Scenario) -> tuple[CodeFile, ...]:
        """What a run would load and nobody has allowed yet. Raises InputError where it is missing."""
        return files_to_ask(scenario, self._consents)

    def allow(self, files: Sequence[CodeFile]) -> None:
        """The user's yes. Raises InputError where it cannot be remembered."""
        self._consents.give(files)

    async def preview(self, scenario: Scenario, seq: int) -> MadeRecord:
        """Make one record in a second engine, one second at most. Raises InputError (value_file, code)."""
        plan, value_bytes = with_value(scenario.record)
        try:
            code, partitioner = code_of_preview(scenario, self._consents)
        except CodeNotAllowedError as error:
            where = error.code.key.removeprefix("record.").removesuffix("_serializer")
            return MadeRecord(
                seq, error=f"{error.code.reference} is not allowed to run yet; send asks", where=where
            )
        registry, topic = registry_plan(scenario, self.cluster.kind), scenario.topic.name
        asked = Preview(0, plan, scenario.seed, seq, _PREVIEW_RUN_ID, value_bytes, code, topic, registry,
                        partitioner, scenario.topic.partitions)  # fmt: skip
        return await self._previews.preview(asked)

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

    async def keys(self) -> KeyTotals | None:
        """Which keys of the run (or of the last one) went where; None where no engine can tell."""
        if self._engine is None or self._engine.is_lost:
            return None
        return await self._engine.keys()

    async def batches(self, topic: str, wanted: Mapping[int, tuple[int, int]]) -> dict[int, list[Batch]]:
        """The batches in the log from the first to the last offset wanted of each partition.

        Only of brokers that answer in the clear: this process speaks no TLS and no SASL to them.
        """
        if self.view is None or self.cluster.security:
            return {}
        views = {found.name: found.partitions for found in (await self._describe(topic)).topics}
        return await log_batches(self.view.brokers, views.get(topic, ()), topic, wanted)

    async def _run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        resolved = resolve(scenario.producer)
        record, value_bytes = with_value(scenario.record)
        code = allowed_code(scenario, self._consents)
        look_at_load(scenario, _refuse)
        refuse_faults(scenario, self.cluster)
        await self._mended(scenario.topic)
        topic = await self.ensure_topic(scenario)
        refuse_partition(record, topic)
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
            gates=gates_of(scenario.faults),
            code=code,
            registry=registry_plan(scenario, self.cluster.kind),
        )
        staging = Staging(
            scenario,
            self.cluster,
            self._tell,
            engine.go,
            lambda partitions: self._grow(engine, topic.name, partitions),
        )
        self._last_frame, self._seen = None, ClientSeen()
        try:
            async with staging:
                frame, proof = await self._staged(engine, start, staging, on_frame)
        except (EngineError, ClusterError) as error:
            self._died(error, on_frame)
            raise
        finally:
            self._unmended |= staging.was_done
            await engine.dismiss()
        return self._report(scenario, frame, proof, staging)

    async def _grow(self, engine: Engines, topic: str, partitions: int) -> None:
        grown = await engine.add_partitions(topic, partitions)
        self.view = grown if self.view is not None else None  # without one the cluster has died meanwhile

    async def _staged(
        self, engine: Engines, start: Start, staging: Staging, on_frame: Callable[[Frame], None]
    ) -> tuple[Frame, ReadBackDone | None]:
        director = staging.director

        def heard(frame: Frame) -> None:
            self._last_frame = frame
            self._seen.note(frame)
            director.on_frame(frame)
            on_frame(frame)

        tell_start(self._tell, start.send, start.topic)
        sending = engine.run(start, heard, self._tell_wishes, director.on_reached)
        frame = await self._or_cluster_lost(staging.through(sending))
        self._seen.note(frame)
        on_frame(frame)
        tell_end(self._tell, frame)
        await self._or_cluster_lost(staging.finish(frame))
        if not start.send.verify:
            return frame, None
        return frame, await self._or_cluster_lost(self._prove(engine, start, staging, frame))

    def _report(
        self, scenario: Scenario, frame: Frame, proof: ReadBackDone | None, staging: Staging
    ) -> Report:
        assert self.client is not None
        assert self.view is not None
        facts = ClusterFacts(self.cluster.kind, self.cluster.version, len(self.view.brokers))
        report = report_of(scenario, self.client, facts, frame, proof, staging=staging, seen=self._seen)
        for broken in report.ledger.broken_equations():
            log.error("a bug in kwb: the ledger does not add up: %s", broken)
            self._tell("note", "bad", "a bug in kwb", f"the ledger does not add up: {broken}")
        tell_proof(self._tell, report)
        return report

    async def _tell_wishes(self) -> None:
        """Pass on a pause or stop that came while the run was still being set up."""
        assert self._engine is not None
        if self._wanted_pause:
            await self._engine.pause()
        if self._wanted_stop is not None:
            await self._engine.stop(self._wanted_stop)

    async def _prove(self, engine: Engines, start: Start, staging: Staging, frame: Frame) -> ReadBackDone:
        """Read the logs as the cluster itself tells them; as a client sees them where nobody watches it."""
        watching, out = staging.watching, staging.director.out | self.inside.out
        patience_s = start.send.verify_timeout_s
        if not watching.before:
            return await engine.read_back(start.run_id, patience_s)
        expected = None if staging.was_done or out else Expected.of(frame, watching.before)
        began = time.monotonic()
        views = await settled(
            self.cluster,
            start.topic,
            out,
            partitions=len(frame.partitions),
            patience_s=patience_s,
            expected=expected,
        )
        if isinstance(views, str):
            return ReadBackDone(0, None, views)
        assert self.view is not None
        answering = ",".join(f"{b.host}:{b.port}" for b in self.view.brokers if b.id not in out)
        left = max(1.0, patience_s - (time.monotonic() - began))
        return await engine.read_back(start.run_id, left, ranges(views, watching.before), answering)

    async def _mended(self, plan: TopicPlan) -> None:
        """Wait until the cluster serves again after what an earlier run had done to it and undone."""
        if not self._unmended:
            return
        engine = await self._living_engine()
        await self._or_cluster_lost(whole_again(self.cluster, engine, plan.name, WHOLE_AGAIN_S))
        self._unmended = False

    async def _describe(self, topic: str) -> ClusterView:
        return await (await self._living_engine()).describe(topic)

    async def _start_engine(self) -> None:
        engine = await Engines.start(self._niceness)
        assert engine.ready is not None
        self._engine = engine
        self.client = Client("librdkafka", engine.ready.librdkafka)

    async def _connect(self) -> None:
        assert self._engine is not None
        self.view = await self._or_cluster_lost(
            self._engine.connect(self.cluster.bootstrap_servers, self.cluster.security, CONNECT_S)
        )

    async def _living_engine(self) -> Engines:
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
            await asyncio.gather(working, losing, return_exceptions=True)

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

    def _tell(
        self, kind: EventKind, severity: Severity, what: str = "", consequence: str = "", where: str = ""
    ) -> None:
        self._on_event(Event(time.time(), kind, severity, where, what, consequence))


def _refuse(name: str, why: str) -> NoReturn:
    raise InputError(f"{name}: {why}")
