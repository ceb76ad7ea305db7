"""What stands below a heatmap: the scale, how even it is, and what there is to say of one cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment

from workbench.insight.heat import Heat, amounts_of, total_of
from workbench.insight.key_spread import key_text
from workbench.insight.live import Insight
from workbench.insight.slices import Slice
from workbench.insight.spread import Spread
from workbench.insight.units import count_text, ms_text, percent, short_count, size_text, span_text
from workbench.model.events import Event
from workbench.ui.glyphs import MARK, pick
from workbench.ui.theme import HEAT_STEPS, Roles
from workbench.ui.widgets.chart import ends, span, width_of

DETAILS = 3
"""Lines about the cell that is looked at."""
RAMP = "·▁▂▃▅▆█"
"""The steps as shapes."""
_KEYS = 12
_ROOMY = 56
_PERCENTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class HeatWords:
    roles: Roles
    width: int
    insight: Insight
    heat: Heat

    def legend(self, left: int, spread: Spread, more: Sequence[str], *, shapes: bool) -> list[Segment]:
        """The ramp from nothing to the scale's end, and how evenly the run's records are spread.

        `left`: cells before the plot; `more`: which rows are shown, where not all are, the longest first.
        """
        roles, width = self.roles, self.width
        line = [span(" " * left), *self._ramp(shapes=shapes)]
        room = width - width_of(line)
        forms = self._scale_forms()
        evenness = _evenness(roles, spread)
        least = len(forms[-1]) + width_of(evenness[-2] if len(evenness) > 1 else []) + 4
        rows = next((text for text in more if least + len(text) + 2 <= room), "")
        if not rows and more and len(forms[-1]) + len(more[-1]) + 2 <= room:
            rows, evenness = more[-1], [[]]
        if rows:
            room -= len(rows) + 2
        right: list[Segment] = []
        text = pick(room, forms[-1])
        for right in evenness:
            fitting = [form for form in forms if len(form) + 2 + width_of(right) <= room]
            if fitting:
                text = fitting[0]
                break
        line.append(span(text, roles.muted))
        if rows:
            line.append(span(f"  {rows}", roles.text))
        return ends(width, line, right)

    def _ramp(self, *, shapes: bool) -> list[Segment]:
        roles = self.roles
        if shapes:
            return [span("0", roles.muted), span(RAMP, roles.text, roles.heat[0])]
        cell = "  " if self.width >= _ROOMY else " "
        steps = [span(cell, None, roles.heat[step]) for step in range(1, HEAT_STEPS)]
        return [span("0 ", roles.muted), *steps]

    def _scale_forms(self) -> list[str]:
        heat = self.heat
        records = heat.measure == "records"
        top = short_count(heat.scale) if records else size_text(heat.scale)
        per, fold = span_text(heat.columns.slice_s), heat.fold
        scale = (f" {top}{' records' if records else ''} in {per}", f" {top} in {per}", f" {top}/{per}")
        folded = (f", {fold} partitions a row", f", {fold} a row") if fold > 1 else ("",)
        return [first + second for second in folded for first in scale]

    def details(
        self, row: int | None, piece: Slice | None, marked: Sequence[Event] = ()
    ) -> list[list[Segment]]:
        """Of a row at a slice; without a row of all partitions then. `DETAILS` lines.

        `marked`: of what plots point at, what happened then is said.
        """
        if piece is None:
            return [[span("that moment is not shown any more", self.roles.muted)], [], []]
        heat = self.heat
        partitions = range(heat.partitions) if row is None else heat.partitions_of(row)
        start = piece.index * heat.columns.slice_s
        when = start, start + heat.columns.slice_s
        latency = self._latency(piece, one=row is not None)
        happened = self._happened(self.width - width_of(latency), marked, when)
        return [
            self._how_many(partitions, piece, when),
            [*latency, *happened],
            self._keys(partitions, piece, when),
        ]

    def _how_many(self, partitions: range, piece: Slice, when: tuple[float, float]) -> list[Segment]:
        roles, heat, width = self.roles, self.heat, self.width
        records, all_records = total_of(piece.counts, partitions), piece.total
        start, end = (_moment(at, heat.columns.slice_s) for at in when)
        line = [
            span(f"{_name(partitions, heat.partitions)} ", roles.accent, bold=True),
            span(f"{start}–{end} s  ", roles.muted),
            span(count_text(records), roles.text, bold=True),
        ]
        share = percent(records / all_records if all_records else 0.0)
        unit = " record" if records == 1 else " records"
        forms = (f"{unit}, {share} of {count_text(all_records)}", f" of {count_text(all_records)}", "")
        if len(partitions) == heat.partitions:
            forms = (unit, unit, "")
        line.append(span(pick(width - width_of(line), *forms), roles.muted))
        size = size_text(total_of(amounts_of(piece, "bytes"), partitions))
        line.append(span(_fits(width, line, f"  {size}"), roles.muted))
        if failed := piece.failed + piece.rejected:
            line.append(span(_fits(width, line, f"  {count_text(failed)} failed"), roles.bad))
        return line

    def _latency(self, piece: Slice, *, one: bool) -> list[Segment]:
        """The slice's band is of all partitions: latencies are not counted by partition."""
        roles = self.roles
        told = [(name, ms) for name, ms in zip(_PERCENTILES, piece.bands, strict=True) if ms is not None]
        if not told:
            return [span("no latency: no report came then", roles.muted)]
        line: list[Segment] = []
        for name, ms in told:
            line += [span(f"{name} ", roles.muted), span(f"{ms_text(ms)} ", roles.text)]
        line.append(span("ms", roles.muted))
        if one:
            line.append(span(_fits(self.width, line, " of all partitions"), roles.muted))
        return line

    def _happened(self, room: int, marked: Sequence[Event], when: tuple[float, float]) -> list[Segment]:
        start, end = when
        then = [event for event in marked if start <= event.at - self.insight.clock_wall < end]
        if not then:
            return []
        event = then[0]
        words = [" ".join(filter(None, (event.where, what or event.kind))) for what in event.shorter]
        more = f" and {len(then) - 1} more" if len(then) > 1 else ""
        forms = (*(f"  {MARK} {each}{more}" for each in words), f"  {MARK} {event.kind}", "")
        return [span(pick(room, *forms), self.roles.warn)]

    def _keys(self, partitions: range, piece: Slice, when: tuple[float, float]) -> list[Segment]:
        """Of the records that are followed: kwb does not note when each key was sent."""
        roles = self.roles
        seen = self.insight.keys_seen(partitions, *when)
        if not seen and not total_of(piece.counts, partitions):
            return [span("no record, so no key", roles.muted)]
        if not seen:
            one_in = self.insight.sampled_one_in
            why = f": 1 record in {count_text(one_in)} is sampled" if one_in else ""
            return [span(pick(self.width, f"no key known{why}", "no key known"), roles.muted)]
        line = [span(f"{sum(seen.values())} sampled: ", roles.muted)]
        for key, count in seen.most_common(_KEYS):
            text = f"{key_text(key)} ×{count}  " if count > 1 else f"{key_text(key)}  "
            room = self.width - width_of(line)
            if len(text) > room and len(line) > 1:
                line.append(span("…"[:room], roles.muted))
                break
            line.append(span(pick(room, text), roles.text))
        return line


