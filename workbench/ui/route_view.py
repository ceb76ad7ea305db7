"""Where the previewed record would go."""

from workbench.errors import InputError
from workbench.model.record import MadeRecord
from workbench.partitioning import describe, predict
from workbench.ui.partitioner_view import is_own, partitioner_of
from workbench.ui.session import Session
from workbench.ui.widgets.route import Way

_LONGEST_KEY = 24


def way_of(session: Session, made: MadeRecord | None) -> Way | None:
    """None as long as there is no record to foretell."""
    fixed = session.scenario.record.partition
    if fixed is not None:
        return Way(f"partition {fixed}", ("as set, no partitioner", "as set"), fixed, _leader(session, fixed))
    if made is None or made.error is not None:
        return None
    partitioner = partitioner_of(session.scenario)
    if is_own(partitioner):
        how: tuple[str, ...] = (f"{partitioner}, emulated", partitioner, "your own")
        if made.not_placed is not None:
            how = (made.not_placed, "your own: no partition")
        leader = None if made.partition is None else _leader(session, made.partition)
        return Way(_key_text(made.key), how, made.partition, leader)
    try:
        partition = predict(partitioner, made.key, session.partitions)
        how = describe(partitioner, made.key, session.partitions)
    except InputError as error:
        return Way(_key_text(made.key), (str(error), partitioner), None)
    if session.partitions == 1:
        how = ("1 partition",)
    if session.scenario.send.partitioner is not None:
        how = (f"{how[0]}, emulated", f"{how[-1]}, emulated", *how)
    if session.scenario.send.interceptors:  # they may change the key, and set the partition
        how = (f"{how[0]}, before interceptors", f"{how[-1]}, intercepted", *how)
    leader = None if partition is None else _leader(session, partition)
    return Way(_key_text(made.key), how, partition, leader)


def _key_text(key: bytes | None) -> str:
    if key is None:
        return "null key"
    if not key:
        return "empty key"
    text = key.decode("utf-8", "replace")
    if not text.isprintable() or "�" in text:
        text = f"0x{key.hex()}"
    return text if len(text) <= _LONGEST_KEY else f"{text[: _LONGEST_KEY - 1]}…"


def _leader(session: Session, partition: int) -> int | None:
    topic = session.topic
    if topic is None or topic.name != session.scenario.topic.name:
        return None
    return next((view.leader for view in topic.partitions if view.id == partition and view.leader >= 0), None)
