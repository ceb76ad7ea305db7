"""Finding and installing the jars, with a Maven of the test's own; finding Java."""

import stat
from pathlib import Path

import pytest

from workbench.clusters.apache import jars
from workbench.clusters.apache.java import find_java, run_to_end
from workbench.errors import ClusterError, InputError

_MAVEN = """#!/bin/sh
for word in "$@"; do case "$word" in -DoutputDirectory=*) to="${word#*=}";; esac; done
grep -q kafka-tools pom.xml || exit 9
mkdir -p "$to"
for name in kafka_2.13 kafka-clients kafka-tools; do echo "$name" > "$to/$name-4.1.0.jar"; done
echo run >> "$(dirname "$0")/runs"
"""


def _script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.fixture
def bin_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """First on PATH; the cache folder is the test's own, and no variable points to other jars."""
    monkeypatch.setattr("workbench.paths.cache_dir", lambda: tmp_path / "cache" / "kwb")
    for name in ("KWB_KAFKA_LIBS", "KAFKA_HOME", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


async def test_install_once(bin_dir: Path) -> None:
    _script(bin_dir, "mvn", _MAVEN)
    assert jars.find_jars() is None
    with pytest.raises(ClusterError, match="kwb apache install"):
        jars.need_jars()
    folder = await jars.install_jars()
    assert jars.find_jars() == folder == jars.need_jars()
    assert jars.version_of(folder) == "4.1.0"
    assert await jars.install_jars() == folder
    assert (bin_dir / "runs").read_text() == "run\n"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("damage", ["jar gone", "jar cut", "list gone", "empty folder"])
async def test_a_half_installed_folder_is_recognised_and_mended(bin_dir: Path, damage: str) -> None:
    _script(bin_dir, "mvn", _MAVEN)
    folder = await jars.install_jars()
    jar = folder / "kafka-clients-4.1.0.jar"
    if damage == "jar gone":
        jar.unlink()
    elif damage == "jar cut":
        jar.write_text("x")
    elif damage == "list gone":
        (folder / "installed.txt").unlink()
    else:
        for file in folder.iterdir():
            file.unlink()
    assert jars.find_jars() is None
    with pytest.raises(ClusterError, match="is incomplete"):
        jars.need_jars()
    await jars.install_jars()
    assert jars.find_jars() == folder
    assert jar.read_text() == "kafka-clients\n"


async def test_no_network_is_said_and_leaves_nothing_behind(bin_dir: Path) -> None:
    said = "[ERROR] Could not transfer artifact x from central: Unknown host repo.example"
    _script(bin_dir, "mvn", f"#!/bin/sh\necho '{said}'\nexit 1\n")
    with pytest.raises(ClusterError, match=r"Unknown host repo.example .*is there a network") as caught:
        await jars.install_jars()
    assert "\n" not in str(caught.value)
    assert list(jars.installed_dir().parent.iterdir()) == []


async def test_a_maven_that_brings_nothing_is_no_success(bin_dir: Path) -> None:
    _script(bin_dir, "mvn", "#!/bin/sh\nexit 0\n")
    with pytest.raises(ClusterError, match=r"brought no kafka_2\.13"):
        await jars.install_jars()


async def test_no_maven(bin_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bin_dir))
    with pytest.raises(ClusterError, match=r"no Maven .* KAFKA_HOME"):
        await jars.install_jars()


def test_a_distributions_own_jars_are_used(bin_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    libs = bin_dir.parent / "kafka_2.13-3.9.1" / "libs"
    libs.mkdir(parents=True)
    monkeypatch.setenv("KAFKA_HOME", str(libs.parent))
    with pytest.raises(InputError, match=r"KAFKA_HOME=.* holds no kafka_2\.13"):
        jars.find_jars()
    for name in ("kafka_2.13", "kafka-clients", "kafka-tools"):
        (libs / f"{name}-3.9.1.jar").touch()
    (libs / "kafka-clients-3.9.1-test.jar").touch()
    assert jars.find_jars() == libs
    assert jars.version_of(libs) == "3.9.1"
    assert jars.classpath(libs) == f"{libs}/*"
    monkeypatch.setenv("KWB_KAFKA_LIBS", str(bin_dir))
    with pytest.raises(InputError, match="KWB_KAFKA_LIBS="):
        jars.find_jars()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('openjdk version "17.0.15" 2025-04-15', "17.0.15"),
        ('openjdk version "25" 2025-09-16', "25"),
        ('java version "21-ea" 2023-09-19', "21-ea"),
    ],
)
async def test_java_17_and_later_will_do(bin_dir: Path, said: str, found: str) -> None:
    java = _script(bin_dir, "java", f"#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS' >&2\necho '{said}' >&2\n")
    assert (await find_java()).version == found
    assert (await find_java()).path == str(java)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'openjdk version \"11.0.2\" 2019-01-15' >&2", "is 11.0.2"),
        ("echo 'java version \"1.8.0_392\"' >&2", "is 1.8.0_392"),
        ("echo nonsense", "does not say its version"),
    ],
)
async def test_an_old_java_is_named(bin_dir: Path, script: str, reason: str) -> None:
    _script(bin_dir, "java", f"#!/bin/sh\n{script}\n")
    with pytest.raises(ClusterError, match=rf"{reason}.*install Java 17"):
        await find_java()


async def test_no_java(bin_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bin_dir))
    with pytest.raises(ClusterError, match="no java on PATH: install Java 17"):
        await find_java()
    monkeypatch.setenv("JAVA_HOME", str(bin_dir))
    with pytest.raises(ClusterError, match="holds no bin/java"):
        await find_java()


async def test_a_program_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await run_to_end(["sh", "-c", "sleep 60; true"], patience=0.3)
