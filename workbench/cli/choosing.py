"""The scenario that a command line asks for: a file, then what its options change."""

import argparse
from pathlib import Path

import msgspec

from workbench.model.scenario import ClusterPlan, Scenario
from workbench.model.scenario_file import apply_settings, read_scenario


def chosen_scenario(path: str | None, parsed: argparse.Namespace, settings: list[str]) -> Scenario:
    """Raises InputError."""
    scenario = read_scenario(Path(path)).scenario if path else Scenario()
    if parsed.bootstrap_servers:
        cluster = ClusterPlan(kind="remote", bootstrap_servers=parsed.bootstrap_servers)
        scenario = msgspec.structs.replace(scenario, cluster=cluster)
    elif parsed.cluster:
        cluster = msgspec.structs.replace(scenario.cluster, kind=parsed.cluster)
        scenario = msgspec.structs.replace(scenario, cluster=cluster)
    return apply_settings(scenario, settings)
