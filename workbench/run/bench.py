"""A cluster and an engine, kept between runs: owned by the TUI, or by one `kwb run`."""

from collections.abc import Callable

from workbench.clusters.port import Cluster
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.events import Event
from workbench.model.frame import Frame
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.report import Client, Report
from workbench.model.scenario import Scenario


class Bench:
    """Being written by the conductor's author; the signatures stand."""

    view: ClusterView | None
    client: Client | None

    def __init__(self, cluster: Cluster, on_event: Callable[[Event], None]) -> None: ...
    async def open(self) -> None:
        """Start cluster, engine. Raises ClusterError, EngineError."""

    async def close(self) -> None: ...
    async def ensure_topic(self, scenario: Scenario) -> TopicView:
        """The scenario's topic, created where its plan says so. Raises InputError, ClusterError."""

    async def preview(self, record: RecordPlan, seed: int, seq: int) -> MadeRecord:
        """Make one record in a second engine, one second at most."""

    async def run(self, scenario: Scenario, on_frame: Callable[[Frame], None]) -> Report:
        """Run to the end. Raises InputError (config refused), EngineError, ClusterError.
        After an EngineError the next run starts a new engine."""

    async def pause(self) -> None: ...
    async def resume(self) -> None: ...
    async def stop(self) -> None: ...
