"""What happened inside the cluster, and what it did to the records, in words."""

from collections.abc import Iterable, Mapping

import msgspec

from workbench.insight.notices import records
from workbench.insight.units import span_text
from workbench.model.cluster_state import Happened, HappenedKind
from workbench.model.events import Event, EventKind, Severity


class Timeouts(msgspec.Struct, frozen=True):
    """broker.session.timeout.ms and replica.lag.time.max.ms, in seconds."""

    session_s: float = 9.0
    lag_s: float = 30.0

    @classmethod
    def of(cls, config: Mapping[str, str]) -> "Timeouts":
        """From broker properties; what is not among them has Kafka's default."""
        session, lag = config.get("broker.session.timeout.ms"), config.get("replica.lag.time.max.ms")
        return cls(
            int(session) / 1000 if session else cls().session_s, int(lag) / 1000 if lag else cls().lag_s
        )


def requests(delay_ms: int) -> str:
    """200 → "5 requests/s": what a broker then serves on one connection, since it does so one by one."""
    a_second = 1000 / max(delay_ms, 1)
    return f"{a_second:.0f} requests/s" if a_second >= 9.95 else f"{a_second:.2g} requests/s"


class Told(msgspec.Struct, frozen=True):
    """`what` and `consequence` are texts with words in braces: see `told`."""

    what: str
    consequence: str
    severity: Severity = "info"
    kind: EventKind = "note"


_TOLD: Mapping[HappenedKind, Told] = {
    "frozen": Told("frozen", "it answers nobody; fenced in {session} unless it thaws", "warn", "fault"),
    "thawed": Told("thawed", "it answers what lay in its sockets, then catches up", "info", "fault"),
    "killed": Told("killed", "its log stays on its disk; fenced in {session}", "bad", "fault"),
    "stopped": Told("stopped", "it gave its leaderships away first", "warn", "fault"),
    "restarted": Told("started again", "it cuts off what the new leaders do not have", "info", "fault"),
    "wiped": Told("wiped", "its copies are gone; it fetches all anew when it starts", "bad", "fault"),
    "isolated": Told("isolated", "clients reach it, brokers do not; fenced in {session}", "warn", "fault"),
    "joined": Told("reached again", "it hears what it missed", "info", "fault"),
    "slowed": Told("slow", "{requests} a connection: each takes {count} ms more", "warn", "fault"),
    "fenced": Told("fenced", "silent for {session}: it leaves every ISR, leads nothing", "bad"),
    "unfenced": Told("back", "it rejoins each ISR once it has caught up", "ok"),
    "isr-shrank": Told("ISR shrank to {isr}", "acks=all waits for these only", "warn", "isr shrank"),
    "isr-grew": Told("ISR grew to {isr}", "acks=all waits for them again", "ok", "isr grew"),
    "leader-elected": Told(
        "broker {broker} leads, epoch {count}",
        "producers go on there, once they hear of it",
        "info",
        "leader moved",
    ),
    "unclean-election": Told(
        "broker {broker} leads, epoch {count}",
        "it was not in sync: acked records may be gone",
        "bad",
        "leader moved",
    ),
    "no-leader": Told("no leader", "nobody in sync is up: producers wait", "bad", "leader moved"),
    "truncated": Told("truncated", "broker {broker} cut {records} that its leader does not have", "bad"),
    "log-trimmed": Told("trimmed", "broker {broker}: {records} removed by retention", "warn"),
}
_TOO_FEW = Told(
    "ISR shrank to {isr}",
    "below min.insync {least}: acks=all is refused, HW stays",
    "bad",
    "isr shrank",
)
_STILL_TOO_FEW = Told("ISR grew to {isr}", "still below min.insync {least}", "warn", "isr grew")
_GOES = Told("fenced", "it told the controller so: nobody waits {session}")
_QUICK = Told("quick again", "its requests wait no more", "info", "fault")


def told(one: Happened, minimum_isr: int, timeouts: Timeouts) -> Told:
    """`minimum_isr` of the partition it happened to. Without its place: see `events`."""
    form = _TOLD[one.kind]
    few = len(one.brokers) < minimum_isr
    if few and one.kind == "isr-shrank":
        form = _TOO_FEW
    elif few and one.kind == "isr-grew":
        form = _STILL_TOO_FEW
    elif one.kind == "slowed" and not one.count:
        form = _QUICK
    elif one.kind == "fenced" and one.count:
        form = _GOES
    words = {
        "broker": one.broker,
        "session": span_text(timeouts.session_s),
        "isr": f"{{{','.join(map(str, one.brokers))}}}",
        "least": minimum_isr,
        "count": one.count,
        "requests": requests(one.count),
        "records": records(one.count),
    }
    return Told(form.what.format_map(words), form.consequence.format_map(words), form.severity, form.kind)


def events(news: Iterable[Happened], minimum_isr: int, timeouts: Timeouts, wall: float) -> list[Event]:
    """What happened alike to several partitions is one event, at the time of the first.

    `minimum_isr`: min.insync.replicas, at most the replication factor;
    `wall`: time.time() - time.monotonic().
    """
    alike: dict[tuple[object, ...], list[Happened]] = {}
    for one in news:
        alike.setdefault(_sort(one), []).append(one)
    return [_event(them, minimum_isr, timeouts, wall) for them in alike.values()]


def _sort(one: Happened) -> tuple[object, ...]:
    if one.partition < 0:
        return (one.number,)
    if one.kind in _COUNTED:
        return one.kind, one.broker
    return one.kind, one.broker if one.kind in _ELECTED else 0, frozenset(one.brokers), one.count


_COUNTED = frozenset({"truncated", "log-trimmed"})
_ELECTED = frozenset({"leader-elected", "unclean-election"})


def _event(alike: list[Happened], minimum_isr: int, timeouts: Timeouts, wall: float) -> Event:
    first = alike[0]
    count = sum(one.count for one in alike) if first.kind in _COUNTED else first.count
    brokers = tuple(sorted(first.brokers))
    said = told(msgspec.structs.replace(first, brokers=brokers, count=count), minimum_isr, timeouts)
    partitions = sorted(one.partition for one in alike)
    where = " ".join(f"p{partition}" for partition in partitions)
    if len(partitions) > _NAMED:
        where = f"{len(partitions)} partitions"
    if first.partition < 0:
        where = f"broker {first.broker}"
    return Event(first.at + wall, said.kind, said.severity, where, said.what, said.consequence)


_NAMED = 4
