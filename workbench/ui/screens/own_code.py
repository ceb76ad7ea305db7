"""What kwb's engine runs in the client's stead or around it: from a list, or typed as module:attribute."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from workbench.model.scenario_keys import interceptors as checked_interceptors
from workbench.model.scenario_keys import partitioner as checked_partitioner
from workbench.ui.partitioner_view import partitioner_of
from workbench.ui.screens.pick_one import Picked, PickOne, Row

if TYPE_CHECKING:
    from textual.app import App

    from workbench.ui.session import Session

_CLIENTS = "the client's own"
_NONE = "none"
_TYPED = "run"


def choose_partitioner(app: "App[Any]", session: "Session") -> None:
    """Asks, and sets `send.partitioner`; the next run has it."""
    without = msgspec.structs.replace(
        session.scenario, send=msgspec.structs.replace(session.scenario.send, partitioner=None)
    )
    rows = (
        Row(_CLIENTS, partitioner_of(without)),
        Row("java", "Java's default: murmur2; null keys stick for batch.size bytes"),
        Row("RoundRobinPartitioner", "Java's: in turn, whatever the key"),
        Row("partitioners:vip_first", "a sample: partition 0 for keys that begin with vip"),
        Row("partitioners:LongestIdle", "a sample: the partition that got nothing for longest"),
    )
    title = "Partitioner · what is not the client's own, kwb's engine emulates"
    now = session.scenario.send.partitioner or _CLIENTS

    def take(text: str) -> None:
        _set(session, partitioner=None if text == _CLIENTS else checked_partitioner(text))

    _ask(app, PickOne(title, rows, now=now, typed=_TYPED), take)


def choose_interceptors(app: "App[Any]", session: "Session") -> None:
    """Asks, and sets `send.interceptors`; the next run has them."""
    samples = ("interceptors:Trace", "interceptors:mask_card", "interceptors:CountPerKey")
    rows = (
        Row(_NONE),
        Row(samples[0], "a sample: adds a header traceparent"),
        Row(samples[1], "a sample: masks the field card of a JSON value"),
        Row(samples[2], "a sample: numbers the records of each key"),
        Row(", ".join(samples), "all three"),
    )
    now = ", ".join(session.scenario.send.interceptors) or _NONE

    def take(text: str) -> None:
        _set(session, interceptors=() if text == _NONE else checked_interceptors(text))

    title = "Interceptors · run in kwb's engine around the client, in this order"
    _ask(app, PickOne(title, rows, now=now, typed=_TYPED), take)


def _ask(app: "App[Any]", question: PickOne, take: Callable[[str], None]) -> None:
    def picked(one: Picked | None) -> None:
        if one is None:
            return
        try:
            take(one.value)
        except ValueError as error:
            app.notify(str(error), title="Left as it was", severity="error")

    app.push_screen(question, picked)


def _set(session: "Session", **changed: Any) -> None:
    send = msgspec.structs.replace(session.scenario.send, **changed)
    session.edit(msgspec.structs.replace(session.scenario, send=send))
