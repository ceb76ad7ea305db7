"""What to say of a broker and of a replica: states, lags, and what comes next when nothing is done."""

from typing import Literal

import msgspec

from workbench.insight.happenings import Timeouts, requests
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState

Standing = Literal["leader", "in sync", "behind", "out of sync", "gone", "zombie"]
"""behind: in the ISR though it fetches nothing now; zombie: replaced as a leader, not knowing it."""
Tone = Literal["wire", "repl", "warn", "bad", "muted", "ok"]


class ReplicaFacts(msgspec.Struct, frozen=True):
    """`behind`: records that the leader has and it has not; `alone`: records that no other live log has."""

    standing: Standing
    behind: int
    alone: int
    forms: tuple[str, ...]
    """What stands over its bar, the longest first."""
    tone: Tone


class BrokerFacts(msgspec.Struct, frozen=True):
    state: str
    tone: Tone
    forms: tuple[str, ...]
    """What it does and what comes next, the longest first."""
    leads: tuple[int, ...]


def up(broker: BrokerState) -> bool:
    return broker.condition in ("running", "stopping")


def reachable(broker: BrokerState) -> bool:
    """Whether other brokers can fetch from it."""
    return up(broker) and not broker.isolated


def is_zombie(partition: PartitionState, replica: ReplicaState) -> bool:
    """It believes that it leads, and was replaced."""
    return replica.role == "leader" and replica.broker != partition.leader


def replica_facts(state: ClusterState, partition: PartitionState, replica: ReplicaState) -> ReplicaFacts:
    broker = state.broker(replica.broker)
    others, leader = [], None
    for each in partition.replicas:
        if each.broker == partition.leader:
            leader = each
        if each.broker != replica.broker:
            others.append(_shared(each, replica))
    behind = max(0, leader.log_end - replica.log_end) if leader and replica.is_seen else 0
    alone = _alone(broker, others, replica)
    if replica.broker == partition.leader:
        standing, forms, tone = _leader(broker)
    elif is_zombie(partition, replica):
        standing, tone = "zombie", "bad"
        forms = (f"believes it leads, epoch {replica.leader_epoch}", "believes it leads", "zombie")
    elif broker.condition == "dead":
        standing, forms, tone = "gone", _dead(replica), "muted"
    elif replica.in_isr:
        fed = leader is not None and reachable(state.broker(leader.broker))
        standing, forms, tone = _in_sync(broker, behind, seen=replica.is_seen, fed=fed)
    elif not replica.is_seen or leader is None:
        standing, forms, tone = "out of sync", ("not in ISR", "out"), "bad"
    else:
        standing, tone = "out of sync", "bad"
        how = f"{behind:,} behind" if behind else "caught up"
        forms = (f"not in ISR, {how}", f"out, {how}", f"out −{behind:,}", "out")
    return ReplicaFacts(standing, behind, alone, forms, tone)


def _leader(broker: BrokerState) -> tuple[Standing, tuple[str, ...], Tone]:
    if broker.condition == "frozen":
        return "leader", ("leader, frozen: writes wait", "leader, frozen", "frozen"), "warn"
    if not up(broker):
        return "leader", ("leader, down: writes wait", "leader, down", "down"), "bad"
    if broker.isolated:
        return "leader", ("LEADER, cut off", "cut off"), "warn"
    return "leader", ("LEADER",), "wire"


def _dead(replica: ReplicaState) -> tuple[str, ...]:
    where = "in ISR, " if replica.in_isr else ""
    if replica.parted:
        cut = f"{replica.parted:,} to be cut"
        return f"down, {cut} when it starts", f"down, {cut}", "down"
    ends = (f"{where}down, log ends here",) if replica.is_seen else ()
    return *ends, f"{where}down", "down"


