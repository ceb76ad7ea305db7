"""The lab: brokers and a controller, opened and closed together."""

import asyncio
import base64
import errno
import uuid

from workbench.errors import InputError
from workbench.lab.broker import HOST, Broker, Cluster
from workbench.lab.configs import BrokerConfig
from workbench.lab.controller import Controller, Refused, Topic
from workbench.lab.protocol import PartitionState, ReplicaState, Start
from workbench.lab.retention import Budget

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
        self._controller = Controller(config)
        self.cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._budget = Budget(start.retained_bytes)
        self._cluster = Cluster(self._controller, self.cluster_id, self._budget)
        self._expiring: asyncio.Task[None] | None = None
        for number in range(1, start.brokers + 1):
            broker = self._cluster.brokers[number] = Broker(number, self._cluster)
            self._controller.register(number, broker)

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"{HOST}:{broker.port}" for broker in self._cluster.brokers.values())

    async def open(self) -> None:
        """Raises StartError, and InputError for a topic that cannot be."""
        first = self._start.port
        for number, broker in self._cluster.brokers.items():
            port = first + number - 1 if first else 0
            try:
                await broker.listen(port)
            except (OSError, OverflowError) as error:
                await self.close()
                taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
                reason = "the port is in use, choose another" if taken else str(error)
                raise StartError(f"broker {number} cannot listen on {HOST}:{port}: {reason}") from error
        for spec in self._start.topics:
            try:
                self._controller.create_topic(
                    spec.name, spec.partitions, spec.replication_factor, dict(spec.config)
                )
            except Refused as no:
                await self.close()
                raise InputError(f"topic {spec.name!r}: {no.text}") from no
        self._cluster.wire.warm(*_FIRST_REQUESTS)
        self._expiring = asyncio.create_task(self._budget.keep_expiring(self._controller.config))

    async def close(self) -> None:
        if self._expiring is not None:
            self._expiring.cancel()
            await asyncio.gather(self._expiring, return_exceptions=True)
        for broker in self._cluster.brokers.values():
            await broker.close()

    def pause_fetching(self, broker: int, paused: bool) -> None:
        if broker not in self._cluster.brokers:
            raise InputError(f"there is no broker {broker}")
        self._cluster.brokers[broker].pause_fetching(paused)

    def describe(self, name: str | None = None) -> tuple[PartitionState, ...]:
        return tuple(
            state
            for topic in self._controller.topics.values()
            if name in {None, topic.name}
            for state in self._states(topic)
        )

    def _states(self, topic: Topic) -> list[PartitionState]:
        states = []
        for partition in topic.partitions:
            replicas = []
            for number in partition.replicas:
                replica = self._cluster.brokers[number].replicas[partition.key]
                log = replica.log
                replicas.append(ReplicaState(number, log.start, log.end, replica.high_watermark))
            states.append(
                PartitionState(
                    topic.name,
                    partition.index,
                    partition.leader,
                    partition.leader_epoch,
                    partition.isr,
                    tuple(replicas),
                )
            )
        return states
