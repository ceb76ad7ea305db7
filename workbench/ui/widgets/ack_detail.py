"""The record that is looked at, in a few lines: what became of it, each moment's length, its batch."""

from collections.abc import Sequence

from rich.segment import Segment

from workbench.insight.ack_moments import AVERAGE, AckMoment, average_words, batch_words, headline, moments
from workbench.insight.pipeline import Split
from workbench.insight.units import count_text, ms_text
from workbench.model.frame import Sample
from workbench.model.stations import Stations
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import span, width_of

MOST = 5
_ARROW = " → "


def ack_detail(
    roles: Roles,
    width: int,
    sample: Sample,
    stations: Stations | None,
    *,
    split: Split | None,
    unconfirmed: bool,
    retries: int,
) -> list[list[Segment]]:
    """At most MOST lines, most important first. `retries`: requests of the run that were sent again."""
    title = headline(sample, unconfirmed)
    colour = roles.bad if sample.error is not None else roles.text
    lines = [[span(pick(width, title), colour, bold=True)]]
    if stations is None:
        forms = [f"{AVERAGE} {form}" for form in average_words(split)]
        if len(forms[-1]) <= width:
            lines.append([span(pick(width, *forms), roles.muted)])
        else:
            words = pick(width, *average_words(split))
            lines += [[span(pick(width, AVERAGE), roles.muted)], [span(words, roles.muted)]]
    else:
        lines += _moments(roles, width, moments(sample, stations))
    again = (
        f"{count_text(retries)} requests of this run were sent again"
        if retries
        else "no request was sent again"
    )
    facts = [text for text in (batch_words(stations), again) if text]
    lines.append([span(pick(width, " · ".join(facts), facts[0]), roles.muted)])
    return [*lines[: MOST - 1], lines[-1]] if len(lines) > MOST else lines


def _moments(roles: Roles, width: int, found: Sequence[AckMoment]) -> list[list[Segment]]:
    """In one line with the long words or the short ones; else wrapped."""
    for long in (True, False):
        parts = [_part(roles, moment, long=long, first=index == 0) for index, moment in enumerate(found)]
        line = [segment for part in parts for segment in part]
        if width_of(line) <= width:
            return [line]
    lines: list[list[Segment]] = [[]]
    for part in parts:
        if lines[-1] and width_of(lines[-1]) + width_of(part) > width:
            lines.append([])
        lines[-1] += part
    return lines


def _part(roles: Roles, moment: AckMoment, *, long: bool, first: bool) -> list[Segment]:
    return [
        *([] if first else [span(_ARROW, roles.faint)]),
        span(f"{moment.name if long else moment.short} ", getattr(roles, moment.role)),
        span(
            f"{'' if first else '+'}{ms_text(moment.took_ms)}{' ms' if first or long else ''}",
            roles.text,
            bold=True,
        ),
    ]
