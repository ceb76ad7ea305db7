"""`kwb apache install`: the jars, and Java's archive of their classes."""

import os
from collections.abc import Callable
from pathlib import Path

from workbench.clusters.apache import archives, jars
from workbench.clusters.apache.cluster import ApacheCluster
from workbench.clusters.apache.java import Java, find_java
from workbench.errors import ClusterError


async def install(say: Callable[[str], None]) -> tuple[Java, Path]:
    """What is missing of the two; Java and the folder of jars. Raises ClusterError without Java or jars."""
    java = await find_java()
    libs = jars.find_jars()
    if libs is None:
        say(f"fetching Apache Kafka {jars.KAFKA_VERSION} by Maven …")
        libs = await jars.install_jars()
    if archives.find(java, libs) is None:
        say("making Java's archive of its classes, so that it starts in half the time …")
        try:
            await _make_archive(java, libs)
        except ClusterError as error:
            say(f"kwb: without the archive, which is only slower: {error}")
    return java, libs


async def _make_archive(java: Java, libs: Path) -> Path:
    """Start a broker, stop it, and keep what Java wrote as it ended. Raises ClusterError."""
    target = archives.path_for(java, libs)
    half = target.with_suffix(f".{os.getpid()}")
    cluster = ApacheCluster(brokers=1, archive_to=half)
    try:
        try:
            await cluster.start()
        finally:
            await cluster.close()
        half.replace(target)
    except FileNotFoundError:
        raise ClusterError("Java wrote no archive of Kafka's classes") from None
    finally:
        half.unlink(missing_ok=True)
    return target
