"""`make bench`: everything measured in one run, alternating, medians and ratios with their spread."""

import asyncio
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence

from benchmarks import constants, first_paint
from workbench.clusters.lab import LabCluster
from workbench.lab.protocol import TopicSpec

_TIMEOUT_S = 180
_PAINTS = 7


def main() -> None:
    print(
        f"{constants.RECORDS:,} records of {len(constants.VALUE)} B, null keys, {constants.CONFIG}, topic of"
        f" {constants.PARTITIONS} partitions x {constants.REPLICATION_FACTOR} replicas on the lab,"
        f" {constants.ROUNDS} rounds, alternating; no read-back\n"
    )
    rates = asyncio.run(_rates())
    for name, found in rates.items():
        print(_row(name, found, "records/s", "{:>12,.0f}"))
    bare = rates["bare confluent-kafka loop"]
    for name in ("engine headless", "engine, screen live 140x42"):
        print(_row(f"{name} / bare loop", [a / b for a, b in zip(rates[name], bare, strict=True)], ""))
    print()
    paints = _alternating({"kwb": first_paint.kwb, "bare Textual app": first_paint.bare}, _PAINTS)
    for name, found in paints.items():
        print(_row(f"first paint, {name}", found, "s", "{:>12.3f}"))
    ratios = [a / b for a, b in zip(paints["kwb"], paints["bare Textual app"], strict=True)]
    print(_row("first paint, kwb / bare Textual app", ratios, ""))


async def _rates() -> dict[str, list[float]]:
    topic = TopicSpec(constants.TOPIC, constants.PARTITIONS, constants.REPLICATION_FACTOR)
    lab = LabCluster(topics=(topic,))
    await lab.start()
    try:
        competitors = {
            "bare confluent-kafka loop": _program("benchmarks.bare_loop", lab.bootstrap_servers),
            "engine headless": _program("benchmarks.engine_loop", lab.bootstrap_servers),
            "engine, screen live 140x42": _program("benchmarks.live", lab.bootstrap_servers),
        }
        return await asyncio.to_thread(_alternating, competitors, constants.ROUNDS)
    finally:
        await lab.close()


def _program(module: str, bootstrap_servers: str) -> Callable[[], float]:
    """One competitor, in a process of its own; it prints its figure first."""

    def measure() -> float:
        command = [sys.executable, "-m", module, bootstrap_servers]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode:
            sys.exit(f"{module} failed: {done.stderr}")
        return float(done.stdout.split()[0])

    return measure


def _alternating(competitors: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(rounds):
        for name, measure in competitors.items():
            found[name].append(measure())
    return found


def _row(name: str, found: Sequence[float], unit: str, figure: str = "{:>12.2f}") -> str:
    low, middle, high = (figure.format(f).strip() for f in (min(found), statistics.median(found), max(found)))
    return f"{name:<44} {middle:>10} {unit:<9}  ({low} … {high})"


if __name__ == "__main__":
    main()
