"""The inside of the cluster: watched while somebody looks, broken by hand, and what happens there told."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from workbench.clusters.outside import state_of
from workbench.clusters.port import Cluster
from workbench.errors import ClusterError, KwbError
from workbench.insight.happenings import Timeouts, events
from workbench.model.cluster_state import BrokerState, ClusterState, Happened, HappenedKind
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event
from workbench.model.fault import Action, FaultKind
from workbench.model.scenario import Scenario
from workbench.model.stations import Stations

_INSIDE_S = 0.1
_OUTSIDE_S = 1.0
_TOGETHER_S = 0.1
"""How often a cluster is asked that tells only what any client may know."""
_DONE: dict[FaultKind, HappenedKind] = {
    "freeze": "frozen", "thaw": "thawed", "kill": "killed", "stop": "stopped", "restart": "restarted",
    "wipe": "wiped",
}  # fmt: skip
"""What a cluster would tell of what was done to it, where it tells nothing by itself."""
Describe = Callable[[str], Awaitable[ClusterView]]


class Inside:
    """`describe` asks the engine for Metadata. The one task runs while `watch` has somebody to tell."""

    def __init__(self, cluster: Cluster, on_event: Callable[[Event], None], describe: Describe) -> None:
        self._topic = ""
        self._minimum_isr = 1
        self._timeouts = Timeouts()
        self._cluster = cluster
        self._on_event = on_event
        self._describe = describe
        self._watching: asyncio.Task[None] | None = None
        self._news: list[Happened] = []
        self._telling: asyncio.TimerHandle | None = None
        cluster.on_happened = self._happened

    @property
    def faults(self) -> frozenset[FaultKind]:
        """What can be done to this cluster."""
        return self._cluster.faults

    @property
    def out(self) -> frozenset[int]:
        """Brokers that answer nobody, by what was done to them."""
        return self._cluster.out

    def look_at(self, scenario: Scenario, topic: TopicView) -> None:
        """From now on this topic."""
        self._topic = topic.name
        self._minimum_isr = int(topic.config.get("min.insync.replicas", "1"))
        self._timeouts = Timeouts.of(scenario.cluster.config)

    async def do(self, action: Action) -> None:
        """By hand. Raises InputError where it cannot be done now, ClusterError where it failed."""
        await self._cluster.do(action)
        if not self._cluster.tells_by_itself and (kind := _DONE.get(action.do)) is not None:
            for broker in action.brokers:
                self._happened(Happened(broker, time.monotonic(), kind, broker))

    async def stations(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Stations]:
        """When the batches with these (partition, offset) were where, of those that are known."""
        if not self._cluster.sees_stations:
            return {}
        found = await self._cluster.stations(self._topic, wanted)
        return {where: known for where, known in zip(wanted, found, strict=True) if known is not None}

    def watch(self, heard: Callable[[ClusterState], None] | None) -> None:
        """Tell how it stands, ten times a second where it can be seen from inside; None: no more."""
        if self._watching is not None:
            self._watching.cancel()
        self._watching = None if heard is None else asyncio.create_task(self._watch(heard))

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._tell()
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, heard: Callable[[ClusterState], None]) -> None:
        while True:
            pause = _INSIDE_S if self._cluster.kind == "lab" else _OUTSIDE_S
            if self._topic:
                try:
                    heard(await self._state())
                except KwbError:  # not there (yet, or any more): whoever opened the bench tells
                    pause = _OUTSIDE_S
            await asyncio.sleep(pause)

    async def _state(self) -> ClusterState:
        if self._cluster.kind != "remote":
            state = await self._cluster.cluster_state(self._topic)
        else:
            view = await self._describe(self._topic)
            topic = next((topic for topic in view.topics if topic.name == self._topic), None)
            if topic is None:
                raise ClusterError(f"topic {self._topic!r} is not there")
            brokers = [BrokerState(broker.id, broker.port) for broker in view.brokers]
            state = state_of(self._topic, topic.partitions, brokers)
        if self._cluster.tells_by_itself:
            return state
        partitions = tuple(
            msgspec.structs.replace(one, minimum_isr=min(self._minimum_isr, len(one.replicas)))
            for one in state.partitions
        )
        return msgspec.structs.replace(state, partitions=partitions)

    def _happened(self, one: Happened) -> None:
        if one.topic in ("", self._topic):
            self._news.append(one)
            if self._telling is None:
                self._telling = asyncio.get_running_loop().call_later(_TOGETHER_S, self._tell)

    def _tell(self) -> None:
        """What happened to several partitions at once is one event."""
        self._telling = None
        news, self._news = self._news, []
        wall = time.time() - time.monotonic()
        for found in events(news, self._minimum_isr, self._timeouts, wall):
            self._on_event(found)
