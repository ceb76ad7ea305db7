"""What can be done to a cluster while records are on their way, and when."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

if TYPE_CHECKING:
    from workbench.model.scenario import ClusterKind

FaultKind = Literal[
    "freeze", "thaw", "kill", "stop", "restart", "wipe", "slow", "isolate", "drop-response", "error",
    "add-partitions", "wait",
]  # fmt: skip
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
_NODES: frozenset[FaultKind] = frozenset(
    {"freeze", "thaw", "kill", "stop", "restart", "wipe", "add-partitions", "wait"}
)
POSSIBLE: Mapping["ClusterKind", frozenset[FaultKind]] = {
    "lab": frozenset(FAULT_KINDS),
    "apache": _NODES,
    "remote": frozenset(),
}
"""What each kind of cluster can do."""

TARGETS: tuple[str, ...] = ("leader", "followers", "controller", "frozen", "dead")
"""And "broker N"."""
CONTROLLER = 0
LONGEST_DELAY_MS = 600_000
"""What slow may add to a request."""
_BROKER = re.compile(r"broker ([1-9]\d?)")


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions, all of which must hold; none: before the first record.

    `acked`, `sent`, `failed` are counts of records: the first of them that is reached holds the sending
    there until the fault has been done. `seconds` since the first send, or since fault number `fault`
    (from 1) was done; `isr` the size of the partition's in-sync replicas; `leader_changed`: the partition
    has another leader than before the run, or than when fault number `fault` was done.
    """

    acked: int | None = None
    sent: int | None = None
    failed: int | None = None
    seconds: float | None = None
    isr: int | None = None
    leader_changed: bool | None = None
    fault: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        named = {"acked": self.acked, "sent": self.sent, "failed": self.failed}
        return {name: count for name, count in named.items() if count is not None}

    @property
    def says_nothing(self) -> bool:
        return self == After()


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As a scenario says it; `target` is resolved when it fires.

    `target`: leader | followers | controller | "broker N" | frozen | dead, of the topic's `partition`.
    None: for thaw and restart everything that was done, for add-partitions and wait the topic.
    """

    do: FaultKind
    after: After = After()
    target: str | None = None
    partition: int = 0
    ms: int = 0
    """slow: added to every request."""
    code: str = ""
    """error: the name of Kafka's error, e.g. NOT_LEADER_OR_FOLLOWER."""
    times: int = 1
    """error, drop-response: how many Produce requests."""
    partitions: int = 0
    """add-partitions: how many the topic has afterwards."""


class Action(msgspec.Struct, frozen=True):
    """A fault with its target resolved: what a cluster is asked to do.

    `brokers` are ids; none, for thaw and restart: everything. The controller of a cluster that has one
    apart is `CONTROLLER`. add-partitions and wait never come here.
    """

    do: FaultKind
    brokers: tuple[int, ...] = ()
    ms: int = 0
    code: str = ""
    times: int = 1


def out_after(out: frozenset[int], action: Action) -> frozenset[int]:
    """Brokers that answer nobody (frozen, dead, cut off) once it is done, by those before."""
    them = frozenset(action.brokers)
    if action.do in {"freeze", "kill", "stop", "isolate"}:
        return out | them
    if action.do in {"thaw", "restart"}:
        return out - (them or out)
    return out


def broker_of(target: str) -> int | None:
    """N of "broker N"; None where it is another target."""
    found = _BROKER.fullmatch(target)
    return int(found[1]) if found else None


def as_written(fault: Fault) -> dict[str, Any]:
    """What a scenario's file says of it: no key that stands at its default."""
    said: dict[str, Any] = {}
    if not fault.after.says_nothing:
        said["after"] = {
            name: value
            for name in After.__struct_fields__
            if (value := getattr(fault.after, name)) is not None
        }
    else:
        said["after"] = {}
    plain = Fault(do=fault.do)
    for name in ("do", "target", "partition", "ms", "code", "times", "partitions"):
        value = getattr(fault, name)
        if name == "do" or value != getattr(plain, name):
            said[name] = value
    return said
