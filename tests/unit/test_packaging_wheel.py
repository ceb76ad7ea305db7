"""The wheel, and the wheel made from the sdist, work in a new environment, from another folder."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.packaging, pytest.mark.timeout(240)]
ISOLATED = """
import sys
from workbench import resources
import workbench
assert {root!r} not in workbench.__file__, workbench.__file__
for name in ("themes", "sample_payloads"):
    folder = resources.folder(name)
    print(folder)
    assert folder.is_relative_to(sys.prefix) and any(folder.iterdir()), folder
"""


def run(*command: object, cwd: Path, timeout: float = 200) -> str:
    environment = {
        name: text for name, text in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    pins = (ROOT / "constraints.txt").as_uri()  # a path with a space would be two paths
    environment |= {"PIP_CONSTRAINT": pins, "PIP_BUILD_CONSTRAINT": pins}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip
    assert result.returncode == 0, f"{command}:\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """dist/ of the tracked files, as `python -m build` makes it: the sdist, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def direct_wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("direct")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(tmp_path_factory, dist) -> Path:
    """bin/ of a new environment with the wheel that came from the sdist."""
    folder = tmp_path_factory.mktemp("env")
    (wheel,) = dist.glob("*.whl")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder / "bin"


def test_both_wheels_hold_the_same_files(dist, direct_wheel):
    (from_sdist,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(from_sdist).namelist())
    assert names == set(zipfile.ZipFile(direct_wheel).namelist())
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"workbench"}
    assert {"workbench/py.typed", "workbench/sample_payloads/orders.toml"} <= names
    assert any(name.startswith("workbench/themes/") and name.endswith(".toml") for name in names)
    tracked = run("git", "ls-files", "workbench", cwd=ROOT).split() if (ROOT / ".git").exists() else []
    assert set(tracked) <= names


def test_the_sdist_can_build_and_test_itself(dist):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "constraints.txt", "README.md", "tests/conftest.py", "pyproject.toml"} <= names
    assert not [name for name in names if ".venv" in name or "__pycache__" in name]


def test_it_finds_themes_and_samples_inside_itself(environment, tmp_path):
    said = run(environment / "python", "-I", "-c", ISOLATED.format(root=str(ROOT)), cwd=tmp_path)
    assert len(said.split()) == 2


def test_its_commands_run_from_another_folder(environment, tmp_path):
    help_text = run(environment / "kwb", "--help", cwd=tmp_path)
    assert "usage: kwb" in help_text
    samples = run(
        environment / "python", "-I", "-c", "from workbench import resources; print(resources.folder('sample_payloads'))",
        cwd=tmp_path,
    )  # fmt: skip
    scenario = Path(samples.strip()) / "orders.toml"
    report = json.loads(run(environment / "kwb", "run", scenario, "--json", cwd=tmp_path, timeout=60))
    assert (report["ledger"]["acked"], report["ledger"]["stored"], report["ledger"]["lost"]) == (
        10_000,
        10_000,
        0,
    )
    assert list(tmp_path.iterdir()) == []
