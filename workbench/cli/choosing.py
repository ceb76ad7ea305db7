"""The scenario that a command line asks for: a file, then what its options change."""

import argparse

from workbench.model.scenario import Scenario
from workbench.model.scenario_file import read_scenario
from workbench.producer_config import wrong_with


def chosen_scenario(path: str, parsed: argparse.Namespace, settings: list[str]) -> Scenario:
    """Raises InputError, with file and line where a file is at fault."""
    if path == "-":
        path = "/dev/stdin"
    options = []
    if parsed.bootstrap_servers:
        options += ["cluster.kind=remote", f"cluster.bootstrap_servers={parsed.bootstrap_servers}"]
    elif parsed.cluster:
        options.append(f"cluster.kind={parsed.cluster}")
    return read_scenario(path).resolve([*options, *settings], _wrong_with)


def _wrong_with(name: str, text: str) -> str | None:
    """The complaint without the name: the scenario file's error has it already."""
    complaint = wrong_with(name, text)
    return complaint.removeprefix(f"{name}: ") if complaint else None
