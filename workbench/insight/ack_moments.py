"""One record's way from send() to its report, moment by moment, with how long each took."""

from dataclasses import dataclass
from typing import Literal

from workbench.insight.notices import consequence
from workbench.insight.pipeline import Split
from workbench.insight.units import count_text, ms_text
from workbench.model.frame import ErrorCount, Sample
from workbench.model.stations import Stations

Role = Literal["queue", "wire", "repl", "text", "ok"]


@dataclass(frozen=True, slots=True)
class AckMoment:
    """`took_ms` after the moment before it; the first after send()."""

    name: str
    short: str
    took_ms: float
    role: Role


def moments(sample: Sample, stations: Stations) -> list[AckMoment]:
    """In order of time. Where clocks of two processes cross by microseconds, 0 ms."""
    found: list[tuple[float, str, str, Role]] = [
        (stations.taken, "waited in the client", "client", "queue"),
        (stations.appended, f"leader {stations.leader} appended", f"leader {stations.leader}", "wire"),
        (sample.reported_at, "report", "report", "ok"),
    ]
    found += [
        (at, f"follower {broker} had it", f"broker {broker}", "repl") for broker, at in stations.followers
    ]
    if stations.committed is not None:
        found.append((stations.committed, "high watermark", "hwm", "text"))
    if stations.answered is not None:
        found.append((stations.answered, "ack left", "ack", "ok"))
    found.sort(key=lambda one: one[0])
    before, result = sample.sent_at, []
    for at, name, short, role in found:
        result.append(AckMoment(name, short, max(0.0, (at - before) * 1000), role))
        before = max(before, at)
    return result


def headline(sample: Sample, unconfirmed: bool) -> str:
    """What became of it."""
    place = "" if sample.partition is None else f"p{sample.partition}"
    place += "" if sample.offset is None else f"@{count_text(sample.offset)}"
    took = f"{ms_text(sample.latency_ms)} ms"
    what = f"{place} · seq {count_text(sample.seq)}".lstrip(" ·")
    if sample.error is not None:
        means = consequence(ErrorCount(sample.error, "broker", 1)).partition(": ")[2]
        return f"{what} · {sample.error} after {took}: {means}"
    word = "report (nobody confirmed it)" if unconfirmed else "acked"
    return f"{what} · {word} after {took}{', the warm-up' if sample.warm_up else ''}"


def batch_words(stations: Stations | None) -> str:
    """Of which batch it was a part, and whether that came more than once; "" where nobody told."""
    if stations is None or stations.records < 1:
        return ""
    records = "alone in its batch"
    if stations.records > 1:
        last = stations.base + stations.records - 1
        records = f"batch of {count_text(stations.records)}: {count_text(stations.base)}-{count_text(last)}"
    times = "once more" if stations.came_again == 1 else f"{stations.came_again} times more"
    return records + (f", sent {times}, known again" if stations.came_again else "")


AVERAGE = "on average, not this record:"


def average_words(split: Split | None) -> tuple[str, ...]:
    """What is known where no broker tells of a single record, in several lengths; AVERAGE goes before."""
    if split is None or split.round_trip is None:
        return ("not known yet: the client's statistics come four times a second", "not known yet")
    waits, there, report = map(ms_text, (split.queued, split.round_trip, split.report))
    socket = f"to the socket {ms_text(split.unsent)} ms"
    end = f"network and broker {there} ms · report {report} ms"
    return (
        f"waits {waits} ms · {socket} · {end}, by the client's statistics",
        f"waits {waits} ms · {end}",
        f"waits {waits} · broker {there} · report {report} ms",
    )
