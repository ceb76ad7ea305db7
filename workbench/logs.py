"""The log file: what has no place on the screen (children's stderr, librdkafka's log, tracebacks)."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from workbench.paths import state_dir

_BYTES = 2_000_000


def log_file() -> Path:
    return state_dir() / "kwb.log"


def log_to_file() -> None:
    """Send this process's log to the file; a folder that cannot be written costs the log, nothing else."""
    root = logging.getLogger()
    if root.handlers:
        return
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(log_file(), maxBytes=_BYTES, backupCount=1)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
