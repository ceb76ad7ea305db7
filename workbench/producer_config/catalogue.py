"""The properties that decide most, as data.

Ranges, choices and defaults of librdkafka are those its own `rd_kafka_conf_properties_show` prints
(2.16.0), Java's those of `ProducerConfig.configDef()` (Kafka 4.1.0); tests hold them against both.
"""

from functools import cache
from typing import Literal

import msgspec

Kind = Literal["int", "float", "bool", "choice", "text"]
Group = Literal["Essentials", "Timeouts", "Batching", "Ordering"]
GROUPS: tuple[Group, ...] = ("Essentials", "Timeouts", "Batching", "Ordering")


class Property(msgspec.Struct, frozen=True):
    """One property under its Java name. `low` and `high` are librdkafka's, both ends included."""

    name: str
    kind: Kind
    group: Group
    default: str
    """librdkafka's (for max.block.ms: kwb's, which is Java's)."""
    java_default: str
    does: str
    goes_wrong: str
    aliases: tuple[str, ...] = ()
    """librdkafka's other names for it, the one it prints first."""
    short: str = ""
    """A shorter name where the whole one does not fit."""
    unit: Literal["", "ms", "bytes", "requests"] = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    """For choice and bool: what both clients take, the usual one first."""
    emulated: bool = False
    """Not librdkafka's: kwb itself does what Java's client would."""


_INT_MAX = 2**31 - 1

CATALOGUE: tuple[Property, ...] = (
    Property(
        name="client.id",
        kind="text",
        group="Essentials",
        default="rdkafka",
        java_default="",
        does="The name this producer gives itself: brokers put it into their logs, metrics and quotas.",
        goes_wrong="Two programs under one name share one quota, and cannot be told apart in a broker's log.",
    ),
    Property(
        name="acks",
        kind="choice",
        group="Essentials",
        default="all",
        java_default="all",
        aliases=("request.required.acks",),
        choices=("all", "1", "0", "-1"),
        does="Who must have a record before it counts as sent: nobody (0), the leader (1), or every replica "
        "that is in sync (all, which is also written -1).",
        goes_wrong="With 1, a leader that dies before its followers have copied takes acknowledged records "
        "along; with 0 nobody notices any loss.",
    ),
    Property(
        name="enable.idempotence",
        kind="bool",
        group="Essentials",
        default="false",
        java_default="true",
        choices=("true", "false"),
        does="Numbers every batch, so that a broker can tell a retry from a new one and keeps it once and in "
        "order.",
        goes_wrong="Without it, a retry after a lost answer is stored a second time, and can overtake what "
        "was sent after it.",
    ),
    Property(
        name="compression.type",
        kind="choice",
        group="Essentials",
        default="none",
        java_default="none",
        aliases=("compression.codec",),
        choices=("none", "gzip", "snappy", "lz4", "zstd"),
        does="How whole batches are compressed before they are sent and as they are stored.",
        goes_wrong="Batches of one or two records hardly get smaller: it pays only where linger and batch "
        "size let batches fill.",
    ),
    Property(
        name="max.block.ms",
        kind="int",
        group="Timeouts",
        default="60000",
        java_default="60000",
        unit="ms",
        low=0,
        high=_INT_MAX,
        emulated=True,
        does="How long send() may wait for room in the client's queue; librdkafka has no such property, "
        "so kwb itself waits.",
        goes_wrong="With 0, a burst that is faster than the brokers gets its records rejected at once.",
    ),
    Property(
        name="delivery.timeout.ms",
        kind="int",
        group="Timeouts",
        default="300000",
        java_default="120000",
        aliases=("message.timeout.ms",),
        short="delivery.timeout",
        unit="ms",
        low=0,
        high=_INT_MAX,
        does="How long a record has, from send() through every retry, until it counts as failed; to "
        "librdkafka 0 means for ever.",
        goes_wrong="Too short, and a leader election that takes a few seconds fails records that a retry "
        "would have saved; one reported failed may still be stored.",
    ),
    Property(
        name="request.timeout.ms",
        kind="int",
        group="Timeouts",
        default="30000",
        java_default="30000",
        short="request.timeout",
        unit="ms",
        low=1,
        high=900_000,
        does="In librdkafka, how long the broker may wait for its replicas before it answers; in Java, "
        "how long the client waits for an answer.",
        goes_wrong="Too short for slow followers, and a request that was nearly done is reported as timed "
        "out and sent again.",
    ),
    Property(
        name="linger.ms",
        kind="float",
        group="Batching",
        default="5",
        java_default="5",
        aliases=("queue.buffering.max.ms",),
        unit="ms",
        low=0,
        high=900_000,
        does="How long a record waits for company, so that a batch carries more than one; a full batch "
        "leaves at once.",
        goes_wrong="It is added to the latency of every record that does not fill a batch, and to each wait "
        "of a synchronous program.",
    ),
    Property(
        name="batch.size",
        kind="int",
        group="Batching",
        default="1000000",
        java_default="16384",
        unit="bytes",
        low=1,
        high=_INT_MAX,
        does="How many bytes of records for one partition may leave in one batch.",
        goes_wrong="Small batches mean more requests and worse compression; a large size delays nothing, but "
        "lets more memory be used.",
    ),
    Property(
        name="max.in.flight.requests.per.connection",
        kind="int",
        group="Ordering",
        default="1000000",
        java_default="5",
        aliases=("max.in.flight",),
        short="max.in.flight",
        unit="requests",
        low=1,
        high=1_000_000,
        does="How many requests may be under way to one broker before the first of them is answered.",
        goes_wrong="Above 1 and without idempotence, a batch that is retried lands behind the one sent after "
        "it: the order is lost.",
    ),
)


@cache
def _by_name() -> dict[str, Property]:
    return {name: item for item in CATALOGUE for name in (item.name, *item.aliases)}


def property_named(name: str) -> Property | None:
    """By its own name or one of librdkafka's for it; None where it is not among those here."""
    return _by_name().get(name)
