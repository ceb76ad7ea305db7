"""Loads what a person wrote into the engine process: the very bytes that were consented to, or nothing."""

import hashlib
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType

from workbench.errors import InputError
from workbench.model.code import Code

IMPORT_S = 5.0
"""So long may a module take to be imported."""
_OURS = "__kwb_code__"


class _TooLongError(BaseException):
    """Raised into a module that does not come to its end; no `except Exception` catches it."""


class Loaded:
    """The code of one run, each file executed once and anew: what it remembers begins with the run.

    Main thread only: its guard is a signal.
    """

    def __init__(self, codes: Sequence[Code]) -> None:
        """Raises InputError, in one line, for whatever keeps a reference from being had."""
        self._modules: dict[tuple[str, str], ModuleType] = {}
        self._found = {(code.key, code.reference): self._load(code) for code in codes}

    def get(self, key: str, reference: str) -> object:
        """What is named there. Raises InputError where it was not consented to."""
        try:
            return self._found[key, reference]
        except KeyError:
            raise InputError(f"{key}: {reference} was not allowed to run") from None

    def made(self, key: str, reference: str) -> object:
        """The same; of a class an object of it, made without arguments. Raises InputError."""
        found = self.get(key, reference)
        return _made(key, reference, found) if isinstance(found, type) else found

    def _load(self, code: Code) -> object:
        module = self._modules.get((code.path, code.sha256))
        if module is None:
            module = self._modules[code.path, code.sha256] = _executed(code)
        found: object = module
        for name in code.attribute.split("."):
            try:
                found = getattr(found, name)
            except AttributeError:
                raise _error(code, f"has no {code.attribute}") from None
        return found


def _executed(code: Code) -> ModuleType:
    try:
        source = Path(code.path).read_bytes()
    except OSError as error:
        raise _error(code, error.strerror or "cannot be read") from None
    if hashlib.sha256(source).hexdigest() != code.sha256:
        raise _error(code, "has changed since it was allowed; look at it and allow it again")
    try:
        compiled = compile(source, code.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise _error(code, _syntax(error)) from None
    module = ModuleType(code.module)
    module.__file__ = code.path
    module.__package__ = code.module.rpartition(".")[0]
    setattr(module, _OURS, code.sha256)
    other = sys.modules.get(code.module)
    if other is None or hasattr(other, _OURS):  # dataclasses look their module up there
        sys.modules[code.module] = module
    try:
        with _at_most(IMPORT_S):
            exec(compiled, module.__dict__)  # noqa: S102  # consented to, with this very content
    except _TooLongError:
        raise _error(code, f"takes longer than {IMPORT_S:g} s to import") from None
    except BaseException as error:  # noqa: BLE001  # SystemExit too: it is not theirs to end the engine
        raise _error(code, f"line {_line_in(error, code.path)}: {one_line(error)}") from None
    return module


def _made(key: str, reference: str, kind: type) -> object:
    try:
        with _at_most(IMPORT_S):
            return kind()
    except _TooLongError:
        raise InputError(f"{key}: {reference} takes longer than {IMPORT_S:g} s to be made") from None
    except BaseException as error:  # noqa: BLE001
        raise InputError(f"{key}: {reference} cannot be made: {one_line(error)}") from None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)  # again, should it catch the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def one_line(error: BaseException) -> str:
    """What was raised, as a person reads it."""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _line_in(error: BaseException, path: str) -> int:
    """The last line of the file that the error came through."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _syntax(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return str(error)


def _error(code: Code, what: str) -> InputError:
    return InputError(f"{code.key}: {code.reference}: {code.path}: {what}")
