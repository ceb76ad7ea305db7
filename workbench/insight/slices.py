"""A run cut into time slices, at every slice length at once, in bounded memory.

Frames tell totals. What happened at a slice's edge lies between two frames and is interpolated: the
counts of the gap between two frames are spread evenly over its time, rounded down at each edge, so
the slices of a run always add up to its totals. Latencies cannot be divided like that: those told by
one frame count in every slice that the gap before it touches.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from workbench.insight.window import SLICES_S, TimeWindow
from workbench.model.histogram import percentiles, since

LIVE_S = 0.5
"""While a run is on, a plot that chooses for itself takes no longer slices than this: it scrolls."""
KEPT = 512
"""Slices kept of each length."""
FOLLOWING = TimeWindow()
_US = 1_000_000

Bands = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """The totals of a run at `us` microseconds after its start."""

    us: int = 0
    partitions: tuple[int, ...] = ()
    failed: int = 0
    rejected: int = 0
    latency: Mapping[int, int] | None = None
    bytes: tuple[int, ...] = ()
    """By partition; empty where nobody counts them."""

    def until(self, later: "Moment", us: int) -> "Moment":
        """The totals at `us`, between this moment and a later one; its latencies are this moment's."""
        if us >= later.us:
            return later
        passed, gap = us - self.us, later.us - self.us
        return Moment(
            us,
            _between(self.partitions, later.partitions, passed, gap),
            self.failed + (later.failed - self.failed) * passed // gap,
            self.rejected + (later.rejected - self.rejected) * passed // gap,
            self.latency,
            _between(self.bytes, later.bytes, passed, gap),
        )


