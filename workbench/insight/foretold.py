"""What will happen if …: sentences about a broker, from the live state."""

import msgspec

from workbench.insight.deaths import Death, death
from workbench.insight.happenings import Timeouts, requests
from workbench.insight.notices import records
from workbench.insight.replicas import is_zombie, reachable, replica_facts
from workbench.insight.units import count_text, span_text
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState


class Forecast(msgspec.Struct, frozen=True):
    """If the broker died now, for one partition: who leads, and what each acks would have lost.

    Texts in several lengths, the longest first; counts are None where nobody outside knows them.
    """

    who: tuple[str, ...]
    acks_1: tuple[str, ...]
    acks_all: tuple[str, ...]
    lost_1: int | None
    lost_all: int | None


SLOW_MS = 200
"""What the key adds to each request."""
_UNSEEN = ("followers' logs are not seen from outside", "not seen from outside", "not seen")

_WIPED = ("its log is empty: what it had alone is gone", "its log is empty")


def forecast(state: ClusterState, partition: PartitionState, broker: int) -> Forecast:
    """Of a dead broker: what comes when the controller finds it gone."""
    zombie = next((r for r in partition.replicas if r.broker == broker and is_zombie(partition, r)), None)
    if zombie is not None:
        return _of_zombie(state, partition, zombie)
    found = death(state, partition, broker)
    who = _who(found)
    if found.way == "stays" and not reachable(state.broker(found.leader)):
        stuck, waits = _stuck(state.broker(found.leader))
        who = (f"its leader, broker {found.leader}, {stuck}: {waits}", f"broker {found.leader} {stuck}")
        return Forecast(who, ("0 more lost",), ("0 more lost",), found.acks_1, found.acks_all)
    if state.broker(broker).condition == "dead":
        left = state.broker(broker).session_left_s
        who = tuple(f"after {left:.1f} s: {form}" for form in who) if left is not None else who
        if found.way == "nobody" and _is_empty(partition.replica(broker)):
            return Forecast(who, _WIPED, _WIPED, None, None)
    return Forecast(who, _lost_1(found), _lost_all(found), found.acks_1, found.acks_all)


def _stuck(leader: BrokerState) -> tuple[str, str]:
    """How a leader stands that no broker can fetch from, and what waits for it."""
    if leader.isolated and leader.condition == "running":
        return "is cut off", "acks=all waits"
    return f"is {leader.condition}", "writes wait"


def _of_zombie(state: ClusterState, partition: PartitionState, zombie: ReplicaState) -> Forecast:
    """What it has alone is cut whether it dies or hears that it was replaced."""
    alone = replica_facts(state, partition, zombie).alone
    leader = f"broker {partition.leader}" if partition.leader >= 0 else "nobody"
    who = (f"it was replaced and does not know it: {leader} leads", f"replaced: {leader} leads")
    lost = (
        (f"{alone:,} acked by it alone are cut when it hears", f"{alone:,} are cut") if alone else ("0 lost",)
    )
    return Forecast(who, lost, ("0 lost: it acks none", "0 lost"), alone, 0)


def _lost_1(found: Death) -> tuple[str, ...]:
    if found.acks_1 is None:
        return _UNSEEN
    if found.way == "nobody":
        return "0 lost while its disk survives", "0 lost"
    if not found.acks_1:
        return ("0 lost",)
    word = "record" if found.acks_1 == 1 else "records"
    return f"{found.acks_1:,} acked {word} lost", f"{found.acks_1:,} lost"


def _lost_all(found: Death) -> tuple[str, ...]:
    if found.acks_all is None:
        return _UNSEEN
    if found.acks_all:
        return f"{records(found.acks_all)} lost, acked and committed", f"{found.acks_all:,} lost"
    if found.acks_1:
        first, last = found.log_end, found.log_end + found.acks_1 - 1
        named = (
            f"{count_text(first)} to {count_text(last)} were" if last > first else f"{count_text(last)} was"
        )
        return f"0 lost: {named} never acked", "0 lost: never acked", "0 lost"
    return "0 lost: nothing below the high watermark is gone", "0 lost"


