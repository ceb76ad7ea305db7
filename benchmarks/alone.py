"""A benchmark in a process of its own, so that nothing of another is in its memory."""

import subprocess
import sys

_TIMEOUT_S = 180


def measured(module: str, *arguments: str) -> float:
    """The figure that `python -m MODULE ARGUMENT…` prints first."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode:
        sys.exit(f"{module} failed: {done.stderr}")
    return float(done.stdout.split()[0])
