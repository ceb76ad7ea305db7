"""Scenario files: read, checked with errors that name file, line, key and mend, and written back.

Every error is an InputError of one line: `FILE:LINE: KEY: what is wrong; the mend`, or
`--set KEY: …` where a setting is at fault.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from workbench.errors import InputError
from workbench.model.scenario import Scenario
from workbench.model.scenario_check import CheckProperty, Flat, checked, flat_of, flattened
from workbench.model.scenario_keys import CAN_BE_ABSENT, CHECKS, FILES, property_table
from workbench.model.toml_lines import lines_of

LARGEST_FILE = 4 * 1024 * 1024
_BOM = "\ufeff"
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TOML_MENDS = {
    "Invalid value": "put text in quotes",
    "Cannot overwrite a value": "the key is given twice, keep one",
    "Cannot declare": "the table is given twice, join the two",
}


class ScenarioFile:
    """A scenario as its author wrote it: `text` with its comments, and where each key stands."""

    def __init__(self, text: str, name: str, folder: Path | None = None) -> None:
        """Raises InputError where the text is not TOML. `folder`: where `record.value_file` is looked for."""
        self.text = text
        self.name = name
        self.folder = folder
        self._document, self._lines = _parsed(text, name)

    @property
    def scenario(self) -> Scenario:
        """Raises InputError for the first fault in it."""
        return self.resolve()

    def resolve(self, settings: Sequence[str] = (), check_property: CheckProperty | None = None) -> Scenario:
        """The scenario with settings such as "send.count=100" in place of what the file says.

        Raises InputError for the first fault in the file or the settings.
        """
        faults = _Faults(self._place)
        flat = flattened(self._document, faults.complain)
        faults.overridden = _override(flat, settings)
        scenario = checked(flat, faults.complain, self.folder, check_property)
        faults.raise_first()
        return scenario

    def place(self, name: str) -> str:
        """FILE:LINE of a dotted name, or of the nearest table around it."""
        return f"{self.name}:{self._place(name)[0]}"

    def with_changes(self, scenario: Scenario) -> str:
        """The text edited to say `scenario`, all else as it stands; without changes the very same text.

        Raises InputError for a scenario that no file may say.
        """
        from workbench.model.scenario_edit import edited  # tomlkit is only needed to write

        before, after = flat_of(self.scenario), flat_of(scenario)
        changes: Flat = {
            name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)
        }
        if not changes:
            return self.text
        for name in FILES:
            if self.folder is not None and changes.get(name) is not None:
                changes[name] = _beside(changes[name], self.folder)
        result = edited(self.text, changes)
        if not self._says(result, scenario):  # the values come before the comments
            result = edited(f"format = {scenario.format}\n", after)
            _ = ScenarioFile(result, self.name, self.folder).scenario
        return result

    def _says(self, text: str, scenario: Scenario) -> bool:
        try:
            return ScenarioFile(text, self.name, self.folder).scenario == scenario
        except InputError:
            return False

    def _place(self, name: str) -> tuple[int, str]:
        around = name
        while around and around not in self._lines:
            around = around.rpartition(".")[0]
        line = self._lines.get(around, 1)
        return line, f"{self.name}:{line}: {name}"


def load_scenario(text: str, name: str) -> Scenario:
    """The scenario in a text. `name` stands for the file in errors. Raises InputError."""
    return ScenarioFile(text, name).scenario


def read_scenario(path: Path | str) -> ScenarioFile:
    """The file, which must be TOML; its keys are checked by `scenario` and `resolve`. Raises InputError."""
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; give the path of a scenario") from None
    except IsADirectoryError:
        raise InputError(f"{name}: is a folder; give a scenario file in it") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(f"{name}: {reason}; give the path of a scenario that can be read") from None
    if len(data) > LARGEST_FILE:
        raise InputError(f"{name}: larger than 4 MiB; a scenario is a short TOML text")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}:{line}: byte 0x{data[error.start]:02x} is not UTF-8 text; a scenario is a TOML text file"
        ) from None
    return ScenarioFile(text, name, Path(path).absolute().parent)


def apply_settings(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """The scenario with settings such as "producer.acks=1"; an empty value takes a property out.

    Raises InputError, naming the setting.
    """
    faults = _Faults(lambda name: (0, name))
    flat = flat_of(scenario)
    faults.overridden = _override(flat, settings)
    result = checked(flat, faults.complain, Path.cwd())
    faults.raise_first()
    return msgspec.structs.replace(result, folder=scenario.folder)


class _Faults:
    def __init__(self, place: Any) -> None:
        self.overridden: frozenset[str] = frozenset()
        self._place = place
        self._found: list[tuple[int, str]] = []

    def complain(self, name: str, text: str) -> None:
        line, place = (0, f"--set {name}") if name in self.overridden else self._place(name)
        self._found.append((line, f"{place}: {text}"))

    def raise_first(self) -> None:
        if self._found:
            raise InputError(min(self._found, key=lambda fault: fault[0])[1])


def _parsed(text: str, name: str) -> tuple[dict[str, Any], dict[str, int]]:
    body = text.removeprefix(_BOM)
    if not body.strip():
        raise InputError(
            f"{name}:1: is empty; start from one of the samples, such as sample_payloads/orders.toml"
        )
    try:
        document = tomllib.loads(body)
        lines = {".".join(map(str, path)): line for path, line in lines_of(body).items()}
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}:{_toml_fault(body, str(error))}") from None
    except ValueError:  # Python's own, for digits beyond its limit
        raise InputError(f"{name}: a number has thousands of digits; give one that is in range") from None
    except RecursionError:
        raise InputError(f"{name}:1: is nested too deeply; a scenario has tables and short lists") from None
    return document, lines


def _toml_fault(body: str, message: str) -> str:
    place = _TOML_PLACE.search(message)
    said = _TOML_PLACE.sub("", message)
    mend = next((mend for start, mend in _TOML_MENDS.items() if said.startswith(start)), "mend the syntax")
    line = place[1] if place and place[1] else str(body.rstrip("\n").count("\n") + 1)
    column = f", column {place[2]}" if place and place[2] else ""
    return f"{line}: not TOML: {said[:1].lower()}{said[1:]}{column}; {mend}"


def _override(flat: Flat, settings: Sequence[str]) -> frozenset[str]:
    names = set()
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError(f"--set {setting}: no value; write KEY=VALUE, such as --set producer.acks=1")
        names.add(name)
        if not text and (name in CAN_BE_ABSENT or property_table(name)):
            flat.pop(name, None)
        else:
            flat[name] = str(Path.cwd() / text) if name in FILES else _set_value(name, text)
    for one, other in (("record.value", "record.value_file"), ("record.value_file", "record.value")):
        if one in names and one in flat and other not in names:
            flat.pop(other, None)
    if (
        "cluster.kind" in names
        and flat["cluster.kind"] != "remote"
        and "cluster.bootstrap_servers" not in names
    ):
        flat.pop("cluster.bootstrap_servers", None)
    return frozenset(names)


def _set_value(name: str, text: str) -> object:
    """Text where the key takes text, else what TOML makes of it."""
    check = CHECKS.get(name)
    if check is None:
        return text
    try:
        check(text)
    except ValueError:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except ValueError:  # TOMLDecodeError, and Python's own for digits beyond its limit
            return text
    return text


def _beside(path: str, folder: Path) -> str:
    return str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path
