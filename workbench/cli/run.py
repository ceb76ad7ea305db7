"""`kwb run`: scenarios without a screen; the report on stdout, progress on stderr."""

import argparse
import sys
from typing import TYPE_CHECKING

from workbench.cli import complain

if TYPE_CHECKING:
    from workbench.model.report import Report


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from workbench.cli import add_cluster_options

    parser = subparsers.add_parser("run", help="run scenarios and print their reports")
    parser.add_argument("files", metavar="FILE", nargs="+", help="a scenario (TOML)")
    add_cluster_options(parser)
    parser.add_argument(
        "--set",
        metavar="SECTION.NAME=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="change the scenario, e.g. producer.acks=1 or send.count=100; may be repeated",
    )
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="run the code that the scenarios name (module:attribute); look at it first",
    )
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--json", action="store_true", help="the report as JSON, one object a line")
    answer.add_argument("--plot", action="store_true", help="the latency distribution below the report")
    parser.add_argument(
        "--quiet", action="store_true", help="no progress, no report: the exit status says it"
    )
    parser.set_defaults(func=run)


def run(parsed: argparse.Namespace) -> int:
    """Every file is read before the first record is sent; the worst exit status is returned."""
    from workbench.cli.choosing import chosen_scenario
    from workbench.cli.headless import run_scenario
    from workbench.cli.plot import as_plot
    from workbench.cli.report_text import as_json, as_text
    from workbench.logs import log_to_file
    from workbench.run.consent import Consents, allowed_code

    log_to_file()
    consents = Consents(allow_all=parsed.allow_code)
    scenarios = [chosen_scenario(path, parsed, parsed.settings) for path in parsed.files]
    for scenario in scenarios:
        allowed_code(scenario, consents)
    worst = 0
    for scenario in scenarios:
        progress = not parsed.quiet and sys.stderr.isatty()
        outcome = run_scenario(scenario, progress=progress, consents=consents)
        if outcome.report is not None and not parsed.quiet:
            print(as_json(outcome.report) if parsed.json else as_text(outcome.report), flush=True)
            if parsed.plot and outcome.frame is not None:
                print(as_plot(outcome.frame.latency), flush=True)
        if outcome.interrupted:
            return 130
        if outcome.report is not None:
            if not parsed.quiet:
                _warn(outcome.report)
            worst = max(worst, exit_status(outcome.report))
    return worst


def _warn(report: "Report") -> None:
    """Say on stderr what a reader of the exit status alone would miss."""
    from workbench.model.frame import UNHARMED

    ledger = report.ledger
    if gone := ledger.failed + ledger.rejected:
        reasons = ", ".join(
            f"{error.code} ({error.where})" + (f": {error.text}" if error.text else "")
            for error in report.errors
            if error.where != "producer" and error.code not in UNHARMED
        )
        complain(f"{gone:,} of {ledger.sent:,} records failed or were rejected: {reasons}")


def exit_status(report: "Report") -> int:
    """0: done and every expectation held; 1: an expectation, a fault, the read-back failed, or it stopped."""
    if report.verify.state == "unfinished" or report.ledger.broken_equations():
        return 1
    if any(fault.problem for fault in report.faults):
        return 1
    if report.state == "stopped":  # nobody interrupted it: the plan stops at a rejected record
        return 1
    return 0 if all(expectation.held for expectation in report.expect) else 1
