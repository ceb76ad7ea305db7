"""Numbers as people read them, and the round numbers that scales are made of."""

import math

_STEPS = (1.0, 1.2, 1.5, 2.0, 2.2, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def count_text(count: int) -> str:
    """48222 → "48,222": every digit, because the ledger is exact."""
    return f"{count:,}"


def short_count(count: float) -> str:
    """At most five characters: 950, 9,500, 95k, 1.2M. For scales, never for the ledger."""
    if count < 10_000:
        return f"{round(count):,}"
    for unit, name in ((1e3, "k"), (1e6, "M"), (1e9, "G")):
        scaled = count / unit
        if scaled < 9.95:
            return f"{scaled:.1f}{name}"
        if scaled < 999.5:
            return f"{scaled:.0f}{name}"
    return f"{count / 1e12:.0f}T"


def size_text(size: float) -> str:
    """950 B, 12.3 kB, 1.2 MB: powers of ten, as rates are given."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            scaled = size / unit
            return f"{scaled:.1f} {name}" if scaled < 99.95 else f"{scaled:,.0f} {name}"
    return f"{size:.0f} B"


def ms_text(ms: float) -> str:
    """A latency in ms with as many decimals as matter: 0.042, 4.40, 38.2, 388.0, 1,204."""
    if ms < 0.9995:
        return f"{ms:.3f}"
    if ms < 9.995:
        return f"{ms:.2f}"
    if ms < 999.95:
        return f"{ms:.1f}"
    return f"{ms:,.0f}"


def span_text(seconds: float) -> str:
    """A length of time: 50 ms, 0.25 s, 13 s, 2 min, 1 h 5 min."""
    if 0 < seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 119.5:
        digits = 0 if seconds >= 9.95 else 1 if seconds >= 0.995 else 2
        text = f"{seconds:.{digits}f}"
        return (text.rstrip("0").rstrip(".") if digits else text) + " s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def percent(share: float) -> str:
    """0.6 → "60 %"; what is not nothing is never 0, what is not all never 100."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def two_decimals(value: float) -> str:
    """1234.5 → "1,234.50"; what is not nothing is never 0.00."""
    return "<0.01" if 0 < value < 0.005 else f"{value:,.2f}"


def nice_above(value: float) -> float:
    """The next round number at or above: 1 1.2 1.5 2 2.2 2.5 3 4 5 6 8 × 10ⁿ; 1 for 0 and less.

    Few steps, so that a live scale moves seldom.
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in _STEPS:
        if value <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power


def apportion(parts: list[int], width: int) -> list[int]:
    """Cells for each part of a bar: in proportion and exact in sum.

    No part that is there gets none while there is room.
    """
    total = sum(parts)
    if total <= 0 or width <= 0:
        return [0 for _ in parts]
    cells = [part * width // total for part in parts]
    for index, part in enumerate(parts):
        if part and not cells[index]:
            cells[index] = 1
    by_remainder = sorted(range(len(parts)), key=lambda index: -(parts[index] * width % total))
    while (missing := width - sum(cells)) > 0:
        for index in by_remainder[:missing]:
            cells[index] += 1 if parts[index] else 0
    while sum(cells) > width:
        cells[cells.index(max(cells))] -= 1
    return cells
