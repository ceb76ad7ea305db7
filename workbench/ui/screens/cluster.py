"""The cluster from inside: every replica's log, what would be lost, and faults by key."""

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from workbench.errors import KwbError
from workbench.insight.foretold import SLOW_MS
from workbench.model.cluster_state import BrokerState, ClusterState
from workbench.model.fault import Action
from workbench.producer_config import effective
from workbench.ui.screens.beside import BesideScreen
from workbench.ui.session import Session
from workbench.ui.widgets.cluster.forecast_lines import ForecastLines
from workbench.ui.widgets.cluster.partition_strip import PartitionStrip
from workbench.ui.widgets.cluster.record_matrix import RecordMatrix
from workbench.ui.widgets.cluster.replica_grid import ReplicaGrid
from workbench.ui.widgets.event_log import EventLog
from workbench.ui.widgets.header import Header
from workbench.ui.widgets.keys_line import Key, KeysLine
from workbench.ui.widgets.panes import HoldingPane
from workbench.ui.widgets.run_strip import RunStrip
from workbench.ui.widgets.title import Pane

if TYPE_CHECKING:
    from workbench.model.fault import FaultKind

Part = TypeVar("Part", bound=Widget)

_KINDS = {"lab": "the lab", "apache": "Apache Kafka", "remote": "a remote cluster"}
_GRID_BESIDES = 4
"""Title, two lines of heads, legend."""
_BELOW = 26
"""Rows of all else: 15 of them are for the records of three replicas, 4 for what happened."""
_RECORDS_BESIDES = 9
"""Title, two lines of heads, two rows of acks with a gap, the forecast and the gap above it."""
_TITLE = ("each bar is a log; its right end moves as records arrive", "each bar is a log", "")


def _key(keys: str, action: str, what: str, tip: str) -> Binding:
    return Binding(keys, action, what, tooltip=tip, id=f"cluster.{what}", show=False)


class Records(Pane):
    """The focused partition, and what its broker's death would cost."""

    def body(self) -> ComposeResult:
        yield RecordMatrix(id="matrix")
        yield ForecastLines(id="forecast")


