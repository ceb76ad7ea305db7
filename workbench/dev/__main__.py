"""`python -m workbench.dev frames SCENARIO OUT`, `… replay FILE [--screen NAME]`, `… facts` and `… rules`."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.clusters.choice import cluster_for
from workbench.dev.recording import Head, Recording, from_start, read, thinned, write
from workbench.errors import KwbError
from workbench.model.scenario import Scenario
from workbench.model.scenario_file import apply_settings, read_scenario
from workbench.run.bench import Bench

if TYPE_CHECKING:
    from workbench.model.events import Event
    from workbench.model.frame import Frame

_SCREENS = ("bench", "distribution")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workbench.dev", description=__doc__)
    commands = parser.add_subparsers(required=True)
    frames = commands.add_parser("frames", help="run a scenario and record its frames")
    frames.add_argument("scenario", type=Path)
    frames.add_argument("out", type=Path)
    frames.add_argument("--set", action="append", default=[], dest="settings", metavar="SECTION.NAME=VALUE")
    frames.add_argument("--every", type=float, default=0.0, metavar="S", help="keep a frame every S seconds")
    frames.add_argument("--until", type=float, metavar="S", help="cut the recording S seconds into the run")
    frames.set_defaults(run=_frames)
    replay = commands.add_parser("replay", help="show a screen from recorded frames; ^S plays them again")
    replay.add_argument("file", type=Path)
    replay.add_argument("--screen", choices=_SCREENS, default="bench")
    replay.add_argument("--theme")
    replay.set_defaults(run=_replay)
    facts = commands.add_parser("facts", help="write down what both clients say of their properties")
    facts.set_defaults(run=_facts)
    rules = commands.add_parser("rules", help="write docs/config-rules.md from the rules' own words")
    rules.set_defaults(run=_rules)
    parsed = parser.parse_args()
    try:
        return int(parsed.run(parsed))
    except KwbError as error:
        sys.stderr.write(f"kwb: {error}\n")
        return error.exit_status


def _frames(parsed: argparse.Namespace) -> int:
    scenario = apply_settings(read_scenario(parsed.scenario).scenario, parsed.settings)
    recording = asyncio.run(record(scenario, parsed.every, parsed.until))
    write(parsed.out, recording)
    sys.stdout.write(f"{parsed.out}: {len(recording.frames)} frames, {parsed.out.stat().st_size:,} B\n")
    return 0


async def record(scenario: Scenario, every_s: float = 0.0, until_s: float | None = None) -> Recording:
    """Run it on its cluster. Raises KwbError."""
    frames: list[Frame] = []
    events: list[Event] = []
    bench = Bench(cluster_for(scenario), events.append)
    try:
        await bench.open()
        topic = await bench.ensure_topic(scenario)
        await bench.run(scenario, frames.append)
        assert bench.view is not None
        assert bench.client is not None
        head = Head(scenario, topic, bench.view, bench.client)
    finally:
        await bench.close()
    frames, events = from_start(frames, events, time.time() - time.monotonic())
    if until_s is not None:
        events = [event for event in events if event.at <= until_s]
    return Recording(head, tuple(thinned(frames, every_s, until_s)), tuple(events))


def _replay(parsed: argparse.Namespace) -> int:
    from workbench.dev.player import play

    return play(read(parsed.file), parsed.screen, parsed.theme)


def _facts(_: argparse.Namespace) -> int:
    from workbench.dev.facts import java_facts, librdkafka_facts, write_facts

    for told in (librdkafka_facts(), asyncio.run(java_facts())):
        path = write_facts(told)
        sys.stdout.write(f"{path}: {len(told.properties)} properties of {told.client} {told.version}\n")
    return 0


def _rules(_: argparse.Namespace) -> int:
    from workbench.dev.rules_page import write_page

    sys.stdout.write(f"{write_page()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
