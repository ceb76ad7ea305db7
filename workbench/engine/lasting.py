"""A producer whose own end is an answer: after a fatal error it takes no more, and the run goes on.

confluent-kafka 2.16 does not call `error_cb` with librdkafka's fatal errors (idempotence that cannot be
kept any more, KIP-360): `poll()` raises KafkaException then, once (`error_cb` in confluent_kafka.c). From
then on librdkafka purges what is queued, reports what is in flight, and refuses each `produce()` with _FATAL.
"""

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

OnFatal = Callable[[str, str], None]


class LastingProducer:
    """`on_fatal` hears the code and text of the fatal error, once."""

    def __init__(self, client: Producer, on_fatal: OnFatal) -> None:
        self.produce: Any = client.produce
        """As the client's own; its stubs know neither bytes that may be None nor headers that may be null."""
        self._client = client
        self._poll = client.poll
        self._on_fatal = on_fatal

    def poll(self, timeout_s: float) -> None:
        """Serve callbacks, waiting for the first of them. Raises what a callback raised."""
        try:
            self._poll(timeout_s)
        except (KafkaException, SystemError) as problem:
            error = _fatal(problem)
            if error is None:
                raise
            self._on_fatal(error.name(), error.str())

    def list_topics(self, topic: str, timeout: float) -> Any:
        """For any thread; the client knows then what it has told."""
        return self._client.list_topics(topic, timeout)

    def __len__(self) -> int:
        """Records in the client, and reports that were not yet served."""
        return len(self._client)

    def close(self) -> None:
        """The run is over: nothing is left to be told."""

    def purge(self) -> None:
        """Give up what is queued and in flight: the client reports each as failed."""
        self._client.purge(in_queue=True, in_flight=True)


def _fatal(problem: BaseException | None) -> KafkaError | None:
    """Where a signal came with it, its handler was run with the fatal error set, which Python wraps."""
    while problem is not None:
        if isinstance(problem, KafkaException) and problem.args[0].fatal():
            error: KafkaError = problem.args[0]
            return error
        problem = problem.__cause__
    return None
