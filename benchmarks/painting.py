"""CPU milliseconds of a paint, and a bare Line-API widget whose cells all change to compare with."""

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from benchmarks.alone import measured

if TYPE_CHECKING:
    from textual.pilot import Pilot

_BLOCKS, _PAINTS = 20, 12
_ROUNDS = 5


class Bare(Widget):
    """As many cells, each another than before."""

    turn = 0

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return Strip([Segment("".join(chr(97 + (x + y + self.turn) % 26) for x in range(width)))], width)


class BareApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Bare()


async def milliseconds(pilot: "Pilot[None]", paint: Callable[[int], float | None]) -> float:
    """CPU time of a paint, the median of many small blocks.

    Less what `paint` says (seconds), and what the pilot's waiting costs by itself, which grows with the
    number of widgets.
    """
    painted, waited = [], []
    for block in range(_BLOCKS + 1):
        begun, other = time.process_time(), 0.0
        for turn in range(block * _PAINTS, (block + 1) * _PAINTS):
            other += paint(turn) or 0.0
            await pilot.pause()
        done = time.process_time()
        for _ in range(_PAINTS):
            await pilot.pause()
        painted.append(done - begun - other)
        waited.append(time.process_time() - done)
    return (statistics.median(painted[1:]) - statistics.median(waited[1:])) * 1000 / _PAINTS


async def bare(size: tuple[int, int]) -> float:
    app = BareApp()
    async with app.run_test(size=size) as pilot:
        widget = app.query_one(Bare)

        def paint(turn: int) -> None:
            widget.turn = turn
            widget.refresh()

        return await milliseconds(pilot, paint)


def print_ratios(module: str, what: str, *arguments: str) -> None:
    """`what` against `bare`, alternating, each in a process of its own."""
    ratios = []
    for _ in range(_ROUNDS):
        one, other = (measured(module, which, *arguments) for which in (what, "bare"))
        ratios.append(one / other)
        print(f"{what} {one:.2f} ms, bare widget {other:.2f} ms of CPU: {ratios[-1]:.2f}")
    print(f"median {statistics.median(ratios):.2f} (goal: at most 1.5)")
