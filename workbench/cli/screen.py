"""`kwb`: the screen, on the cluster that the scenario or the options name."""

import argparse
import sys

from workbench.cli.choosing import chosen_scenario
from workbench.errors import InputError
from workbench.logs import log_to_file


def open_screen(parsed: argparse.Namespace) -> int:
    """Raises InputError where there is no terminal, or the scenario is wrong."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("the screen needs a terminal; `kwb run FILE` works without one")
    scenario = chosen_scenario(parsed.file, parsed, [])
    log_to_file()

    from workbench.ui.app import start

    return start(scenario, parsed.theme)
