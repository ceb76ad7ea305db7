"""Requests in flight to each broker, against the limit."""

from typing import TYPE_CHECKING

from rich.segment import Segment

from workbench.insight.stages import few
from workbench.insight.units import count_text, ms_text
from workbench.ui.glyphs import FAILED, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, ends, middle, span

if TYPE_CHECKING:
    from workbench.insight.pipeline import Pipeline

_OUT, _FREE = "■", "□"
_SHOWN = 10
_NOTHING = ("no broker is connected yet", "none yet")
_STATES = {"UP": "", "UPDATE": "", "INIT": "not connected yet"}


class FlightRows(ScrollingChart):
    """A row a broker: a square a request."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._seen: Pipeline | None = None
        self._limit: int | None = None

    def show(self, seen: "Pipeline | None", limit: int | None) -> None:
        """Squares are the newest moment; figures are means, as all else that is said of the stretch."""
        self._seen, self._limit = seen, limit
        self.first = min(self.first, max(0, self.rows - self.page))
        self.draw()

    @property
    def rows(self) -> int:
        return len(self._seen.now.brokers) if self._seen else 0

    @property
    def page(self) -> int:
        return max(1, self.room.height)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        seen = self._seen
        if seen is None or not self.rows:
            return [middle(width, pick(width, *_NOTHING), roles.muted)]
        shown = range(self.rows)[self.first : self.first + height]
        return [self._row(roles, width, seen, index) for index in shown]

    def _row(self, roles: Roles, width: int, seen: "Pipeline", index: int) -> list[Segment]:
        broker = seen.now.brokers[index]
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
        count = few(seen.requests[index])
        of = f"{count} of {limit}" if limit is not None else count
        unit = "request" if limit == 1 or of == "1" else "requests"
        if requests and broker.round_trip_ms is None:
            turn = "no answer"
        else:
            answer_ms = seen.answers_ms[index]
            turn = "idle" if answer_ms is None else f"{ms_text(answer_ms)} ms"
        records = few(seen.on_the_way[index])
        again = f" · {count_text(broker.retries)} sent again" if broker.retries else ""
        room = width - squares - 3
        text = pick(
            room,
            f"{of} {unit}, {records} records on average · {turn}{again}",
            f"{of} {unit} · {records} records · {turn}{again}",
            f"{of} req. · {records} rec. · {turn}{again}",
            f"{of} · {records} rec. · {turn}",
            f"{of} · {turn}",
        )
        return ends(width, [*left, span(text, roles.text if requests else roles.muted)], [])