def _between(before: Sequence[int], after: Sequence[int], passed: int, gap: int) -> tuple[int, ...]:
    if not after:
        return ()
    return tuple(
        first + (last - first) * passed // gap for first, last in zip_longest(before, after, fillvalue=0)
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """What was reported between `index` and `index + 1` slice lengths after the run's start."""

    index: int
    counts: tuple[int, ...]
    """Records acked or unconfirmed, by partition."""
    total: int
    failed: int
    rejected: int
    bands: Bands
    """Latency p50, p95, p99 in ms; None where nothing was counted."""
    bytes: tuple[int, ...] = ()
    """Of keys and values, by partition; empty where nobody counts them."""

    @property
    def is_empty(self) -> bool:
        return not (self.total or self.failed or self.rejected)


class Level:
    """The slices of one length."""

    def __init__(self, slice_s: float) -> None:
        self.slice_s = slice_s
        self.us = round(slice_s * _US)
        self.closed: deque[Slice] = deque(maxlen=KEPT)
        self._index = 0
        self._start = Moment()

    def begin(self, start: Moment) -> None:
        self._start = start

    def advance(self, before: Moment, now: Moment) -> None:
        """Close every slice that ended in the gap between two frames."""
        oldest = now.us // self.us - KEPT
        if self._index < oldest:
            self.closed.clear()
            self._index, self._start = oldest, before.until(now, oldest * self.us)
        while (end := (self._index + 1) * self.us) <= now.us:
            edge = before.until(now, end)
            self.closed.append(self._cut(edge, now.latency))
            self._index, self._start = self._index + 1, edge

    def open(self, now: Moment) -> Slice | None:
        """The slice that is not over yet; None where there is nothing of it."""
        cut = self._cut(now, now.latency)
        return None if cut.is_empty and now.us <= self._index * self.us else cut

    def _cut(self, end: Moment, latency: Mapping[int, int] | None) -> Slice:
        start = self._start
        counts = _grown(start.partitions, end.partitions)
        p50, p95, p99 = percentiles(since(latency or {}, start.latency or {}), (50, 95, 99))
        return Slice(
            self._index,
            counts,
            sum(counts),
            end.failed - start.failed,
            end.rejected - start.rejected,
            (p50, p95, p99),
            _grown(start.bytes, end.bytes) if end.bytes else (),
        )


def _grown(before: Sequence[int], after: Sequence[int]) -> tuple[int, ...]:
    return tuple(last - first for first, last in zip_longest(before, after, fillvalue=0))


@dataclass(frozen=True, slots=True)
class Columns:
    """The slices that a plot `width` cells wide shows, oldest first.

    One clock for all plots that stand above each other.
    While a run is on, cells fill from the left, one a slice, then scroll. A run that is over and
    has fewer slices than the plot has cells is stretched, so that it fills the plot.
    `oldest` and `newest` are the slices there are, shown or not.
    """

    slice_s: float
    slices: tuple[Slice, ...]
    width: int
    ended: bool
    end_s: float
    """Seconds after the run's start at the right edge of the newest slice."""
    stretched: bool = False
    held: bool = False
    oldest: int = 0
    newest: int = 0

    def __len__(self) -> int:
        """Cells in use."""
        return self.width if self.stretched else len(self.slices)

    def __iter__(self) -> Iterator[Slice]:
        """The slice of each cell in use."""
        used = len(self.slices)
        for cell in range(len(self)):
            yield self.slices[cell * used // self.width if self.stretched else cell]

    @property
    def start_s(self) -> float:
        return self.slices[0].index * self.slice_s if self.slices else self.end_s

    def index_of(self, seconds: float) -> int:
        """Of the slice that the moment lies in."""
        return int(seconds / self.slice_s + 1e-9)

    def at(self, seconds: float | None) -> Slice | None:
        """The slice of a moment, where it is shown."""
        if seconds is None or not self.slices:
            return None
        place = self.index_of(seconds) - self.slices[0].index
        return self.slices[place] if 0 <= place < len(self.slices) else None

    def cells_of(self, piece: Slice) -> range:
        """The cells in which a slice shown is drawn."""
        place, used = piece.index - self.slices[0].index, len(self.slices)
        if not self.stretched:
            return range(place, place + 1)
        return range(-(-place * self.width // used), -(-(place + 1) * self.width // used))

    def cell_of(self, seconds: float) -> int | None:
        """The cell of a moment of the run; None where it is not shown."""
        if not self.slices or seconds < self.start_s:
            return None
        position = min(int(seconds / self.slice_s + 1e-9) - self.slices[0].index, len(self.slices))
        if self.stretched:
            position = -(-position * self.width // len(self.slices))
        return position if position < len(self) else (self.width - 1 if self.ended else None)


class Timeline:
    """All slices of a run, of every length."""

    def __init__(self) -> None:
        self._levels = [Level(slice_s) for slice_s in SLICES_S]
        self._now = Moment()
        self._end_us: int | None = None

    @property
    def _us(self) -> int:
        return self._now.us if self._end_us is None else self._end_us

    def begin(self, start: Moment) -> None:
        """Leave out what was counted before the clock started (the warm-up)."""
        self._now = replace(start, us=0)
        for level in self._levels:
            level.begin(self._now)

    def advance(self, now: Moment, *, final: bool = False) -> None:
        """Take the next frame's totals; a moment before the last one counts as the same moment.

        The final one says when the run ended, which may be before the last one: then nothing came.
        """
        if final:
            self._end_us = now.us
        if now.us < self._now.us:
            now = replace(now, us=self._now.us)
        for level in self._levels:
            level.advance(self._now, now)
        self._now = now

    def columns(self, width: int, ended: bool, window: TimeWindow = FOLLOWING) -> Columns:
        """What a plot `width` cells wide shows.

        Where the user chose no slices: the shortest with which the whole run fits, but while the run is
        on never longer than LIVE_S, so that the plot stays lively and scrolls.
        """
        width = max(width, 1)
        end_us = self._us if window.end_s is None else round(window.end_s * _US)
        level = (
            self._chosen(window.slice_s)
            if window.slice_s
            else self._fitting(width, ended and not window.held, end_us)
        )
        slices = list(level.closed)
        if ended and (last := level.open(self._now)) is not None:
            slices.append(last)
        while slices and ended and slices[-1].index * level.us >= self._us and slices[-1].is_empty:
            slices.pop()
        oldest, newest = (slices[0].index, slices[-1].index) if slices else (0, 0)
        if window.held:
            slices = slices[: max(0, -(-end_us // level.us) - oldest)]
        shown = tuple(slices[-width:])
        whole = ended and shown and shown[-1].index == newest
        end_s = self._us / _US if whole or not shown else (shown[-1].index + 1) * level.slice_s
        stretched = ended and window.slice_s is None and not window.held and 0 < len(shown) < width
        return Columns(
            level.slice_s, shown, width, ended, end_s, stretched, window.held, oldest=oldest, newest=newest
        )

    def _chosen(self, slice_s: float) -> Level:
        return min(self._levels, key=lambda level: abs(level.slice_s - slice_s))

    def _fitting(self, width: int, ended: bool, us: int) -> Level:
        """For a run, or the beginning of one, of `us` microseconds."""
        for level in self._levels:
            slices = -(-us // level.us) if ended else us // level.us
            if slices <= width or (not ended and level.slice_s >= LIVE_S):
                return level
        return self._levels[-1]
