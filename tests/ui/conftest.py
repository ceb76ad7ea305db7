"""A screen without a cluster: benches that do what a test says, recordings, a clock in one place."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from tests.shared.settled import idle
from workbench.dev.recording import Recording, read
from workbench.errors import KwbError
from workbench.model.cluster_state import ClusterState
from workbench.model.cluster_view import BrokerView, ClusterView, PartitionView, TopicView
from workbench.model.events import Event
from workbench.model.fault import POSSIBLE, Action, FaultKind
from workbench.model.frame import Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.ledger import Ledger
from workbench.model.record import Header, MadeRecord, RecordPlan
from workbench.model.report import (
    Client,
    ClusterFacts,
    LatencyMs,
    ProgramKnows,
    Report,
    Throughput,
    Verify,
)  # fmt: skip
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.consent import CodeFile
from workbench.ui.app import KwbApp
from workbench.ui.session import Session

FRAMES = Path(__file__).parent / "frames"
SIZES = ((80, 24), (120, 36), (140, 42), (200, 60))
EPOCH = 1_790_000_000.0
"""Wall-clock time of the start of every run that a test shows."""
SCENARIO = Scenario(
    title="orders",
    topic=TopicPlan(config={"min.insync.replicas": "2"}),
    producer={"acks": "all", "enable.idempotence": "true"},
    record=RecordPlan(
        key="user-{{ seq % 100 }}",
        value='{\n  "id": {{ seq }},\n  "user": "user-{{ seq % 100 }}",\n  "paid": true,\n  "note": null\n}',
        value_serializer="json",
        headers=(Header("source", "kwb"), Header("trace", None)),
    ),
    send=SendPlan(count=1000, rate=200.0),
)


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    yield
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.fixture(autouse=True)
def _pilots_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot goes on when the app has handled what it was told, however long others have the processor."""
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", idle)


def cluster_view() -> ClusterView:
    brokers = tuple(BrokerView(broker, "127.0.0.1", 38290 + broker) for broker in (1, 2, 3))
    return ClusterView("kwb", 1, brokers)


def topic_view(name: str = "orders", partitions: int = 6) -> TopicView:
    views = tuple(PartitionView(number, number % 3 + 1, (1, 2, 3), (1, 2, 3)) for number in range(partitions))
    return TopicView(name, views, {"min.insync.replicas": "2"})


def report(state: str = "done", sent: int = 1000, failed: int = 0) -> Report:
    acked = sent - failed
    return Report(
        "orders", state, Client("librdkafka", "2.16.0"), ClusterFacts("lab", None, 3), {},
        Ledger(sent, 0, acked, 0, failed, 0, stored=acked, lost=0), ProgramKnows(acked, failed, 0),
        Verify("verified"), 1.0, Throughput(1000.0, 0.1), LatencyMs(), (),
    )  # fmt: skip


class FakeInside:
    """Tells what the test has it tell, and notes what is done."""

    def __init__(self) -> None:
        self.faults: frozenset[FaultKind] = POSSIBLE["lab"]
        self.out: frozenset[int] = frozenset()
        self.heard: Callable[[ClusterState], None] | None = None
        self.done: list[Action] = []

    def watch(self, heard: Callable[[ClusterState], None] | None) -> None:
        self.heard = heard

    async def stations(self, wanted: list[tuple[int, int]]) -> dict[tuple[int, int], object]:
        return {}

    async def do(self, action: Action) -> None:
        self.done.append(action)