class ClusterScreen(BesideScreen):
    AUTO_FOCUS = ""
    CSS_PATH = "../styles/cluster.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("up", "partition(-1)", "partition-up", "The partition above"),
        _key("down", "partition(1)", "partition-down", "The partition below"),
        _key("pageup", "partition(-10)", "partitions-up", "Ten partitions up"),
        _key("pagedown", "partition(10)", "partitions-down", "Ten partitions down"),
        _key("left", "broker(-1)", "broker-left", "The broker before"),
        _key("right", "broker(1)", "broker-right", "The next broker"),
        _key("f", "freeze", "freeze", "Freeze the broker, and thaw it"),
        _key("k", "kill", "kill", "Kill the broker, and start it again"),
        _key("x", "stop_broker", "stop", "Stop the broker as an operator does"),
        _key("w", "wipe", "wipe", "Wipe a dead broker's log"),
        _key("s", "slow", "slow", f"Each request of the broker takes {SLOW_MS} ms more, and back"),
        _key("i", "isolate", "isolate", "Cut the broker off from the others, and back"),
        _key("ctrl+s", "send", "send", "Send; while a run is on: pause, resume"),
        _key("ctrl+g", "stop_run", "stop-run", "Stop the run"),
        _key("escape", "bench", "bench", "Back to the bench"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._parts: dict[type[Widget], Widget] = {}
        self._acks_of: tuple[object, str] | None = None
        self._at = (0, 0)
        """The partition and the broker that are looked at, as indexes into the state's."""
        self._rows: tuple[int, int] | None = None
        """Heights of replicas and records where the partitions are few; None: as the style sheet has them."""

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield PartitionStrip(id="strip")
        replicas = HoldingPane("Replicas", lambda: ReplicaGrid(id="grid"), id="replicas")
        replicas.title.right = _TITLE
        yield replicas
        yield Records(id="records")
        yield HoldingPane("What happened", lambda: EventLog(id="cluster-events"), id="happened")
        yield RunStrip(id="run-strip")
        yield KeysLine(id="keys")

    def on_mount(self) -> None:
        self.session.watch_state(True)

    def on_unmount(self) -> None:
        self.session.watch_state(False)

    # ---- showing

    @property
    def _state(self) -> ClusterState | None:
        return self.session.cluster_state

    @property
    def _broker(self) -> BrokerState | None:
        state = self._state
        return state.brokers[self._at[1]] if state and self._at[1] < len(state.brokers) else None

    def draw(self) -> None:
        """Draw the session's newest state of the cluster."""
        session, state = self.session, self._state
        if state is not None:
            self._at = (
                max(0, min(self._at[0], len(state.partitions) - 1)),
                max(0, min(self._at[1], len(state.brokers) - 1)),
            )
        timeouts, acks = session.timeouts, self._acks
        self.show_head()
        part = self._part
        part(ReplicaGrid).show(state, timeouts, self._at, _why_empty(session))
        part(PartitionStrip).show(state, self._at)
        part(RecordMatrix).show(state, self._at[0], acks)
        part(ForecastLines).show(state, *self._at, timeouts, can_break=bool(session.faults))
        part(EventLog).show(session.events)
        part(RunStrip).show(session)
        self._show_title(state)
        self._share_rows(state)
        part(KeysLine).keys = self._keys()

    def _part(self, kind: type[Part]) -> Part:
        """The widget of that kind: there is one, and it stays; many times a second it is not looked for."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = self.query_one(kind)
        return cast("Part", found)

    @property
    def _acks(self) -> str:
        """What the run (or, before one, the next run) asks for: 0, 1 or all."""
        scenario = self.session.running if self.session.run_on else None
        producer = (scenario or self.session.scenario).producer
        if self._acks_of is None or self._acks_of[0] is not producer:
            acks = effective(producer)["acks"]
            self._acks_of = producer, "all" if acks == "-1" else acks
        return self._acks_of[1]

    def _share_rows(self, state: ClusterState | None) -> None:
        """A few partitions and the records take the rows they need; what is left is for what happened."""
        partitions = state.partitions if state else ()
        needed = _GRID_BESIDES + 3 * len(partitions)
        few = bool(partitions) and not self.has_class("-tabs") and needed <= self.size.height - _BELOW
        copies = max(len(partition.replicas) for partition in partitions) if few else 0
        room = self.size.height - _BELOW - needed + 15
        rows = (needed, min(_RECORDS_BESIDES + 2 * copies, room)) if few else None
        if rows == self._rows:
            return
        self._rows = rows
        parts = [self.query_one(f"#{name}").styles for name in ("replicas", "records", "happened")]
        for part, height in zip(parts, (*rows, "1fr") if rows else (None,) * 3, strict=True):
            if height is None:
                part.clear_rule("height")
            else:
                part.height = height

    def _show_title(self, state: ClusterState | None) -> None:
        title = self._part(Records).title
        if state is None or not state.partitions:
            title.label, title.right = "Records", ""
            return
        partition = state.partitions[self._at[0]]
        isr = f"ISR {{{','.join(map(str, sorted(partition.isr)))}}}"
        leader = f"leader broker {partition.leader}" if partition.leader >= 0 else "no leader"
        epoch = f"epoch {partition.leader_epoch}"
        least = f"min.insync.replicas {partition.minimum_isr}"
        title.label = f"p{partition.partition}, record by record"
        title.right = (f"{leader} · {epoch} · {isr} · {least}", f"{leader} · {isr}", isr)

    def _keys(self) -> tuple[Key, ...]:
        broker, faults = self._broker, self.session.faults
        keys: list[Key] = []
        if self._state is not None and len(self._state.partitions) > 1:
            keys.append(("↑↓", "partition", "screen.partition(1)"))
        keys.append(("←→", "broker", "screen.broker(1)"))
        words = {"running": "pause", "paused": "resume", "idle": "send"}
        if word := words.get(self.session.phase):
            keys.append(("^S", word, "screen.send"))
        can: list[Key] = []
        if broker is not None:
            can = [(key, word, action) for kind, key, word, action in _possible(broker) if kind in faults]
        keys += [*can[:2], ("F2", "bench", "screen.bench")]
        if self.session.phase in ("running", "pausing", "paused"):
            keys.append(("^G", "stop", "screen.stop_run"))
        return (*keys, *can[2:], ("?", "help", "app.help"))

    # ---- the cursor

    def action_partition(self, by: int) -> None:
        self._go(self._at[0] + by, self._at[1])

    def action_broker(self, by: int) -> None:
        if self._state is not None and self._state.brokers:
            self._go(self._at[0], (self._at[1] + by) % len(self._state.brokers))

    @on(ReplicaGrid.Picked)
    def _picked(self, event: ReplicaGrid.Picked) -> None:
        partition, broker = event.partition, event.broker
        self._go(self._at[0] if partition is None else partition, self._at[1] if broker is None else broker)

    def _go(self, partition: int, broker: int) -> None:
        count = len(self._state.partitions) if self._state else 1
        self._at = (min(max(partition, 0), max(count - 1, 0)), broker)
        self.show()

    # ---- what the keys do

    def action_freeze(self) -> None:
        broker = self._broker
        if broker is not None:
            self._do("thaw" if broker.condition == "frozen" else "freeze", broker)

    def action_kill(self) -> None:
        broker = self._broker
        if broker is not None:
            self._do("restart" if broker.condition == "dead" else "kill", broker)

    def action_stop_broker(self) -> None:
        if self._broker is not None:
            self._do("stop", self._broker)

    def action_wipe(self) -> None:
        if self._broker is not None:
            self._do("wipe", self._broker)

    def action_isolate(self) -> None:
        broker = self._broker
        if broker is not None:
            self._do("thaw" if broker.isolated else "isolate", broker)

    def action_slow(self) -> None:
        broker = self._broker
        if broker is not None:
            self._do("slow", broker, ms=0 if broker.delay_ms else SLOW_MS)

    def _do(self, kind: "FaultKind", broker: BrokerState, ms: int = 0) -> None:
        if kind not in self.session.faults:
            where = self.session.scenario.cluster.kind
            self.notify(f"{kind} cannot be done to {_KINDS[where]}", title="Not done", severity="warning")
        else:
            self._break(Action(kind, (broker.id,), ms=ms))

    @work(group="fault")
    async def _break(self, action: Action) -> None:
        try:
            await self.session.do_fault(action)
        except KwbError as error:
            self.notify(str(error), title="Not done", severity="warning")

    def action_bench(self) -> None:
        self.app.action_cluster()  # type: ignore[attr-defined]


def _why_empty(session: Session) -> tuple[str, ...]:
    if session.phase == "opening":
        return ("the cluster is starting …",)
    if session.view is None:
        return ("no cluster — ^S on the bench starts it again", "no cluster")
    return ("looking into the brokers …", "looking …")


def _possible(broker: BrokerState) -> list[tuple["FaultKind", str, str, str]]:
    """Kind, key, word and action of what can be done to the broker as it stands."""
    if broker.condition == "dead":
        return [("restart", "K", "start", "screen.kill"), ("wipe", "W", "wipe its log", "screen.wipe")]
    if broker.condition == "frozen":
        return [("thaw", "F", "thaw", "screen.freeze"), ("kill", "K", "kill", "screen.kill")]
    if broker.condition == "stopping":
        return [("kill", "K", "kill", "screen.kill")]
    hands_over = broker.condition == "running" and not broker.isolated
    joined = ("thaw", "I", "rejoin") if broker.isolated else ("isolate", "I", "isolate")
    quick = "quick" if broker.delay_ms else "slow"
    return [
        ("freeze", "F", "freeze", "screen.freeze"),
        ("kill", "K", "kill", "screen.kill"),
        *([("stop", "X", "shut down", "screen.stop_broker")] if hands_over else []),  # type: ignore[list-item]
        ("slow", "S", quick, "screen.slow"),
        (*joined, "screen.isolate"),  # type: ignore[list-item]
    ]
