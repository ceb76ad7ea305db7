"""A text in the user's own editor, with the screen out of its way; a run that is on goes on meanwhile."""

import asyncio
import os
import shlex
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import InputError

if TYPE_CHECKING:
    from textual.app import App

_LARGEST = 64 * 1024 * 1024


def command() -> list[str]:
    """VISUAL or EDITOR, with its arguments. Raises InputError where neither is set."""
    for name in ("VISUAL", "EDITOR"):
        if wanted := os.environ.get(name, "").strip():
            try:
                return shlex.split(wanted)
            except ValueError as error:
                raise InputError(f"{name}={wanted}: {error}") from None
    raise InputError("no editor is named; set EDITOR, as in `export EDITOR=nano`, and start kwb again")


async def edited(app: "App[object]", text: str, suffix: str) -> str:
    """The text as the editor leaves it. Raises InputError where it cannot be had; `text` is not lost then."""
    words = command()
    from textual.app import SuspendNotSupported

    path = _written(text, suffix)
    try:
        with app.suspend(), app.batch_update(), _for_the_editor():  # the batch: nothing is painted meanwhile
            status = await _run(words, path)
        if status:
            raise InputError(f"{words[0]} ended with status {status}; the text stays as it was")
        return _read(path)
    except SuspendNotSupported:
        raise InputError("this terminal cannot be handed to an editor") from None
    finally:
        path.unlink(missing_ok=True)


def _written(text: str, suffix: str) -> Path:
    """A new file that only the user can read."""
    handle, name = tempfile.mkstemp(prefix="kwb-", suffix=suffix)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    return Path(name)


async def _run(words: list[str], path: Path) -> int:
    try:
        process = await asyncio.create_subprocess_exec(*words, str(path))
    except OSError as error:
        raise InputError(f"{words[0]}: {(error.strerror or str(error)).lower()}; EDITOR names it") from None
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _read(path: Path) -> str:
    """Editors end a text with a line break; one that was not there before is the caller's to tell apart."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("the text is larger than 64 MiB; the one before stays")
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start + 1} is not UTF-8 text; the text stays as it was") from None
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or '').lower()}; the text stays as it was") from None


@contextmanager
def _for_the_editor() -> Iterator[None]:
    """Interrupt and quit go to the whole terminal's group: they are meant for the editor."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
