"""The delivery budget in scale: send() blocked, linger, tries and backoffs until the client gives up."""

from collections.abc import Callable

from rich.segment import Segment

from workbench.insight.units import span_text
from workbench.producer_config.meaning import Budget
from workbench.producer_config.meaning import Segment as Stretch
from workbench.ui.glyphs import pick
from workbench.ui.theme import Roles
from workbench.ui.widgets.chart import Chart, runs, span

_BLOCK = 9
_OVER_SHARE = 5
_LEAST_TRY = 3
_SHOWN_WITHOUT_END = 6
_CUT = "╱"
Cell = tuple[str, str | None, str | None]


class BudgetBar(Chart):
    DEFAULT_CSS = "BudgetBar { height: 3; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._budget: Budget | None = None

    def show(self, budget: Budget) -> None:
        if budget != self._budget:
            self._budget = budget
            self.draw()

    def build(self, roles: Roles, width: int, height: int) -> list[list[Segment]]:
        _ = height
        return [] if self._budget is None else budget_lines(self._budget, roles, width)


def budget_lines(budget: Budget, roles: Roles, width: int) -> list[list[Segment]]:
    """Three lines: what the parts are called, the bar, and what does not fit into it."""
    left = _BLOCK + 1
    over = max(_LEAST_TRY, (width - left) // _OVER_SHARE) if budget.over_ms else 0
    room = max(width - left - over, 1)
    return [
        [span("max.block".ljust(left), roles.muted), *_bracket(budget, roles, room)],
        [*_block(budget, roles), *_window(budget, roles, room), *_hatch(roles, over)],
        [span("in send()".ljust(left), roles.muted), *_below(budget, roles, width - left, over)],
    ]


def _block(budget: Budget, roles: Roles) -> list[Segment]:
    text = span_text(budget.block_ms / 1000) if budget.block_ms else "0"
    return [
        span(pick(_BLOCK - 1, text).center(_BLOCK - 1), roles.text, roles.line),
        span(_CUT, roles.line),
        span(" "),
    ]


def _bracket(budget: Budget, roles: Roles, room: int) -> list[Segment]:
    if budget.delivery_ms is None:
        text = pick(room - 4, " delivery.timeout: none ", " no delivery.timeout ", " no end ", "")
        return [span(f"╭─{text}".ljust(room - 1, "─") + "→", roles.text)]
    time = span_text(budget.delivery_ms / 1000)
    text = pick(room - 2, f" delivery.timeout {time} ", f" delivery {time} ", f"delivery {time}", time)
    return [span(f"╭{text.center(room - 2, '─')}╮"[:room], roles.text)]


def _window(budget: Budget, roles: Roles, room: int) -> list[Segment]:
    segments = budget.segments
    if budget.delivery_ms is None:
        segments = segments[:_SHOWN_WITHOUT_END]
    end = segments[-1].end_ms if budget.delivery_ms is None and segments else budget.delivery_ms
    if not segments or not end:
        return [span("no time".center(room)[:room], roles.bad, roles.tint("bad", 0.2))]
    cells: list[Cell] = [(" ", None, roles.raised)] * room
    tries = [each for each in segments if each.kind == "try"]
    many = len(segments) > 2 and room // max(len(tries), 1) < _LEAST_TRY
    if many:
        _many(budget, roles, cells, segments, end)
    else:
        labels = _try_labels(budget, tries, end, room)
        for each in segments:
            _paint(cells, each, end, roles, labels(each) if each.kind == "try" else _labels(each))
    return runs(cells)


def _many(budget: Budget, roles: Roles, cells: list[Cell], segments: tuple[Stretch, ...], end: float) -> None:
    linger = segments[0] if segments[0].kind == "linger" else None
    start = linger.end_ms if linger else 0.0
    if linger:
        _paint(cells, linger, end, roles, _labels(linger))
    each = span_text(budget.answer_ms / 1000)
    labels = (f"{budget.tries:,} tries of {each}", f"{budget.tries:,} tries")
    _paint(cells, Stretch("try", start, budget.gives_up_ms or end), end, roles, labels)


def _paint(cells: list[Cell], each: Stretch, end: float, roles: Roles, labels: tuple[str, ...]) -> None:
    """Cells whose middle lies in it; its name in their midst, where it fits."""
    room = len(cells)
    first, last = round(each.start_ms / end * room), min(round(each.end_ms / end * room), room)
    if each.kind == "linger" and each.end_ms and not last:
        last = 1  # a sliver, so that it is seen to be there
    thin = each.kind == "backoff" and (each.end_ms - each.start_ms) / end * room < 1
    if each.kind == "try" and not first and each.start_ms:
        first = 1
    if last <= first:
        return
    text = "" if thin else next((label for label in labels if len(label) <= last - first), "")
    text = text.center(last - first)
    if each.kind == "linger":
        ground = roles.queue
        if each.end_ms / end * room < 1:
            cells[0] = ("▎", roles.queue, roles.wire)
            return
    elif each.kind == "backoff" and not thin:
        ground = roles.tint("warn", 0.45)
    else:
        ground = roles.wire if each.number % 2 else roles.tint("wire", 0.72)
    for at, glyph in enumerate(text, first):
        cells[at] = (glyph, roles.on, ground)


def _try_labels(
    budget: Budget, tries: list[Stretch], end: float, room: int
) -> Callable[[Stretch], tuple[str, ...]]:
    """The longest form that fits into every try that has its whole time; a cut one may have a shorter."""
    if not tries:  # lingers until the client gives up
        return lambda _: ()
    if not budget.answered:
        return lambda _: (" until it is sent ", " sent ")
    forms = (" try {n}: {time} ", " try {n} ", "{n}")
    whole = [each for each in tries if each.whole] or tries
    least = min(int((each.end_ms - each.start_ms) / end * room) for each in whole)
    wide = len(str(tries[-1].number)) - 1
    fitting = [form for form in forms if len(_form(form, whole[0])) + wide <= max(least, 1)] or [forms[-1]]
    return lambda each: tuple(_form(form, each) for form in fitting)


def _form(form: str, each: Stretch) -> str:
    return form.format(n=each.number, time=span_text((each.end_ms - each.start_ms) / 1000))


def _labels(each: Stretch) -> tuple[str, ...]:
    time = span_text((each.end_ms - each.start_ms) / 1000)
    return (f" linger {time} ", "linger", "l") if each.kind == "linger" else (f" wait {time} ", "↻")


def _hatch(roles: Roles, over: int) -> list[Segment]:
    return [span(_CUT * over, roles.warn, roles.tint("warn", 0.25))] if over else []


def _below(budget: Budget, roles: Roles, room: int, over: int) -> list[Segment]:
    time = span_text(budget.answer_ms / 1000)
    name = "request.timeout" if budget.client == "java" else "socket.timeout"
    if over:
        text = pick(room, f"╰ {name} {time} ─►", f"╰ {name} {time}", f"{name} {time}", time)
        return [span(text.rjust(room), roles.warn)]
    if not budget.answered:
        return [span(pick(room, "acks=0: no answer is waited for", "no answer awaited"), roles.muted)]
    if not budget.tries:
        return [span(pick(room, "no time is left to send it", "no time to send"), roles.warn)]
    count = f"{budget.tries:,} {'try' if budget.tries == 1 else 'tries'}"
    if budget.delivery_ms is None:
        count = "tries"
    text = pick(
        room,
        f"{count}, each waits {time} ({name})",
        f"{count}, each {time} ({name})",
        f"{count} of {time} ({name})",
        f"{count}, each {time}",
        count,
    )
    return [span(text, roles.muted)]
