"""The lab: brokers and a controller, opened and closed together."""

import asyncio
import base64
import errno
import uuid

from workbench.errors import InputError
from workbench.lab.broker import HOST, Broker, Cluster
from workbench.lab.configs import BrokerConfig
from workbench.lab.controller import Controller, Refused
from workbench.lab.describing import Description
from workbench.lab.faults import Faults
from workbench.lab.fetching import FATAL
from workbench.lab.happenings import Happenings
from workbench.lab.lifecycle import Lifecycle
from workbench.lab.protocol import AskStations, Describe, Found, Replicas, Start
from workbench.lab.retention import Budget
from workbench.model.fault import Action

_MOST_BROKERS = 15
_FIRST_REQUESTS = ((18, 3), (3, 13), (0, 10))
"""What librdkafka asks first (ApiVersions, Metadata, Produce): made before a record waits for it."""


class StartError(Exception):
    """A listener could not be opened."""


class Lab:
    """Raises InputError where `start` asks for what cannot be."""

    def __init__(self, start: Start) -> None:
        if not 1 <= start.brokers <= _MOST_BROKERS:
            raise InputError(f"a lab has 1 to {_MOST_BROKERS} brokers, not {start.brokers}")
        self._start = start
        config = BrokerConfig(start.config)
        self.happenings = self._happenings = Happenings()
        self._controller = Controller(config, self._happenings)
        self.cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._budget = Budget(start.retained_bytes)
        self._cluster = Cluster(self._controller, self.cluster_id, self._budget, self._happenings)
        self._brokers: dict[int, Lifecycle] = {}
        self._tasks: list[asyncio.Task[None]] = []
        for number in range(1, start.brokers + 1):
            broker = self._cluster.brokers[number] = Broker(number, self._cluster)
            self._brokers[number] = Lifecycle(broker)
        self._faults = Faults(self._brokers, self._happenings)
        self._description = Description(self._controller, self._brokers)

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"{HOST}:{broker.listener.port}" for broker in self._cluster.brokers.values())

    async def open(self) -> None:
        """Raises StartError, and InputError for a topic that cannot be."""
        first, now = self._start.port, asyncio.get_running_loop().time()
        for number, life in self._brokers.items():
            port = first + number - 1 if first else 0
            try:
                self._controller.register(number, life.broker, now)
                life.open(port)
            except (OSError, OverflowError) as error:
                await self.close()
                taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
                reason = "the port is in use, choose another" if taken else str(error)
                raise StartError(f"broker {number} cannot listen on {HOST}:{port}: {reason}") from error
        self._controller.announce()
        for spec in self._start.topics:
            try:
                self._controller.create_topic(
                    spec.name, spec.partitions, spec.replication_factor, dict(spec.config)
                )
            except Refused as no:
                await self.close()
                raise InputError(f"topic {spec.name!r}: {no.text}") from no
        self._cluster.wire.warm(*_FIRST_REQUESTS)
        for work in (
            self._budget.keep_expiring(self._controller.config),
            self._controller.keep_sessions(),
            self._controller.keep_balance(),
            self._controller.keep_leaders(),
        ):
            task = asyncio.create_task(work)
            task.add_done_callback(_ended)
            self._tasks.append(task)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for life in self._brokers.values():
            await life.close()

    async def do(self, action: Action) -> None:
        """Raises InputError where it cannot be done now."""
        await self._faults.do(action)

    def pause_fetching(self, broker: int, paused: bool) -> None:
        if broker not in self._cluster.brokers:
            raise InputError(f"there is no broker {broker}")
        self._cluster.brokers[broker].pause_fetching(paused)

    def stations(self, asked: AskStations) -> Found:
        moments = self._cluster.moments
        moments.asked()
        topic = self._controller.topics.get(asked.topic)
        found = []
        for index, offset in asked.wanted:
            partition = topic.partition(index) if topic else None
            found.append(moments.of(partition.key, offset) if partition else None)
        return Found(asked.id, tuple(found))

    def describe(self, asked: Describe) -> Replicas:
        for gone in self._budget.take_trimmed():
            self._happenings.add(
                "log-trimmed", gone.leader, topic=gone.topic, partition=gone.partition, count=gone.records
            )
        return Replicas(
            asked.id,
            self._description.partitions(asked.topic),
            self._description.brokers(),
            self._happenings.since(asked.since),
        )


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "the lab's controller died", "exception": error, FATAL: True}
        task.get_loop().call_exception_handler(context)
