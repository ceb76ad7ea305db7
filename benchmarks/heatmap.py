"""CPU milliseconds a frame: the heatmap, fed 12 frames a second, and a bare widget whose cells all change.

`python -m benchmarks.heatmap [PARTITIONS [SPREAD]]` compares them at 100x26, with 24 partitions (all seen),
each getting records by chance; with spread 8 almost every cell differs from its neighbour. Cutting frames
into slices is left out: they are for every plot.
"""

import asyncio
import random
import sys
import time

from textual.app import ComposeResult

from benchmarks.painting import bare, milliseconds, print_ratios
from workbench.insight.live import Live
from workbench.model.cluster_view import PartitionView, TopicView
from workbench.model.frame import Frame
from workbench.model.histogram import bucket_of
from workbench.ui.theme import ThemedApp
from workbench.ui.widgets.heatmap import Heatmap

_SIZE = (100, 26)
_FRAMES_PER_S = 12
_A_FRAME = 4_000


class OneApp(ThemedApp):
    def compose(self) -> ComposeResult:
        yield Heatmap()


def _frames(partitions: int, spread: float) -> list[Frame]:
    """A run that has gone on for longer than the plot shows: it scrolls.

    `spread`: how much a partition's records vary from frame to frame, 1 as keys hashed by chance do.
    """
    chance, counts, told = random.Random(7), [0] * partitions, []
    latency: dict[int, int] = {}
    for tick in range(1, 1000):
        for partition in range(partitions):
            mean = _A_FRAME / partitions
            counts[partition] += max(0, round(chance.gauss(mean, spread * mean**0.5)))
        for _ in range(50):
            bucket = bucket_of(int(chance.lognormvariate(8, 0.4)))
            latency[bucket] = latency.get(bucket, 0) + 1
        done = sum(counts)
        told.append(
            Frame("r", tick / _FRAMES_PER_S, 0.0, "sending", 10**9, sent=done, acked=done,
                  partitions=tuple(counts), partition_bytes=tuple(100 * n for n in counts),
                  latency=dict(latency), latency_max_us=9000)
        )  # fmt: skip
    return told


async def _heatmap(partitions: int, spread: float) -> float:
    views = tuple(PartitionView(p, p % 3 + 1, (1, 2, 3), (1, 2, 3)) for p in range(partitions))
    topic, live, told = TopicView("bench", views), Live(), _frames(partitions, spread)
    app = OneApp()
    async with app.run_test(size=_SIZE) as pilot:
        widget = app.query_one(Heatmap)
        for frame in told[:700]:
            live.feed(frame)

        def paint(turn: int) -> float:
            begun = time.process_time()
            insight = live.feed(told[700 + turn])
            fed = time.process_time() - begun
            widget.show(insight, topic)
            return fed

        return await milliseconds(pilot, paint)


def main() -> None:
    words = sys.argv[1:]
    if words and words[0] in {"heatmap", "bare"}:
        partitions, spread = int(words[1]), float(words[2])
        print(asyncio.run(_heatmap(partitions, spread) if words[0] == "heatmap" else bare(_SIZE)))
    else:
        print_ratios("benchmarks.heatmap", "heatmap", *(words + ["24", "1"][len(words) :]))


if __name__ == "__main__":
    main()
