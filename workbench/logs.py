"""The log file: what has no place on the screen (children's stderr, librdkafka's log, tracebacks)."""

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from workbench.paths import state_dir

_BYTES = 2_000_000


def log_file() -> Path:
    return state_dir() / "kwb.log"


def internal_error(error: BaseException) -> str:
    """What to tell of a mistake of kwb's own, in one line; its traceback goes to the log file."""
    log_to_file()
    logging.getLogger(__name__).error("internal error", exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"kwb: a mistake of kwb's own ({type(error).__name__}{at}); the details are in {log_file()}"


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
