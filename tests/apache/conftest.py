"""Real Apache Kafka for tests.

`kafka_libs` (session): the folder of jars; skips where Java or they are missing.
`apache_bootstrap` (session): bootstrap servers of three brokers, shared: make topics of your own.
`own_cache`: an empty cache folder for one test (and what it starts), the jars are still found.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.clusters.apache.jars import need_jars
from workbench.clusters.apache.java import find_java
from workbench.errors import KwbError

_SERVE = """
import asyncio, sys
from workbench.clusters.apache import ApacheCluster

async def serve():
    cluster = ApacheCluster()
    try:
        await cluster.start()
        print(cluster.bootstrap_servers, flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await cluster.close()

asyncio.run(serve())
"""


@pytest.fixture(scope="session")
def kafka_libs() -> Path:
    try:
        asyncio.run(find_java())
        return need_jars()
    except KwbError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def apache_bootstrap(kafka_libs: Path) -> Iterator[str]:
    command = [sys.executable, "-P", "-c", _SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        bootstrap = server.stdout.readline().strip()
        assert bootstrap, "Apache Kafka did not start; its reason is on stderr"
        yield bootstrap
        server.stdin.close()
        assert server.wait(30) == 0


@pytest.fixture
def own_cache(kafka_libs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `apache` in it, which does not exist yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if "KAFKA_HOME" not in os.environ:
        monkeypatch.setenv("KWB_KAFKA_LIBS", str(kafka_libs))
    return tmp_path / "cache" / "kwb" / "apache"
