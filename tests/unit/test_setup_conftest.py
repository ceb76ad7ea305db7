"""The rules of tests/conftest.py, tried on tests of their own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SKIPS = """
import pytest
def test_passes(): pass
def test_skips(): pytest.skip("no teapot")
@pytest.mark.skipif(True, reason="no kettle")
def test_is_skipped(): pass
@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""


def ran(folder: Path, text: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_inner.py").write_text(text)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("KWB_", "PYTEST_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-c", os.devnull, "--rootdir", folder, *options, folder],
        env=environment | variables, capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip


def test_a_skip_is_a_skip_at_home(tmp_path):
    result = ran(tmp_path, SKIPS)
    assert result.returncode == 0
    assert "1 passed, 2 skipped, 1 xfailed" in result.stdout


def test_a_skip_is_a_failure_where_all_must_run(tmp_path):
    result = ran(tmp_path, SKIPS, KWB_NO_SKIP="1")
    assert result.returncode == 1
    assert "1 passed, 1 xfailed" in result.stdout
    assert "skipped," not in result.stdout.splitlines()[-1]
    for reason in ("no teapot", "no kettle"):
        assert f"was skipped, and KWB_NO_SKIP=1 forbids that: {reason}" in result.stdout


@pytest.mark.parametrize(
    "line", ['pytest.skip("no teapot", allow_module_level=True)', 'pytest.importorskip("teapot")']
)
def test_a_whole_file_cannot_be_skipped_either(tmp_path, line):
    result = ran(tmp_path, f"import pytest\n{line}\ndef test_x(): pass\n", KWB_NO_SKIP="1")
    assert result.returncode != 0
    assert "KWB_NO_SKIP=1 forbids that" in result.stdout


def test_nothing_but_skips_is_said_plainly(tmp_path):
    result = ran(tmp_path, SKIPS, "-k", "test_skips")
    assert result.returncode == 0
    assert "SKIPPED, nothing was tested: no teapot" in result.stdout


def test_tests_have_a_home_of_their_own(tmp_path):
    home = Path(os.environ["HOME"])
    assert home.parent.name.startswith("kwb-")
    folders = (
        Path.home(), tempfile.gettempdir(), tmp_path,
        platformdirs.user_config_dir("kwb"), platformdirs.user_cache_dir("kwb"), platformdirs.user_state_dir("kwb"),
    )  # fmt: skip
    assert all(Path(folder).is_relative_to(home.parent) for folder in folders)
