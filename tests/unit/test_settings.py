"""Settings: kept, read back, broken."""

from pathlib import Path

import pytest

from workbench import settings
from workbench.errors import InputError


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    kept = settings.Settings('kwb-"odd"\\name', {"bench.send": "f5", "app.quit": "ctrl+x,ctrl+c"})
    settings.save(path, kept)
    assert settings.load(path) == kept


def test_none_is_the_defaults(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "settings.toml") == settings.Settings()


@pytest.mark.parametrize("data", [b"theme = 3", b"nope = 1", b"[", b"\xff\xfe"])
def test_broken_says_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"settings\.toml"):
        settings.load(path)


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be kept"):
        settings.save(tmp_path / "file" / "settings.toml", settings.Settings("kwb-light"))
