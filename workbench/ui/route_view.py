"""Where the previewed record would go."""

from workbench.model.record import MadeRecord
from workbench.ui.session import Session
from workbench.ui.widgets.route import Way


def way_of(session: Session, made: MadeRecord | None) -> Way | None:
    return None
