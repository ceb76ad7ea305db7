"""The peer in C: kcat, which sends each line of a file as a record.

`python -m benchmarks.kcat BOOTSTRAP` prints records per second. What it takes to start, to connect and to
send a single record is measured in a run of its own and left out, as the warm-up of the others is.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.constants import CONFIG, LOAD_RECORDS, TOPIC, VALUE

_TIMEOUT_S = 120


def is_there() -> bool:
    return shutil.which("kcat") is not None


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, all_of_them = Path(folder) / "one", Path(folder) / "all"
        one.write_text(f"{VALUE}\n")
        all_of_them.write_text(f"{VALUE}\n" * (LOAD_RECORDS + 1))
        spent = _seconds(all_of_them) - _seconds(one)
    print(LOAD_RECORDS / spent)


def _seconds(lines: Path) -> float:
    config = [word for name, value in CONFIG.items() for word in ("-X", f"{name}={value}")]
    began = time.monotonic()
    subprocess.run(
        ["kcat", "-P", "-b", sys.argv[1], "-t", TOPIC, *config, "-l", str(lines)],
        check=True,
        timeout=_TIMEOUT_S,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - began


if __name__ == "__main__":
    main()
