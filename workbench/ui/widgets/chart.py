"""What the live charts share: strips drawn once a change, the smallest refresh, one layout of columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.filter import ANSIToTruecolor, LineFilter
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

_NEAR = 6
"""Cells between two changes of a line below which they are painted as one."""
_FINELY = 12
"""Segments between the first and the last change up to which it is worth to look what of them changed."""
_BAR_ROOM = 66
_BAR_WIDTH = 12


@lru_cache(maxsize=512)
def style(colour: str | None = None, background: str | None = None, bold: bool = False) -> Style:
    return Style(color=colour, bgcolor=background, bold=bold or None)


def span(text: str, colour: str | None = None, background: str | None = None, bold: bool = False) -> Segment:
    return Segment(text, style(colour, background, bold))


def width_of(spans: Iterable[Segment]) -> int:
    text = "".join([text for text, _, _ in spans])
    return len(text) if text.isascii() else cell_len(text)


def ends(width: int, left: Sequence[Segment], right: Sequence[Segment]) -> list[Segment]:
    """Left and right in a line of `width` cells; where both do not fit, the left is cut."""
    room = width - width_of(right)
    line = list(Segment.adjust_line_length(list(left), max(room, 0)))
    return [*line, *right]


def tight(line: Iterable[Segment]) -> list[Segment]:
    """The same to the eye in fewer segments: blanks join what stands before them on the same ground."""
    result: list[Segment] = []
    held, style_held, ground_held = "", None, None
    for text, found, _ in line:
        if held and (found is style_held or (text.isspace() and _ground_of(found) is ground_held)):
            held += text
        elif text:
            if held:
                result.append(Segment(held, style_held))
            held, style_held, ground_held = text, found, _ground_of(found)
    if held:
        result.append(Segment(held, style_held))
    return result


def _ground_of(found: Style | None) -> Color | None:
    return found.bgcolor if found is not None else None


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


class Ground:
    """What charts stand on: puts a background under segments that have none of their own."""

    def __init__(self, colour: Color) -> None:
        self.style = Style(bgcolor=colour)
        self._styles: dict[int, tuple[Style | None, Style]] = {}
        """By the identity of the style above, which is kept so that no other can have it."""

    def over(self, line: Iterable[Segment]) -> list[Segment]:
        """Each segment on this ground; one that has a ground of its own is the same segment."""
        styles, found = self._styles, []
        for segment in line:
            above = segment[1]
            both = styles.get(id(above))
            if both is None:
                own = above if above is not None and above.bgcolor is not None else None
                both = styles[id(above)] = above, own or self.style + above
            found.append(segment if both[1] is above else Segment(segment[0], both[1]))
        return found

    def strip(self, line: Sequence[Segment], width: int) -> Strip:
        segments, length = self.over(line), width_of(line)
        if length < width:
            segments.append(Segment(" " * (width - length), self.style))
        strip = Strip(segments, max(length, width))
        return strip if length <= width else strip.adjust_cell_length(width)

    def renewed(
        self, strip: Strip, was: Sequence[Segment], now: Sequence[Segment], width: int
    ) -> tuple[Strip, list[tuple[int, int]]]:
        """The strip of a line that was another, and its cells that differ; what is alike is taken over."""
        left = _alike(was, now)
        right = _alike(was[:left:-1], now[:left:-1])
        old = list(strip)
        before, after = old[left : len(was) - right], self.over(now[left : len(now) - right])
        if len(old) - len(was) not in (0, 1) or width_of(before) != width_of(after):
            new = self.strip(now, width)
            return new, changes(strip, new)
        new = Strip([*old[:left], *after, *old[len(was) - right :]], width)
        start = width - width_of([*after, *old[len(was) - right :]])
        if len(after) == 1 or len(after) > _FINELY:
            return new, [(start, start + width_of(after))]
        return new, [(start + one, start + other) for one, other in changes(Strip(before), Strip(after))]


def _alike(was: Sequence[Segment], now: Sequence[Segment]) -> int:
    """How many segments are the same from the beginning."""
    most = min(len(was), len(now))
    for count in range(most, max(0, most - _NEAR), -1):
        if was[:count] == now[:count]:
            return count
    count = 0
    for one, other in zip(was, now, strict=False):
        if one is not other and one != other:
            break
        count += 1
    return count


def changes(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """The cells, from and to, in which two strips of the same length differ; what is near is one."""
    found: list[tuple[int, int]] = []
    before, after = list(old), list(new)
    if any(len(text) != cell_len(text) for text, *_ in (*before, *after)):
        return [(0, new.cell_length)]
    at = was = now = in_was = in_now = 0
    while was < len(before) and now < len(after):
        old_text, old_style, _ = before[was]
        new_text, new_style, _ = after[now]
        length = min(len(old_text) - in_was, len(new_text) - in_now)
        same = old_style is new_style or old_style == new_style
        if not same or old_text[in_was : in_was + length] != new_text[in_now : in_now + length]:
            if found and at - found[-1][1] < _NEAR:
                found[-1] = found[-1][0], at + length
            elif length:
                found.append((at, at + length))
        at, in_was, in_now = at + length, in_was + length, in_now + length
        if in_was == len(old_text):
            was, in_was = was + 1, 0
        if in_now == len(new_text):
            now, in_now = now + 1, 0
    return found


def _stacked(lines: Sequence[Region]) -> list[Region]:
    """Whole lines, those below each other as one region."""
    result: list[Region] = []
    for line in lines:
        if result and result[-1].bottom == line.y:
            result[-1] = Region(line.x, result[-1].y, line.width, result[-1].height + 1)
        else:
            result.append(line)
    return result


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
        count = max(7, len(count_text(max((share.count for share in shares), default=0))))
        bar = _BAR_WIDTH if width >= _BAR_ROOM else 0
        right = 1 + count + 1 + len("100 %") + (bar + 1 if bar else 0)
        return cls(left, max(1, width - left - right), right, count, bar)


class Chart(Widget):
    """A widget of ready strips: built when data, size or theme change; only what differs is repainted."""

    ALLOW_SELECT = False
    WHOLE: ClassVar[bool] = False
    """Where most of a line changes at a time: a whole line costs the compositor less than its parts."""
    SIXTEEN: ClassVar[bool] = False
    """Whether there are colours of the terminal's own in it."""
    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.room = Size(0, 0)
        """What `build` fills."""
        self._strips: list[Strip] = []
        self._built: list[list[Segment]] = []
        self._drawn_for: object = None
        self._roles: Roles | None = None
        self._ground: Ground | None = None

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
        roles = self._roles = self._roles or palette(self.app)
        lines = self.lines(roles, width, height)
        lines += [[]] * (height - len(lines))
        colour = self.background_colors[1].rich_color
        if self._ground is None or self._ground.style.bgcolor != colour:
            self._ground = Ground(colour)
        ground = self._ground
        key = width, height, ground
        if key != self._drawn_for:
            self._drawn_for, self._built = key, lines
            self._strips = [ground.strip(line, width) for line in lines]
            self.refresh()
            return
        before, self._built = self._built, lines
        regions = []
        for y, (was, now) in enumerate(zip(before, lines, strict=True)):
            if was == now:
                continue
            self._strips[y], spans = ground.renewed(self._strips[y], was, now, width)
            spans = [(0, width)] if self.WHOLE else spans
            regions += [Region(left, y, right - left, 1) for left, right in spans]
        if regions:
            self.refresh(*(_stacked(regions) if self.WHOLE else regions))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without the one that turns the terminal's sixteen colours into others, where there are none."""
        if self.SIXTEEN:
            return super().get_line_filters()
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def render_line(self, y: int) -> Strip:
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, style())

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._on_theme)

    def on_resize(self, _: events.Resize) -> None:
        self.draw()

    def _on_theme(self, _: Theme) -> None:
        self._drawn_for = self._roles = None
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
        return pick(room, *self.more_forms) if self.more_forms else ""

    @property
    def more_forms(self) -> tuple[str, ...]:
        """The longest first; nothing where all rows are shown."""
        if self.rows <= self.page:
            return ()
        last = min(self.first + self.page, self.rows)
        return f"{self.first + 1}-{last} of {self.rows}", f"{self.first + 1}-{last}"
