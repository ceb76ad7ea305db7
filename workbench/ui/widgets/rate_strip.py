"""Records per second as they were acknowledged: a history in eighth blocks, and the rate now."""

from rich.segment import Segment

from workbench.insight.live import Insight
from workbench.insight.units import count_text, nice_above, short_count
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, runs, span, stacked, width_of

_STRENGTH = 0.6


class RateStrip(Chart):
    """At the left the target (where one is set) and the rate now; once the run is over, its mean."""

    DEFAULT_CSS = """
    RateStrip { height: 2; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._insight: Insight | None = None

    def show(self, insight: Insight | None) -> None:
        self._insight = insight
        self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        insight = self._insight
        if insight is None:
            return []
        labels = self._labels(roles, insight, height)
        left = max(13, max(width_of(label) for label in labels) + 1)
        plot = max(1, width - left)
        columns = insight.columns(plot)
        rates = [piece.total / columns.slice_s for piece in columns]
        target = insight.target_rate
        top = nice_above(max([target * 1.1 if target else 0.0, *rates]))
        colour = roles.tint("warn" if insight.unconfirmed else "ok", _STRENGTH)
        heights = [max(1, round(rate / top * height * 8)) if rate else 0 for rate in rates]
        aim = int(target / top * height) if target else -1
        lines = []
        for y in range(height):
            row = height - 1 - y
            empty = ("┄", roles.faint, None) if row == aim else (" ", None, None)
            cells = [stacked((each,), (colour,), row) if each > row * 8 else empty for each in heights]
            lines.append([*labels[y], span(" " * (left - width_of(labels[y]))), *runs(cells)])
        return lines

    def _labels(self, roles: Roles, insight: Insight, height: int) -> list[list[Segment]]:
        rate = round(insight.rate)
        number = count_text(rate) if rate < 10_000_000 else short_count(rate)
        now = [span(number, roles.text, bold=True), span(" rec/s", roles.muted)]
        labels: list[list[Segment]] = [[] for _ in range(height)]
        labels[-1] = now
        if height >= 2:
            target = insight.target_rate
            text = f"target {count_text(round(target))}" if target else "as fast as it goes"
            labels[0] = [span("mean, " if insight.ended else "", roles.muted), span(text, roles.muted)]
            if not target:
                labels[0] = [span("mean" if insight.ended else "no limit", roles.muted)]
        return labels
