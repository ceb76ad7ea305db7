"""A run's state in a glyph and a word."""

from rich.text import Text

from workbench.ui.glyphs import DEAD, FAILED, FROZEN, OK, PAUSE, STOP, UP, WARNING
from workbench.ui.session import Session
from workbench.ui.theme import Roles

_PHASES = {
    "opening": (FROZEN, "starting", "warn"),
    "unavailable": (FAILED, "no cluster", "bad"),
    "pausing": (PAUSE, "pausing", "warn"),
    "paused": (PAUSE, "paused", "warn"),
    "stopping": (STOP, "stopping", "warn"),
    "verifying": (UP, "reading back", "wire"),
}


def state_text(session: Session, roles: Roles) -> Text:
    """Such as `run 7 ● sending`."""
    glyph, word, role = _state(session)
    colour = getattr(roles, role)
    run = f"run {session.run_number} " if session.run_number else ""
    return Text.assemble((run, roles.muted), (f"{glyph} ", colour), (word, f"bold {colour}"))


def _state(session: Session) -> tuple[str, str, str]:
    if session.phase in _PHASES:
        return _PHASES[session.phase]
    if session.phase == "running":
        state = session.insight.state if session.insight else "starting"
        return (FROZEN, "starting", "warn") if state == "starting" else (UP, state, "ok")
    if session.run_number == 0:
        return DEAD, "ready", "ok"
    return _end(session)


def _end(session: Session) -> tuple[str, str, str]:
    if session.problem is not None:
        return FAILED, "broken off", "bad"
    if session.report is not None and session.report.state == "stopped":
        return STOP, "stopped", "warn"
    frame = session.insight.frame if session.insight else None
    if frame is not None and frame.failed + frame.rejected:
        return WARNING, "done", "warn"
    return OK, "done", "ok"