def _in_sync(
    broker: BrokerState, behind: int, *, seen: bool, fed: bool
) -> tuple[Standing, tuple[str, ...], Tone]:
    """`fed`: whether it can fetch from its leader."""
    stuck = not reachable(broker)
    if stuck and not behind:
        return "behind", (("in ISR, has all",) if seen else ()) + ("in ISR", "ISR"), "warn"
    if stuck:
        return "behind", (f"in ISR, {behind:,} behind", f"ISR −{behind:,}", f"−{behind:,}"), "warn"
    if behind and not fed:
        return "in sync", (f"in ISR, lacks {behind:,}", f"ISR −{behind:,}", f"−{behind:,}"), "warn"
    if behind:
        return "in sync", (f"in sync, {behind:,} on the way", f"in sync −{behind:,}", f"−{behind:,}"), "repl"
    return "in sync", ("in sync",), "repl"


def _shared(other: ReplicaState, replica: ReplicaState) -> int:
    """Up to where the other one has the same records; -1 where its log is not seen."""
    if other.parts_at == replica.parts_at:
        return other.log_end
    return min([other.log_end, *(at for at in (other.parts_at, replica.parts_at) if at >= 0)])


def _alone(broker: BrokerState, others: list[int], replica: ReplicaState) -> int:
    """`others`: up to where the other logs have its records, -1 where that is not seen."""
    if not others or -1 in others or broker.condition == "dead":
        return 0
    return max(0, replica.log_end - max(others))


def broker_facts(state: ClusterState, broker: BrokerState, timeouts: Timeouts) -> BrokerFacts:
    leads = tuple(p.partition for p in state.partitions if p.leader == broker.id)
    word, tone, forms = _broker(state, broker, timeouts)
    return BrokerFacts(word, tone, forms, leads)


def _broker(
    state: ClusterState, broker: BrokerState, timeouts: Timeouts
) -> tuple[str, Tone, tuple[str, ...]]:
    since = f"{max(0.0, state.at - broker.since):.1f} s"
    soon = _soon(broker)
    if broker.condition == "dead":
        return f"dead {since}", "bad", soon
    if broker.condition == "frozen":
        return f"frozen {since}", "warn", (f"answers nobody; {soon[0]}", *soon)
    if broker.isolated:
        return f"isolated {since}", "warn", (f"clients only; {soon[0]}", *soon)
    word, tone, forms = _running(state, broker, timeouts)
    return word, tone, forms


def _running(
    state: ClusterState, broker: BrokerState, timeouts: Timeouts
) -> tuple[str, Tone, tuple[str, ...]]:
    if broker.condition == "starting":
        return "starting", "warn", ("catches up, then rejoins the ISRs", "catches up")
    if broker.condition == "stopping":
        return "stopping", "warn", ("gives its leaderships away", "stopping")
    if broker.delay_ms:
        served = requests(broker.delay_ms)
        forms = (
            f"{served} a connection; leaves an ISR when {timeouts.lag_s:g} s behind",
            f"{served} a connection",
            f"each request +{broker.delay_ms} ms",
            f"+{broker.delay_ms} ms",
        )
        return f"slow, {broker.delay_ms} ms", "warn", forms
    if broker.fenced:
        return "up", "warn", ("registers anew, then rejoins", "registers")
    return "up", "ok", _fetches(state, broker)


def _soon(broker: BrokerState) -> tuple[str, ...]:
    if broker.fenced:
        return "fenced: in no ISR, leads nothing", "fenced, in no ISR", "fenced"
    if broker.session_left_s is None:
        return "fenced any moment", "fenced soon"
    return (
        f"leaves the ISRs in {broker.session_left_s:.1f} s",
        f"out in {broker.session_left_s:.1f} s",
        f"out {broker.session_left_s:.1f} s",
    )


def _fetches(state: ClusterState, broker: BrokerState) -> tuple[str, ...]:
    mine = [
        p
        for p in state.partitions
        if p.leader not in (-1, broker.id) and broker.id in [r.broker for r in p.replicas]
    ]
    leaders = sorted({p.leader for p in mine})
    if not mine:
        return ("",)
    named = " ".join(f"p{p.partition}" for p in mine)
    froms = ", ".join(map(str, leaders))
    return (
        f"fetches {named} from broker {froms}",
        f"fetches {len(mine)} from broker {froms}",
        f"fetches {len(mine)}",
    )
