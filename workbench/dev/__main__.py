"""`python -m workbench.dev`: frames SCENARIO OUT, replay FILE [--screen NAME], facts, rules, agreement."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.clusters.choice import cluster_for
from workbench.dev.recording import (
    Head,
    Recording,
    from_start,
    read,
    states_from_start,
    thinned,
    write,
)
from workbench.errors import KwbError
from workbench.insight.record_order import offsets_wanted
from workbench.model.scenario import Scenario
from workbench.model.scenario_file import apply_settings, read_scenario
from workbench.run.bench import Bench

if TYPE_CHECKING:
    from workbench.model.cluster_state import ClusterState
    from workbench.model.events import Event
    from workbench.model.frame import Frame

_SCREENS = ("bench", "distribution", "cluster", "partitions", "pipeline", "compare")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workbench.dev", description=__doc__)
    commands = parser.add_subparsers(required=True)
    frames = commands.add_parser("frames", help="run a scenario and record its frames")
    frames.add_argument("scenario", type=Path)
    frames.add_argument("out", type=Path)
    frames.add_argument("--set", action="append", default=[], dest="settings", metavar="SECTION.NAME=VALUE")
    frames.add_argument("--every", type=float, default=0.0, metavar="S", help="keep a frame every S seconds")
    frames.add_argument("--until", type=float, metavar="S", help="cut the recording S seconds into the run")
    frames.add_argument(
        "--inside", type=float, default=0.0, metavar="S", help="record the cluster's inside every S seconds"
    )
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
    agreement = commands.add_parser("agreement", help="run tests/agreement on the lab and on Apache Kafka")
    agreement.add_argument(
        "--on", choices=("lab", "apache"), action="append", help="only this; the other as it was"
    )
    agreement.set_defaults(run=_agreement)
    parsed = parser.parse_args()
    try:
        return int(parsed.run(parsed))
    except KwbError as error:
        sys.stderr.write(f"kwb: {error}\n")
        return error.exit_status


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _agreement(parsed: argparse.Namespace) -> int:
    from workbench.dev import agreement

    measured = agreement.read_measured(agreement.FOLDER) if parsed.on else {}
    for kind in parsed.on or agreement.KINDS:
        measured[kind] = asyncio.run(agreement.measure(agreement.FOLDER, kind, _say))
    agreement.write_measured(agreement.FOLDER, measured)
    agreement.PAGE.write_text(agreement.page_of(agreement.FOLDER, measured), encoding="utf-8")
    return 0


def _frames(parsed: argparse.Namespace) -> int:
    scenario = apply_settings(read_scenario(parsed.scenario).scenario, parsed.settings)
    recording = asyncio.run(record(scenario, parsed.every, parsed.until, parsed.inside))
    write(parsed.out, recording)
    sys.stdout.write(f"{parsed.out}: {len(recording.frames)} frames, {parsed.out.stat().st_size:,} B\n")
    return 0


async def record(
    scenario: Scenario, every_s: float = 0.0, until_s: float | None = None, inside_s: float = 0.0
) -> Recording:
    """Run it on its cluster, with its inside each `inside_s` seconds (0: without). Raises KwbError."""
    states: list[ClusterState] = []
    frames: list[Frame] = []
    events: list[Event] = []
    bench = Bench(cluster_for(scenario), events.append)
    try:
        await bench.open()
        topic = await bench.ensure_topic(scenario)
        bench.inside.watch(states.append if inside_s else None)
        await bench.run(scenario, frames.append)
        keys = await bench.keys() if until_s is None else None
        found = await bench.batches(scenario.topic.name, offsets_wanted(keys)) if keys else {}
        assert bench.view is not None
        assert bench.client is not None
        head = Head(scenario, topic, bench.view, bench.client)
    finally:
        await bench.close()
    batches = {p: [(batch.base, batch.records) for batch in each] for p, each in found.items()}
    states = states_from_start(states, frames[0].started_at if frames else 0.0, inside_s) if inside_s else []
    frames, events = from_start(frames, events, time.time() - time.monotonic())
    if until_s is not None:
        events = [event for event in events if event.at <= until_s]
    return Recording(
        head, tuple(thinned(frames, every_s, until_s)), tuple(events), tuple(states), keys, batches
    )


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