def _evenness(roles: Roles, spread: Spread) -> list[list[Segment]]:
    """`skew` is the largest over the mean, `cv` the coefficient of variation; the longest form first."""
    if spread.max_over_mean is None or spread.variation is None:
        return [[]]
    skew = [span("skew ", roles.muted), span(f"{spread.max_over_mean:.2f}×", roles.text, bold=True)]
    variation = [span("  cv ", roles.muted), span(f"{spread.variation:.2f}", roles.text, bold=True)]
    most = f"p{spread.busiest}"
    words = {
        "": (),
        "even": ("even",),
        "uneven": (f"uneven, most in {most}", f"uneven {most}", most),
        "one partition takes most": (f"{most} takes most", most),
    }[spread.word]
    if spread.empty and words and spread.word != "even":
        words = (f"{words[0]}, {spread.empty} get none", *words)
    tone = roles.ok if spread.word == "even" else roles.warn
    said = [[span(f"  {word}", tone)] for word in words]
    with_both = [[*skew, *variation, *word] for word in said[:-1] or said] or [[*skew, *variation]]
    return [*with_both, *([*skew, *word] for word in said), skew, []]


def _name(partitions: range, of: int) -> str:
    if len(partitions) == of > 1:
        return "all partitions"
    first, last = partitions.start, partitions.stop - 1
    return f"p{first}" if first == last else f"p{first}–p{last}"


def _moment(seconds: float, slice_s: float) -> str:
    """With as many decimals as the slices have."""
    text = f"{slice_s:g}"
    return f"{seconds:.{len(text.partition('.')[2])}f}"


def _fits(width: int, line: Sequence[Segment], text: str) -> str:
    return text if width_of(line) + len(text) <= width else ""
