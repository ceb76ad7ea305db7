"""The glyphs of the screen: all one cell wide, none with an emoji form."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

CHANGED = "●"
NEXT_RUN = "◐"
UP, FROZEN, DEAD = "●", "◌", "○"
OK, FAILED, WARNING = "✓", "✗", "▲"
OPEN, CLOSED = "▾", "▸"
PLAY, PAUSE, STOP = "►", "▮▮", "■"
CHOSEN, NOT_CHOSEN = "◉", "○"
ARROW = "→"
MARK = "▼"
FOCUS_BAR = "▌"


def pick(room: int, *texts: str) -> str:
    """The first (longest) of the texts that fits into so many cells; the last, cut with …, if none does."""
    for text in texts:
        if cell_len(text) <= room:
            return text
    if room <= 0 or not texts:
        return ""
    return set_cell_size(texts[-1], room - 1).rstrip() + "…"


def fit(room: int, variants: Sequence[Sequence[tuple[str, str]]]) -> Sequence[tuple[str, str]]:
    """As `pick`, for styled text: (text, style) spans. The last variant if none fits."""
    for spans in variants:
        if sum(cell_len(text) for text, _ in spans) <= room:
            return spans
    return variants[-1] if variants else ()


def number(value: float | None, digits: int = 0) -> str:
    """1,234 or 12.5; a dash where it is not known."""
    return "–" if value is None else f"{value:,.{digits}f}"
