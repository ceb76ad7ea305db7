"""What happened, and what it did to the records: newest last, and in sight unless one scrolls back."""

import time
from collections.abc import Sequence

from rich.segment import Segment

from workbench.model.events import Event
from workbench.ui.glyphs import ARROW, CHANGED, FAILED, OK, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import ScrollingChart, middle, span, width_of

_GLYPHS = {
    "run started": "►", "paused": "▮", "resumed": "►", "stopped": "■", "run done": OK, "failed": FAILED,
    "rejected": FAILED, "leader moved": "⇄", "isr shrank": "▼", "isr grew": "▲", "engine died": FAILED,
    "fatal": FAILED, "fault": "†", "cluster ready": CHANGED, "cluster died": FAILED, "verified": OK,
    "config change": CHANGED,
}  # fmt: skip
_ROLES = {"ok": "ok", "info": "wire", "warn": "warn", "bad": "bad"}
_ONE_LINE_FROM = 96
_MILLIS_FROM = 120
_KIND = 14


class EventLog(ScrollingChart):
    """One line an event; below 96 columns two, what it did to the records under what happened."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._events: Sequence[Event] = ()
        self._follow = True

    def show(self, events: Sequence[Event]) -> None:
        """Oldest first."""
        now = tuple(events)
        if now != self._events or not self.room:
            self._events = now
            self.draw()

    def scroll_rows(self, by: int) -> bool:
        self._follow = False
        moved = super().scroll_rows(by)
        self._follow = self.first >= self.rows - self.page
        return moved

    @property
    def _high(self) -> int:
        return 1 if self.room.width >= _ONE_LINE_FROM else 2

    @property
    def rows(self) -> int:
        return len(self._events)

    @property
    def page(self) -> int:
        return max(1, self.room.height // self._high)

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        if not self._events:
            text = pick(
                width, "nothing has happened yet — ^S sends records", "nothing yet — ^S sends", "^S sends"
            )
            return [[]] * ((height - 1) // 2) + [middle(width, text, roles.muted)]
        last = max(0, self.rows - self.page)
        self.first = last if self._follow else min(self.first, last)
        shown = self._events[self.first : self.first + self.page]
        if self._high == 1:
            return [self._wide(roles, width, event, shown) for event in shown]
        return [line for event in shown for line in self._narrow(roles, width, event)]

    def _head(self, roles: Roles, event: Event, *, millis: bool) -> list[Segment]:
        moment = time.strftime("%H:%M:%S", time.localtime(event.at))
        if millis:
            moment += f".{int(event.at % 1 * 1000):03d}"
        glyph = _GLYPHS.get(event.kind, CHANGED)
        return [
            span(f"{moment}  ", roles.muted),
            span(f"{glyph} ", getattr(roles, _ROLES[event.severity])),
            span(_titled(event)[0].ljust(_KIND), roles.text, bold=True),
        ]

    def _wide(self, roles: Roles, width: int, event: Event, shown: Sequence[Event]) -> list[Segment]:
        head = self._head(roles, event, millis=width >= _MILLIS_FROM)
        used = width_of(head)
        where = max(len(each.where) for each in shown) + 2
        room = width - used - where
        _, whats = _titled(event)
        told = [each for each in shown if each.consequence]
        fact = max((len(_titled(each)[1][0]) for each in told), default=0) + 2
        effect = max((len(each.consequence) for each in told), default=0) + 2
        if fact + effect > room:
            fact = max(min(fact, room // 3), room - effect)
        spans = [*head, span(event.where.ljust(where), roles.muted)]
        alone = room if not event.consequence else fact - 1
        spans.append(span(pick(alone, *whats).ljust(fact), roles.muted))
        if event.consequence:
            text = pick(room - fact - 2, *_lengths(event.consequence))
            spans += [span(f"{ARROW} ", roles.muted), span(text, roles.text)]
        return spans

    def _narrow(self, roles: Roles, width: int, event: Event) -> list[list[Segment]]:
        head = self._head(roles, event, millis=False)
        used = 10 + 2 + _KIND
        whats = ["  ".join(part for part in (event.where, what) if part) for what in _titled(event)[1]]
        told = pick(width - 4, *_lengths(event.consequence))
        indent = min(used - 2, max(0, width - len(told) - 2))
        second = [span(" " * indent), span(f"{ARROW} ", roles.muted)] if event.consequence else []
        return [[*head, span(pick(width - used, *whats), roles.muted)], [*second, span(told, roles.text)]]


def _titled(event: Event) -> tuple[str, tuple[str, ...]]:
    """The word at the head and what is left to say, the longest first: nothing stands there twice."""
    kind = event.kind.replace("isr", "ISR")
    if event.kind in ("fault", "note") and event.what and len(event.what) < _KIND:
        return event.what, ("",)
    return kind, tuple(what.removeprefix(f"{kind} ") for what in event.shorter)


def _lengths(consequence: str) -> tuple[str, ...]:
    """`12 records: why: what became of them (its words)`, and without the why, without the words."""
    told, paren, words = consequence.partition(" (")
    parts = told.split(": ")
    if len(parts) <= 2:
        return (consequence,)
    short = f"{parts[0]}: {parts[-1]}"
    return tuple(dict.fromkeys((consequence, f"{short}{paren}{words}", told, short)))
