"""constraints.txt: exact versions of everything, from nowhere in particular."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==[A-Za-z0-9.!+]+")


def pinned() -> set[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [PIN.fullmatch(line) for line in lines if not line.startswith("#")]
    assert all(pins)
    return {re.sub("[-_.]+", "-", pin[1]).lower() for pin in pins if pin}


def test_it_names_no_index_and_no_address():
    text = (ROOT / "constraints.txt").read_text()
    for forbidden in ("://", "--", "@ "):
        assert forbidden not in text


def test_every_line_is_one_exact_version():
    names = pinned()
    assert len(names) > 30
    assert "kwb" not in names


def test_what_pyproject_asks_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *project["build-system"]["requires"],
    ]
    names = {re.sub("[-_.]+", "-", re.split(r"[<>=!~;\[ ]", name)[0]).lower() for name in wanted}
    assert names <= pinned()
