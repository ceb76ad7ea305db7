"""Java: which one runs the nodes, and short Java programs run to their end."""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ClusterError

OLDEST = 17
"""Kafka 4's brokers and tools need Java 17 (KIP-1013)."""
_MEND = f"install Java {OLDEST} or newer (a JRE is enough), or set JAVA_HOME to one"
_VERSION = re.compile(r'version "((?:1\.)?(\d+)[^"]*)"')


@dataclass(frozen=True)
class Java:
    path: str
    version: str
    """As Java prints it, e.g. "17.0.15"."""


async def run_to_end(
    command: Sequence[str | Path], patience: float, cwd: Path | None = None
) -> tuple[int, str]:
    """Exit status and output (both streams) of a program. Raises TimeoutError (it is dead then)."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=cwd,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


async def find_java() -> Java:
    """JAVA_HOME's, else the first on PATH. Raises ClusterError where there is none, or an old one."""
    home = os.environ.get("JAVA_HOME")
    path = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if path is None:
        where = f"JAVA_HOME={home} holds no bin/java" if home else "there is no java on PATH"
        raise ClusterError(f"Apache Kafka needs Java, and {where}: {_MEND}")
    try:
        _, output = await run_to_end([path, "-version"], patience=30)
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"{path} does not run ({type(error).__name__}): {_MEND}") from None
    found = _VERSION.search(output)
    if found is None:
        raise ClusterError(f"{path} does not say its version: {_MEND}")
    version, major = found.group(1), int(found.group(2))
    if major < OLDEST:
        raise ClusterError(f"Apache Kafka needs Java {OLDEST}, and {path} is {version}: {_MEND}")
    return Java(path, version)
