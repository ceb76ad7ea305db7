"""Requests in flight to each broker, against the limit."""

from collections.abc import Sequence

from rich.segment import Segment

from workbench.insight.stages import few
from workbench.insight.units import count_text, ms_text
from workbench.model.client_state import BrokerFlight
from workbench.ui.glyphs import FAILED, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span

_OUT, _FREE = "■", "□"
_SHOWN = 10
_NOTHING = ("no broker is connected yet", "none yet")
_STATES = {"UP": "", "UPDATE": "", "INIT": "not connected yet"}


class FlightRows(ScrollingChart):
    """A row a broker: a square a request."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._brokers: Sequence[BrokerFlight] = ()
        self._mean: Sequence[float] = ()
        self._limit: int | None = None

    def show(self, brokers: Sequence[BrokerFlight], mean: Sequence[float], limit: int | None) -> None:
        """`mean`: requests in flight over the last moments, in the order of `brokers`."""
        self._brokers, self._mean, self._limit = brokers, mean, limit
        self.first = min(self.first, max(0, self.rows - self.page))
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._brokers)

    @property
    def page(self) -> int:
        return max(1, self.room.height)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        if not self._brokers:
            return [middle(width, pick(width, *_NOTHING), roles.muted)]
        shown = list(zip(self._brokers, self._mean, strict=True))[self.first : self.first + height]
        return [self._row(roles, width, broker, mean) for broker, mean in shown]

    def _row(self, roles: Roles, width: int, broker: BrokerFlight, mean: float) -> list[Segment]:
        limit = self._limit
        requests = broker.requests
        full = limit is not None and broker.requests >= limit
        squares = min(limit or _SHOWN, _SHOWN)
        out = min(requests, squares)
        wait = broker.state not in _STATES
        left = [
            span(f"{broker.broker} ", roles.text, bold=True),
            span(_OUT * out, roles.warn if full else roles.wire),
            span((_FREE if limit is not None else " ") * (squares - out), roles.faint),
            span(" "),
        ]
        if wait:
            return ends(width, [*left, span(f"{FAILED} {broker.state.lower()}", roles.bad, bold=True)], [])
        count = few(mean)
        of = f"{count} of {limit}" if limit is not None else count
        turn = "no answer" if broker.round_trip_ms is None else f"{ms_text(broker.round_trip_ms)} ms"
        quiet = broker.round_trip_ms is None and not requests
        records = count_text(broker.records + broker.unsent_records)
        again = f" · {count_text(broker.retries)} sent again" if broker.retries else ""
        room = width - squares - 3
        text = pick(
            room,
            f"{of} requests on average · {records} records · {'idle' if quiet else turn}{again}",
            f"{of} requests · {records} records · {'idle' if quiet else turn}{again}",
            f"{of} req. · {records} rec. · {'idle' if quiet else turn}{again}",
            f"{of} · {records} rec. · {'idle' if quiet else turn}",
            f"{of} · {'idle' if quiet else turn}",
        )
        return ends(width, [*left, span(text, roles.text if requests else roles.muted)], [])
