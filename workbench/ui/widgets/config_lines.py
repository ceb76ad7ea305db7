"""The lines of the config list: titles with their digest, settings, and the hints under them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from workbench.producer_config.values import letters
from workbench.ui.config_model import Entry, Hint, Setting
from workbench.ui.glyphs import CHANGED, CLOSED, FAILED, NEXT_RUN, OPEN, WARNING, pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import span, width_of

MARK = 2
_UNIT_ROOM = 36
_NAME = 20
_LEAST_VALUE = 8
_LEAST_CUT = 10
_GLYPHS = {"bad": FAILED, "warn": WARNING, "info": "·"}
FIX = "[f]ix"
_CLIENTS = re.compile(r"(Java|librdkafka)")


class Line(NamedTuple):
    """One line: of which entry, and its how-many-th. The first is the entry's own, the others hints."""

    entry: int
    part: int
    hint: Hint | None = None
    text: str = ""


def wrapped(text: str, width: int) -> list[str]:
    """Broken at spaces; a word longer than a line is broken anywhere."""
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while cell_len(line) > width:
            head = set_cell_size(line, width).rstrip()
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines or [""]


def lines_of(
    entries: Sequence[Entry], width: int, at: int, instead: tuple[str, Sequence[Hint]] | None
) -> list[Line]:
    """`at`: where the cursor stands; `instead`: a setting and what is said of it while it is edited."""
    found: list[Line] = []
    for index, entry in enumerate(entries):
        found.append(Line(index, 0))
        if entry.setting is None:
            continue
        name, hints = entry.setting.name, entry.setting.hints
        if instead is not None and instead[0] == name:
            hints = tuple(instead[1])
        part = 0
        first = next((hint for hint in hints if hint.fix is not None), None)
        for hint in hints:
            for text in hint_lines(hint, width - MARK - 2, here=index == at and hint is first):
                part += 1
                found.append(Line(index, part, hint, text))
    return found


def hint_lines(hint: Hint, width: int, *, here: bool = True) -> list[str]:
    """With its glyph or the room for it; a fix is offered at the end, on a line of its own only `here`."""
    room = max(width, _LEAST_VALUE)
    lines = wrapped(hint.text, room)
    if hint.clients:
        lines += wrapped(hint.clients, room)
    if hint.fix is not None:
        if cell_len(lines[-1]) + 2 + len(FIX) <= room:
            lines[-1] += f"  {FIX}"
        elif here:
            lines.append(FIX)
    return [f"{_GLYPHS[hint.severity] if not index else '':<2}{line}" for index, line in enumerate(lines)]


def shortened(room: int, setting: Setting) -> str:
    """The name or a shorter form of it; at last its beginning and its end."""
    name = letters(setting.name)
    named = next((form for form in (name, *setting.labels) if cell_len(form) <= room), "")
    if named or room < _LEAST_CUT:
        return named or f"{name[: room - 1]}…"
    end = (room - 1) // 2
    return f"{name[: room - 1 - end].rstrip('.')}…{name[-end:].lstrip('.')}"


def name_width(entries: Sequence[Entry], width: int) -> int:
    """So wide that most names fit, and a value beside them."""
    settings = [entry.setting for entry in entries if entry.setting is not None]
    longest = max((len(shortened(_NAME, setting)) for setting in settings), default=_NAME)
    return min(max(longest, _NAME - 2), max(width - 14, _LEAST_VALUE))


def title_line(roles: Roles, width: int, entry: Entry, ground: str | None) -> list[Segment]:
    group = entry.group
    inner = bool(group.label) and group.label != group.name and group.settings[0].name != group.label
    head = f"{OPEN if entry.open else CLOSED} "
    spans = [span(head, roles.muted, ground), span(group.title, roles.muted, ground, bold=not inner)]
    if not entry.open:
        room = width - width_of(spans) - 2
        between = "  "
        for text, role in group.digest:
            if cell_len(between) + cell_len(text) > room + 2:
                break
            spans.append(span(between, roles.faint, ground))
            spans.append(span(text, getattr(roles, role), ground))
            room -= cell_len(between) + cell_len(text)
            between = " · "
    return _filled(spans, width, ground)


def setting_line(
    roles: Roles, width: int, setting: Setting, names: int, ground: str | None, *, editing: bool = False
) -> list[Segment]:
    mark = NEXT_RUN if setting.waits else CHANGED if setting.changed else " "
    touched = setting.changed or setting.waits
    spans = [span(f"{mark} ", roles.warn if setting.waits else roles.accent, ground)]
    plain = letters(setting.value)
    value = plain + (f" {OPEN}" if setting.choices and not setting.read_only else "")
    shown = value or ("in code" if setting.read_only else "not set")
    beside = cell_len(shown) + 1 if cell_len(shown) <= width // 3 else _LEAST_VALUE
    room = names if editing else max(names, min(len(setting.name), width - MARK - 1 - beside))
    if any(len(label) <= names for label in setting.labels):
        room = names
    if setting.short_values and not editing:
        room = min(room, width - MARK - 1 - cell_len(setting.short_values[-1]))
    named = shortened(room, setting)
    named = named.ljust(min(names, room) if len(named) <= names else room) + " "
    spans.append(span(named, roles.text if touched else roles.muted, ground, bold=touched))
    room = width - width_of(spans)
    unit = setting.unit if width >= _UNIT_ROOM else ""
    if cell_len(shown) + cell_len(unit) + 1 > room:
        unit = ""
    shown = pick(room, shown, *((plain,) if plain else ()), *setting.short_values)
    quiet = setting.read_only or not setting.value
    colour = roles.muted if quiet else roles.warn if setting.waits else roles.text
    spans.append(span(shown, colour, ground, bold=touched))
    gap = width - width_of(spans) - cell_len(unit)
    return [*spans, span(" " * max(gap, 0), None, ground), span(unit, roles.muted, ground)]


def hint_line(roles: Roles, width: int, line: Line) -> list[Segment]:
    assert line.hint is not None
    severity = line.hint.severity
    role = {"bad": roles.bad, "warn": roles.warn, "info": roles.muted}[severity]
    tint = roles.tint(role, 0.13) if severity != "info" else None
    words = roles.muted if severity == "info" else roles.text
    spans = [span(" " * MARK), span(line.text[:2], role, tint)]
    rest, fix = line.text[2:], ""
    if line.hint.fix is not None and rest.endswith(FIX):
        rest, fix = rest[: -len(FIX)], FIX
    told = rest.rstrip() in line.hint.clients and bool(line.hint.clients)
    for piece in _CLIENTS.split(rest) if told else [rest]:
        named = told and bool(_CLIENTS.fullmatch(piece))
        spans.append(span(piece, words if named or not told else roles.muted, tint, bold=named))
    spans.append(span(fix, roles.accent, tint))
    return _filled(spans, width, tint)


def _filled(spans: list[Segment], width: int, ground: str | None) -> list[Segment]:
    return [*spans, span(" " * max(width - width_of(spans), 0), None, ground)]
