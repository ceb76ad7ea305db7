"""Records kept by name: each a small scenario file, with topic and record, which `kwb FILE` opens too."""

import re
from pathlib import Path

from workbench.errors import InputError
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, TopicPlan
from workbench.model.scenario_file import read_scenario
from workbench.run import scenario_documents

FOLDER = "records"
_NAME = re.compile(r"[\w][\w .,+@-]{0,79}")


def names(folder: Path) -> list[str]:
    """In the order of the alphabet; none where there is no such folder yet."""
    return sorted(path.stem for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem))


def load(folder: Path, name: str) -> tuple[str, RecordPlan]:
    """Topic and record. Raises InputError."""
    scenario = read_scenario(_path(folder, name)).scenario
    return scenario.topic.name, scenario.record


def save(folder: Path, name: str, topic: str, record: RecordPlan) -> None:
    """Over the one that has this name. Raises InputError."""
    path = _path(folder, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"records cannot be kept in {folder}: {error.strerror}") from None
    plan = TopicPlan(name=topic)
    if record.partition is not None and record.partition >= plan.partitions:  # or the file would be refused
        plan = TopicPlan(name=topic, partitions=record.partition + 1)
    scenario = Scenario(title=name, topic=plan, record=record)
    scenario_documents.save(scenario_documents.untitled(), scenario, path)


def delete(folder: Path, name: str) -> None:
    """Raises InputError."""
    try:
        _path(folder, name).unlink()
    except OSError as error:
        raise InputError(f"{name}: {(error.strerror or '').lower()}") from None


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot be a name; give letters, digits, spaces, . , + @ _ - (80 at most)")
    return folder / f"{name}.toml"
