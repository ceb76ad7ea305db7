"""Requests in flight to each broker, against the limit."""

from typing import TYPE_CHECKING

from rich.segment import Segment

from workbench.insight.stages import few
from workbench.insight.units import count_text, ms_text
from workbench.ui.glyphs import FAILED, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.insight.pipeline import Pipeline
    from workbench.model.client_state import BrokerFlight

_OUT, _FREE = "■", "□"
_SHOWN = 10
_NOTHING = ("no broker is connected yet", "none yet")
_STATES = {"UP": "", "UPDATE": "", "INIT": "not connected yet"}


class FlightRows(ScrollingChart):
    """A row a broker: a square a request."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._brokers: Sequence[BrokerFlight] = ()
        self._requests: Sequence[float] = ()
        self._records: Sequence[float] = ()
        self._limit: int | None = None

    def show(self, seen: "Pipeline | None", limit: int | None) -> None:
        """Squares are the newest moment; figures are means, as all else that is said of the stretch."""
        self._brokers = seen.now.brokers if seen else ()
        self._requests = seen.requests if seen else ()
        self._records = seen.on_the_way if seen else ()
        self._limit = limit
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
        means = zip(self._brokers, self._requests, self._records, strict=True)
        return [self._row(roles, width, *each) for each in list(means)[self.first : self.first + height]]

    def _row(
        self, roles: Roles, width: int, broker: "BrokerFlight", mean: float, on_the_way: float
    ) -> list[Segment]:
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
        if broker.round_trip_ms is not None:
            turn = f"{ms_text(broker.round_trip_ms)} ms"
        else:
            turn = "no answer" if requests else "idle now"
        records = few(on_the_way)
        again = f" · {count_text(broker.retries)} sent again" if broker.retries else ""
        room = width - squares - 3
        text = pick(
            room,
            f"{of} requests, {records} records on average · {turn}{again}",
            f"{of} requests · {records} records · {turn}{again}",
            f"{of} req. · {records} rec. · {turn}{again}",
            f"{of} · {records} rec. · {turn}",
            f"{of} · {turn}",
        )
        return ends(width, [*left, span(text, roles.text if requests else roles.muted)], [])
