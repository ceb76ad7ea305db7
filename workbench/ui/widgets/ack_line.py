"""One record's way inside the brokers: who had it when, when the ack left, when the program heard."""

from rich.segment import Segment

from workbench.model.frame import Sample
from workbench.model.stations import Stations
from workbench.ui.glyphs import OK
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import runs

HIGH_WATERMARK = "┃"
REPORT = "●"
_QUEUED, _WAY, _LATER = "╌", "━", "─"
Cell = tuple[str, str | None, str | None]


def ack_line(roles: Roles, sample: Sample, stations: Stations, room: int, end: float) -> list[Segment]:
    """At most `room` cells for `end` ms. Marks keep their order; where they meet, each has a cell."""
    marks = _marks(roles, sample, stations)
    places = _places([(at - sample.sent_at) * 1000 / end * (room - 1) for at, _ in marks], room)
    if places is None:
        return []
    taken = round((stations.taken - sample.sent_at) * 1000 / end * (room - 1))
    taken = min(max(taken, 0), places[0])
    report = next(place for place, (_, cell) in zip(places, marks, strict=True) if cell[0] == REPORT)
    cells: list[Cell] = []
    for at in range(places[-1] + 1):
        if at < taken:
            cells.append((_QUEUED, roles.queue, None))
        else:
            cells.append((_WAY, roles.wire, None) if at < report else (_LATER, roles.faint, None))
    for place, (_, cell) in zip(places, marks, strict=True):
        cells[place] = cell
    return runs(cells)


def _marks(roles: Roles, sample: Sample, stations: Stations) -> list[tuple[float, Cell]]:
    """In order of time."""
    found: list[tuple[float, Cell]] = [
        (stations.appended, (str(stations.leader % 10), roles.on, roles.wire)),
        (sample.reported_at, (REPORT, roles.ok, None)),
    ]
    found += [(at, (str(broker % 10), roles.on, roles.repl)) for broker, at in stations.followers]
    if stations.committed is not None:
        found.append((stations.committed, (HIGH_WATERMARK, roles.text, None)))
    if stations.answered is not None:
        found.append((stations.answered, (OK, roles.ok, None)))
    return sorted(found, key=lambda mark: mark[0])


def _places(wanted: list[float], room: int) -> list[int] | None:
    """A cell for each, rising; None where there are more marks than cells."""
    if len(wanted) > room:
        return None
    places: list[int] = []
    for at in wanted:
        places.append(max(round(at), places[-1] + 1 if places else 0))
    limit = room - 1
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - 1
    return places
