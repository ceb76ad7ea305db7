"""Java's class-data archive of Kafka's classes: with it the nodes are up in half the time.

Optional in every way: Java itself checks that it fits (same JVM, same jars) and runs without it otherwise.
"""

import hashlib
from pathlib import Path

from workbench import paths
from workbench.clusters.apache.jars import is_whole
from workbench.clusters.apache.java import Java


def path_for(java: Java, libs: Path) -> Path:
    """Beside jars that kwb installed, so that it goes with them; in the cache folder for others."""
    key = hashlib.sha256(f"{java.path}\n{java.version}\n{libs.resolve()}".encode()).hexdigest()[:12]
    folder = libs if is_whole(libs) else paths.cache_dir() / "apache"
    return folder / f"classes-{key}.jsa"


def find(java: Java, libs: Path) -> Path | None:
    found = path_for(java, libs)
    return found if found.exists() else None
