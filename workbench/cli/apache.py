"""`kwb apache`: Apache Kafka on this machine, without Docker."""

import argparse
import sys
from typing import TYPE_CHECKING

from workbench.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Coroutine

_OK, _UNREACHABLE = 0, 3


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "apache",
        help="install, start and stop Apache Kafka on this machine",
        description="Apache Kafka on this machine, without Docker: a controller and brokers on loopback. "
        "They outlive this command; `kwb run --cluster apache` uses them, or starts and stops its own.",
    )
    actions = parser.add_subparsers(dest="action", metavar="install|up|down|status", required=True)
    install = actions.add_parser("install", help="fetch Kafka's jars by Maven (54 MB, once)")
    up = actions.add_parser("up", help="start the nodes, or mend those that died; prints bootstrap.servers=…")
    up.add_argument("--brokers", type=int, metavar="N", help="how many brokers (3)")
    up.add_argument("--port", type=int, metavar="P", help="the first broker's port; the next ones follow it")
    up.add_argument(
        "--set",
        action="append",
        metavar="NAME=VALUE",
        dest="properties",
        help="a broker property, e.g. log.retention.ms=60000",
    )
    down = actions.add_parser("down", help="stop the nodes; their records are kept for the next up")
    down.add_argument("--delete", action="store_true", help="delete their records too")
    status = actions.add_parser("status", help="what runs, on which ports; exit status 3 where it is not up")
    for action in (install, up, down, status):
        action.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    import asyncio

    actions = {"install": _install, "up": _up, "down": _down, "status": _status}
    work: Coroutine[None, None, int] = actions[args.action](args)
    return asyncio.run(work)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _install(_: argparse.Namespace) -> int:
    from workbench.clusters.apache import installing, jars

    java, libs = await installing.install(_say)
    print(f"Apache Kafka {jars.version_of(libs)}: {libs} (Java {java.version})")
    return _OK


async def _up(args: argparse.Namespace) -> int:
    from workbench.clusters.apache import standing, state

    wanted = standing.Wanted(args.brokers, args.port, _properties(args.properties))
    running = await standing.up(wanted, _say)
    print(f"bootstrap.servers={running.bootstrap()}", flush=True)
    _say(f"{running.brokers} brokers of Apache Kafka {running.version}; logs and records: {state.up_dir()}")
    return _OK


def _properties(given: list[str] | None) -> dict[str, str] | None:
    """Raises InputError for what is not NAME=VALUE."""
    if given is None:
        return None
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f'--set {text}: write NAME=VALUE, e.g. --set "log.retention.ms=60000"')
        found[name.strip()] = value.strip()
    return found


async def _down(args: argparse.Namespace) -> int:
    from workbench.clusters.apache import standing, state

    ran = await standing.down(_say, delete=args.delete)
    what = "stopped" if ran else "nothing was running"
    kept = not args.delete and state.up_dir().exists()
    print(f"{what}; the records are kept in {state.up_dir()} (--delete removes them)" if kept else what)
    return _OK


async def _status(_: argparse.Namespace) -> int:
    from workbench.clusters.apache import standing, state

    now = await standing.status()
    if now.state is None:
        print("down: never started; `kwb apache up` starts it")
        return _UNREACHABLE
    word = "up" if now.is_up else "down"
    if now.is_stale:
        word = "broken: nodes ended that nobody stopped; `kwb apache up` starts them again"
    elif not now.is_up and all(now.alive.values()):
        word = "not serving: the nodes run but do not answer; `kwb apache down` ends them"
    version = f" · Apache Kafka {now.state.version}" if now.state.version else ""
    print(f"{word}{version} · {now.state.brokers} brokers")
    if now.is_up:
        print(f"bootstrap.servers={now.state.bootstrap()}")
    for node in now.state.nodes(state.up_dir()):
        started = now.state.processes.get(node.name)
        process = f"pid {started.pid}" if started and now.alive[node.name] else "not running"
        print(f"{node.name:<10}  port {node.port:<5}  {process:<12}  {node.log}")
    for name, value in sorted(now.state.config.items()):
        print(f"{name}={value}")
    return _OK if now.is_up else _UNREACHABLE
