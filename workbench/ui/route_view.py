"""Where the previewed record would go."""

from workbench.model.record import MadeRecord
from workbench.ui.session import Session
from workbench.ui.widgets.route import Way


def way_of(session: Session, made: MadeRecord | None) -> Way | None:
    """None as long as there is no record to foretell."""
    fixed = session.scenario.record.partition
    if fixed is not None:
        return Way(f"partition {fixed}", ("as set",), fixed, _leader(session, fixed))
    return None


def _leader(session: Session, partition: int) -> int | None:
    topic = session.topic
    if topic is None or topic.name != session.scenario.topic.name:
        return None
    return next((view.leader for view in topic.partitions if view.id == partition and view.leader >= 0), None)
