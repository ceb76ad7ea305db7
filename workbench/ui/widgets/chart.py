"""What the live charts share: strips drawn once a change, the smallest refresh, one layout of columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from workbench.insight.live import Insight
from workbench.insight.units import count_text
from workbench.model.cluster_view import TopicView
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles, palette

BLOCKS = " ▁▂▃▄▅▆▇█"
EMPTY = ("no records yet — ^S sends", "^S sends", "^S")

_BAR_ROOM = 66
_BAR_WIDTH = 12


@lru_cache(maxsize=512)
def style(colour: str | None = None, background: str | None = None, bold: bool = False) -> Style:
    return Style(color=colour, bgcolor=background, bold=bold or None)


def span(text: str, colour: str | None = None, background: str | None = None, bold: bool = False) -> Segment:
    return Segment(text, style(colour, background, bold))


def width_of(spans: Iterable[Segment]) -> int:
    return sum(cell_len(text) for text, *_ in spans)


def ends(width: int, left: Sequence[Segment], right: Sequence[Segment]) -> list[Segment]:
    """Left and right in a line of `width` cells; where both do not fit, the left is cut."""
    room = width - width_of(right)
    line = list(Segment.adjust_line_length(list(left), max(room, 0)))
    return [*line, *right]


def middle(width: int, text: str, colour: str) -> list[Segment]:
    return [span(text.center(width)[:width], colour)]


def runs(cells: Iterable[tuple[str, str | None, str | None]]) -> list[Segment]:
    """Cells (glyph, colour, background) as few segments as there are changes of style."""
    result: list[Segment] = []
    glyphs = ""
    now: tuple[str | None, str | None] | None = None
    for glyph, colour, background in cells:
        if now is not None and now != (colour, background):
            result.append(span(glyphs, *now))
            glyphs = ""
        glyphs, now = glyphs + glyph, (colour, background)
    if now is not None:
        result.append(span(glyphs, *now))
    return result


def stacked(heights: Sequence[int], colours: Sequence[str], row: int) -> tuple[str, str | None, str | None]:
    """One cell of bands on top of each other, `row` counted from the bottom.

    `heights` are the bands' upper edges in eighths of a cell, rising. A cell can hold two colours; of
    more, the thinnest go to their neighbour.
    """
    parts: list[tuple[int, str | None]] = []
    below = row * 8
    for height, colour in zip(heights, colours, strict=True):
        edge = min(max(height, below), row * 8 + 8)
        if edge > below:
            parts.append((edge - below, colour))
        below = max(below, edge)
    if below < row * 8 + 8:
        parts.append((row * 8 + 8 - below, None))
    while len(parts) > 2:
        thin = min(range(len(parts)), key=lambda index: parts[index][0])
        into = thin - 1 if thin else 1
        parts[into] = (parts[into][0] + parts[thin][0], parts[into][1])
        del parts[thin]
    if len(parts) == 1:
        return " ", None, parts[0][1]
    return BLOCKS[parts[0][0]], parts[0][1], parts[1][1]


def _changed(old: Strip, new: Strip) -> tuple[int, int]:
    """The cells from which and to which two strips of the same length differ."""
    if old == new:
        return 0, 0
    left = right = 0
    before, after = list(old), list(new)
    while before and after and before[0] == after[0]:
        left += after[0].cell_length
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        right += after[-1].cell_length
        del before[-1], after[-1]
    return left, new.cell_length - right


@dataclass(frozen=True, slots=True)
class Layout:
    """How charts above each other divide their width, so that a moment stands in one column."""

    left: int
    plot: int
    right: int
    count: int
    """Cells of a partition's total, within `right`."""
    bar: int
    """Cells of a partition's share bar, within `right`; 0 where there is no room."""

    @classmethod
    def of(cls, width: int, insight: Insight | None, topic: TopicView | None) -> "Layout":
        shares = insight.shares if insight else ()
        partitions = max(len(shares), len(topic.partitions) if topic else 0, 1)
        leaders = [partition.leader for partition in topic.partitions] if topic else []
        leader = max((len(str(max(leader, 0))) for leader in leaders), default=0)
        left = max(5, len(f"p{partitions - 1}") + 1 + (leader + 1 if leader else 0))
        count = max(7, *(len(count_text(share.count)) for share in shares), 0)
        bar = _BAR_WIDTH if width >= _BAR_ROOM else 0
        right = 1 + count + 1 + len("100 %") + (bar + 1 if bar else 0)
        return cls(left, max(1, width - left - right), right, count, bar)


class Chart(Widget):
    """A widget of ready strips: built when data, size or theme change; only what differs is repainted."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.room = Size(0, 0)
        """What `build` fills."""
        self._strips: list[Strip] = []

    def lines(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        self.room = Size(width, height)
        return self.build(roles, width, height)[:height]

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        """At most `height` lines of at most `width` cells."""
        raise NotImplementedError

    def draw(self) -> None:
        width, height = self.size
        if not (width and height and self.is_attached):
            return
        lines = self.lines(palette(self.app), width, height)
        ground = Style(bgcolor=self.background_colors[1].rich_color)
        strips = [Strip(line).adjust_cell_length(width).apply_style(ground) for line in lines]
        strips += [Strip.blank(width, ground)] * (height - len(strips))
        old, self._strips = self._strips, strips
        if len(old) != height or (old and old[0].cell_length != width):
            self.refresh()
            return
        spans = [_changed(before, after) for before, after in zip(old, strips, strict=True)]
        regions = [Region(left, y, right - left, 1) for y, (left, right) in enumerate(spans) if right > left]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, style())

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._on_theme)

    def on_resize(self, _: events.Resize) -> None:
        self.draw()

    def _on_theme(self, _: Theme) -> None:
        self._strips = []
        self.draw()


class ScrollingChart(Chart, can_focus=True):
    """A chart of more rows than fit: arrows, page keys and the wheel move `first`, the topmost row shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "up", show=False, tooltip="up", id="chart.up"),
        Binding("down", "go(1)", "down", show=False, tooltip="down", id="chart.down"),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="page up", id="chart.page_up"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="page down", id="chart.page_down"),
        Binding("home", "go(-1000000)", "first", show=False, tooltip="first", id="chart.first"),
        Binding("end", "go(1000000)", "last", show=False, tooltip="last", id="chart.last"),
    ]

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.first = 0

    @property
    def rows(self) -> int:
        """All rows there are."""
        raise NotImplementedError

    @property
    def page(self) -> int:
        """Rows shown at once."""
        raise NotImplementedError

    def action_go(self, by: int) -> None:
        self.scroll_rows(by)

    def action_page(self, by: int) -> None:
        self.scroll_rows(by * max(1, self.page - 1))

    def scroll_rows(self, by: int) -> bool:
        """Whether there was anything to scroll."""
        first = min(max(self.first + by, 0), max(0, self.rows - self.page))
        if first == self.first:
            return False
        self.first = first
        self.draw()
        return True

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if self.scroll_rows(-1):
            event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if self.scroll_rows(1):
            event.stop()

    def more(self, room: int) -> str:
        """Which rows are shown, where not all are."""
        if self.rows <= self.page:
            return ""
        last = min(self.first + self.page, self.rows)
        return pick(room, f"{self.first + 1}-{last} of {self.rows}", f"{self.first + 1}-{last}")
