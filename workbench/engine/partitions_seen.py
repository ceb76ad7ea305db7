"""What the client knows of a run's topic, for partitioners that run in the engine."""

import threading
from typing import Any, Protocol, Self

from confluent_kafka import KafkaException

from workbench.engine.choosing import Now

_LOOK_S = 1.0
_ASK_S = 2.0


class Listing(Protocol):
    """What of a producer is asked: as `Producer.list_topics`."""

    def list_topics(self, topic: str, timeout: float) -> Any: ...


class PartitionsSeen:
    """Looks at the topic again each second, as a context: partitions are added, leaders move.

    The producer itself is asked, so that it knows each partition that it will be told to send to.
    """

    def __init__(self, topic: str, planned: int) -> None:
        self.now = Now(planned, tuple(range(planned)))
        self._topic = topic
        self._producer: Listing | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def watching(self, producer: Listing) -> Self:
        self._producer = producer
        return self

    def __enter__(self) -> Self:
        self._look()
        self._over.clear()
        self._thread = threading.Thread(target=self._watch, name="partitions", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(_ASK_S + _LOOK_S)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            self._look()

    def _look(self) -> None:
        assert self._producer is not None
        try:
            found = self._producer.list_topics(self._topic, _ASK_S).topics.get(self._topic)
        except KafkaException:
            return  # nobody answers just now: it stays as it was
        if found is not None and found.error is None and len(found.partitions) >= self.now.partitions:
            led = tuple(p.id for p in sorted(found.partitions.values(), key=_id) if p.leader >= 0)
            self.now = Now(len(found.partitions), led)


def _id(partition: Any) -> int:
    return int(partition.id)
