"""Who leads the partitions of a run's topic while it is on, and what of that changes."""

import asyncio
import time

from workbench.clusters.port import Cluster
from workbench.errors import ClusterError
from workbench.model.cluster_view import PartitionView
from workbench.run.telling import Tell

_OFTEN_S, _SELDOM_S = 0.1, 1.0
_SHARE = 10
"""At most one part in so many of the time is spent on looking: a topic may have thousands of partitions."""


class Watching:
    """`views` by partition, as last seen; `leaders` each partition had one after another."""

    def __init__(self, cluster: Cluster, topic: str, tell: Tell, *, often: bool = True) -> None:
        self.views: dict[int, PartitionView] = {}
        self.before: dict[int, PartitionView] = {}
        """As it was when the watching began, or a partition was first seen."""
        self.leaders: dict[int, list[int]] = {}
        self._cluster = cluster
        self._topic = topic
        self._tell = tell
        self._every_s = _OFTEN_S if often else _SELDOM_S
        self._one_at_a_time = asyncio.Lock()

    @property
    def leader_changes(self) -> int:
        return sum(max(0, len(leaders) - 1) for leaders in self.leaders.values())

    async def run(self) -> None:
        """Look ten times a second (seldom: once), until cancelled."""
        while True:
            began = time.monotonic()
            await self.look()
            await asyncio.sleep(max(self._every_s, _SHARE * (time.monotonic() - began)))

    async def look(self) -> None:
        """Look now. What no broker tells stays as it was."""
        async with self._one_at_a_time:
            try:
                found = await self._cluster.partitions(self._topic)
            except ClusterError:
                return
            for view in found:
                self._take(view)

    def _take(self, view: PartitionView) -> None:
        last = self.views.get(view.id)
        self.views[view.id] = view
        leaders = self.leaders.setdefault(view.id, [])
        if view.leader >= 0 and (not leaders or leaders[-1] != view.leader):
            leaders.append(view.leader)
        if last is None:
            self.before[view.id] = view
            return
        where = f"p{view.id}"
        if view.leader != last.leader:
            was, now = (
                f"broker {leader}" if leader >= 0 else "none" for leader in (last.leader, view.leader)
            )
            self._tell("leader moved", "warn", f"{was} → {now}", f"epoch {view.leader_epoch}", where=where)
        if set(view.isr) != set(last.isr):
            grew = len(view.isr) > len(last.isr)
            what = f"{_listed(last.isr)} → {_listed(view.isr)}"
            self._tell("isr grew" if grew else "isr shrank", "ok" if grew else "warn", what, where=where)


def _listed(brokers: tuple[int, ...]) -> str:
    return ", ".join(map(str, sorted(brokers))) or "none"
