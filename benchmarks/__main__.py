"""`make bench`: everything measured in one run, alternating, medians and ratios with their spread.

`python -m benchmarks NAME…` measures single sections; `--list` names them. Each figure is taken in a process
of its own, so that competitors share nothing but the machine and the brokers.
"""

import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from confluent_kafka import libversion

from benchmarks import (
    constants,
    first_paint,
    key_to_hint,
    lab_against_mock,
    mock_cluster,
    own_code,
    rates,
    serializers,
    under_load,
)
from benchmarks.alone import measured
from benchmarks.measuring import alternating, print_rates, print_ratio, row
from benchmarks.sending_cost import costs

_PAINTS = 7


def mock() -> None:
    """The lab against librdkafka's built-in mock cluster."""
    found = lab_against_mock.rates()
    print(f"A topic of {mock_cluster.PARTITIONS} partitions x {mock_cluster.BROKERS} replicas on either:")
    print_rates(found)
    for client in lab_against_mock.CLIENTS:
        print_ratio(found, f"{client} on the lab", f"{client} on the mock", "at least 1.0")


def cost() -> None:
    """CPU time of the engine's sending thread, by way of sending."""
    for name, found in costs(constants.ROUNDS).items():
        print(row(f"a record costs, {name}", found, "µs of CPU"))


def paint() -> None:
    """From starting the process to the first painted screen."""
    found = alternating({"kwb": first_paint.kwb, "bare Textual app": first_paint.bare}, _PAINTS)
    for name, seconds in found.items():
        print(row(f"first paint, {name}", seconds, "s", "{:>12.3f}"))
    print_ratio(found, "kwb", "bare Textual app", "at most 2.0")


def keys() -> None:
    """From a key to what it paints, nothing being sent."""
    rows = {
        "key to painted hint, kwb": key_to_hint.kwb,
        "key to its letter, bare Textual app": key_to_hint.bare,
    }
    for name, measure in rows.items():
        print(key_to_hint.row(name, measure()))


def _painting(
    what: str, other: str, module: str, ways: tuple[tuple[str, ...], tuple[str, ...]], goal: str
) -> None:
    """CPU time of one paint of it, and of another's, in turns."""
    mine, bare = (partial(measured, module, *way) for way in ways)
    found = alternating({what: mine, other: bare}, _PAINTS)
    for name, figures in found.items():
        print(row(name, figures, "ms of CPU"))
    print_ratio(found, what, other, goal)


def cluster_screen() -> None:
    """CPU time of a paint of the Cluster screen."""
    _painting(
        "a paint of the Cluster screen, 140x42",
        "a paint of a bare widget of that size",
        "benchmarks.cluster_screen",
        (("cluster",), ("bare",)),
        "less than 1.5",
    )


def pipeline_screen() -> None:
    """CPU time of a paint of the Pipeline screen."""
    _painting(
        "a paint of the Pipeline screen, 140x42",
        "a paint of a bare widget of that size",
        "benchmarks.pipeline_screen",
        (("pipeline",), ("bare",)),
        "at most 1.5",
    )


def heatmap() -> None:
    """CPU time of a frame of the heatmap."""
    _painting(
        "a frame of the heatmap, 100x26",
        "a frame of a bare widget of that size",
        "benchmarks.heatmap",
        (("heatmap", "24", "1"), ("bare", "24", "1")),
        "at most 1.5",
    )


def code() -> None:
    """What partitioners and interceptors in the engine cost a record."""
    own_code.main()


def serde() -> None:
    """What a record costs by serializer, and a template against a constant payload."""
    serializers.main()


SECTIONS: dict[str, Callable[[], None]] = {
    "records": rates.records,
    "load": rates.load,
    "cost": cost,
    "own-code": code,
    "serializers": serde,
    "mock": mock,
    "first-paint": paint,
    "keys": keys,
    "under-load": under_load.keys,
    "idle": under_load.idle,
    "cluster-screen": cluster_screen,
    "pipeline-screen": pipeline_screen,
    "heatmap": heatmap,
}
APART: dict[str, Callable[[], None]] = {"apache": rates.apache}
"""Needs Java and Kafka's jars: `make bench-apache`."""


def main() -> None:
    every = {**SECTIONS, **APART}
    names = sys.argv[1:] or list(SECTIONS)
    if names == ["--list"]:
        for name, section in every.items():
            print(f"{name:<16} {section.__doc__}")
        return
    if unknown := [name for name in names if name not in every]:
        sys.exit(f"{unknown[0]}: no such section; there are {', '.join(every)}")
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" librdkafka {libversion()[0]}"
    )
    for name in names:
        print(f"\n{name}: {every[name].__doc__}", flush=True)
        every[name]()


if __name__ == "__main__":
    main()
