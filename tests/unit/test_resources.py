"""Where themes and samples are looked for: beside the package, then in the checkout, nowhere else."""

from pathlib import Path

import pytest

from workbench import resources


def _package(root: Path, name: str = "workbench") -> Path:
    package = root / name
    package.mkdir(parents=True)
    return package


@pytest.mark.parametrize("name", ["themes", "sample_payloads"])
def test_found_where_this_checkout_or_wheel_has_it(name: str) -> None:
    folder = resources.folder(name)
    assert folder is not None
    assert list(folder.glob("*.toml"))


def test_beside_the_package_first(tmp_path: Path) -> None:
    package = _package(tmp_path)
    for folder in (package / "themes", tmp_path / "themes"):
        folder.mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "kwb"\n')
    assert resources.folder("themes", package) == package / "themes"


def test_in_the_checkout_that_pyproject_names(tmp_path: Path) -> None:
    package = _package(tmp_path)
    (tmp_path / "themes").mkdir()
    assert resources.folder("themes", package) is None
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "kwb"\n')
    assert resources.folder("themes", package) == tmp_path / "themes"


@pytest.mark.parametrize("text", ['[project]\nname = "other"\n', "[tool]\n", "project = 1\n", "not toml"])
def test_a_folder_of_somebody_else_is_not_taken(tmp_path: Path, text: str) -> None:
    package = _package(tmp_path / "site-packages")
    (tmp_path / "site-packages" / "themes").mkdir()
    (tmp_path / "site-packages" / "pyproject.toml").write_text(text)
    assert resources.folder("themes", package) is None
