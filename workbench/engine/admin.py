"""Metadata, topic creation, topic config: what the engine asks a cluster outside a run."""

import socket
import time
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs re-export none of them
    AdminClient,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from workbench.engine.rdkafka import Rdkafka
from workbench.errors import ClusterError, InputError
from workbench.model.cluster_view import BrokerView, ClusterView, PartitionView, TopicView
from workbench.model.scenario import TopicPlan

_REFUSED_INPUT = {
    KafkaError.TOPIC_EXCEPTION,
    KafkaError.INVALID_PARTITIONS,
    KafkaError.INVALID_REPLICATION_FACTOR,
    KafkaError.INVALID_CONFIG,
    KafkaError.POLICY_VIOLATION,
}
_NOT_KNOWN_YET = {
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.REPLICA_NOT_AVAILABLE,
    KafkaError.KAFKA_STORAGE_ERROR,
    KafkaError._NOENT,  # noqa: SLF001  # "no leaders found"
}
_POLL_S = 0.05
_CONFIG_S = 3.0
_PROBE_S = 1.0


class Admin:
    """Blocking; used from one thread of the engine."""

    def __init__(self, rdkafka: Rdkafka, bootstrap_servers: str, timeout_s: float) -> None:
        self._rdkafka = rdkafka
        self._bootstrap_servers = bootstrap_servers
        self._timeout_s = timeout_s
        self._client: AdminClient = rdkafka.admin()

    def describe(self, topic: str | None = None, *, with_config: bool = True) -> ClusterView:
        """Brokers, and the topic (with its config) where it exists. Raises ClusterError."""
        try:
            listed = self._client.list_topics(topic, self._timeout_s) if topic else self._all()
        except KafkaException as error:
            raise self._out_of_reach(error) from error
        brokers = tuple(BrokerView(b.id, b.host, b.port) for b in sorted(listed.brokers.values(), key=_id))
        found = listed.topics.get(topic) if topic is not None else None
        topics: tuple[TopicView, ...] = ()
        if topic is not None and found is not None and found.error is None:
            partitions = tuple(
                PartitionView(p.id, p.leader, tuple(p.replicas), tuple(p.isrs))
                for p in sorted(found.partitions.values(), key=_id)
            )
            config = self._topic_config(topic) if with_config else {}
            topics = (TopicView(topic, partitions, config),)
        return ClusterView(listed.cluster_id, listed.controller_id, brokers, topics)

    def create(self, plan: TopicPlan) -> ClusterView:
        """Create the topic and wait for its leaders. Raises InputError where the cluster refuses it."""
        new = NewTopic(plan.name, plan.partitions, plan.replication_factor, config=dict(plan.config))
        future = self._client.create_topics([new], request_timeout=self._timeout_s)[plan.name]
        try:
            future.result(self._timeout_s + 1)
        except KafkaException as error:
            reason = error.args[0]
            if reason.code() == KafkaError.TOPIC_ALREADY_EXISTS:
                return self.describe(plan.name)
            if reason.code() in _REFUSED_INPUT:
                raise InputError(f"the cluster refuses topic {plan.name!r}: {reason.str()}") from error
            raise ClusterError(f"topic {plan.name!r} was not created: {reason.str()}") from error
        return self._led(plan.name, plan.partitions)

    def add_partitions(self, topic: str, partitions: int) -> ClusterView:
        """Give the topic so many in all, and wait for their leaders. Raises InputError, ClusterError."""
        new = NewPartitions(topic, partitions)
        future = self._client.create_partitions([new], request_timeout=self._timeout_s)[topic]
        try:
            future.result(self._timeout_s + 1)
        except KafkaException as error:
            reason = error.args[0]
            kind = InputError if reason.code() in _REFUSED_INPUT else ClusterError
            raise kind(f"topic {topic!r} gets no more partitions: {reason.str()}") from error
        return self._led(topic, partitions)

    def _led(self, name: str, partitions: int) -> ClusterView:
        until = time.monotonic() + self._timeout_s
        while time.monotonic() < until:
            view = self.describe(name, with_config=False)
            led = [p for topic in view.topics for p in topic.partitions if p.leader >= 0]
            if len(led) == partitions:
                complete = self.describe(name)
                if complete.topics:  # another broker may have been asked, which does not know it yet
                    return complete
            time.sleep(_POLL_S)
        raise ClusterError(f"topic {name!r} has a partition without leader after {self._timeout_s:g} s")

    def end_offsets(self, topic: str, partitions: int) -> list[int]:
        """The high watermark of each partition. Raises ClusterError."""
        return self._offsets(topic, partitions, OffsetSpec.latest())  # type: ignore[no-untyped-call]

    def start_offsets(self, topic: str, partitions: int) -> list[int]:
        """The log start offset of each partition. Raises ClusterError."""
        return self._offsets(topic, partitions, OffsetSpec.earliest())  # type: ignore[no-untyped-call]

    def _offsets(self, topic: str, partitions: int, spec: OffsetSpec) -> list[int]:
        asked = [TopicPartition(topic, p) for p in range(partitions)]
        until = time.monotonic() + self._timeout_s
        while True:
            futures = self._client.list_offsets(dict.fromkeys(asked, spec), request_timeout=self._timeout_s)
            try:
                found = {key.partition: future.result().offset for key, future in futures.items()}
            except KafkaException as error:
                reason = error.args[0]
                # a topic just created, or a leader just moved: not every broker knows it yet
                if reason.code() not in _NOT_KNOWN_YET or time.monotonic() >= until:
                    raise ClusterError(f"the offsets of topic {topic!r}: {reason.str()}") from error
                time.sleep(_POLL_S)
            else:
                return [found[p] for p in range(partitions)]

    def _all(self) -> Any:
        return self._client.list_topics(timeout=self._timeout_s)

    def _topic_config(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        future = self._client.describe_configs([resource], request_timeout=_CONFIG_S)[resource]
        try:
            entries = future.result(_CONFIG_S + 1)
        except KafkaException:
            return {}  # not authorized to see it, or an old broker: what is not known stays unsaid
        return {name: entry.value for name, entry in entries.items() if entry.value is not None}

    def _out_of_reach(self, error: KafkaException) -> ClusterError:
        self._client.poll(0)  # what the client has to say of its connections waits in its queue
        reason = self._rdkafka.trouble or error.args[0].str()
        if _listens(self._bootstrap_servers):
            reason = (
                "something listens there, but does not answer as a Kafka broker does;"
                " is it the right port, and does it want TLS or SASL (security.protocol)?"
            )
        return ClusterError(
            f"no Kafka broker answered at {self._bootstrap_servers} within {self._timeout_s:g} s: {reason}"
        )


def _listens(bootstrap_servers: str) -> bool:
    """Whether the first server takes a connection: then it is no Kafka, or not one spoken to as it wants."""
    host, _, port = bootstrap_servers.split(",", maxsplit=1)[0].strip().rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PROBE_S):
            return True
    except (OSError, ValueError):
        return False


def _id(described: Any) -> int:
    return int(described.id)
