"""Code that a scenario names runs only after its user has said so, once for each content of its file.

A scenario is a document that one may get from others; what it names is found here without being
imported, and only the engine, in a process of its own, loads what was consented to.
"""

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from workbench import paths, resources
from workbench.errors import InputError
from workbench.model.code import Code, NamedCode, code_named
from workbench.model.scenario import Scenario, SendPlan

_LARGEST = 4 * 1024 * 1024
_SHOWN_LINES = 400


class CodeNotAllowedError(InputError):
    """A scenario names code that nobody has consented to."""

    def __init__(self, code: Code) -> None:
        super().__init__(
            f"{code.key}: {code.reference} is code, in {code.path}; look at it, and if you trust it "
            "say --allow-code (the screen asks)"
        )
        self.code = code


class CodeFile(msgspec.Struct, frozen=True):
    """A file to be asked about: its beginning, and the references that a scenario has into it."""

    path: str
    sha256: str
    lines: tuple[str, ...]
    line_count: int
    named: tuple[NamedCode, ...]


class _Given(msgspec.Struct, frozen=True):
    """What is remembered of a consent. `at` is seconds since the epoch."""

    path: str
    at: float


class Consents:
    """Kept by content in a small file. `allow_all`: said for this command alone (`--allow-code`)."""

    def __init__(self, file: Path | None = None, *, allow_all: bool = False) -> None:
        """`file` None: nothing is allowed that `allow_all` does not allow, and nothing is remembered."""
        self._file = file
        self._allow_all = allow_all
        self._here: set[str] = set()

    @classmethod
    def of_the_user(cls) -> "Consents":
        return cls(paths.state_dir() / "allowed_code.json")

    def is_given(self, code: Code) -> bool:
        return self._allow_all or code.sha256 in self._here or code.sha256 in self._remembered()

    def give(self, files: Sequence[CodeFile]) -> None:
        """Allow what stands in these files now. Raises InputError where it cannot be remembered."""
        self._here |= {file.sha256 for file in files}
        if self._file is None:
            return
        given = self._remembered() | {file.sha256: _Given(file.path, time.time()) for file in files}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(msgspec.json.format(msgspec.json.encode(given)))
        except OSError as error:
            raise InputError(
                f"allowed for now; it cannot be remembered in {self._file}: {error.strerror}"
            ) from None

    def _remembered(self) -> dict[str, _Given]:
        if self._file is None:
            return {}
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Given])
        except (OSError, ValueError, msgspec.MsgspecError):
            return {}  # asked again: the safe side of a file that cannot be read


NOBODY = Consents()
"""Allows nothing."""


def allowed_code(scenario: Scenario, consents: Consents) -> tuple[Code, ...]:
    """What the engine may load for a run. Raises InputError for code that is missing or not allowed."""
    found = found_code(scenario)
    refused = next((code for code in found if not consents.is_given(code)), None)
    if refused is not None:
        raise CodeNotAllowedError(refused)
    return found


def code_of_preview(scenario: Scenario, consents: Consents) -> tuple[tuple[Code, ...], str | None]:
    """What the record's serializers need, and the partitioner where it may be asked.

    Raises InputError for a serializer's code that is missing or not allowed.
    """
    record = Scenario(record=scenario.record, folder=scenario.folder)
    code = allowed_code(record, consents)
    send = SendPlan(partitioner=scenario.send.partitioner)
    try:
        partitioner = allowed_code(Scenario(send=send, folder=scenario.folder), consents)
    except InputError:  # the record is shown all the same; sending says why
        return code, None
    return (*code, *partitioner), scenario.send.partitioner if partitioner else None


def found_code(scenario: Scenario) -> tuple[Code, ...]:
    """Each reference with its file and what stands there now. Raises InputError."""
    return tuple(_found(named, scenario.folder) for named in code_named(scenario))


def files_to_ask(scenario: Scenario, consents: Consents) -> tuple[CodeFile, ...]:
    """The files that nobody has allowed yet. Raises InputError where one is missing."""
    asked = [code for code in found_code(scenario) if not consents.is_given(code)]
    by_file: dict[tuple[str, str], list[NamedCode]] = {}
    for code in asked:
        by_file.setdefault((code.path, code.sha256), []).append(NamedCode(code.key, code.reference))
    return tuple(_to_show(path, sha256, named) for (path, sha256), named in by_file.items())


def _to_show(path: str, sha256: str, named: Sequence[NamedCode]) -> CodeFile:
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    return CodeFile(path, sha256, tuple(lines[:_SHOWN_LINES]), len(lines), tuple(named))


def _found(named: NamedCode, folder: str) -> Code:
    module = named.reference.partition(":")[0]
    for path in _places(module, folder):
        if path.is_file():
            content = _content(named, path)
            return Code(named.key, named.reference, str(path), hashlib.sha256(content).hexdigest())
    raise InputError(
        f"{named.key}: there is no module {module}; {module.replace('.', '/')}.py is looked for beside the "
        "scenario, in the current folder, among what is installed, and in the samples’ code/"
    )


def _content(named: NamedCode, path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{named.key}: {path} is too large for code (4 MiB)")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{named.key}: {path}: {error.strerror}") from None


def _places(module: str, folder: str) -> Iterator[Path]:
    """Where the module's file may be, the first place first; nothing is imported to find it."""
    samples = resources.folder("sample_payloads")
    roots = [Path(folder)] if folder else []
    roots += [Path.cwd(), *(Path(entry) for entry in sys.path if entry)]
    roots += [samples / "code"] if samples else []
    relative = Path(*module.split("."))
    for root in roots:
        yield root.absolute() / relative.with_suffix(".py")
        yield root.absolute() / relative / "__init__.py"
