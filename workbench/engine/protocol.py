"""What the parent and the engine process say to each other, as tagged messages."""

import msgspec

from workbench.model.cluster_view import ClusterView
from workbench.model.frame import Frame
from workbench.model.record import MadeRecord, RecordPlan
from workbench.model.scenario import SendPlan, TopicPlan

# ── parent to engine ──────────────────────────────────────────────────────────────────────────────


class Connect(msgspec.Struct, tag=True, frozen=True):
    """Which cluster admin commands and runs are for; `config` holds security properties only.

    Answered by Done with ClusterView, or Failed within `timeout_s`.
    """

    id: int
    bootstrap_servers: str
    config: dict[str, str] = {}
    timeout_s: float = 10.0


class DescribeTopic(msgspec.Struct, tag=True, frozen=True):
    """Answered by Done with a ClusterView whose `topics` has the topic, or none where it is missing."""

    id: int
    topic: str


class CreateTopic(msgspec.Struct, tag=True, frozen=True):
    """Answered by Done with ClusterView once every partition has a leader."""

    id: int
    topic: TopicPlan


class Preview(msgspec.Struct, tag=True, frozen=True):
    """Make the record with this sequence number, send nothing. Answered by Previewed."""

    id: int
    record: RecordPlan
    seed: int
    seq: int
    run_id: str
    value_bytes: bytes | None = None


class Start(msgspec.Struct, tag=True, frozen=True):
    """Start a run. Frames follow, then Ended. Failed where the client refuses the config."""

    id: int
    run_id: str
    topic: str
    partitions: int
    config: dict[str, str]
    """The client's own names only; bootstrap.servers included."""
    max_block_ms: int
    record: RecordPlan
    send: SendPlan
    seed: int
    value_bytes: bytes | None = None
    """What stood in `record.value_file`, where the serializer takes bytes as they are."""


class Pause(msgspec.Struct, tag=True, frozen=True):
    pass


class Resume(msgspec.Struct, tag=True, frozen=True):
    pass


class Stop(msgspec.Struct, tag=True, frozen=True):
    """Offer no more records; those in flight get `grace_s` for their reports, then are purged."""

    grace_s: float = 5.0


class ReadBack(msgspec.Struct, tag=True, frozen=True):
    """Read the log from where the run began and match it with the run. Answered by ReadBackDone."""

    id: int
    run_id: str
    timeout_s: float = 60.0


Asked = Connect | DescribeTopic | CreateTopic | Start | ReadBack
ToEngine = Connect | DescribeTopic | CreateTopic | Preview | Start | Pause | Resume | Stop | ReadBack

# ── engine to parent ──────────────────────────────────────────────────────────────────────────────


class Ready(msgspec.Struct, tag=True, frozen=True):
    """First message of the process."""

    pid: int
    confluent_kafka: str
    librdkafka: str


class Done(msgspec.Struct, tag=True, frozen=True):
    id: int
    view: ClusterView | None = None


class Failed(msgspec.Struct, tag=True, frozen=True):
    """A command could not be done. `kind`: input (the user's mend) | cluster (out of reach)."""

    id: int
    kind: str
    text: str


class Previewed(msgspec.Struct, tag=True, frozen=True):
    id: int
    made: MadeRecord


class Running(msgspec.Struct, tag=True, frozen=True):
    frame: Frame


class Ended(msgspec.Struct, tag=True, frozen=True):
    """The end of a run: its last frame, complete."""

    frame: Frame


class Found(msgspec.Struct, frozen=True):
    """What the read-back found; see model.ledger for the words."""

    stored: int
    acked_stored: int
    lost: int
    expired: int
    unconfirmed_stored: int
    vanished: int
    stored_though_failed: int
    stored_though_pending: int
    duplicated: int
    reordered: int
    partitions: tuple[int, ...]
    """Distinct records of the run found, by partition."""
    moved_keys: int | None = None


class ReadBackDone(msgspec.Struct, tag=True, frozen=True):
    id: int
    found: Found | None
    reason: str | None = None
    """Why it is unfinished, where `found` is None."""


class Heartbeat(msgspec.Struct, tag=True, frozen=True):
    """Sent when there is no frame to send, so that hung can be told from idle."""

    at: float


class Log(msgspec.Struct, tag=True, frozen=True):
    """A line for the log file (librdkafka's own log among them)."""

    level: int
    text: str


FromEngine = Ready | Done | Failed | Previewed | Running | Ended | ReadBackDone | Heartbeat | Log
