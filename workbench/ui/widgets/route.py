"""Where the next record goes: key → how the client decides → partition and its leader."""

from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from workbench.ui.glyphs import fit
from workbench.ui.theme import palette

_LINK = " ─ "
_HEAD = " ─► "


@dataclass(frozen=True)
class Way:
    """`partition` is None where it cannot be foretold (the client draws lots or spreads batches)."""

    start: str
    """The key as a person reads it, or why there is none."""
    how: tuple[str, ...]
    """What decides, the longest form first."""
    partition: int | None
    broker: int | None = None


class Route(Widget):
    DEFAULT_CSS = "Route { height: 1; }"

    way: reactive[Way | None] = reactive(None)

    def render(self) -> RenderableType:
        way = self.way
        if way is None:
            return Text("")
        roles = palette(self.app)

        def chip(text: str, role: str) -> tuple[str, str]:
            return f" {text} ", f"bold {getattr(roles, role)} on {roles.tint(role, 0.2)}"

        end = chip("any partition" if way.partition is None else f"p{way.partition}", "repl")
        tails = [[]] if way.broker is None else [[(f" on broker {way.broker}", roles.muted)],
                                                 [(f" b{way.broker}", roles.muted)], []]  # fmt: skip
        variants = [
            [chip(start, "queue"), (_LINK, roles.muted), chip(how, "wire"), (_HEAD, roles.muted), end, *tail]
            for start in (way.start, way.start[:12] + "…" if len(way.start) > 13 else way.start)
            for how in way.how
            for tail in tails
        ]
        return Text.assemble(*fit(self.size.width, variants), no_wrap=True, overflow="ellipsis")
