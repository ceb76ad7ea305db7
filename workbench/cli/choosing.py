"""The scenario that a command line asks for: a file, then what its options change."""

import argparse

from workbench.model.scenario import Scenario
from workbench.model.scenario_file import ScenarioFile, read_scenario
from workbench.run.scenario_documents import complaint


def chosen_scenario(path: str, parsed: argparse.Namespace, settings: list[str]) -> Scenario:
    """Raises InputError, with file and line where a file is at fault."""
    return chosen_file(path, parsed, settings)[1]


def chosen_file(path: str, parsed: argparse.Namespace, settings: list[str]) -> tuple[ScenarioFile, Scenario]:
    """The file too, as its author wrote it. Raises InputError as `chosen_scenario`."""
    if path == "-":
        path = "/dev/stdin"
    options = []
    if parsed.bootstrap_servers:
        options += ["cluster.kind=remote", f"cluster.bootstrap_servers={parsed.bootstrap_servers}"]
    elif parsed.cluster:
        options.append(f"cluster.kind={parsed.cluster}")
    file = read_scenario(path)
    return file, file.resolve([*options, *settings], complaint)
