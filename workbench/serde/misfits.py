"""What in a JSON value does not fit a schema: every place, with a path from the value's root."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

Path = tuple[str | int, ...]
"""Field names and list indexes from the root; () is the value itself."""
MOST = 20
"""Misfits told of one value."""
_SHOWN = 40


class MisfitError(ValueError):
    """A value that does not fit; at least one (path, what is wrong). Never leaves `serde`."""

    def __init__(self, misfits: list[tuple[Path, str]]) -> None:
        path, text = misfits[0]
        super().__init__(f"{dotted(path)}: {text}" if path else text)
        self.misfits = misfits[:MOST]

    def below(self, step: str | int) -> list[tuple[Path, str]]:
        """The same misfits as the value around sees them."""
        return [((step, *path), text) for path, text in self.misfits]


def misfit(text: str) -> MisfitError:
    """Of the value at hand itself."""
    return MisfitError([((), text)])


def dotted(path: Path) -> str:
    """`items[2].price`; "" for the root."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def shown(value: Any) -> str:
    """A JSON value as a message names it, in a few words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text “{value if len(value) <= _SHOWN else value[:_SHOWN] + '…'}”"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "an object"
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def unknown(kind: str, name: str, known: Iterable[str], of: str) -> str:
    """There is no such field or symbol; the nearest, or those there are."""
    known = list(known)
    near = get_close_matches(name, known, n=1)
    few = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    mend = f"did you mean {near[0]}?" if near else (f"there are {few}" if known else "it has none")
    return f"{of} has no {kind} {name}; {mend}"


def only(kinds: str, value: Any) -> MisfitError:
    return misfit(f"{kinds} is wanted, not {shown(value)}")
