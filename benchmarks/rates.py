"""Records a second: kwb's engine against the client's bare loop, kcat and kafka-producer-perf-test."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from benchmarks import constants, kcat
from benchmarks.alone import measured
from benchmarks.measuring import Measure, alternating, print_rates, print_ratio
from workbench.clusters.apache import ApacheCluster
from workbench.clusters.lab import LabCluster
from workbench.lab.protocol import TopicSpec

BARE, BARE_BATCHES = "bare confluent-kafka loop", "bare produce_batch loop"
HEADLESS, LIVE = "engine headless", "engine, screen live 140x42"
LOAD, LOAD_LIVE = "load mode headless", "load mode, screen live 140x42"
READ_BACK, LOAD_READ_BACK = f"{HEADLESS}, read back", f"{LOAD}, read back"
TWO = "load mode headless, two engines"
KCAT, PERF_TEST = "kcat", "kafka-producer-perf-test"

_PROGRAMS: dict[str, tuple[str, ...]] = {
    BARE: ("benchmarks.bare_loop",),
    HEADLESS: ("benchmarks.engine_loop", "record"),
    LIVE: ("benchmarks.live", "record"),
    READ_BACK: ("benchmarks.engine_loop", "record-read-back"),
    BARE_BATCHES: ("benchmarks.batch_loop",),
    LOAD: ("benchmarks.engine_loop", "load"),
    LOAD_LIVE: ("benchmarks.live", "load"),
    LOAD_READ_BACK: ("benchmarks.engine_loop", "load-read-back"),
    TWO: ("benchmarks.engine_loop", "load-two-engines"),
    KCAT: ("benchmarks.kcat",),
    PERF_TEST: ("benchmarks.perf_test",),
}
_A_RECORD_AT_A_TIME = (BARE, HEADLESS, LIVE, READ_BACK)
_MANY_AT_A_TIME = (BARE_BATCHES, LOAD, LOAD_LIVE, LOAD_READ_BACK, TWO)


def records() -> None:
    """A record at a time, on the lab."""
    _say(constants.RECORDS, "the lab")
    found = asyncio.run(_on_lab(_A_RECORD_AT_A_TIME))
    print_rates(found)
    _print_record_ratios(found)


def load() -> None:
    """Many at a time, on the lab, with kcat where it is installed."""
    _say(constants.LOAD_RECORDS, "the lab")
    found = asyncio.run(_on_lab((*_MANY_AT_A_TIME, *_kcat())))
    print_rates(found)
    _print_load_ratios(found)


def apache() -> None:
    """Both on Apache Kafka, with its own kafka-producer-perf-test."""
    _say(f"{constants.RECORDS:,} (a record at a time) and {constants.LOAD_RECORDS:,}", "Apache Kafka")
    found = asyncio.run(_on_apache((*_A_RECORD_AT_A_TIME, *_MANY_AT_A_TIME, PERF_TEST, *_kcat())))
    print_rates(found)
    _print_record_ratios(found)
    _print_load_ratios(found)
    print_ratio(found, LOAD_LIVE, PERF_TEST, "at least 1.5")


def _print_record_ratios(found: dict[str, list[float]]) -> None:
    print_ratio(found, HEADLESS, BARE)
    print_ratio(found, LIVE, BARE, "at least 0.95")
    print_ratio(found, READ_BACK, HEADLESS)


def _print_load_ratios(found: dict[str, list[float]]) -> None:
    print_ratio(found, LOAD, BARE_BATCHES)
    print_ratio(found, LOAD_READ_BACK, LOAD)
    print_ratio(found, TWO, LOAD)
    print_ratio(found, LOAD_LIVE, KCAT, "at least 1.0")


def _say(records: int | str, where: str) -> None:
    many = f"{records:,}" if isinstance(records, int) else records
    print(
        f"{many} records of {len(constants.VALUE)} B, null keys, {constants.CONFIG}, {constants.BATCH:,} at a"
        f" time in load mode; {constants.PARTITIONS} partitions x {constants.REPLICATION_FACTOR} replicas on"
        f" {where}; {constants.ROUNDS} rounds"
    )


def _kcat() -> tuple[str, ...]:
    if kcat.is_there():
        return (KCAT,)
    print("kcat is not installed: left out")
    return ()


def _competitors(names: Iterable[str], bootstrap: str) -> dict[str, Measure]:
    programs = {name: _PROGRAMS[name] for name in names}
    return {name: partial(measured, module, bootstrap, *way) for name, (module, *way) in programs.items()}


async def _on_lab(names: Iterable[str]) -> dict[str, list[float]]:
    topic = TopicSpec(constants.TOPIC, constants.PARTITIONS, constants.REPLICATION_FACTOR)
    cluster = LabCluster(topics=(topic,))
    return await _on(cluster.start, cluster, names)


async def _on_apache(names: Iterable[str]) -> dict[str, list[float]]:
    cluster = ApacheCluster(borrow=False)

    async def start() -> None:
        await cluster.start()
        admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers})
        topic = NewTopic(constants.TOPIC, constants.PARTITIONS, constants.REPLICATION_FACTOR)
        await asyncio.to_thread(admin.create_topics([topic])[constants.TOPIC].result, 30)
        # Java compiles what runs often: whoever came first would pay for it
        await asyncio.to_thread(measured, "benchmarks.batch_loop", cluster.bootstrap_servers)

    return await _on(start, cluster, names)


async def _on(
    start: Callable[[], Awaitable[object]], cluster: LabCluster | ApacheCluster, names: Iterable[str]
) -> dict[str, list[float]]:
    try:
        await start()
        competitors = _competitors(names, cluster.bootstrap_servers)
        return await asyncio.to_thread(alternating, competitors, constants.ROUNDS)
    finally:
        await cluster.close()
