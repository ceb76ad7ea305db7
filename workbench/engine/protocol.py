"""What the parent and the engine process say to each other, as tagged messages."""

import msgspec

from workbench.model.cluster_view import ClusterView
from workbench.model.code import Code
from workbench.model.frame import Frame
from workbench.model.key_totals import KeyTotals
from workbench.model.record import MadeRecord, RecordPlan, RegistryPlan
from workbench.model.report import Example
from workbench.model.scenario import SendPlan, TopicPlan

PREVIEW_CPU_S = 1.0
"""CPU time that making one record for the composer may take."""

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


class AddPartitions(msgspec.Struct, tag=True, frozen=True):
    """Give the topic so many partitions in all. Answered by Done with ClusterView."""

    id: int
    topic: str
    partitions: int


class Preview(msgspec.Struct, tag=True, frozen=True):
    """Make the record with this sequence number, send nothing. Answered by Previewed."""

    id: int
    record: RecordPlan
    seed: int
    seq: int
    run_id: str
    value_bytes: bytes | None = None
    code: tuple[Code, ...] = ()
    """What of a person's own may be loaded for it."""
    topic: str = ""
    registry: RegistryPlan = RegistryPlan()
    """Its `url` is what the run would use. Nothing is registered for a preview."""
    partitioner: str | None = None
    """A person's own, asked where the record would go; in `code`."""
    partitions: int = 1
    """How many it would have to choose from, all with a leader."""


class Gate(msgspec.Struct, frozen=True):
    """Counts at which a run's sending stands still: all of them reached. Told by Reached, opened by Go."""

    number: int
    sent: int = 0
    acked: int = 0
    failed: int = 0


class Share(msgspec.Struct, frozen=True):
    """Which of a run's records are this engine's: by their keys, or where keys are null by their numbers."""

    number: int = 0
    """From 0."""
    of: int = 1


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
    gates: tuple[Gate, ...] = ()
    share: Share = Share()

    @property
    def identity(self) -> str:
        """What stands before a record's number in its header: the run, and which engine of several."""
        return self.run_id if self.share.of == 1 else f"{self.run_id}.{self.share.number}"

    code: tuple[Code, ...] = ()
    """What of a person's own may be loaded for it."""
    registry: RegistryPlan = RegistryPlan()
    """Its `url` None: there is none."""


class Go(msgspec.Struct, tag=True, frozen=True):
    """Open a gate."""

    number: int


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
    logs: tuple["LogRange", ...] | None = None
    """What to read, where the parent has waited until the logs were settled; None: wait and see here."""
    bootstrap_servers: str | None = None
    """Other than those of Connect: the brokers that answer."""
    others: tuple["Acked", ...] = ()
    """Load mode: where the other engines' records were acked, which are looked for too."""


class AskAcked(msgspec.Struct, tag=True, frozen=True):
    """Where this engine's records of a run were acked. Answered by AckedTold, with None but in load mode."""

    id: int
    run_id: str


class Acked(msgspec.Struct, frozen=True):
    """Load mode: where one engine's records were acked."""

    start: tuple[int, ...]
    """By partition, the high watermark before its first record."""
    runs: tuple[tuple[tuple[int, int], ...], ...]
    """By partition, offsets from the first to, not including, the second."""
    without: tuple[int, ...]
    """By partition, how many were acked without an offset."""
    undelivered: int
    """Records that failed, or have no report."""


class LogRange(msgspec.Struct, frozen=True):
    """A partition's log, in the order of partitions."""

    log_start: int
    end: int
    whole: bool
    """Read from the log's start: its history has changed, and where the run began says nothing."""


class AskKeys(msgspec.Struct, tag=True, frozen=True):
    """Which keys of the run that is on, or was last, went where. Answered by KeysTold, at any time."""

    id: int
    run_id: str
    """The run that the asker knows `known` keys of."""
    known: int
    order: bool = True
    """Whether the order of that run's records is wanted still."""


Asked = Connect | DescribeTopic | CreateTopic | AddPartitions | Start | ReadBack | AskKeys | AskAcked
ToEngine = (
    Connect
    | DescribeTopic
    | CreateTopic
    | AddPartitions
    | Preview
    | Start
    | Go
    | Pause
    | Resume
    | Stop
    | ReadBack
    | AskKeys
    | AskAcked
)

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


class Reached(msgspec.Struct, tag=True, frozen=True):
    """A gate's counts are reached, and no more records are offered until Go (or Stop)."""

    number: int
    frame: Frame


class Ended(msgspec.Struct, tag=True, frozen=True):
    """The end of a run: its last frame, complete."""

    frame: Frame


class Found(msgspec.Struct, frozen=True):
    """What the read-back found; see model.ledger for the words. None: what offsets alone do not tell."""

    stored: int | None
    acked_stored: int
    lost: int
    expired: int
    unconfirmed_stored: int
    vanished: int
    stored_though_failed: int | None
    stored_though_pending: int | None
    duplicated: int | None
    reordered: int | None
    partitions: tuple[int, ...]
    """Distinct records of the run found, by partition; in load mode those that were acked."""
    moved_keys: int | None = None
    examples: tuple[Example, ...] = ()
    unreported: int | None = None
    """Load mode: records between the run's that no report names."""


class ReadBackDone(msgspec.Struct, tag=True, frozen=True):
    id: int
    found: Found | None
    reason: str | None = None
    """Why it is unfinished, where `found` is None."""


class KeysTold(msgspec.Struct, tag=True, frozen=True):
    id: int
    totals: KeyTotals | None
    """None: this engine has sent nothing yet. `totals.first` is 0 where the run is another."""


class AckedTold(msgspec.Struct, tag=True, frozen=True):
    id: int
    acked: Acked | None


class Heartbeat(msgspec.Struct, tag=True, frozen=True):
    """Sent when there is no frame to send, so that hung can be told from idle."""

    at: float


class Log(msgspec.Struct, tag=True, frozen=True):
    """A line for the log file (librdkafka's own log among them)."""

    level: int
    text: str


FromEngine = (
    Ready
    | Done
    | Failed
    | Previewed
    | Running
    | Reached
    | Ended
    | ReadBackDone
    | KeysTold
    | AckedTold
    | Heartbeat
    | Log
)
