"""The functions of librdkafka that load mode calls, in the very library that confluent-kafka has loaded.

All of them, and the layout of `rd_kafka_message_t`, are librdkafka's public interface (`rdkafka.h`), which it
keeps within a major version. Calls let go of the interpreter lock (`ctypes.CDLL`).
"""

import ctypes
from ctypes import c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p
from typing import Any

from confluent_kafka import cimpl

# RD_KAFKA_PRODUCER, RD_KAFKA_CONF_OK, RD_KAFKA_MSG_F_COPY, RD_KAFKA_PURGE_F_QUEUE | …_INFLIGHT
PRODUCER, CONF_OK, COPY, PURGE_ALL = 0, 0, 2, 3
EVENT_DELIVERY, EVENT_LOG, EVENT_ERROR, EVENT_STATISTICS = 0x1, 0x4, 0x8, 0x40
ERROR_TEXT_BYTES = 512


class Message(ctypes.Structure):
    """`rd_kafka_message_t`: a record that is offered, or its delivery report."""

    _fields_ = (
        ("err", c_int),
        ("rkt", c_void_p),
        ("partition", c_int32),
        ("payload", c_void_p),
        ("len", c_size_t),
        ("key", c_void_p),
        ("key_len", c_size_t),
        ("offset", c_int64),
        ("_private", c_void_p),
    )


class Librdkafka:
    """Its functions, named as in `rdkafka.h` less the `rd_kafka_`."""

    def __init__(self) -> None:
        """Raises OSError, AttributeError where confluent-kafka's library keeps them to itself."""
        self._library = ctypes.CDLL(cimpl.__file__)  # what it is linked with is found through it
        of = self._declared
        self.conf_new = of("conf_new", c_void_p)
        self.conf_set = of("conf_set", c_int, c_void_p, c_char_p, c_char_p, c_char_p, c_size_t)
        self.conf_set_events = of("conf_set_events", None, c_void_p, c_int)
        self.conf_destroy = of("conf_destroy", None, c_void_p)
        self.new = of("new", c_void_p, c_int, c_void_p, c_char_p, c_size_t)
        self.destroy = of("destroy", None, c_void_p)
        self.topic_new = of("topic_new", c_void_p, c_void_p, c_char_p, c_void_p)
        self.topic_destroy = of("topic_destroy", None, c_void_p)
        self.queue_get_main = of("queue_get_main", c_void_p, c_void_p)
        self.queue_poll = of("queue_poll", c_void_p, c_void_p, c_int)
        self.queue_destroy = of("queue_destroy", None, c_void_p)
        self.set_log_queue = of("set_log_queue", c_int, c_void_p, c_void_p)
        self.produce_batch = of("produce_batch", c_int, c_void_p, c_int32, c_int, c_void_p, c_int)
        self.outq_len = of("outq_len", c_int, c_void_p)
        self.purge = of("purge", c_int, c_void_p, c_int)
        self.fatal_error = of("fatal_error", c_int, c_void_p, c_char_p, c_size_t)
        self.last_error = of("last_error", c_int)
        self.message_latency = of("message_latency", c_int64, c_void_p)
        self.event_type = of("event_type", c_int, c_void_p)
        self.event_error = of("event_error", c_int, c_void_p)
        self.event_error_string = of("event_error_string", c_char_p, c_void_p)
        self.event_error_is_fatal = of("event_error_is_fatal", c_int, c_void_p)
        self.event_stats = of("event_stats", c_char_p, c_void_p)
        self.event_log = of("event_log", c_int, c_void_p, c_void_p, c_void_p, c_void_p)
        self.event_message_array = of("event_message_array", c_size_t, c_void_p, c_void_p, c_size_t)
        self.event_destroy = of("event_destroy", None, c_void_p)

    def _declared(self, name: str, result: Any, *arguments: Any) -> Any:
        function = getattr(self._library, f"rd_kafka_{name}")
        function.restype, function.argtypes = result, arguments
        return function
