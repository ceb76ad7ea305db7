"""Where the files lie that are not code: colour themes and sample payloads."""

import tomllib
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _is_checkout(folder: Path) -> bool:
    try:
        with (folder / "pyproject.toml").open("rb") as file:
            return bool(tomllib.load(file)["project"]["name"] == "kwb")
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return False


def folder(name: str, package: Path = _HERE) -> Path | None:
    """`themes` or `sample_payloads`: beside the package (in a wheel), then in the checkout, nowhere else.

    None where neither has it.
    """
    beside = package / name
    if beside.is_dir():
        return beside
    checkout = package.parent
    if (checkout / name).is_dir() and _is_checkout(checkout):
        return checkout / name
    return None