def _who(found: Death) -> tuple[str, ...]:
    leader, end = found.leader, count_text(found.log_end)
    if found.way == "stays" and found.refuses_all:
        long = f"broker {leader} goes on alone: acks=all is refused, consumers see nothing new"
        return long, "acks=all would be refused"
    if found.way == "stays":
        return f"broker {leader} goes on leading", f"{leader} leads on"
    if found.way == "nobody":
        return "nobody can lead until it is back: producers wait", "nobody leads until it is back"
    how = {"elected": "", "after thaw": " once it thaws", "unclean": " uncleanly"}[found.way]
    if found.log_end < 0:
        return f"broker {leader} leads{how}", f"{leader} leads{how}"
    return f"broker {leader} leads{how}; its log ends at {end}", f"{leader} leads{how}, from {end}"


def foretold(state: ClusterState, broker: BrokerState, timeouts: Timeouts) -> tuple[str, ...]:
    """What the keys would do to it: freeze, thaw, start, stop, isolate, slow; in several lengths."""
    session = span_text(timeouts.session_s)
    leads = [p for p in state.partitions if p.leader == broker.id]
    follows = [p for p in state.partitions if p.leader != broker.id and broker.id in p.isr]
    cuts = "it hears what it missed and cuts its log to fit"
    back = cuts if broker.fenced else "it goes on as if nothing was"
    if broker.condition == "frozen":
        return (f"F thaws it: {back}", "F thaws it")
    if broker.condition == "dead":
        return _starts(state, broker)
    waits = f"writes to {_partitions(leads)} wait" if leads else ""
    holds = f"acks=all on {_partitions(follows)} waits" if follows else ""
    both = "; ".join(part for part in (waits, holds) if part)
    if broker.isolated:
        rejoins = f"I lets it rejoin: {back}"
        return f"{rejoins}   F freezes it: clients wait too", rejoins, "I: rejoin"
    if not both:
        return ("F freezes it: nothing waits for it", "F freezes it")
    freezes = f"F freezes it: {both}"
    gently = f"X shuts it down in order: {_stopped(state, broker, leads, follows)}"
    cut_off = f"I: clients reach it, brokers do not; fenced in {session}"
    slows = "S: quick again" if broker.delay_ms else f"S: +{SLOW_MS} ms, so {requests(SLOW_MS)}"
    return (
        f"{freezes}, {session} at most   {gently}   {cut_off}   {slows}",
        f"{freezes}, {session} at most   {gently}   {cut_off}",
        f"{freezes}, {session} at most   {gently}",
        f"{freezes}, {session} at most",
        freezes,
        "F freezes it",
    )


def _is_empty(replica: ReplicaState) -> bool:
    return replica.is_seen and replica.log_end == replica.log_start


def _starts(state: ClusterState, broker: BrokerState) -> tuple[str, ...]:
    mine = [r for p in state.partitions for r in p.replicas if r.broker == broker.id]
    if mine and all(map(_is_empty, mine)):
        return "K starts it again: its log is empty, it fetches what leaders have", "K starts it"
    cut = sum(replica.parted for replica in mine)
    starts = f": {records(cut)} that no leader has are cut" if cut else " with the log it has"
    return f"K starts it again{starts}; W wipes that log first", "K starts it, W wipes it"


def _stopped(
    state: ClusterState, broker: BrokerState, leads: list[PartitionState], follows: list[PartitionState]
) -> str:
    """What a controlled shutdown brings: the controller elects as if it had died, but at once."""
    deaths = [death(state, partition, broker.id) for partition in leads]
    lost = sum(found.acks_1 or 0 for found in deaths if found.way != "elected")
    alone = [p for p, found in zip(leads, deaths, strict=True) if found.way == "nobody"]
    few = [p for p in (*leads, *follows) if death(state, p, broker.id).refuses_all and p not in alone]
    if lost:
        return f"who leads next lacks {records(lost)} that acks=1 acked"
    if alone:
        return f"nobody else can lead {_partitions(alone)}: writes wait"
    if any(found.way == "after thaw" for found in deaths):
        return "who leads next is frozen: writes wait"
    if few:
        return f"acks=all is refused on {_partitions(few)} from then on"
    if not leads:
        return "it leaves its ISRs at once, nothing waits for it"
    return "others lead first, nothing waits"


def _partitions(found: list[PartitionState]) -> str:
    if len(found) > 4:
        return f"{len(found)} partitions"
    return " ".join(f"p{partition.partition}" for partition in found)
