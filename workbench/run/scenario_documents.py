"""Scenario files that the screen opens and saves; comments and layout stay as their author made them."""

import os
import tempfile
import tomllib
from pathlib import Path

import msgspec

from workbench.errors import InputError
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario
from workbench.model.scenario_file import ScenarioFile, read_scenario
from workbench.model.scenario_keys import FILES
from workbench.producer_config import wrong_with
from workbench.producer_config.secrets import is_secret

SUFFIX = ".toml"
_NEW = "format = 1\n"
_NAMED_FILES = tuple(name.removeprefix("record.") for name in FILES)
_MOST_LISTED = 200
_LONGEST = 65_536
"""Bytes of a file that is read for its title."""
_SECTIONS = frozenset({"format", "cluster", "topic", "producer", "record", "send", "fault", "expect"})
"""A file with one of them is a scenario, and no theme or config."""
_OTHERS = frozenset({"pyproject.toml", "settings.toml"})


class Document(msgspec.Struct, frozen=True):
    """A file as it was read or written last; `path` is None for one that was never saved."""

    file: ScenarioFile
    path: Path | None = None


def untitled() -> Document:
    return Document(ScenarioFile(_NEW, "scenario"))


def opened(path: str | Path) -> tuple[Document, Scenario]:
    """Raises InputError with file, line, key and mend."""
    where = Path(path).expanduser()
    file = read_scenario(where)
    return Document(file, where.absolute()), file.resolve((), complaint)


def complaint(name: str, text: str) -> str | None:
    """What is wrong with a property, without its name: the scenario file's error has it already."""
    said = wrong_with(name, text)
    return said.removeprefix(f"{name}: ") if said else None


def is_there(path: Path) -> bool:
    return path.exists()


def changed_on_disk(document: Document) -> bool:
    """Somebody else wrote it since; a file that is gone is no change."""
    if document.path is None:
        return False
    try:
        return document.path.read_bytes() != document.file.text.encode()
    except OSError:
        return False


def named(path: str, beside: Path) -> Path:
    """As a person writes it: with ~, from the folder at hand, and with the suffix where it has none."""
    where = Path(path).expanduser()
    if not where.suffix:
        where = where.with_name(f"{where.name}{SUFFIX}")
    return where if where.is_absolute() else beside / where


def save(document: Document, scenario: Scenario, path: Path) -> tuple[Document, tuple[str, ...]]:
    """Write it, over what is there; also told is which secrets then stand in the file.

    A file with secrets in it is readable by its owner alone. Raises InputError.
    """
    text = _text(document.file, scenario, path)
    secrets = tuple(name for name, value in scenario.producer.items() if value and is_secret(name))
    _write(path, text, private=bool(secrets))
    return Document(ScenarioFile(text, str(path), path.parent), path), secrets


def nearby(*folders: Path) -> list[Path]:
    """Scenario files in these folders and those right below, by name, the first folder's first."""
    found: dict[Path, None] = {}
    for folder in folders:
        for pattern in (f"*{SUFFIX}", f"*/*{SUFFIX}"):
            try:
                some = sorted(folder.glob(pattern))
            except OSError:
                continue
            found |= dict.fromkeys(path for path in some if path.name not in _OTHERS)
    return list(found)[:_MOST_LISTED]


def title_of(path: Path) -> str:
    """What the scenario in this file calls itself, or "untitled"; nothing where it is no scenario."""
    try:
        if path.stat().st_size > _LONGEST:
            return ""
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # TOMLDecodeError and UnicodeDecodeError are among them
        return ""
    title = found.get("title", Scenario().title if found.keys() & _SECTIONS else "")
    return title if isinstance(title, str) else ""


def _text(file: ScenarioFile, scenario: Scenario, path: Path) -> str:
    """Beside another file the files it names lie elsewhere, so they are written anew."""
    scenario = msgspec.structs.replace(scenario, folder=file.scenario.folder)
    if file.folder == path.parent:
        return file.with_changes(scenario)
    record = msgspec.structs.replace(scenario.record, **dict.fromkeys(_NAMED_FILES))
    if record != scenario.record:  # or its serializers would miss their schemas
        record = RecordPlan()
    without = file.with_changes(msgspec.structs.replace(scenario, record=record))
    there = ScenarioFile(without, str(path), path.parent)
    return there.with_changes(msgspec.structs.replace(scenario, folder=there.scenario.folder))


def _write(path: Path, text: str, *, private: bool) -> None:
    """Whole or not at all: into a new file beside it, which then takes its place."""
    try:
        mode = 0o600 if private else path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(f"{path}: {reason}; give a path that can be written") from None