class FakeBench:
    """Does nothing by itself: the test feeds frames and ends the run. Same signatures as Bench."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self.view: ClusterView | None = None
        self.client: Client | None = None
        self.inside = FakeInside()
        self.on_event = on_event
        self.calls: list[str] = []
        self.code_files: tuple[CodeFile, ...] = ()
        self.runs: list[Scenario] = []
        self.opening: KwbError | None = None
        self.may_open = asyncio.Event()
        self.may_open.set()
        self.made: Callable[[RecordPlan, int], MadeRecord] = _made
        self._on_frame: Callable[[Frame], None] | None = None
        self._end: asyncio.Future[Report] | None = None
        self.totals: KeyTotals | None = None
        self.log: dict[int, list[tuple[int, int]]] = {}

    async def open(self) -> None:
        self.calls.append("open")
        await self.may_open.wait()
        if self.opening is not None:
            raise self.opening
        self.view, self.client = cluster_view(), Client("librdkafka", "2.16.0")

    async def close(self) -> None:
        self.calls.append("close")

    async def ensure_topic(self, scenario: Scenario) -> TopicView:
        return topic_view(scenario.topic.name, scenario.topic.partitions)

    def files_to_ask(self, scenario: Scenario) -> tuple[CodeFile, ...]:
        return self.code_files

    def allow(self, files: Sequence[CodeFile]) -> None:
        self.calls.append("allow")
        self.code_files = ()

    async def preview(self, scenario: Scenario, seq: int) -> MadeRecord:
        return self.made(scenario.record, seq)

    async def run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        self.runs.append(scenario)
        self._on_frame = on_frame
        self._end = asyncio.get_running_loop().create_future()
        return await self._end

    async def keys(self) -> KeyTotals | None:
        return self.totals

    async def batches(self, topic: str, wanted: object) -> dict[int, list[tuple[int, int]]]:
        return self.log

    async def pause(self) -> None:
        self.calls.append("pause")

    async def resume(self) -> None:
        self.calls.append("resume")

    async def stop(self) -> None:
        self.calls.append("stop")

    def frame(
        self, state: str = "sending", sent: int = 0, acked: int = 0, at: float = 1.0,
        partitions: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        assert self._on_frame is not None
        spread = partitions or tuple(acked // 6 + (index < acked % 6) for index in range(6))
        self._on_frame(
            Frame("run", 100.0 + at, 100.0, state, self.runs[-1].send.count, sent=sent, acked=acked,
                  partitions=spread, latency={4000: acked} if acked else {}, latency_max_us=5000)
        )  # fmt: skip

    def finish(self, of: Report | None = None) -> None:
        assert self._end is not None
        self._end.set_result(of or report())

    def fail(self, error: KwbError) -> None:
        assert self._end is not None
        self._end.set_exception(error)


def _made(record: RecordPlan, seq: int) -> MadeRecord:
    def filled(template: str | None) -> bytes | None:
        if template is None:
            return None
        return template.replace("{{ seq }}", str(seq)).replace("{{ seq % 100 }}", str(seq % 100)).encode()

    headers = tuple(
        (header.name, None if header.value is None else header.value.encode()) for header in record.headers
    )
    return MadeRecord(seq, filled(record.key), filled(record.value), headers)


class Stand:
    """An app on a FakeBench."""

    def __init__(self, folder: Path, scenario: Scenario = SCENARIO, theme: str | None = None) -> None:
        self.benches: list[FakeBench] = []
        self.opening: KwbError | None = None
        self.may_open = asyncio.Event()
        """Cleared by a test that wants to see the cluster start."""
        self.may_open.set()
        self.session = Session(scenario, self._make)
        self.app = KwbApp(
            self.session, theme=theme, config_dir=folder, data_dir=folder / "data",
            new_bench=lambda _scenario: self._make,
        )  # fmt: skip

    def _make(self, on_event: Callable[[Event], None]) -> FakeBench:
        bench = FakeBench(on_event)
        bench.opening, bench.may_open = self.opening, self.may_open
        self.benches.append(bench)
        return bench

    @property
    def bench(self) -> FakeBench:
        return self.benches[-1]


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path / "config")


@pytest.fixture
def new_stand(tmp_path: Path) -> Callable[..., Stand]:
    return lambda **arguments: Stand(tmp_path / "config", **arguments)


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    return _until


@pytest.fixture
def still_app(tmp_path: Path) -> Callable[..., KwbApp]:
    def make(
        name: str | None = None, theme: str = "kwb-dark", producer: dict[str, str] | None = None
    ) -> KwbApp:
        return _still_app(tmp_path / "config", name, theme, producer)

    return make


@pytest.fixture
def play() -> Callable[..., Awaitable[None]]:
    return _play


@pytest.fixture
def a_report() -> Callable[..., Report]:
    return report


async def _until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it holds; the test's own time limit is the verdict's."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.01)


def recording(name: str) -> Recording:
    return read(FRAMES / f"{name}.jsonl")


def _still_app(
    folder: Path, name: str | None = None, theme: str = "kwb-dark", producer: dict[str, str] | None = None
) -> KwbApp:
    """The screen as a recording left it, nothing moving; without a name, before the first run."""
    scenario = recording(name).head.scenario if name else SCENARIO
    if producer is not None:
        scenario = msgspec.structs.replace(scenario, producer=producer)
    session = Session(scenario, FakeBench)
    return KwbApp(session, theme=theme, config_dir=folder, live=False)


async def _play(app: KwbApp, name: str | None, *, tab: str = "compose") -> None:
    """Put the recording's newest state on the screen."""
    from workbench.insight.live import Live

    await _until(lambda: app.bench.complete)
    session, bench = app.session, FakeBench(app.session.on_event)
    await bench.open()
    session._bench = bench
    session.phase = "idle"
    session.topic = topic_view()
    if name is not None:
        played = recording(name)
        bench.view, bench.client = played.head.view, played.head.client
        bench.totals, bench.log = played.keys, played.batches
        session.topic, session.running = played.head.topic, played.head.scenario
        session.run_number = 1
        session.phase = "idle" if played.ended else "running"
        last = played.frames[-1]
        session.report = report(sent=last.sent, failed=last.failed) if played.ended else None
        session._live = Live(played.head.scenario.send.rate, EPOCH)
        for event in played.events:
            at = EPOCH + event.at
            session.on_event(msgspec.structs.replace(event, at=at))
        for frame in played.frames:
            session.insight = session._live.feed(frame) or session.insight
    app.bench.query_one("#composer").show_made(await bench.preview(session.scenario, 0))
    app.bench._made = await bench.preview(session.scenario, 0)
    app.bench.tab = tab
    app.bench._forms_key = None
    app.paint()
