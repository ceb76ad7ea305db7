"""kwb lab: the lab cluster alone, for any Kafka client, until ^C or SIGTERM."""

import argparse
import asyncio
import signal
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import ClusterError, InputError

if TYPE_CHECKING:
    from workbench.clusters.lab import LabCluster


class _Topic(NamedTuple):
    name: str
    partitions: int
    replication_factor: int


_LAST_PORT = 65535
_TELL_EVERY_S = 2.0
RETAINED_MIB = 1024  # as lab.protocol has it, which is not loaded for the sake of --help


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with `kwb`."""
    parser = subparsers.add_parser(
        "lab",
        help="the lab cluster alone, for any Kafka client",
        description="Run the lab cluster until ^C. The first line of stdout is bootstrap.servers=…",
    )
    parser.add_argument("--brokers", metavar="N", type=int, default=3, help="how many brokers (default 3)")
    parser.add_argument(
        "--port",
        metavar="P",
        type=_port,
        default=0,
        help="broker 1's port on 127.0.0.1, the others follow; 0 (default): any",
    )
    parser.add_argument(
        "--topic",
        metavar="NAME:PARTITIONS:RF",
        type=_topic,
        action="append",
        default=[],
        help="create a topic at the start, e.g. orders:6:3; may be given again",
    )
    parser.add_argument(
        "--memory",
        metavar="MIB",
        type=_mebibytes,
        default=RETAINED_MIB,
        help=f"what all logs together keep (default {RETAINED_MIB}); then the oldest records go",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Returns 0 at ^C or SIGTERM. Raises InputError, ClusterError (a port is taken, the lab died)."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from workbench.clusters.lab import LabCluster
    from workbench.lab.protocol import TopicSpec

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    topics = [TopicSpec(*topic) for topic in args.topic]
    if args.port + args.brokers - 1 > _LAST_PORT:
        raise InputError(f"--port {args.port}: {args.brokers} brokers need ports up to {_LAST_PORT}")
    cluster = LabCluster(
        brokers=args.brokers, port=args.port, topics=topics, retained_bytes=args.memory * 1024 * 1024
    )
    try:
        await cluster.start()
        print(f"bootstrap.servers={cluster.bootstrap_servers}", flush=True)
        telling = asyncio.create_task(_tell_what_is_deleted(cluster))
        try:
            await _until(stop, cluster)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
    finally:
        await cluster.close()
    return 0


async def _until(stop: asyncio.Event, cluster: "LabCluster") -> None:
    stopped, died = asyncio.create_task(stop.wait()), asyncio.create_task(cluster.lost())
    try:
        await asyncio.wait((stopped, died), return_when=asyncio.FIRST_COMPLETED)
        if died.done():
            raise ClusterError(died.result())
    finally:
        stopped.cancel()
        died.cancel()


async def _tell_what_is_deleted(cluster: "LabCluster") -> None:
    """On stderr, when the lab's memory is full and its oldest records go."""
    seen = 0
    while True:
        await asyncio.sleep(_TELL_EVERY_S)
        happened = (await cluster.describe("", since=seen)).happened  # of no topic: what happened is enough
        seen = max((one.number for one in happened), default=seen)
        gone: Counter[str] = Counter()
        for one in happened:
            if one.kind == "log-trimmed":
                gone[one.topic] += one.count
        if gone:
            told = ", ".join(f"{count:,} of {topic}" for topic, count in gone.items())
            print(f"kwb lab: its memory is full; the oldest records were deleted: {told}", file=sys.stderr)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _mebibytes(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of MiB, e.g. {RETAINED_MIB}")
    return int(text)


def _topic(text: str) -> _Topic:
    name, *numbers = text.rsplit(":", 2)
    if len(numbers) != 2 or not all(number.isdecimal() and int(number) > 0 for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME:PARTITIONS:RF, e.g. orders:6:3")
    return _Topic(name, int(numbers[0]), int(numbers[1]))
