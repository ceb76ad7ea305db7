"""`kwb`: the screen, on the cluster that the scenario or the options name."""

import argparse
import sys
from pathlib import Path

from workbench import resources
from workbench.cli.choosing import chosen_file
from workbench.errors import InputError
from workbench.logs import log_to_file


def open_screen(parsed: argparse.Namespace) -> int:
    """Raises InputError where there is no terminal, or the scenario is wrong."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("the screen needs a terminal; `kwb run FILE` works without one")
    path = parsed.file or _first_run()
    file, scenario = chosen_file(path, parsed, [])
    log_to_file()

    from workbench.run.scenario_documents import Document
    from workbench.ui.app import start

    return start(scenario, parsed.theme, document=Document(file, Path(path).absolute()))


def _first_run() -> str:
    samples = resources.folder("sample_payloads")
    if samples is None:
        raise InputError("the samples are missing from this installation; give a scenario: kwb FILE")
    return str(samples / "first_run.toml")
