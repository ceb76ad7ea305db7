"""Competitors in turns, and rows of medians with their spread."""

import statistics
from collections.abc import Callable, Mapping, Sequence

Measure = Callable[[], float]


def alternating(competitors: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Every competitor once a round, so that what disturbs the machine disturbs all of them."""
    found: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(rounds):
        for name, measure in competitors.items():
            found[name].append(measure())
    return found


def row(name: str, found: Sequence[float], unit: str = "", figure: str = "{:>12.2f}") -> str:
    low, middle, high = (figure.format(f).strip() for f in (min(found), statistics.median(found), max(found)))
    return f"{name:<52} {middle:>10} {unit:<9}  ({low} … {high})"


def print_rates(found: Mapping[str, Sequence[float]]) -> None:
    for name, rates in found.items():
        print(row(name, rates, "records/s", "{:>12,.0f}"))


def print_ratio(found: Mapping[str, Sequence[float]], name: str, to: str, goal: str = "") -> None:
    """Of the rounds, each with its own; nothing where one of the two was not measured."""
    if name in found and to in found:
        ratios = [one / other for one, other in zip(found[name], found[to], strict=True)]
        print(row(f"{name} / {to}", ratios) + (f"  goal: {goal}" if goal else ""))
