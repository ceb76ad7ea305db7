"""Events read from successive frames: what happened, and what it did to the records."""

from workbench.insight.units import count_text
from workbench.model.events import Event, EventKind
from workbench.model.frame import UNHARMED, ErrorCount, Frame

_BEFORE_QUEUE = {
    "template": "no record could be made of it: never sent",
    "interceptor": "an interceptor kept it for too long: never sent",
    "serializer": "no bytes could be made of it: never sent",
    "partitioner": "no partition was chosen for it: never sent",
    "send()": "refused before it was queued: never sent",
}
# What each error means for the record, as librdkafka 2.16 reports it (rdkafka.h, rd_kafka_resp_err_t) and
# as Kafka's protocol defines it (kafka.apache.org/protocol#protocol_error_codes).
_MEANS = {
    "_MSG_TIMED_OUT": "delivery.timeout.ms ran out: maybe stored",
    "_PURGE_QUEUE": "still queued when the run was stopped, or the producer could go on no more: never sent",
    "_PURGE_INFLIGHT": "on the way when the run was stopped: maybe stored",
    "_QUEUE_FULL": "no room in the queue for max.block.ms: never sent",
    "_TRANSPORT": "the connection broke: maybe stored",
    "_FATAL": "the producer can send no more: a new run makes a new one",
    "MSG_SIZE_TOO_LARGE": "too large: not stored",
    "RECORD_LIST_TOO_LARGE": "the batch is too large: not stored",
    "INVALID_RECORD": "the broker refused it: not stored",
    "NOT_ENOUGH_REPLICAS": "the ISR is below min.insync.replicas: refused, not stored",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND": "stored on the leader, not on enough replicas",
    "REQUEST_TIMED_OUT": "the replicas did not confirm in time: maybe stored",
    "UNKNOWN_TOPIC_OR_PART": "no such topic or partition there: not stored",
    "_UNKNOWN_TOPIC": "no such topic: not stored",
    "_UNKNOWN_PARTITION": "no such partition: not stored",
    "TOPIC_AUTHORIZATION_FAILED": "no right to write to the topic: not stored",
    "CLUSTER_AUTHORIZATION_FAILED": "no right to do this on the cluster: not stored",
}


def records(count: int) -> str:
    return "1 record" if count == 1 else f"{count_text(count)} records"


def consequence(error: ErrorCount) -> str:
    """What an error did to the records it hit."""
    means = _MEANS.get(error.code) or _BEFORE_QUEUE.get(error.where, "maybe stored")
    why = f" ({error.text})" if error.where == "partitioner" and error.text else ""
    return f"{records(error.count)}: {means}{why}"


class Notices:
    """The events of one run. An error has one event, at the time it was first met; its count grows."""

    def __init__(self) -> None:
        self._errors: dict[tuple[str, str], Event] = {}
        self._states: list[Event] = []
        self._last: Frame | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        """What frames alone know: the errors, oldest first. The conductor tells the rest."""
        return tuple(self._errors.values())

    @property
    def marks(self) -> tuple[Event, ...]:
        """What a plot over time points at, oldest first: the errors, pausing and going on."""
        return tuple(sorted((*self._errors.values(), *self._states), key=lambda event: event.at))

    def read(self, frame: Frame, wall: float) -> None:
        """Take the next frame; `wall` is its time in seconds since the epoch."""
        known = {} if self._last is None else {(e.code, e.where): e.count for e in self._last.errors}
        for error in frame.errors:
            if error.count and known.get((error.code, error.where)) != error.count:
                self._error(error, wall)
        before = self._last.state if self._last else "starting"
        if "paused" in (frame.state, before) and frame.state != before:
            kind: EventKind = "paused" if frame.state == "paused" else "resumed"
            self._states.append(Event(wall, kind, "info"))
        self._last = frame

    def _error(self, error: ErrorCount, wall: float) -> None:
        key = (error.code, error.where)
        first = self._errors.get(key)
        if error.code in UNHARMED:
            what = f"{error.text} ({count_text(error.count)}×): each record went on without it"
            self._errors[key] = Event(
                first.at if first else wall, "note", "warn", error.where, error.code, what
            )
            return
        fatal = error.where == "producer"
        kind: EventKind = "rejected" if error.where in _BEFORE_QUEUE else "failed"
        self._errors[key] = Event(
            first.at if first else wall,
            "fatal" if fatal else kind,
            "bad",
            error.where,
            error.code,
            f"it can send no more: {error.text}" if fatal else consequence(error),
        )
