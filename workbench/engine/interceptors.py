"""A chain of interceptors around the client, which librdkafka does not offer to Python.

Java's rules (ProducerInterceptors, Kafka 4.1.0): each sees what the one before it made of the record; one
that raises is told of, and the record goes on as it was before it; nothing that `on_acknowledgement` raises
reaches anybody. A record that never came to the client is acknowledged too, with the error.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from workbench.engine.guard import Guard, RecordTooSlow
from workbench.engine.loading import Loaded, one_line
from workbench.errors import InputError
from workbench.serde.producer_record import ProducerRecord, RecordMetadata

KEY = "send.interceptors"
Note = Callable[[str, str], None]
"""Counts an error: its code, and what was said of it."""
_FAILED, _SLOW = "_INTERCEPTOR_FAILED", "_INTERCEPTOR_TIMEOUT"


class Interceptors:
    """Those of one run, in their order. A plain function is an `on_send`."""

    def __init__(self, names: Sequence[str], loaded: Loaded, guard: Guard, note: Note) -> None:
        """Raises InputError for what is no interceptor."""
        self._guard = guard
        self._note = note
        self._on_send: list[tuple[str, Callable[[ProducerRecord], object]]] = []
        self._on_acknowledgement: list[tuple[str, Callable[..., object]]] = []
        self._close: list[tuple[str, Callable[[], object]]] = []
        for name in names:
            self._add(name, loaded.made(KEY, name))

    @property
    def listen(self) -> bool:
        """Whether one of them wants to hear of acknowledgements."""
        return bool(self._on_acknowledgement)

    def on_send(self, record: ProducerRecord) -> ProducerRecord:
        """The record as they leave it. Raises RecordTooSlow only."""
        for name, on_send in self._on_send:
            # a copy, so that one that fails leaves no half of its work behind
            offered = replace(record, headers=record.headers[:])
            try:
                record = _checked(on_send(offered), record.topic)
            except RecordTooSlow:
                raise
            except BaseException as error:  # noqa: BLE001  # sys.exit() too: it is not theirs to end the engine
                self._note(_FAILED, f"{name}: on_send: {one_line(error)}")
        return record

    def around(self, callback: Callable[..., None]) -> Callable[..., None]:
        """A delivery callback that tells them first, as Java does."""

        def on_delivery(error: KafkaError | None, message: Any) -> None:
            self._tell(
                RecordMetadata(
                    message.topic(), message.partition(), message.offset(), message.timestamp()[1]
                ),
                None if error is None else KafkaException(error),
            )
            callback(error, message)

        return on_delivery

    def on_rejected(self, topic: str, partition: int | None, code: str, text: str) -> None:
        """Tell them of a record that the client never had."""
        if self._on_acknowledgement:
            metadata = RecordMetadata(topic, -1 if partition is None else partition, -1, -1)
            self._tell(metadata, RuntimeError(f"{code}: {text}"))

    def close(self) -> None:
        for name, close in self._close:
            self._call(f"{name}: close", close)

    def _tell(self, metadata: RecordMetadata, error: Exception | None) -> None:
        for name, on_acknowledgement in self._on_acknowledgement:
            self._call(f"{name}: on_acknowledgement", on_acknowledgement, metadata, error)

    def _call(self, what: str, function: Callable[..., object], *arguments: object) -> None:
        try:
            self._guard.begin()
            function(*arguments)
            self._guard.end()
        except RecordTooSlow:
            self._guard.end()
            self._note(_SLOW, f"{what} took longer than record_timeout_ms ({self._guard.timeout_ms} ms)")
        except BaseException as error:  # noqa: BLE001
            self._guard.end()
            self._note(_FAILED, f"{what}: {one_line(error)}")

    def _add(self, name: str, one: object) -> None:
        on_send, heard, close = (getattr(one, n, None) for n in ("on_send", "on_acknowledgement", "close"))
        if callable(one) and not callable(on_send) and not callable(heard):
            on_send = one
        if not callable(on_send) and not callable(heard):
            raise InputError(f"{KEY}: {name} has neither on_send(record) nor on_acknowledgement(…)")
        if callable(on_send):
            self._on_send.append((name, on_send))
        if callable(heard):
            self._on_acknowledgement.append((name, heard))
        if callable(close):
            self._close.append((name, close))


def _checked(record: object, topic: str) -> ProducerRecord:
    if not isinstance(record, ProducerRecord):
        raise TypeError(f"it returned {type(record).__name__}, not the record")
    for part, payload in (("key", record.key), ("value", record.value)):
        if payload is not None and not isinstance(payload, str | bytes):
            raise TypeError(f"its {part} is {type(payload).__name__}, not text, bytes or None")
    if record.topic != topic:
        raise ValueError(f"its topic is {record.topic!r}: a run has one topic, {topic!r}")
    headers: list[Any] = record.headers
    for name, content in headers:
        if not isinstance(name, str) or not (content is None or isinstance(content, bytes)):
            raise TypeError(f"header {name!r} is no pair of a name and bytes or None")
    partition: object = record.partition  # whatever stands there now
    if partition is not None and (type(partition) is not int or partition < 0):
        raise ValueError(f"its partition is {partition!r}")
    return record
