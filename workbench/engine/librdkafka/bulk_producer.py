"""A producer of librdkafka that takes many records a call and tells their delivery reports by column."""

import ctypes
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException

from workbench.engine.delivery import Reports
from workbench.engine.librdkafka import binding
from workbench.engine.librdkafka.binding import Librdkafka
from workbench.engine.librdkafka.offered import Offered
from workbench.engine.librdkafka.reports import Reader

_INVALID: int = KafkaError._INVALID_ARG  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears what a producer tells, all on the thread that calls `poll`."""

    reports: Callable[[Reports], None]
    statistics: Callable[[str], None]
    fatal: Callable[[str, str], None]
    """Code and text of an error after which this producer takes no more."""
    trouble: Callable[[KafkaError], None]
    log: Callable[[int, str], None]
    """The syslog level, and the line."""


class BulkProducer:
    """Sends to one topic. Close it: librdkafka's threads and records stay until then."""

    def __init__(
        self, config: Mapping[str, object], topic: str, told: Told, *, one_by_one: bool = False
    ) -> None:
        """Raises KafkaException where librdkafka refuses the config. `one_by_one`: each report by itself."""
        try:
            self._library = library = Librdkafka()
        except (OSError, AttributeError) as error:
            text = f"load mode cannot call the librdkafka of this confluent-kafka ({error})"
            raise KafkaException(KafkaError(_INVALID, text)) from error
        self._told = told
        self._client = _client(library, {**config, "log.queue": "true"})
        self._topic = library.topic_new(self._client, topic.encode(), None)
        self._queue = library.queue_get_main(self._client)
        library.set_log_queue(self._client, self._queue)
        self._reader = Reader(library, 1) if one_by_one else Reader(library)
        self._lent: list[object] = []
        """What records point to that are not copied: it must outlive the client."""
        self.close = weakref.finalize(
            self, _close, library, self._reader, (self._queue, self._topic, self._client), self._lent
        )
        """Give up what is still in the client; safe to call twice."""

    def produce(self, records: Offered, count: int, partition: int) -> int:
        """Offer the first `count` of them; how many were taken.

        `partition`: of all, or -1, which leaves it to the client's partitioner.
        """
        flags = 0 if records.stays else binding.COPY
        if records.stays and (not self._lent or self._lent[-1] is not records.kept):
            self._lent.append(records.kept)
        taken: int = self._library.produce_batch(self._topic, partition, flags, records.address, count)
        return taken

    def poll(self, timeout_s: float) -> None:
        """Tell what there is to tell, waiting for the first of it."""
        poll, destroy = self._library.queue_poll, self._library.event_destroy
        event = poll(self._queue, round(timeout_s * 1000))
        while event:
            try:
                self._tell(event)
            finally:
                destroy(event)
            event = poll(self._queue, 0)

    def __len__(self) -> int:
        """Records in the client, and events that were not yet told."""
        count: int = self._library.outq_len(self._client)
        return count

    def purge(self) -> None:
        """Give up what is queued and in flight: each is reported as failed."""
        self._library.purge(self._client, binding.PURGE_ALL)

    def _tell(self, event: int) -> None:
        library, told = self._library, self._told
        match library.event_type(event):
            case binding.EVENT_DELIVERY:
                for reports in self._reader.read(event):
                    told.reports(reports)
            case binding.EVENT_STATISTICS:
                told.statistics(library.event_stats(event).decode())
            case binding.EVENT_ERROR:
                self._tell_error(event)
            case binding.EVENT_LOG:
                self._tell_log(event)

    def _tell_error(self, event: int) -> None:
        library = self._library
        if library.event_error_is_fatal(event):
            why = ctypes.create_string_buffer(binding.ERROR_TEXT_BYTES)
            behind = library.fatal_error(self._client, why, len(why))
            self._told.fatal(KafkaError(behind).name(), why.value.decode(errors="replace"))
        else:
            text = (library.event_error_string(event) or b"").decode(errors="replace")
            self._told.trouble(KafkaError(library.event_error(event), text))

    def _tell_log(self, event: int) -> None:
        facility, line, level = ctypes.c_char_p(), ctypes.c_char_p(), ctypes.c_int()
        found = (ctypes.byref(one) for one in (facility, line, level))
        if self._library.event_log(event, *found) == 0:
            self._told.log(level.value, (line.value or b"").decode(errors="replace"))


def _client(library: Librdkafka, config: Mapping[str, object]) -> int:
    why = ctypes.create_string_buffer(binding.ERROR_TEXT_BYTES)
    conf = library.conf_new()
    for name, value in config.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if library.conf_set(conf, name.encode(), text.encode(), why, len(why)) != binding.CONF_OK:
            library.conf_destroy(conf)
            raise KafkaException(KafkaError(_INVALID, why.value.decode(errors="replace")))
    wanted = (binding.EVENT_DELIVERY, binding.EVENT_LOG, binding.EVENT_ERROR, binding.EVENT_STATISTICS)
    library.conf_set_events(conf, sum(wanted))
    client: int | None = library.new(binding.PRODUCER, conf, why, len(why))
    if client is None:  # the config stays ours then
        code = library.last_error()
        library.conf_destroy(conf)
        raise KafkaException(KafkaError(code, why.value.decode(errors="replace")))
    return client


def _close(library: Librdkafka, reader: Reader, made: tuple[int, int, int], lent: list[object]) -> None:
    queue, topic, client = made
    reader.close()
    library.purge(client, binding.PURGE_ALL)
    library.queue_destroy(queue)
    library.topic_destroy(topic)
    library.destroy(client)
    lent.clear()
