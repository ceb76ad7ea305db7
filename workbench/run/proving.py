"""When a run's logs may be read back: what they wait for, and what is then read."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.clusters.port import Cluster
from workbench.engine.group import Engines
from workbench.engine.protocol import LogRange
from workbench.errors import ClusterError
from workbench.model.cluster_view import PartitionView
from workbench.model.frame import Frame

_LOOK_S = 0.1
QUIET_S = 1.0
"""So long nothing must have been appended where reports do not say how much there will be."""
Views = tuple[PartitionView, ...]


@dataclass(frozen=True)
class Expected:
    """How much of a run on a cluster that nothing was done to will be in its logs."""

    ends: int
    """The sum of all log ends, once every record has been appended."""
    certain: bool
    """Every record was acked: nothing more can come."""

    @staticmethod
    def of(frame: Frame, before: Mapping[int, PartitionView]) -> "Expected":
        appended = frame.sent - frame.rejected
        return Expected(sum(view.log_end for view in before.values()) + appended, frame.acked == appended)

    def are_there(self, views: Views) -> bool:
        return self.certain or sum(view.log_end for view in views) >= self.ends


async def settled(
    cluster: Cluster,
    topic: str,
    out: frozenset[int],
    *,
    partitions: int,
    patience_s: float,
    expected: Expected | None = None,
) -> Views | str:
    """The partitions once their logs are as they will stay; else why they are not.

    Each is led by a broker that answers, its living replicas are in the ISR, and the high watermark is at the
    log end. `out`: brokers that answer nobody. Without `expected` the logs must be quiet for a while.
    """
    until = time.monotonic() + patience_s
    last: list[int] | None = None
    quiet_since = 0.0
    reason = "no broker tells how the topic stands"
    while time.monotonic() < until:
        try:
            views = await cluster.partitions(topic)
        except ClusterError as error:
            views, reason = (), str(error)
        waiting = next((why for view in views if (why := waiting_for(view, out))), None)
        if waiting or len(views) < partitions:
            reason, last = waiting or reason, None
        else:
            ends = [view.log_end for view in views]
            if ends != last:
                last, quiet_since = ends, time.monotonic()
            if (expected and expected.are_there(views)) or time.monotonic() - quiet_since >= QUIET_S:
                return views
        await asyncio.sleep(_LOOK_S)
    return f"{reason} after {patience_s:g} s"


def waiting_for(view: PartitionView, out: frozenset[int]) -> str | None:
    """What of a partition is not yet as it will stay; None: nothing."""
    where = f"partition {view.id}"
    if view.leader < 0:
        return f"{where} has no leader"
    if view.leader in out:
        return f"{where}: its leader, broker {view.leader}, does not answer"
    behind = set(view.replicas) - out - set(view.isr)
    if behind:
        return f"{where}: replica {min(behind)} is not in sync"
    if view.log_end < 0:
        return f"{where}: its leader, broker {view.leader}, does not tell its log end"
    if view.high_watermark < view.log_end:
        return f"{where}: records from {view.high_watermark} to {view.log_end - 1} are not replicated enough"
    return None


def ranges(views: Views, before: Mapping[int, PartitionView]) -> tuple[LogRange, ...]:
    """What to read: all of a log that had other leaders, for it may have been cut and grown again."""
    return tuple(
        LogRange(
            max(view.log_start, 0),
            view.high_watermark,
            whole=(first := before.get(view.id)) is None or first.leader_epoch != view.leader_epoch,
        )
        for view in sorted(views, key=lambda view: view.id)
    )


async def whole_again(cluster: Cluster, engine: Engines, topic: str, patience_s: float) -> None:
    """Wait until every broker is there and the topic, where it exists, is replicated as it should be.

    Raises ClusterError where that takes too long.
    """
    wanted = len(cluster.bootstrap_servers.split(","))
    until = time.monotonic() + patience_s
    reason = ""
    while time.monotonic() < until:
        try:
            brokers = len((await engine.describe(topic)).brokers)
            views = await cluster.partitions(topic)
            waiting = next((why for view in views if (why := waiting_for(view, frozenset()))), None)
            reason = waiting or (f"{brokers} of {wanted} brokers are there" if brokers < wanted else "")
        except ClusterError as error:
            reason = str(error)
        if not reason:
            return
        await asyncio.sleep(_LOOK_S)
    raise ClusterError(f"the cluster does not serve again {patience_s:g} s after the last run: {reason}")
