"""`kwb compare`: scenarios run one after another and set side by side, or one in the three send modes."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.model.finished_run import FinishedRun
    from workbench.model.scenario import Scenario
    from workbench.run.consent import Consents

MOST = 8


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from workbench.cli import add_cluster_options

    parser = subparsers.add_parser("compare", help="run scenarios and set their reports side by side")
    parser.add_argument("files", metavar="FILE", nargs="+", help="a scenario (TOML); A, B … in this order")
    add_cluster_options(parser)
    parser.add_argument(
        "--race",
        action="store_true",
        help="one FILE, in the three send modes: its first 2,000 records, as fast as each mode goes",
    )
    parser.add_argument(
        "--set",
        metavar="SECTION.NAME=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="change all of the scenarios alike, e.g. send.count=100; may be repeated",
    )
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="run the code that the scenarios name (module:attribute); look at it first",
    )
    parser.add_argument("--html", metavar="FILE", type=Path, help="save it as one HTML page as well")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress, nothing on stdout")
    parser.set_defaults(func=run)


def run(parsed: argparse.Namespace) -> int:
    """Every file is read and the page's place looked at before the first record is sent.

    Returns the worst exit status of the runs.
    """
    from workbench.cli.choosing import chosen_scenario
    from workbench.cli.comparison_text import as_json, as_text
    from workbench.errors import InputError
    from workbench.insight.comparison import LABELS, compare, race_labels
    from workbench.logs import log_to_file
    from workbench.run.compare_page import look_at_place, save_page
    from workbench.run.consent import Consents, allowed_code
    from workbench.run.race import race_of

    log_to_file()
    least, most = (1, 1) if parsed.race else (2, MOST)
    if not least <= len(parsed.files) <= most:
        wanted = "one FILE: it is run in the three modes" if parsed.race else f"2 to {MOST} FILEs"
        raise InputError(f"compare {'--race ' if parsed.race else ''}takes {wanted}; got {len(parsed.files)}")
    consents = Consents(allow_all=parsed.allow_code)
    scenarios = [chosen_scenario(path, parsed, parsed.settings) for path in parsed.files]
    if parsed.race:
        scenarios = list(race_of(scenarios[0]))
    for scenario in scenarios:
        allowed_code(scenario, consents)
    if parsed.html:
        look_at_place(parsed.html)
    finished, interrupted = _run_all(scenarios, consents, progress=not parsed.quiet and sys.stderr.isatty())
    labels = race_labels(finished) if parsed.race else LABELS
    if len(finished) >= 2:
        comparison = compare(finished, labels)
        if not parsed.quiet:
            print(as_json(comparison) if parsed.json else as_text(comparison), flush=True)
        if parsed.html:
            save_page(
                parsed.html,
                comparison,
                " against ".join(side.run.scenario.title for side in comparison.sides),
            )
    return 130 if interrupted else _worst(finished)


def _run_all(
    scenarios: "list[Scenario]", consents: "Consents", *, progress: bool
) -> "tuple[list[FinishedRun], bool]":
    """Each on a cluster of its own, so that none finds what another left; stops where it is interrupted."""
    from workbench.cli.headless import run_scenario
    from workbench.model.finished_run import FinishedRun

    finished = []
    for number, scenario in enumerate(scenarios, start=1):
        outcome = run_scenario(scenario, progress=progress, consents=consents)
        if outcome.report is not None:
            latency = outcome.frame.latency if outcome.frame else {}
            finished.append(FinishedRun(number, time.time(), scenario, outcome.report, latency))
        if outcome.interrupted:
            return finished, True
    return finished, False


def _worst(finished: "list[FinishedRun]") -> int:
    from workbench.cli.run import exit_status

    return max((exit_status(each.report) for each in finished), default=0)
