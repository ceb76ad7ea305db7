"""Kafka's jars: a distribution's own (KAFKA_HOME), or installed by Maven into the cache folder."""

import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path

from workbench import paths
from workbench.clusters.apache.java import run_to_end
from workbench.errors import ClusterError, InputError

KAFKA_VERSION = "4.1.0"
_ARTIFACTS = (
    ("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    ("org.apache.kafka", "kafka-tools", KAFKA_VERSION),
    ("org.slf4j", "slf4j-simple", "1.7.36"),  # Kafka's slf4j-api is 1.7; without a binding it says nothing
)
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_MANIFEST = "installed.txt"
_NEEDED = ("kafka_2.13-*.jar", "kafka-clients-*.jar", "kafka-tools-*.jar")
_PATIENCE = 600.0
MEND = "run `kwb apache install` (needs Maven), or unpack Apache Kafka and set KAFKA_HOME to it"


def installed_dir() -> Path:
    return paths.cache_dir() / "apache" / f"libs-{KAFKA_VERSION}"


def find_jars() -> Path | None:
    """The folder of jars: KWB_KAFKA_LIBS, KAFKA_HOME/libs, else the installed one; None where there is none.

    Raises InputError where one of the two variables names a folder that does not hold them.
    """
    for name, inside in (("KWB_KAFKA_LIBS", ""), ("KAFKA_HOME", "libs")):
        if value := os.environ.get(name):
            folder = Path(value) / inside
            missing = [pattern for pattern in _NEEDED if not any(folder.glob(pattern))]
            if missing:
                raise InputError(f"{name}={value}: {folder} holds no {missing[0]}; {MEND}")
            return folder
    return installed_dir() if is_whole(installed_dir()) else None


def need_jars() -> Path:
    """Like find_jars; raises ClusterError where there are none."""
    folder = find_jars()
    if folder is None:
        broken = installed_dir().exists()
        state = f"{installed_dir()} is incomplete" if broken else "Kafka's jars are not on this machine"
        raise ClusterError(f"{state}: {MEND}")
    return folder


def classpath(folder: Path) -> str:
    """For `java -cp`."""
    return str(folder / "*")


def version_of(folder: Path) -> str:
    """Apache Kafka's version, e.g. "4.1.0", from the name of kafka-clients' jar."""
    for jar in folder.glob("kafka-clients-*.jar"):
        if found := re.fullmatch(r"kafka-clients-(\d[\w.]*)\.jar", jar.name):
            return found.group(1)
    return KAFKA_VERSION


def is_whole(folder: Path) -> bool:
    """True where every jar that was installed is still there, in its whole length."""
    try:
        lines = (folder / _MANIFEST).read_text(encoding="utf-8").splitlines()
        return bool(lines) and all(
            (folder / name).stat().st_size == int(size)
            for size, _, name in (line.partition(" ") for line in lines)
        )
    except (OSError, ValueError):
        return False


async def install_jars() -> Path:
    """Copy the jars by Maven; a whole folder stays as it is, a half-made one is replaced.

    Raises ClusterError with Maven's reason.
    """
    target = installed_dir()
    if is_whole(target):
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise ClusterError(
            "there is no Maven (mvn) on PATH: install it, or unpack Apache Kafka and set KAFKA_HOME to it"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="installing-", dir=target.parent))
    except OSError as error:
        raise ClusterError(f"{target.parent} cannot be written: {error.strerror}") from None
    try:
        await _copy(maven, work)
        await asyncio.to_thread(_put_in_place, work / "libs", target)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    return target


async def _copy(maven: str, work: Path) -> None:
    (work / "pom.xml").write_text(_pom(), encoding="utf-8")
    libs = work / "libs"
    command = [maven, "-B", "-q", "-f", str(work / "pom.xml"), _COPY, f"-DoutputDirectory={libs}"]
    try:
        status, output = await run_to_end([*command, "-DincludeScope=runtime"], _PATIENCE, cwd=work)
    except TimeoutError:
        raise ClusterError(f"Maven did not finish in {_PATIENCE / 60:.0f} minutes: try again") from None
    except OSError as error:
        raise ClusterError(f"{maven} does not run: {error.strerror}") from None
    if status != 0:
        raise ClusterError(f"Maven could not fetch Kafka's jars: {_reason(output)}")
    missing = [pattern for pattern in _NEEDED if not any(libs.glob(pattern))]
    if missing:
        raise ClusterError(f"Maven ended well, yet brought no {missing[0]}: run `mvn -v` and try again")


def _put_in_place(libs: Path, target: Path) -> None:
    lines = [f"{jar.stat().st_size} {jar.name}" for jar in sorted(libs.glob("*.jar"))]
    (libs / _MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if target.exists():
        shutil.rmtree(target)
    libs.rename(target)


def _reason(output: str) -> str:
    """Maven's first error line, with the mend that belongs to it."""
    errors = [line.removeprefix("[ERROR]").strip() for line in output.splitlines() if "[ERROR]" in line]
    first = next(
        (line for line in errors if line), output.strip().splitlines()[-1] if output.strip() else "?"
    )
    if re.search(r"transfer|resol|unknown host|timed out|offline|connect", first, re.IGNORECASE):
        return f"{first[:300]} (is there a network? a proxy or mirror belongs into Maven's settings.xml)"
    return first[:300]


def _pom() -> str:
    wanted = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in _ARTIFACTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>kwb</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{wanted}</dependencies></project>"
    )
