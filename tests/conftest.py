"""What holds for every test: a home of its own, and no skip where KWB_NO_SKIP=1 says that all must run."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from workbench import paths

NO_SKIP = os.environ.get("KWB_NO_SKIP") == "1"
_HOMES = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
    "TMPDIR": "tmp",
}
_LOOKS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLORTERM",
    "TEXTUAL",
    "TEXTUAL_THEME",
    "TEXTUAL_DRIVER",
    "COLUMNS",
    "LINES",
)
_root = pytest.StashKey[Path]()
_before = pytest.StashKey[dict[str, str]]()
_cache = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: nothing of the user's is read, nothing is left behind."""
    config.stash[_cache] = paths.cache_dir()
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist lives in the home that its parent made
    config.stash[_before] = dict(os.environ)
    kept = _pip_of_the_user() | _jars_of_the_user()
    root = config.stash[_root] = Path(tempfile.mkdtemp(prefix="kwb-"))
    for variable, name in _HOMES.items():
        (root / name).mkdir(mode=0o700)
        os.environ[variable] = str(root / name)
    for variable in _LOOKS:
        os.environ.pop(variable, None)
    os.environ.update(kept, PYTHONDONTWRITEBYTECODE="1")
    tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    if _before in config.stash:
        os.environ.clear()
        os.environ.update(config.stash[_before])
        tempfile.tempdir = None
        shutil.rmtree(config.stash[_root], ignore_errors=True)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name a test by their number: some hold the time, and a name must stay the same."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and len(val) > 16 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name.startswith("test_pilot_"):
            item.add_marker("pilot")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have Kafka's jars before the first test that needs them, whose time limit they are no part of."""
    needed = any(item.get_closest_marker(name) for item in session.items for name in ("apache", "java_tools"))
    if needed and not session.config.option.collectonly:
        reason = _find_jars(session.config.stash[_cache])
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reason and reporter:
            reporter.write_line(f"Apache Kafka cannot run here: {reason}", yellow=True)


def _find_jars(users_cache: Path) -> str | None:
    """Tell every test and its children where the jars are; None, or why there are none."""
    from workbench.clusters.apache import jars, java
    from workbench.errors import KwbError

    of_the_user = users_cache / jars.installed_dir().relative_to(paths.cache_dir())
    try:
        asyncio.run(java.find_java())
        found = jars.find_jars() or (of_the_user if jars.is_whole(of_the_user) else None)
        os.environ["KWB_KAFKA_LIBS"] = str(found or asyncio.run(jars.install_jars()))
    except KwbError as error:
        return str(error)
    return None


def _pip_of_the_user() -> dict[str, str]:
    """How pip reaches its index, and its cache: a new home must not cut a test off from them."""
    home = Path.home()
    settings = Path(os.environ.get("XDG_CONFIG_HOME", home / ".config"), "pip", "pip.conf")
    cache = Path(os.environ.get("XDG_CACHE_HOME", home / ".cache"), "pip")
    kept = {}
    for path in (settings, home / ".pip" / "pip.conf"):
        if path.is_file():
            kept.setdefault("PIP_CONFIG_FILE", str(path))
    if "PIP_NO_CACHE_DIR" not in os.environ:
        kept["PIP_CACHE_DIR"] = str(cache)
    return {name: value for name, value in kept.items() if name not in os.environ}


def _jars_of_the_user() -> dict[str, str]:
    """Kafka's jars, where `kwb apache install` has put them: a new home must not cost them."""
    from workbench.clusters.apache.jars import installed_dir, is_whole

    if "KWB_KAFKA_LIBS" in os.environ or "KAFKA_HOME" in os.environ or not is_whole(installed_dir()):
        return {}
    return {"KWB_KAFKA_LIBS": str(installed_dir())}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        _fail(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if NO_SKIP and report.skipped:
        _fail(report, report.nodeid)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport, name: str) -> None:
    report.outcome = "failed"
    report.longrepr = f"{name} was skipped, and KWB_NO_SKIP=1 forbids that: {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run in which everything was skipped must not look like one that passed."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and not terminalreporter.stats.get("passed"):
        for reason in sorted({_reason(report) for report in skipped}):
            terminalreporter.write_line(f"SKIPPED, nothing was tested: {reason}", yellow=True)
