"""Records/s of a run whose keys are followed: by itself, and while the Partitions screen asks.

`python -m benchmarks.keys_followed`: both, alternating, and their ratio.
"""

import asyncio
import statistics
import sys
import time

from workbench.clusters.lab import LabCluster
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

_RECORDS = 300_000
_ROUNDS = 5
_ASK_S, _SHARE, _AT_MOST_S = 0.25, 4, 2.0
"""As `ui/key_following.py` asks."""
_SCENARIO = Scenario(
    title="keys",
    topic=TopicPlan(name="keys", partitions=12),
    record=RecordPlan(key="user-{{ seq % 2000 }}", value="v"),
    send=SendPlan(count=_RECORDS),
)


async def _asking(bench: Bench) -> None:
    while True:
        began = time.monotonic()
        await bench.keys()
        await asyncio.sleep(max(_ASK_S, min(_AT_MOST_S, _SHARE * (time.monotonic() - began))))


async def rate(bench: Bench, *, asked: bool) -> float:
    """Of the sending alone, without the read-back."""
    asking = asyncio.create_task(_asking(bench)) if asked else None
    try:
        report = await bench.run(_SCENARIO, lambda _: None)
    finally:
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
    return float(report.throughput.records_per_s or 0.0)


async def _main() -> None:
    bench = Bench(LabCluster(), lambda _: None)
    await bench.open()
    try:
        await rate(bench, asked=True)  # warm
        found = [(await rate(bench, asked=True), await rate(bench, asked=False)) for _ in range(_ROUNDS)]
    finally:
        await bench.close()
    ratios = sorted(asked / alone for asked, alone in found)
    for name, at in (("asked 4 times a second", 0), ("not asked", 1)):
        middle = statistics.median(pair[at] for pair in found)
        sys.stdout.write(f"2,000 keys followed, {name:<24} {middle:>10,.0f} records/s\n")
    sys.stdout.write(
        f"asked / not asked {statistics.median(ratios):.2f} ({ratios[0]:.2f} … {ratios[-1]:.2f})\n"
    )


if __name__ == "__main__":
    asyncio.run(_main())
